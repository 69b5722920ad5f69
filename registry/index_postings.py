"""Rows by key or hash, small enough to keep a million names in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from registry.index_codes import I64, U16, U32, U64

# A gap this wide or wider is written as that many of these before the rest of it.
FILLER = 0xFFFF
EMPTY = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Postings:
    """`keys` is sorted; the rows of keys[i] are gaps[starts[i]:starts[i + 1]]."""

    keys: U32
    starts: U32
    gaps: U16

    def where(self, key: int) -> int:
        """The place of a key; -1 when no row has it."""
        at = int(self.keys.searchsorted(np.uint32(key)))
        return at if at < len(self.keys) and self.keys[at] == key else -1

    def size(self, at: int) -> int:
        """About how many rows the key in this place has."""
        return int(self.starts[at + 1]) - int(self.starts[at])

    def rows(self, at: int) -> I64:
        """The rows of the key in this place, ascending."""
        gaps = self.gaps[self.starts[at] : self.starts[at + 1]]
        rows = gaps.cumsum(dtype=np.int64)
        if int(rows[-1]) >= FILLER:
            rows = rows[gaps != FILLER]
        return rows - 1


@dataclass(frozen=True, slots=True)
class Hashed:
    """Sorted hashes of 32 bits and the row of each; `starts` says where those begin that have the
    same first bits, so that a handful is looked at. Views, because single values are read several
    times quicker from them than from arrays."""

    hashes: memoryview
    row_of: memoryview
    starts: memoryview
    shift: int

    def rows(self, hashes: Iterable[int]) -> list[int]:
        """The rows that have any of these hashes."""
        found: list[int] = []
        known, starts, shift = self.hashes, self.starts, self.shift
        for wanted in hashes:
            first = wanted >> shift
            for at in range(starts[first], starts[first + 1]):
                if known[at] == wanted:
                    found.append(self.row_of[at])
        return found


def hashed_rows(hashes: U32, rows: U32) -> Hashed:
    """The rows by these sorted hashes."""
    bits = max(1, len(hashes).bit_length() - 2)
    shift = 32 - bits
    borders = np.arange(1 << bits, dtype=np.uint32) << np.uint32(shift)
    starts = np.append(hashes.searchsorted(borders), len(hashes)).astype(np.uint32)
    return Hashed(hashes.data, rows.data, starts.data, shift)


def pack(parts: Iterable[U64]) -> Postings:
    """Postings of sorted (key << 32 | row) codes without doubles; the parts ascend, too."""
    keys: list[U32] = []
    sizes: list[I64] = []
    gaps: list[U16] = []
    for part in parts:
        if not len(part):
            continue
        key = (part >> np.uint64(32)).astype(np.uint32)
        row = (part & np.uint64(0xFFFFFFFF)).astype(np.int64)
        first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
        gap = np.diff(row, prepend=-1)
        gap[first] = row[first] + 1
        fillers = gap // FILLER
        written = np.cumsum(fillers + 1)
        packed = np.full(int(written[-1]), FILLER, np.uint16)
        packed[written - 1] = gap % FILLER
        before = np.concatenate((written[first[1:] - 1], written[-1:]))
        keys.append(key[first])
        sizes.append(np.diff(before, prepend=0))
        gaps.append(packed)
    if not keys:
        return Postings(np.zeros(0, np.uint32), np.zeros(1, np.uint32), np.zeros(0, np.uint16))
    starts = np.zeros(sum(map(len, sizes)) + 1, np.uint32)
    np.cumsum(np.concatenate(sizes), out=starts[1:])
    return Postings(np.concatenate(keys), starts, np.concatenate(gaps))
