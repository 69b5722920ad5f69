"""What the index keeps of characters: sound class and initial by code, hashes of many sounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from registry.index_text import PLAIN
from registry.pinyin import FIRST_SOUND, sounds

CODES = 1 << 16
END = ord("\n")

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
    marks characters whose reading may depend on the next one, `pair_second` the next ones; `pairs` (sorted codes of two) and
    `pair_sound`, `pair_initial` say how.
    """

    kept: Bools
    small: U16
    heard: U16
    sound: U16
    initial: U8
    sound_count: int
    pair_first: Bools
    pair_second: Bools
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
    pair_second = np.zeros(CODES, np.bool_)
    pair_second[[code & 0xFFFF for code, _, _ in pairs]] = True
    return Codes(
        kept=kept,
        small=small,
        heard=heard,
        sound=sound,
        initial=initial,
        sound_count=count,
        pair_first=pair_first,
        pair_second=pair_second,
        pairs=np.array([code for code, _, _ in pairs], np.uint32),
        pair_sound=np.array(
            [(table.classes[a] + 1, table.classes[b] + 1) for _, a, b in pairs], np.uint16
        ),
        pair_initial=np.array([(ord(a[0]) - 96, ord(b[0]) - 96) for _, a, b in pairs], np.uint8),
    )


# -- hashes of sound sequences --------------------------------------------------------------
#
# Names are found by the CRC of their sounds. Where one character of a name is wrong, missing or too
# many, two of its thirds are as they were, so names are found by any two of their thirds as well.


def hash_of(sounds_of: bytes) -> int:
    """The hash of a name's sounds (UTF-16)."""
    return crc32(sounds_of)


def thirds(length: int) -> tuple[int, int]:
    """Where the second and the last third of so many characters begin."""
    return length // 3, length - length // 3


def hashes_less_a_third(sounds_of: bytes, length: int) -> tuple[int, ...]:
    """The hashes of a name of this length that begins and ends as these sounds do, without its
    last, its first, its middle third. Names of one length meet only each other."""
    second, last = thirds(length)
    salt = 3 * length
    return (
        crc32(sounds_of[: 2 * last], salt),
        crc32(sounds_of[2 * (second - length) :], salt + 1),
        crc32(sounds_of[2 * (last - length) :], crc32(sounds_of[: 2 * second], salt + 2)),
    )


def hashes_of(sounds_of: Sequence[U16], begun: U32) -> U32:
    """The hashes of many names of one length at once: the first sounds of all, the second of all
    and so on. `begun` has a hash for each that goes on with these sounds."""
    table = _crc_of_units()
    state = ~begun
    for units in sounds_of:
        state = table[(state ^ units) & np.uint32(0xFFFF)] ^ (state >> np.uint32(16))
    return ~state


def all_hashes_less_a_third(sounds_of: Sequence[U16], count: int) -> tuple[U32, ...]:
    """What `hashes_less_a_third` is for one name, for so many of one length."""
    length = len(sounds_of)
    second, last = thirds(length)
    salts = [np.full(count, 3 * length + place, np.uint32) for place in range(3)]
    return (
        hashes_of(sounds_of[:last], salts[0]),
        hashes_of(sounds_of[second:], salts[1]),
        hashes_of(sounds_of[last:], hashes_of(sounds_of[:second], salts[2])),
    )


@cache
def _crc_of_units() -> U32:
    """What 16 bits at a time do to a CRC-32 (the reflected polynomial of ISO 3309)."""
    table = np.arange(1 << 16, dtype=np.uint32)
    for _ in range(16):
        table = (table >> np.uint32(1)) ^ (table & np.uint32(1)) * np.uint32(0xEDB88320)
    return table
