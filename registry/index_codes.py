"""Tables from a character's code to what the index keeps of it: sound class, initial, hash."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from registry.index_text import PLAIN
from registry.pinyin import FIRST_SOUND, sounds

CODES = 1 << 16
END = ord("\n")
LONGEST_SPAN = 512

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Bools = NDArray[np.bool_]

# Kept in a name, besides digits and small letters.
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))


@dataclass(frozen=True, slots=True)
class Codes:
    """Everything by the code of a character (UTF-16; rarer characters are not kept in names).

    `sound` numbers the sound classes from 1, digits and letters after them, 0 the rest;
    `small` folds width and case; `heard` is the character that `Sounds.heard` writes; `initial` is 1-26 for a letter, 27 for anything else, 0 for the end of a name. `pair_first`
    marks characters whose reading may depend on the next one; `pairs` (sorted codes of two) and
    `pair_sound`, `pair_initial` say how.
    """

    kept: Bools
    small: U16
    heard: U16
    sound: U16
    initial: U8
    sound_count: int
    pair_first: Bools
    pairs: U32
    pair_sound: U16
    pair_initial: U8


@cache
def codes() -> Codes:
    """The tables, made once from the table of readings."""
    table = sounds()
    kept = np.zeros(CODES, np.bool_)
    for first, after in (*_HAN, (ord("0"), ord("9") + 1), (ord("a"), ord("z") + 1)):
        kept[first:after] = True
    small = np.arange(CODES, dtype=np.uint16)
    for wide, plain in PLAIN.items():
        small[wide] = plain
    sound = np.zeros(CODES, np.uint16)
    initial = np.full(CODES, 27, np.uint8)
    at = np.fromiter(map(ord, table.syllable), np.int64, len(table.syllable))
    names = list(table.syllable.values())
    heard = np.arange(CODES, dtype=np.uint16)
    heard[at] = np.fromiter((FIRST_SOUND + table.classes[n] for n in names), np.uint16, len(names))
    sound[at] = np.fromiter((table.classes[n] + 1 for n in names), np.uint16, len(names))
    initial[at] = np.fromiter((ord(n[0]) - 96 for n in names), np.uint8, len(names))
    count = table.class_count + 1
    for digit in "0123456789abcdefghijklmnopqrstuvwxyz":
        sound[ord(digit)] = count
        count += 1
        if digit.isalpha():
            initial[ord(digit)] = ord(digit) - 96
    # The sound classes themselves, as a typed syllable stands in a question.
    sound[FIRST_SOUND : FIRST_SOUND + table.class_count] = np.arange(1, table.class_count + 1)
    initial[END] = 0
    pairs = sorted(((ord(p[0]) << 16 | ord(p[1])), a, b) for p, (a, b) in table.pairs.items())
    pair_first = np.zeros(CODES, np.bool_)
    pair_first[[code >> 16 for code, _, _ in pairs]] = True
    return Codes(
        kept=kept,
        small=small,
        heard=heard,
        sound=sound,
        initial=initial,
        sound_count=count,
        pair_first=pair_first,
        pairs=np.array([code for code, _, _ in pairs], np.uint32),
        pair_sound=np.array(
            [(table.classes[a] + 1, table.classes[b] + 1) for _, a, b in pairs], np.uint16
        ),
        pair_initial=np.array([(ord(a[0]) - 96, ord(b[0]) - 96) for _, a, b in pairs], np.uint8),
    )


# -- hashes of sound sequences --------------------------------------------------------------
#
# A sequence's hash is the sum of its sounds' numbers times powers of an odd base, modulo 2^64.
# Differences of running sums give every part of a text its hash, as if it stood alone. Names are
# hashed by the million, in arrays; a question's few tokens are quicker done in plain integers.

_BASE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_MIX = 0xD6E8FEB86659FD93


@dataclass(frozen=True, slots=True)
class Hashing:
    """Numbers of the sounds, powers of the base and of its inverse; `of_char` has the number of
    every character."""

    number: U64
    power: U64
    inverse: U64
    of_char: dict[str, int]
    powers: list[int]
    inverses: list[int]


class _Numbers(dict[str, int]):
    """The number of each character's sound, filled when asked."""

    def __init__(self, numbers: list[int]) -> None:
        super().__init__()
        self._numbers = numbers

    def __missing__(self, char: str) -> int:
        number = self[char] = self._numbers[int(codes().sound[min(ord(char), 0xFFFF)])]
        return number


@cache
def hashing() -> Hashing:
    """The constants of the hash; the same in every process, since stored indexes hold hashes."""
    numbers = []
    state = 0x243F6A8885A308D3
    for _ in range(codes().sound_count + 1):
        state = (state * 6364136223846793005 + 1442695040888963407) & _MASK
        numbers.append(state ^ (state >> 29))
    inverse_base = pow(_BASE, -1, 1 << 64)
    powers, inverses = [1], [1]
    for _ in range(LONGEST_SPAN):
        powers.append(powers[-1] * _BASE & _MASK)
        inverses.append(inverses[-1] * inverse_base & _MASK)
    return Hashing(
        np.array(numbers, np.uint64),
        np.array(powers, np.uint64),
        np.array(inverses, np.uint64),
        _Numbers(numbers),
        powers,
        inverses,
    )


_HALF = np.uint64(32)


def short(values: U64) -> U32:
    """The 32 bits of each hash that are stored."""
    values = (values ^ (values >> _HALF)) * np.uint64(_MIX)
    return (values >> _HALF).astype(np.uint32)


def short_of(value: int) -> int:
    """The same of one hash, of any size."""
    value &= _MASK
    return ((value ^ value >> 32) * _MIX & _MASK) >> 32


# -- a name less any third of it ------------------------------------------------------------
#
# Where one character of a name is wrong, missing or too many, two of its thirds are as they were.


def thirds(length: int) -> tuple[int, int]:
    """Where the second and the last third of so many characters begin."""
    return length // 3, length - length // 3


def salt(which: int, length: int) -> int:
    """What is added to the hash of two thirds, for names of one length to meet only each other."""
    return (3 * length + which + 1) * _BASE & _MASK
