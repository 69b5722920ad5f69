"""What each threshold of certainty costs: precision and recall of certain links over its values.

    python tests/benchmarks/names_thresholds.py [6 1000 100000] [--held]

A link is right when it is certain of the name meant; every certain link to a name that is not in
the registry, or to another one, is wrong. Half of the queries name nothing that is there.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from names import HELD_OUT, is_right

sys.path.insert(0, str(Path(__file__).parents[2].resolve()))

from names_corpus import Project, Query, absent, projects, queries

from registry import index_decide
from registry.index import NameIndex

GRID: dict[str, tuple[float, ...]] = {
    "CERTAIN_COVERED": (0.2, 0.3, 0.35, 0.4, 0.5),
    "CERTAIN_SAID": (1.0, 2.0, 3.0, 4.0, 6.0),
    "CROWDED": (0.4, 0.5, 0.6, 0.75, 0.9, 1.1),
    "CHARACTERS_A_SLIP": (4, 5, 6, 8, 12),
    "MARGIN": (1.0, 2.0, 3.0, 4.0, 6.0),
    "NEAR_EXPLAINED": (0.4, 0.5, 0.6),
}


def tally(
    index: NameIndex, asked: Sequence[Query], rows: Sequence[Project]
) -> tuple[int, int, int, int]:
    """Certain and right, certain and wrong, certain of what is not there, offered or certain."""
    right = wrong = invented = offered = 0
    for query in asked:
        link = index.link(query.text)
        if link.outcome == "certain":
            if query.row < 0:
                invented += 1
            elif is_right(query, link.matches[0].project_id, rows):
                right += 1
            else:
                wrong += 1
        if query.row >= 0 and link.outcome != "unknown":
            offered += any(is_right(query, match.project_id, rows) for match in link.matches)
    return right, wrong, invented, offered


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[6, 1000, 100_000])
    parser.add_argument("--held", action="store_true", help="the sentences held back from tuning")
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    for size in arguments.sizes:
        everything = projects(size + HELD_OUT, arguments.seed)
        rows, out = everything[:size], everything[size:]
        index = NameIndex.build((row, project.name) for row, project in enumerate(rows))
        chance = random.Random(arguments.seed)
        targets = chance.sample(range(size), min(size, 60))
        there = queries(rows, targets, arguments.held, arguments.seed + 1)
        not_there = list(absent(rows, out, len(there), arguments.held, arguments.seed + 2))
        print(f"\n{size} names, {len(there)} queries for names there, {len(not_there)} for others")
        print(
            f"{'threshold':20}{'value':>7}{'precision':>11}{'recall':>8}{'invented':>10}{'offered':>9}"
        )
        for name, values in GRID.items():
            chosen = getattr(index_decide, name)
            for value in values:
                setattr(index_decide, name, value)
                right, wrong, invented, offered = tally(index, [*there, *not_there], rows)
                certain = max(1, right + wrong + invented)
                print(
                    f"{name:20}{value:7.2f}{right / certain:11.4f}{right / len(there):8.3f}"
                    f"{invented / len(not_there):10.4f}{offered / len(there):9.3f}"
                    + ("  <- chosen" if value == chosen else "")
                )
            setattr(index_decide, name, chosen)


if __name__ == "__main__":
    main()
