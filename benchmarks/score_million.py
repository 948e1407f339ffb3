"""How fast `crampnet score` goes through a large table, on one process and on two, and how much memory it takes.

    python benchmarks/score_million.py --rows 1000000 --patterns 300
    python benchmarks/score_million.py --rows 2000 --patterns 2000

Rows are drawn, with replacement, from so many distinct patterns: published cases of which each answer is kept,
left out or turned round, with an age, a sex and now and then a medicine and a calcium. With as many patterns as rows
nearly every row must be worked out; then rows per second are cases per second, and a million rows of that kind take the
printed time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil  # type: ignore[import-untyped]

from crampnet.inference.case import Case, read_case

CASES = Path(__file__).parents[1] / "tests" / "cases" / "published"
KEPT, TURNED = 0.8, 0.1
"""Shares of a pattern's answers that are kept as they are in the case, and turned round."""
MEDICINES = ("", "", "", "furosemide", "simvastatin", "salbutamol")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--patterns", type=int, default=300)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--top", type=int, help="the first so many conditions instead of all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.parquet"
        table(options.rows, options.patterns, options.seed).to_parquet(source, index=False)
        for jobs in options.jobs:
            print(json.dumps(measure(source, jobs, options)), flush=True)


def table(rows: int, patterns: int, seed: int) -> pd.DataFrame:
    """A table of cases with an id, one column a finding."""
    draw = np.random.default_rng(seed)
    cases = [read_case(path) for path in sorted(CASES.glob("*.yaml"))]
    kinds = pd.DataFrame([pattern(draw, cases[draw.integers(len(cases))]) for _ in range(patterns)])
    picked = np.arange(rows) if rows == patterns else draw.integers(patterns, size=rows)
    found = kinds.iloc[picked].reset_index(drop=True)
    found.insert(0, "patient_id", np.arange(rows))
    return found


def pattern(draw: np.random.Generator, case: Case) -> dict[str, object]:
    """A person somewhat like that of a case."""
    row: dict[str, object] = {"age": int(draw.integers(18, 90)), "sex": str(draw.choice(["female", "male"]))}
    for state, other in (("present", "absent"), ("absent", "present")):
        for name in getattr(case, state):
            lot = draw.random()
            if lot < KEPT + TURNED:
                row[name] = state if lot < KEPT else other
    row["medicines"] = str(draw.choice(MEDICINES))
    if draw.random() < 0.2:
        row["serum_calcium [mmol/L]"] = round(float(draw.normal(2.3, 0.2)), 2)
    return row


def measure(source: Path, jobs: int, options: argparse.Namespace) -> dict[str, object]:
    """One run of the command: time, and the largest memory of all its processes together.

    On a machine that others use too, processor seconds tell more than seconds.
    """
    target = source.with_name(f"out-{jobs}.parquet")
    command = [sys.executable, "-m", "crampnet.cli", "score", str(source), str(target), "--jobs", str(jobs)]
    start, spent = time.perf_counter(), processor_seconds()
    run = subprocess.Popen([*command, *(["--top", str(options.top)] if options.top else [])])
    peaks = {"parent": 0, "together": 0}
    watcher = threading.Thread(target=watch, args=(run.pid, peaks))
    watcher.start()
    code = run.wait()
    seconds = time.perf_counter() - start
    watcher.join()
    if code:
        raise SystemExit(code)
    errors = int(pd.read_parquet(target, columns=["error"])["error"].notna().sum())
    return {
        "rows": options.rows,
        "patterns": options.patterns,
        "processes": jobs,
        "seconds": round(seconds, 1),
        "processor_seconds": round(processor_seconds() - spent, 1),
        "rows_per_second": round(options.rows / seconds),
        "million_rows_hours": round(1e6 * seconds / options.rows / 3600, 2),
        "peak_mb_parent": peaks["parent"] >> 20,
        "peak_mb_together": peaks["together"] >> 20,
        "rows_with_an_error": errors,
    }


def processor_seconds() -> float:
    """Processor time of everything that was started here and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def watch(pid: int, peaks: dict[str, int]) -> None:
    """Note the largest resident memory of a process, and of it with its children, until it ends."""
    while psutil.pid_exists(pid):
        try:
            parent = psutil.Process(pid)
            own = parent.memory_info().rss
            together = own + sum(child.memory_info().rss for child in parent.children(recursive=True))
        except psutil.Error:
            time.sleep(0.05)
            continue
        peaks["parent"], peaks["together"] = max(peaks["parent"], own), max(peaks["together"], together)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
