"""What questions are understood against: the store and the index, and what of them was read lately.

Everything kept here belongs to one version of the registry. The version is asked for at most every
`FRESH` seconds; when it moves, the names that changed go into the index and the rest is forgotten,
so that an import made by any process is seen within that time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from bot.retrieval import Evidence, Retriever
from registry.index import NameIndex
from registry.name_keeping import follow
from registry.pinyin import confused, sounds
from registry.plan import Plan
from registry.scope import Scope, Unit
from registry.store import Store
from registry.store.grams import grams_of, passages_of

FRESH = 0.5  # seconds
# Up to so many plans their people, units and word pairs are held in memory; beyond, the database
# is asked, which then costs less than holding them.
FEW_PLANS = 200
KEPT_PLANS = 2_000
KEPT_PAIRS = 50_000


class Sources:
    """The registry as the understanding of questions reads it."""

    def __init__(
        self,
        store: Store,
        index: NameIndex,
        today: Callable[[], date] = date.today,
        version: int | None = None,
    ) -> None:
        self.store = store
        self.index = index
        self.retriever = Retriever()
        self.today = today
        self._version = version
        self._asked = 0.0
        self._forget()

    def _forget(self) -> None:
        self._plans: dict[tuple[int, int | None], Plan | None] = {}
        self._few: bool | None = None
        self._people: tuple[str, ...] | None = None
        self._units: tuple[Unit, ...] | None = None
        self._pairs: dict[str, int] | None = None
        self._years: list[tuple[int | None, int]] | None = None
        self._count: int | None = None
        self._newest: list[Plan] | None = None
        self._first: dict[int, list[Plan]] = {}
        self._names: dict[int, str] = {}
        self._frequency: dict[str, int] = {}
        self.evidence: dict[tuple[object, ...], list[Evidence]] = {}
        self.saying: dict[tuple[object, ...], list[tuple[int, Evidence]]] = {}

    @property
    def version(self) -> int:
        """The version of the registry that answers are about."""
        return self._version or 0

    async def refresh(self, *, at_once: bool = False) -> None:
        """Notice a new version of the registry; asked before every question. `at_once`: who has
        just changed it does not wait."""
        now = time.monotonic()
        if self._version is not None and now - self._asked < FRESH and not at_once:
            return
        self._asked = now
        if self._version is None:
            self._version = await self.store.version()
            return
        version = await follow(self.store, self.index, self._version)
        if version != self._version:
            self._version = version
            self._forget()

    async def plan(self, project_id: int, year: int | None = None) -> Plan | None:
        """A project's plan; its newest without a year."""
        key = (project_id, year)
        if key not in self._plans:
            if len(self._plans) >= KEPT_PLANS:
                self._plans.pop(next(iter(self._plans)))
            self._plans[key] = await self.store.plan(project_id, year)
        return self._plans[key]

    async def name(self, project_id: int) -> str:
        """A project's name; empty where there is none."""
        if project_id not in self._names:
            if len(self._names) >= KEPT_PLANS:
                self._names.pop(next(iter(self._names)))
            self._names[project_id] = await self.store.name(project_id) or ""
        return self._names[project_id]

    async def read_ahead(self, project_ids: Sequence[int]) -> None:
        """Read several plans at once that will be asked for one by one."""
        missing = tuple(project for project in project_ids if (project, None) not in self._plans)
        if len(missing) < 2:
            return
        for plan in await self.store.plans(Scope(project_ids=missing), limit=len(missing)):
            if plan.record is not None:
                self._plans[plan.record.project_id, None] = plan
        while len(self._plans) > KEPT_PLANS:
            self._plans.pop(next(iter(self._plans)))

    async def count(self) -> int:
        """How many plans the registry's newest year has."""
        if self._count is None:
            self._count = await self.store.count(Scope())
        return self._count

    async def all_if_at_most(self, most: int) -> list[Plan]:
        """Every plan of the newest year where there are no more than so many, else none."""
        if await self.count() > most:
            return []
        if self._newest is None:
            self._newest = await self.store.plans(Scope(), limit=most)
            for plan in self._newest:
                if plan.record is not None:
                    self._plans.setdefault((plan.record.project_id, None), plan)
        return self._newest

    async def first(self, most: int) -> list[Plan]:
        """The first plans of the newest year."""
        if most not in self._first:
            self._first[most] = await self.store.plans(Scope(), limit=most)
        return self._first[most]

    async def years(self) -> list[tuple[int | None, int]]:
        """The years loaded, with how many plans each."""
        if self._years is None:
            self._years = await self.store.years()
        return self._years

    async def few(self) -> bool:
        """Whether the registry is small enough to be held in memory."""
        if self._few is None:
            self._few = sum(number for _, number in await self.years()) <= FEW_PLANS
        return self._few

    async def frequency(self, pairs: Iterable[str]) -> dict[str, int]:
        """In how many passages each pair of characters stands; those in none are left out."""
        wanted = list(dict.fromkeys(pairs))
        if not wanted:
            return {}
        if not await self.few():
            unknown = [pair for pair in wanted if pair not in self._frequency]
            if unknown:
                if len(self._frequency) > KEPT_PAIRS:
                    self._frequency.clear()
                self._frequency |= dict.fromkeys(unknown, 0) | await self.store.gram_frequency(
                    unknown
                )
            return {pair: n for pair in wanted if (n := self._frequency[pair])}
        if self._pairs is None:
            counted: dict[str, int] = {}
            async for plan in self.store.each_plan(Scope(all_years=True)):
                for _, _, text in passages_of(plan):
                    for pair in grams_of(text):
                        counted[pair] = counted.get(pair, 0) + 1
            self._pairs = counted
        return {pair: self._pairs[pair] for pair in wanted if pair in self._pairs}

    async def people(self) -> tuple[str, ...]:
        """The names of all contact persons where they are few, else none."""
        if self._people is None:
            people = await self.store.people(Scope(all_years=True)) if await self.few() else []
            self._people = tuple(dict.fromkeys(person.name for person in people))
        return self._people

    async def find_people(self, candidates: Collection[str]) -> list[str]:
        """Which of these strings are the name of a contact person."""
        if await self.few():
            return [name for name in await self.people() if name in candidates]
        return await self.store.find_people(candidates)

    async def find_people_by_sound(self, sounds: Collection[str]) -> list[tuple[str, str]]:
        """(sound, name) of the contact persons whose name sounds so; among few also by syllables
        that are usually confused (xin for xing)."""
        if not sounds:
            return []
        if await self.few():
            spoken = [(sounds_of(name), name) for name in await self.people()]
            exact = [(sound, name) for sound, name in spoken if sound in sounds]
            if exact:
                return exact
            heard = {_blurred(sound): sound for sound in sounds}
            return [
                (heard[alike], name)
                for sound, name in spoken
                if (alike := _blurred(sound)) in heard
            ]
        return await self.store.find_people_by_sound(sounds)

    async def units(self) -> tuple[Unit, ...]:
        """All departments and units where they are few, else none."""
        if self._units is None:
            names: dict[str, None] = {}
            if await self.few():
                for field in ("supervising_department", "implementing_unit"):
                    for group in await self.store.groups(Scope(all_years=True), field):
                        if group.value:
                            names[group.value] = None
            self._units = tuple(await self.store.find_units(list(names))) if names else ()
        return self._units

    async def find_units(self, candidates: Collection[str]) -> list[Unit]:
        """The units that one of these strings names, in full or by a short form."""
        if await self.few():
            ends = {unit.name[-1] for unit in await self.units()}
            candidates = [said for said in candidates if said[-1] in ends]
        return await self.store.find_units(candidates) if candidates else []


def _blurred(sound: str) -> str:
    return " ".join(confused(syllable) for syllable in sound.split())


def sounds_of(name: str) -> str:
    """Toneless pinyin of a name, spaced."""
    return " ".join(sounds().read(name))
