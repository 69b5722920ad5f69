"""One set of names and the tables that answer from it; built once, never changed but for removals."""

from __future__ import annotations

from codecs import utf_16_le_decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from registry.index_bits import FEW, added, all_set, bit_rows, equal, with_bits, word_rows
from registry.index_codes import I32, I64, U16, U32, U64, codes
from registry.index_postings import EMPTY, Hashed, Postings, hashed_rows
from registry.pinyin import FIRST_SOUND, sounds

# Names are looked for in a sentence where so many sounds begin a name, and so many end one.
PREFIX = 4
_ONE = np.uint64(1)
# Words of bits, or rows of a list, are looked at in steps.
MOST_WORDS = 1024
_STEPS = (0, 1024, 4096, 1 << 40)
# Of the words that are left so many are read at a time: mostly the first few will do.
_READ = (0, 16, 512, 4096, 1 << 40)
BITS_AT_ONCE = 3
# Names stand by their length with the signs that are not kept: （一期）.
BRACKETS = 2
FIRST_TYPED = chr(FIRST_SOUND)


@dataclass(eq=False)
class Segment:
    """`text` holds all keys, each followed by a line end; row i is text[offsets[i]:offsets[i + 1]].

    Names stand by length, the short ones first. `sound_bits` and `char_bits` have a row of bits for each sound class and frequent character
    (`sound_rows`, `char_rows` say which); `chars` lists the rows of the others, `initials` those of
    four initials in a row; `hashes` are those of whole names, sorted, `part_hashes` those of a name
    less one of its thirds; `beginnings` and `endings` are the sounds that names begin and end with.
    """

    ids: I64
    text: U16
    offsets: U32
    originals: dict[int, str]
    counts: U32
    pairs: U32
    hashes: U32
    hash_rows: U32
    part_hashes: U32
    part_rows: U32
    beginnings: U16
    endings: U16
    sound_rows: I32
    sound_bits: U64
    char_rows: I32
    char_bits: U64
    chars: Postings
    initials: Postings
    alive: U64 = field(init=False)
    living: int = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.ids)
        alive = np.zeros((count + 63) // 64 * 64, np.bool_)
        alive[:count] = True
        self.alive = np.packbits(alive, bitorder="little").view(np.uint64)
        self.living = count

    # -- names ------------------------------------------------------------------------------

    def key(self, row: int) -> str:
        """The compared form of a name."""
        offsets = self._offset_view
        # The codec itself: looking it up by its name takes longer than a name.
        return utf_16_le_decode(self._text_view[2 * offsets[row] : 2 * offsets[row + 1] - 2])[0]

    @cached_property
    def _text_view(self) -> memoryview:
        # Single values are read several times quicker from a view than from an array.
        return self.text.data.cast("B")

    @cached_property
    def _offset_view(self) -> memoryview:
        return self.offsets.data

    @cached_property
    def _id_view(self) -> memoryview:
        return self.ids.data

    def project(self, row: int) -> int:
        """The project that has this name."""
        found: int = self._id_view[row]
        return found

    def name(self, row: int) -> str:
        """The name as it was given."""
        return self.originals.get(row) or self.key(row)

    def keys(self, rows: I64) -> list[str]:
        """The compared forms of many names at once."""
        return _lines(self.units(rows))

    def heard(self, rows: I64) -> list[str]:
        """The same as sound classes."""
        return _lines(codes().heard[self.units(rows)])

    def units(self, rows: I64) -> U16:
        """The compared forms in one, each with its line end."""
        if not len(rows):
            return self.text[:0]
        starts = self.offsets[rows].astype(np.int64)
        lengths = self.offsets[rows + 1] - starts
        ends = lengths.cumsum()
        at = np.arange(int(ends[-1])) + (starts - ends + lengths).repeat(lengths)
        units: U16 = self.text[at]
        return units

    def lengths(self, rows: I64) -> I64:
        """How long the names are."""
        return self.offsets[rows + 1].astype(np.int64) - self.offsets[rows]

    @property
    def _all_live(self) -> bool:
        return self.living == len(self.ids)

    def is_alive(self, row: int) -> bool:
        """Whether the name has not been removed."""
        return self._all_live or bool(int(self.alive[row >> 6]) >> (row & 63) & 1)

    def rows_of(self, project_id: int) -> list[int]:
        """The rows of a project's names."""
        order = self._by_id
        first = int(self.ids.searchsorted(project_id, "left", sorter=order))
        after = int(self.ids.searchsorted(project_id, "right", sorter=order))
        return [row for row in order[first:after].tolist() if self.is_alive(row)]

    @cached_property
    def _by_id(self) -> I64:
        return np.argsort(self.ids, kind="stable")

    def remove(self, row: int) -> None:
        """The name is not found any more."""
        self.alive[row >> 6] &= ~(_ONE << np.uint64(row & 63))
        self.living -= 1

    def living_rows(self) -> I64:
        """All rows that have not been removed."""
        return bit_rows(self.alive)

    @cached_property
    def pair_set(self) -> frozenset[str]:
        """All two characters that stand together in a name."""
        units = self.pairs.view(np.uint16).reshape(-1, 2)[:, ::-1]
        text = np.ascontiguousarray(units).tobytes().decode("utf-16-le")
        return frozenset(text[at : at + 2] for at in range(0, len(text), 2))

    @cached_property
    def heard_at_all(self) -> frozenset[str]:
        """How the characters of all names sound."""
        return frozenset(sounds().heard("".join(map(chr, self.counts.nonzero()[0].tolist()))))

    def sounding_like(self, char: str) -> list[str]:
        """Other characters of names that are read as this one."""
        read = sounds().syllable.get(char)
        return [other for other in self._by_syllable.get(read, ()) if other != char]

    @cached_property
    def _by_syllable(self) -> dict[str | None, list[str]]:
        found: dict[str | None, list[str]] = {}
        read = sounds().syllable
        for code in self.counts.nonzero()[0].tolist():
            if chr(code) in read:
                found.setdefault(read[chr(code)], []).append(chr(code))
        return found

    # -- looking up -------------------------------------------------------------------------

    @cached_property
    def begun_with(self) -> frozenset[str]:
        """The first sounds of all names."""
        return _fours(self.beginnings)

    @cached_property
    def ended_with(self) -> frozenset[str]:
        """The last sounds of all names."""
        return _fours(self.endings)

    def whole(self, hashes: Iterable[int]) -> list[int]:
        """The rows of names that have one of these hashes, deaf to collisions."""
        return self._living(self._wholes.rows(hashes))

    def of_parts(self, hashes: Iterable[int]) -> list[int]:
        """The same of names less one of their thirds."""
        return self._living(self._parts.rows(hashes))

    @cached_property
    def _wholes(self) -> Hashed:
        return hashed_rows(self.hashes, self.hash_rows)

    @cached_property
    def _parts(self) -> Hashed:
        return hashed_rows(self.part_hashes, self.part_rows)

    def _living(self, rows: list[int]) -> list[int]:
        return rows if self._all_live or not rows else list(filter(self.is_alive, rows))

    def knows(self, chars: str, most: int) -> bool:
        """Whether so many of the characters, or sounds, stand in any names."""
        table = self._char_table
        return sum(ord(char) in table or char >= FIRST_TYPED for char in chars) >= most

    def holding(self, chars: Iterable[int], sounds: Iterable[int]) -> Iterator[I64]:
        """The rows that hold all these characters and sounds, in any order, ascending and a few at
        a time; where few are left, perhaps some more that lack one."""
        sized: list[tuple[int, int, int]] = []
        for char in chars:
            known = self._char_table.get(char)
            if known is None:
                return
            sized.append((*known, 0))
        for sound in sounds:
            row = int(self.sound_rows[sound])
            if row < 0:
                return
            sized.append((self._sound_sizes[row], row, 1))
        if not sized:
            return
        # Lists before bits, and the shorter before the longer.
        sized.sort(key=lambda found: (found[1] >= 0, found[0]))
        tables = (self.char_bits, self.sound_bits)
        bits = [tables[kind][row] for _, row, kind in sized if row >= 0]
        lists = [-1 - row for _, row, _ in sized if row < 0]
        if lists:
            yield from self._listed(lists, bits)
            return
        held, others = (bits[0], bits[1:]) if self._all_live else (self.alive, bits)
        # The shortest names come first, and mostly there are enough among them.
        for begin, end in pairwise(_STEPS):
            if begin >= len(held):
                break
            words, values = all_set(held[begin:end], [some[begin:end] for some in others])
            for first, after in pairwise(_READ):
                if first >= len(words):
                    break
                yield word_rows(words[first:after] + begin, values[first:after])

    @cached_property
    def _sound_sizes(self) -> list[int]:
        sizes: list[int] = [int(np.bitwise_count(bits).sum()) for bits in self.sound_bits]
        return sizes

    @cached_property
    def _char_table(self) -> dict[int, tuple[int, int]]:
        """For each character about how many rows hold it, and its row of bits, or -1 minus its
        place in the lists."""
        counts = self.counts.tolist()
        table = {
            char: (counts[char], row)
            for char, row in enumerate(self.char_rows.tolist())
            if row >= 0
        }
        table |= {key: (counts[key], -1 - at) for at, key in enumerate(self.chars.keys.tolist())}
        return table

    def _listed(self, lists: list[int], bits: list[U64]) -> Iterator[I64]:
        everything = self._alive_of(self.chars.rows(lists[0]))
        others: list[I64] = []
        for begin, end in pairwise(_STEPS):
            rows = everything[begin:end]
            for place, at in enumerate(lists[1:]):
                if len(rows) <= FEW:
                    break
                if place == len(others):
                    others.append(self.chars.rows(at))
                listed = others[place]
                rows = rows[listed.take(listed.searchsorted(rows), mode="clip") == rows]
            for first in range(0, len(bits), BITS_AT_ONCE):
                if len(rows) <= FEW:
                    break
                rows = with_bits(bits[first : first + BITS_AT_ONCE], rows)
            if len(rows):
                yield rows

    def with_initials(self, letters: Sequence[int]) -> I64:
        """The rows whose names hold these initials (1-26) in a row; nearly surely."""
        if len(letters) < 4:
            return self._with_few_initials(letters)
        places: list[int] = []
        for first in range(len(letters) - 3):
            code = 0
            for letter in letters[first : first + 4]:
                code = code << 5 | letter
            at = self.initials.where(code)
            if at < 0:
                return EMPTY
            places.append(at)
        # The rarest few narrow it down; what is left is read anyway.
        places = sorted(set(places), key=self.initials.size)[:3]
        rows = self.initials.rows(places[0])
        for at in places[1:]:
            if self.initials.size(at) > 64 * len(rows) + 4096:
                break
            other = self.initials.rows(at)
            rows = rows[other.take(other.searchsorted(rows), mode="clip") == rows]
        return self._alive_of(rows)

    def _with_few_initials(self, letters: Sequence[int], most: int = 64) -> I64:
        code = 0
        for letter in letters:
            code = code << 5 | letter
        spare = 5 * (4 - len(letters))
        keys = self.initials.keys
        first = int(keys.searchsorted(np.uint32(code << spare)))
        after = int(keys.searchsorted(np.uint32((code + 1) << spare)))
        lists = [self.initials.rows(at) for at in range(first, min(after, first + most))]
        return self._alive_of(np.unique(np.concatenate(lists))) if lists else EMPTY

    def _alive_of(self, rows: I64) -> I64:
        return rows if self._all_live else with_bits([self.alive], rows)

    def of_length(self, least: int, most: int) -> tuple[int, int]:
        """The words of bits in which the names of these lengths are."""
        ends = self._length_ends
        first = ends[min(max(least, 0), len(ends) - 1)]
        after = ends[min(most + 1 + BRACKETS, len(ends) - 1)]
        return first // 64, (after + 63) // 64

    @cached_property
    def _length_ends(self) -> list[int]:
        # Names stand by length but for some signs that are not kept, hence the running maximum.
        lengths = np.maximum.accumulate(np.diff(self.offsets.astype(np.int64)) - 1)
        longest = int(lengths[-1]) if len(lengths) else 0
        ends: list[int] = lengths.searchsorted(np.arange(longest + 2)).tolist()
        return ends

    def by_sounds(
        self,
        wanted: Sequence[tuple[int, int]],
        most: int,
        words: slice,
        levels: int,
        least: int = 1,
    ) -> I64:
        """Of these words' rows those that hold the most of these (sound, worth 1 or 2), best
        first: about `most` of each of so many levels, none worth less than `least`."""
        sums: list[list[U64]] = [[], []]
        for sound, worth in wanted:
            row = int(self.sound_rows[sound])
            if row >= 0:
                sums[worth - 1].append(self.sound_bits[row, words])
        alive = self.alive[words]
        if not any(sums) or not len(alive):
            return EMPTY
        slices = added(sums)
        held = alive
        value = 0
        for bit in range(len(slices) - 1, -1, -1):
            higher = held & slices[bit]
            if higher.any():
                held = higher
                value |= 1 << bit
        if value < least:
            return EMPTY
        some = held.nonzero()[0][:MOST_WORDS]
        found = [word_rows(some, held[some])]
        for less in range(1, levels):
            if value - less < least or len(found[0]) > most * levels:
                break
            held = equal(slices, value - less, alive)
            some = held.nonzero()[0][:most]
            found.append(word_rows(some, held[some])[:most])
        rows: I64 = np.concatenate(found) + (words.start or 0) * 64
        return rows

    def shortest(self, rows: I64, most: int) -> I64:
        """At most this many of some ascending rows, those with the shortest names."""
        return rows[:most]


def _lines(units: U16) -> list[str]:
    return utf_16_le_decode(units.data)[0].split("\n")[:-1]


def _fours(units: U16) -> frozenset[str]:
    text = units.tobytes().decode("utf-16-le")
    return frozenset(text[at : at + PREFIX] for at in range(0, len(text), PREFIX))
