"""Writes an index as blobs and reads it back, so that a process starts without building it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np

from registry.index_postings import Postings
from registry.index_segment import Segment

# Written in front: an index of another format, or with other sounds, is built anew.
FORMAT = 3
PIECE = 4 << 20
ALIGNED = 64
_LISTS = ("keys", "starts", "gaps")

Arrays = dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]


class OtherFormat(ValueError):
    """The blobs were written by another version of the index: build it anew from the names."""


def arrays_of(segment: Segment) -> Arrays:
    """All of a segment, by name."""
    found: Arrays = {}
    for part in fields(Segment):
        value = getattr(segment, part.name)
        if isinstance(value, Postings):
            found |= {f"{part.name}.{name}": getattr(value, name) for name in _LISTS}
        elif isinstance(value, np.ndarray):
            found[part.name] = value
    rows = sorted(segment.originals)
    names = "\n".join(segment.originals[row] for row in rows)
    found["originals.rows"] = np.array(rows, np.uint32)
    found["originals.names"] = np.frombuffer(names.encode(), np.uint8)
    return found


def segment_of(arrays: Arrays) -> Segment:
    """The segment that was taken apart."""
    names = arrays.pop("originals.names").tobytes().decode().split("\n")
    rows = arrays.pop("originals.rows").tolist()
    alive = arrays.pop("alive")
    whole: dict[str, object] = {"originals": dict(zip(rows, names, strict=False))}
    for name, array in arrays.items():
        if "." not in name:
            whole[name] = array
    for name in {name.split(".")[0] for name in arrays if "." in name}:
        whole[name] = Postings(*(arrays[f"{name}.{part}"] for part in _LISTS))  # type: ignore[arg-type]
    segment = Segment(**whole)  # type: ignore[arg-type]
    # Removals are written into it, and what is loaded may be read-only.
    segment.alive = np.array(alive, np.uint64)
    segment.living = int(np.bitwise_count(segment.alive).sum())
    return segment


def _raw(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def dump(segments: Iterable[Segment]) -> Iterator[tuple[bytes, bytes]]:
    """(key, blob) of a few megabytes each, in any number of which a database may keep them."""
    head: list[dict[str, list[object]]] = []
    for number, segment in enumerate(segments):
        parts: dict[str, list[object]] = {}
        for name, array in arrays_of(segment).items():
            parts[name] = [array.dtype.str, list(array.shape)]
            raw = _raw(array)
            for piece, first in enumerate(range(0, len(raw), PIECE)):
                yield f"{number}/{name}/{piece:06}".encode(), bytes(raw[first : first + PIECE])
        head.append(parts)
    yield b"head", json.dumps([FORMAT, head]).encode()


def load(rows: Iterable[tuple[bytes, bytes]]) -> list[Segment]:
    """The segments whose blobs these are, in any order."""
    pieces: dict[str, list[tuple[bytes, bytes]]] = {}
    head = None
    for key, blob in rows:
        key, blob = bytes(key), bytes(blob)
        if key == b"head":
            head = json.loads(blob)
        else:
            pieces.setdefault(key.rpartition(b"/")[0].decode(), []).append((key, blob))
    if head is None or head[0] != FORMAT:
        raise OtherFormat(f"the stored index has no head of format {FORMAT}; build it anew")
    segments: list[Segment] = []
    for number, parts in enumerate(head[1]):
        arrays: Arrays = {}
        for name, (dtype, shape) in parts.items():
            some = sorted(pieces.pop(f"{number}/{name}", []))
            raw = some[0][1] if len(some) == 1 else b"".join(blob for _, blob in some)
            arrays[name] = np.frombuffer(raw, dtype).reshape(shape)
        segments.append(segment_of(arrays))
    return segments


def save(segments: Iterable[Segment], path: Path) -> None:
    """One file that several processes can map into memory and share."""
    head: list[dict[str, list[object]]] = []
    at = 0
    everything = [arrays_of(segment) for segment in segments]
    for arrays in everything:
        parts: dict[str, list[object]] = {}
        for name, array in arrays.items():
            parts[name] = [array.dtype.str, list(array.shape), at]
            at += -(-array.nbytes // ALIGNED) * ALIGNED
        head.append(parts)
    written = json.dumps([FORMAT, head]).encode()
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(len(written).to_bytes(8, "little") + written)
        file.write(bytes(-file.tell() % ALIGNED))
        for arrays in everything:
            for array in arrays.values():
                file.write(_raw(array))
                file.write(bytes(-array.nbytes % ALIGNED))
    # A reader sees the old file or the new one, never half of it.
    partial.replace(path)


def map_file(path: Path) -> list[Segment]:
    """The segments of a saved file, read from disk only where they are looked at."""
    mapped = np.memmap(path, np.uint8, "r")
    size = int.from_bytes(mapped[:8].tobytes(), "little")
    head = json.loads(mapped[8 : 8 + size].tobytes())
    if head[0] != FORMAT:
        raise OtherFormat(f"{path} is not of format {FORMAT}; build the index anew")
    first = -(-(8 + size) // ALIGNED) * ALIGNED
    segments: list[Segment] = []
    for parts in head[1]:
        arrays: Arrays = {}
        for name, (dtype, shape, at) in parts.items():
            nbytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
            raw = mapped[first + at : first + at + nbytes]
            arrays[name] = np.frombuffer(raw, dtype).reshape(shape)
        segments.append(segment_of(arrays))
    return segments
