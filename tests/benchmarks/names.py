"""How well and how fast names are found, among 1 thousand, 100 thousand and 1 million of them.

    python tests/benchmarks/names.py [1000 100000 1000000] [--peers] [--seed N] [--targets N]

Prints building, memory, warm start, updates; then for every class of queries recall at 1 and
latency, and how often a link was certain, right or wrong; --peers runs other tools side by side.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2].resolve()))

import numpy as np
import psutil
from names_corpus import Project, Query, absent, latin, projects, queries
from names_peers import PEERS
from rapidfuzz.distance import OSA

from registry.index import NameIndex

HELD_OUT = 3000
BASIC = [
    "exact",
    "abbreviation",
    "delete",
    "insert",
    "swap",
    "homophone",
    "pinyin",
    "initials",
    "sentence-name",
    "sentence-part",
]
LATIN = ("pinyin", "initials")
IN_TURN = 25
PEER_QUERIES = 300


def is_right(query: Query, row: int, rows: Sequence[Project]) -> bool:
    """The name meant, or one that the query fits as well."""
    if row == query.row:
        return True
    name, meant = rows[row].name, rows[query.row].name
    if query.kind in ("abbreviation", "sentence-part", "part-homophone"):
        return _in_order(query.part, name)
    if query.kind in ("delete", "insert", "swap", "homophone", "three-slips"):
        return OSA.distance(query.text, name) <= OSA.distance(query.text, meant)
    if query.kind == "pinyin":
        return _in_order(latin(query.part), latin(name))
    if query.kind == "initials":
        return query.text in "".join(reading[0] for reading in latin(name))
    return False


def _in_order(part: Sequence[str], whole: Sequence[str]) -> bool:
    rest = iter(whole)
    return all(one in rest for one in part)


Found = dict[str, tuple[list[float], list[bool]]]


def ask(
    find: Callable[[str], int | None],
    asked: Sequence[Query],
    rows: Sequence[Project],
    found: Found | None = None,
) -> Found:
    """Each class's times in milliseconds and whether the first answer was right."""
    if found is None:
        found = defaultdict(lambda: ([], []))
    for query in asked:
        begun = time.perf_counter()
        row = find(query.text)
        took = (time.perf_counter() - begun) * 1000
        times, right = found[query.kind]
        times.append(took)
        right.append(row is not None and is_right(query, row, rows))
    return found


def in_turn(
    finds: Sequence[Callable[[str], int | None]], asked: Sequence[Query], rows: Sequence[Project]
) -> list[Found]:
    """The same of several tools, some queries each in turn: a machine that grows slower for a while
    is slower for all."""
    several: list[Found] = [defaultdict(lambda: ([], [])) for _ in finds]
    for first in range(0, len(asked), IN_TURN):
        for find, found in zip(finds, several, strict=True):
            ask(find, asked[first : first + IN_TURN], rows, found)
    return several


def show(label: str, found: Found) -> tuple[float, float]:
    """Prints the classes; gives p50 and p99 over the basic ones."""
    print(f"\n{label}\n{'class':18}{'n':>6}{'recall@1':>10}{'p50 ms':>9}{'p99 ms':>9}")
    for kind, (times, right) in found.items():
        p50, p99 = np.percentile(times, [50, 99])
        print(f"{kind:18}{len(right):6}{np.mean(right):10.4f}{p50:9.3f}{p99:9.2f}")
    basic = [kind for kind in found if kind in BASIC]
    times = [took for kind in basic for took in found[kind][0]]
    p50, p99 = np.percentile(times, [50, 99])
    mean = np.mean([np.mean(found[kind][1]) for kind in basic])
    print(f"{'mean of the basic':18}{len(times):6}{mean:10.4f}{p50:9.3f}{p99:9.2f}")
    return float(p50), float(p99)


def links(index: NameIndex, asked: Sequence[Query], rows: Sequence[Project]) -> None:
    """How often a link is certain, and how often that is wrong."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    times = []
    for query in asked:
        begun = time.perf_counter()
        link = index.link(query.text)
        times.append((time.perf_counter() - begun) * 1000)
        outcome: str = link.outcome
        if outcome == "certain":
            meant = query.row >= 0 and is_right(query, link.matches[0].project_id, rows)
            outcome = "certain" if meant else "WRONG"
        counts[query.kind][outcome] += 1
    print(f"\n{'link':18}{'n':>6}{'certain':>9}{'near':>8}{'unknown':>9}{'wrong':>8}")
    for kind, by in counts.items():
        total = sum(by.values())
        shares = [by[o] / total for o in ("certain", "near", "unknown", "WRONG")]
        print(f"{kind:18}{total:6}" + "".join(f"{share:9.4f}" for share in shares))
    print("link p50 {:.3f} ms, p99 {:.2f} ms".format(*np.percentile(times, [50, 99])))


def measure(count: int, arguments: argparse.Namespace) -> None:
    """One size of registry."""
    everything = projects(count + HELD_OUT, arguments.seed)
    rows, out = everything[:count], everything[count:]
    names = [project.name for project in rows]
    process = psutil.Process()
    before = process.memory_info().rss
    begun = time.perf_counter()
    index = NameIndex.build(enumerate(names))
    built = time.perf_counter() - begun
    memory = (process.memory_info().rss - before) / 1e6
    chance = random.Random(arguments.seed + 1)
    asked = queries(
        rows, chance.sample(range(count), arguments.targets), arguments.held, arguments.seed + 2
    )
    strange = list(absent(rows, out, len(asked) // 2, arguments.held, arguments.seed + 3))
    print(f"\n===== {count} names: built in {built:.2f} s, {memory:.0f} MB")
    _changes(index, count)
    for query in asked[:100]:
        index.find(query.text)
    show("this index", ask(lambda text: _first(index, text), asked, rows))
    links(index, asked + strange, rows)
    if arguments.peers:
        some = [query for query in asked if query.kind in BASIC and query.kind not in LATIN]
        some = chance.sample(some, min(PEER_QUERIES, len(some)))
        compare(names, rows, some, lambda text: _first(index, text))


def _first(index: NameIndex, text: str) -> int | None:
    found = index.find(text)
    return found[0].project_id if found else None


def _changes(index: NameIndex, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names"
        begun = time.perf_counter()
        index.save(path)
        saved = time.perf_counter() - begun
        begun = time.perf_counter()
        NameIndex.open(path).find("联系人电话")
        opened = time.perf_counter() - begun
        print(
            f"saved in {saved:.2f} s, {path.stat().st_size / 1e6:.0f} MB; warm start {opened:.3f} s"
        )
    begun = time.perf_counter()
    index.add((count + at, f"新增第{at}号试验田经费") for at in range(1000))
    found = _first(index, "新增第777号试验田经费")
    added = (time.perf_counter() - begun) * 1000
    begun = time.perf_counter()
    for at in range(1000):
        index.remove(count + at)
    removed = (time.perf_counter() - begun) * 1000
    left = index.find("新增第777号试验田经费")
    assert found == count + 777
    assert all(match.project_id != found for match in left)
    print(f"1000 names added and found in {added:.1f} ms, removed in {removed:.1f} ms")


def compare(
    names: Sequence[str],
    rows: Sequence[Project],
    asked: Sequence[Query],
    find: Callable[[str], int | None],
) -> None:
    """The same queries put to this index and to other tools."""
    for peer in PEERS:
        if len(names) > peer.most:
            continue
        with tempfile.TemporaryDirectory() as folder:
            before = psutil.Process().memory_info().rss
            begun = time.perf_counter()
            try:
                tool = peer(names, Path(folder))
            except ImportError as missing:
                print(f"\n{peer.label}: not installed ({missing})")
                continue
            built = time.perf_counter() - begun
            memory = (psutil.Process().memory_info().rss - before) / 1e6
            slow = len(names) > 10_000 and not peer.label.startswith("tantivy")
            label = f"{peer.label}: built in {built:.1f} s, {memory:.0f} MB"
            mine, its = in_turn((find, tool.find), asked[: 40 if slow else None], rows)
            p50, p99 = show(label, its)
            ours = show("this index, asked the same in turn", mine)
            print(
                f"ours takes 1/{p50 / ours[0]:.0f} of its p50 and 1/{p99 / ours[1]:.1f} of its p99"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1000, 100_000, 1_000_000])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--held", action="store_true", help="the sentences held back from tuning")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--targets", type=int, default=300)
    arguments = parser.parse_args()
    for size in arguments.sizes:
        measure(size, arguments)


if __name__ == "__main__":
    main()
