"""Builds one segment of the index: all the tables that answer from a set of names."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TypeVar

import numpy as np

from registry.index_codes import (
    CODES,
    END,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    Bools,
    all_hashes_less_a_third,
    codes,
    hashes_of,
)
from registry.index_postings import pack
from registry.index_segment import PREFIX, Segment
from registry.index_text import fold
from registry.text import is_plain

Sorted = TypeVar("Sorted", U32, U64)

# Rows are worked on in blocks: one block of bits is 320 sounds wide and takes 10 MB.
BLOCK = 1 << 15
NAMES_AT_ONCE = 1 << 14
LARGE = 100_000
AT_ONCE = 1 << 19
# A character is kept as bits once its list of gaps would be an eighth of their size.
DENSE_SHARE = 128


def build_segment(ids: I64, names: Sequence[str]) -> Segment:
    """The tables of these names, the short ones first."""
    order = np.argsort(np.fromiter(map(len, names), np.int32, len(names)), kind="stable")
    names = [names[at] for at in order.tolist()]
    ids = ids[order]
    text, offsets, originals = _texts(names)
    counts = _counts(text)
    dense = np.flatnonzero(counts > max(len(names) // DENSE_SHARE, 0)).astype(np.uint32)
    if len(names) <= BLOCK:
        dense = np.flatnonzero(counts).astype(np.uint32)
    odd = odd_readings(text)
    sound_rows, sound_bits, char_bits = _bits(text, offsets, counts, dense, odd)
    hashes, hash_rows, part_hashes, part_rows = _hashes(text, offsets)
    beginnings, endings = _ends(text, offsets)
    segment = Segment(
        ids=ids,
        text=text,
        offsets=offsets,
        originals=originals,
        counts=counts,
        pairs=_pairs(text, counts),
        hashes=hashes,
        hash_rows=hash_rows,
        part_hashes=part_hashes,
        part_rows=part_rows,
        beginnings=beginnings,
        endings=endings,
        sound_rows=sound_rows,
        sound_bits=sound_bits,
        char_rows=_numbered(dense, CODES),
        char_bits=char_bits,
        chars=pack(_sparse(text, offsets, counts, dense)),
        initials=pack(_initials(text, offsets, odd)),
    )
    if len(names) >= LARGE:
        _give_back_memory()
    return segment


def _give_back_memory() -> None:
    # The C library keeps what the building needed, a third of what a million names take.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _texts(names: Sequence[str]) -> tuple[U16, U32, dict[int, str]]:
    kept = codes().kept.copy()
    kept[END] = True
    pieces: list[U16] = []
    originals: dict[int, str] = {}
    for first in range(0, len(names), NAMES_AT_ONCE):
        some = names[first : first + NAMES_AT_ONCE]
        joined = "\n".join(some) + "\n"
        if joined.count("\n") != len(some):
            joined = "\n".join(name.replace("\n", " ") for name in some) + "\n"
        folded = joined
        if not is_plain(joined):
            folded = "\n".join(fold(name)[0].replace("\n", "") for name in joined.split("\n"))
        units = np.frombuffer(folded.encode("utf-16-le", "surrogatepass"), np.uint16)
        small = codes().small[units]
        small = small[kept[small]]
        pieces.append(small)
        if folded != joined or len(small) != len(units) or not np.array_equal(small, units):
            lines = small.tobytes().decode("utf-16-le").split("\n")
            changed = (at for at, (a, b) in enumerate(zip(some, lines, strict=False)) if a != b)
            originals.update((first + at, some[at]) for at in changed)
    text = np.concatenate(pieces) if pieces else np.zeros(0, np.uint16)
    offsets = np.zeros(len(names) + 1, np.uint32)
    offsets[1:] = np.flatnonzero(text == END) + 1
    return text, offsets, originals


def _counts(text: U16) -> U32:
    counts = np.zeros(CODES, np.int64)
    for first in range(0, len(text), AT_ONCE):
        counts += np.bincount(text[first : first + AT_ONCE], minlength=CODES)
    counts[END] = 0
    return counts.astype(np.uint32)


def _pairs(text: U16, counts: U32) -> U32:
    """The codes of all two characters that stand together, ascending."""
    used = np.flatnonzero(counts).astype(np.uint32)
    number = np.zeros(CODES, np.int32)
    number[used] = np.arange(1, len(used) + 1)
    wide = len(used) + 1
    seen: Bools = np.zeros(wide * wide, np.bool_)
    for first in range(0, len(text) - 1, AT_ONCE):
        some = number[text[first : first + AT_ONCE + 1]]
        seen[some[:-1] * wide + some[1:]] = True
    one, two = np.nonzero(seen.reshape(wide, wide)[1:, 1:])
    return used[one] << np.uint32(16) | used[two]


def _numbered(used: U32, size: int) -> I32:
    rows = np.full(size, -1, np.int32)
    rows[used] = np.arange(len(used))
    return rows


def odd_readings(text: U16) -> tuple[I64, I64]:
    """Where two characters stand whose readings depend on each other, and which pair it is."""
    table = codes()
    places: list[I64] = [np.zeros(0, np.int64)]
    found: list[I64] = [np.zeros(0, np.int64)]
    for first in range(0, len(text) - 1, AT_ONCE):
        some = text[first : first + AT_ONCE + 1]
        at = (table.pair_first[some[:-1]] & table.pair_second[some[1:]]).nonzero()[0]
        code = some[at].astype(np.uint32) << np.uint32(16) | some[at + 1]
        pair = table.pairs.searchsorted(code)
        odd = table.pairs.take(pair, mode="clip") == code
        places.append(at[odd] + first)
        found.append(pair[odd])
    at, pair = np.concatenate(places), np.concatenate(found)
    # Read from left to right: 增长 takes 长 away from 长项.
    free = np.concatenate(([True], np.diff(at) > 1))[: len(at)]
    return at[free], pair[free]


def _bits(
    text: U16, offsets: U32, counts: U32, dense: U32, odd: tuple[I64, I64]
) -> tuple[I32, U64, U64]:
    """Which rows hold each sound and each frequent character, a bit a row."""
    table = codes()
    count = len(offsets) - 1
    words = (count + 63) // 64
    used = np.unique(table.sound[np.flatnonzero(counts)]).astype(np.uint32)
    at, pair = odd
    used = np.unique(np.concatenate((used, table.pair_sound[pair].ravel()))).astype(np.uint32)
    sound_rows = _numbered(used, table.sound_count + 1)
    char_rows = _numbered(dense, CODES)
    sound_bits = np.zeros((len(used), words), np.uint64)
    char_bits = np.zeros((len(dense), words), np.uint64)
    odd_at = np.concatenate((at, at + 1))
    odd_sound = sound_rows[np.concatenate((table.pair_sound[pair, 0], table.pair_sound[pair, 1]))]
    odd_row = offsets.searchsorted(odd_at, "right") - 1
    for first in range(0, count, BLOCK):
        after = min(first + BLOCK, count)
        some = text[offsets[first] : offsets[after]]
        row = np.repeat(np.arange(after - first), np.diff(offsets[first : after + 1]))
        width = (after - first + 63) // 64 * 64
        held: Bools = np.zeros((len(used), width), np.bool_)
        held[sound_rows[table.sound[some]], row] = True
        here = (odd_row >= first) & (odd_row < after)
        held[odd_sound[here], odd_row[here] - first] = True
        target = slice(first // 64, first // 64 + width // 64)
        sound_bits[:, target] = np.packbits(held, axis=1, bitorder="little").view(np.uint64)
        held = np.zeros((len(dense), width), np.bool_)
        char = char_rows[some]
        present = char >= 0
        held[char[present], row[present]] = True
        char_bits[:, target] = np.packbits(held, axis=1, bitorder="little").view(np.uint64)
    return sound_rows, sound_bits, char_bits


def _hashes(text: U16, offsets: U32) -> tuple[U32, U32, U32, U32]:
    """Every name's hash of sounds, sorted, with its row; and those of any two thirds of a name."""
    count = len(offsets) - 1
    heard = codes().heard[text]
    starts = offsets[:-1].astype(np.int64)
    lengths = np.diff(offsets.astype(np.int64)) - 1
    order = np.argsort(lengths, kind="stable")
    hashes = np.empty((count, 4), np.uint32)
    borders = [0, *(np.flatnonzero(np.diff(lengths[order])) + 1).tolist(), count]
    for first, after in pairwise(borders):
        for begin in range(first, after, NAMES_AT_ONCE):
            rows = order[begin : min(begin + NAMES_AT_ONCE, after)]
            at = starts[rows]
            sounds = [heard[at + step] for step in range(int(lengths[rows[0]]))]
            hashes[rows, 0] = hashes_of(sounds, np.zeros(len(rows), np.uint32))
            for place, part in enumerate(all_hashes_less_a_third(sounds, len(rows)), 1):
                hashes[rows, place] = part
    whole, row_of = _by_hash(hashes[:, 0], np.arange(count, dtype=np.uint64))
    parts, part_rows = _by_hash(
        hashes[:, 1:].ravel(), np.arange(3 * count, dtype=np.uint64) // np.uint64(3)
    )
    return whole, row_of, parts, part_rows


def _by_hash(hashes: U32, rows: U64) -> tuple[U32, U32]:
    both = hashes.astype(np.uint64) << np.uint64(32) | rows
    both.sort()
    return (both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32)


def _ends(text: U16, offsets: U32) -> tuple[U16, U16]:
    """The sounds that names begin with, and those that they end with, so many of each."""
    long = np.flatnonzero(np.diff(offsets.astype(np.int64)) > PREFIX)
    found = []
    for places in (offsets[long].astype(np.int64), offsets[long + 1].astype(np.int64) - 1 - PREFIX):
        packed = np.zeros(len(long), np.uint64)
        for step in range(PREFIX):
            heard = codes().heard[text[places + step]].astype(np.uint64)
            packed |= heard << np.uint64(16 * step)
        found.append(_distinct(packed).view(np.uint16))
    return found[0], found[1]


def _sparse(text: U16, offsets: U32, counts: U32, dense: U32) -> Iterator[U64]:
    """The rows of characters too rare to be kept as bits, some characters at a time."""
    rare = counts > 0
    rare[dense] = False
    wanted = np.flatnonzero(rare)
    group = counts[wanted].cumsum(dtype=np.int64) // AT_ONCE
    for number in np.unique(group).tolist():
        some = wanted[group == number]
        chosen = np.zeros(CODES, np.bool_)
        chosen[some] = True
        at = np.flatnonzero(chosen[text])
        row = (offsets.searchsorted(at, "right") - 1).astype(np.uint64)
        yield _distinct(text[at].astype(np.uint64) << np.uint64(32) | row)


def _initials(text: U16, offsets: U32, odd: tuple[I64, I64]) -> Iterator[U64]:
    """The rows of every four initials in a row; names' ends are filled up with zeros."""
    letters = initials_of_rows(text, odd)
    row = np.arange(len(offsets) - 1, dtype=np.uint32).repeat(np.diff(offsets))
    behind = np.concatenate((letters[1:], np.zeros(3, np.uint8)))
    going = np.ones(len(letters), np.bool_)
    following = np.zeros(len(letters), np.uint16)
    for step in range(3):
        letter = behind[step : step + len(letters)]
        # Nothing of the next name: after an end come zeros only.
        going &= letter > 0
        following = following << np.uint16(5) | letter * going
    for first in range(1, 28):
        at = np.flatnonzero(letters == first)
        code = following[at].astype(np.uint64) | np.uint64(first << 15)
        yield _distinct(code << np.uint64(32) | row[at])


def _distinct(code: Sorted) -> Sorted:
    # np.unique hashes, which is slower here by far.
    code.sort()
    return code[np.concatenate(([True], code[1:] != code[:-1]))] if len(code) else code


def initials_of_rows(text: U16, odd: tuple[I64, I64]) -> U8:
    """The initial of every character, read in its context."""
    table = codes()
    letters = table.initial[text]
    at, pair = odd
    letters[at] = table.pair_initial[pair, 0]
    letters[at + 1] = table.pair_initial[pair, 1]
    return letters
