"""Rows of names as bits: which rows have all of some, the sums of many, and the rows' numbers."""

from __future__ import annotations

import numpy as np

from registry.index_codes import I64, U64
from registry.index_postings import EMPTY

_BIT = (1 << np.arange(8)).astype(np.uint8)
# So few rows are quicker read than filtered further.
FEW = 48
# So few words of bits are quicker looked at whole.
SMALL = 4096
FEW_WORDS = 8


def added(levels: list[list[U64]]) -> list[U64]:
    """Sums of bits, row by row: the i-th result has the i-th binary digit of every row's sum."""
    slices: list[U64] = []
    at = 0
    while at < len(levels):
        bits = levels[at]
        if at + 1 == len(levels) and len(bits) > 1:
            levels.append([])
        while len(bits) > 2:
            one, two, three = bits.pop(), bits.pop(), bits.pop()
            odd = one ^ two
            carried = one & two
            total = odd ^ three
            odd &= three
            carried |= odd
            levels[at + 1].append(carried)
            bits.insert(0, total)
        if len(bits) == 2:
            levels[at + 1].append(bits[0] & bits[1])
            bits = [bits[0] ^ bits[1]]
        if bits:
            slices.append(bits[0])
        elif at + 1 < len(levels):
            slices.append(np.zeros_like(next(level for level in levels[at + 1 :] if level)[0]))
        at += 1
    return slices


def equal(slices: list[U64], value: int, alive: U64) -> U64:
    held = alive
    for bit, ones in enumerate(slices):
        held = held & ones if value >> bit & 1 else held & ~ones
    return held


def all_set(held: U64, bits: list[U64]) -> tuple[I64, U64]:
    """The words, by number, in which bits are set in all of these; where few are left perhaps some
    more."""
    if len(held) <= SMALL:
        for some in bits:
            held = held & some
        words = held.nonzero()[0]
        return words, held[words]
    held = held & bits[0]
    if len(bits) > 1:
        held &= bits[1]
    # Few words are left to look at after the two rarest.
    words = held.nonzero()[0]
    held = held[words]
    for step, some in enumerate(bits[2:]):
        if len(words) <= FEW and step % 3 == 1:
            left = held.nonzero()[0]
            words, held = words[left], held[left]
            if len(left) <= FEW // 4:
                break
        held &= some[words]
        if step % 3 == 0:
            left = held.nonzero()[0]
            words, held = words[left], held[left]
    left = held.nonzero()[0]
    return words[left], held[left]


def with_bits(bits: list[U64], rows: I64) -> I64:
    """Of these rows those whose bit is set in all of these."""
    byte = rows >> 3
    held = _BIT.take(rows & 7)
    for some in bits:
        held &= some.view(np.uint8).take(byte)
    kept: I64 = rows[held != 0]
    return kept


def bit_rows(bits: U64) -> I64:
    """The rows whose bit is set, ascending."""
    words = bits.nonzero()[0]
    return word_rows(words, bits[words])


def word_rows(words: I64, values: U64) -> I64:
    """The rows whose bit is set in the words with these numbers."""
    if not len(words):
        return EMPTY
    if len(words) <= FEW_WORDS:
        found: list[int] = []
        for word, value in zip(words.tolist(), values.tolist(), strict=True):
            while value:
                found.append((word << 6) + (value & -value).bit_length() - 1)
                value &= value - 1
        return np.array(found, np.int64)
    at = np.unpackbits(values.view(np.uint8), bitorder="little").nonzero()[0]
    rows: I64 = (words[at >> 6] << 6) + (at & 63)
    return rows
