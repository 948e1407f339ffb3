"""`python -m benchmarks.interviews`: how many questions the published cases take, against asking everything.

Nothing is drawn at random: the cases are those under tests/cases/published in their order, so that the table, its last
column apart, is the same on every machine.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

import pandas as pd

import crampnet
from benchmarks.cases import PUBLISHED
from crampnet.errors import TooExpensive
from crampnet.inference.case import Case, read_case
from crampnet.inference.exact.kernels import KERNELS
from crampnet.reasoning.interview import interviews

MEDIANS = ("questions", "asked", "signs", "answered", "red_flags", "settled_everything", "settled_full", "seconds")


def cases(names: Sequence[str] = ()) -> dict[str, Case]:
    """The published cases by name, or those named."""
    paths = sorted(PUBLISHED.glob("*.yaml"))
    return {path.stem: read_case(path) for path in paths if not names or path.stem in names}


def measured(model: crampnet.Model, chosen: dict[str, Case]) -> pd.DataFrame:
    """One row a case, see `interviews`, with the processor seconds that it took; refused ones are named instead."""
    rows = []
    for name, case in chosen.items():
        start = time.process_time()
        try:
            row = interviews(model.knowledge, model.vocabulary, model.network, {name: case})
        except TooExpensive as refused:
            sys.stdout.write(f"{name} is left out: {refused}\n")
            continue
        rows.append(row.assign(seconds=time.process_time() - start))
    return pd.concat(rows)


def summary(table: pd.DataFrame) -> str:
    """Medians, and in how many cases leader and level at the stop are those of all answers."""
    medians = table[list(MEDIANS)].astype(float).median()
    lines = [f"median {name}: {medians[name]:.4g}" for name in MEDIANS]
    for goal in ("everything", "full"):
        count = int(table[f"settled_{goal}"].notna().sum())
        lines.append(f"leader and level of the stop are those of {goal}: {count} of {len(table)}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Interview, print the table and its medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help="names of published cases; all by default")
    model = crampnet.load_model()
    chosen = cases(parser.parse_args(arguments).cases)
    if not chosen:
        parser.error(f"No such case; the names are those of the files in {PUBLISHED}.")
    KERNELS.wait()
    table = measured(model, chosen)
    sys.stdout.write(f"{table.round({'seconds': 1}).to_string()}\n\n{summary(table)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
