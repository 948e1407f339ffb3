"""What a process costs: the first answer in a new one, and memory."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.cases import PUBLISHED, ROOT
from benchmarks.dashboard import dashboard
from benchmarks.extent import Extent
from benchmarks.figures import spread
from benchmarks.sets import DENSITIES, grid, mixture

TABLES_UP_TO = 12
"""Largest k for which the work tables of one answer have a goal."""
PLAIN = {"NUMBA_DISABLE_JIT": "1"}


def first_answers(extent: Extent, whats: Sequence[str] = ("engine", "library")) -> dict[str, object]:
    """Seconds from starting the interpreter to the end of the process that gave one answer; caches are warm."""
    rows: list[dict[str, object]] = []
    with TemporaryDirectory() as folder:
        case = Path(folder) / "case"
        case.write_bytes(pickle.dumps(mixture("sparse", 1)[0]))
        jobs: tuple[tuple[str, str, Path, Mapping[str, str]], ...] = (
            ("engine", "engine alone, sparse k=5", case, {}),
            ("engine", "engine alone, sparse k=5, nothing compiled", case, PLAIN),
            ("library", "library: import, load, diagnose", PUBLISHED / "published_01.yaml", {}),
        )
        for what, title, path, extra in jobs:
            if what in whats:
                rows.append({"what": title, **_starts(what, path, extra, extent.repeats)})
    return {"rows": rows}


def _starts(what: str, case: Path, extra: Mapping[str, str], repeats: int) -> dict[str, object]:
    """Wall clock of whole processes and of the part after the interpreter was up; the first start fills the caches."""
    walls, insides = [], []
    for number in range(repeats + 1):
        start = time.perf_counter()
        inside = float(_run([f"{__package__}.first", what, str(case)], extra))
        if number:
            walls.append(time.perf_counter() - start)
            insides.append(inside)
    return {"seconds": asdict(spread(walls)), "inside": asdict(spread(insides))}


def _run(command: list[str], extra: Mapping[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, **extra},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def memory(extent: Extent) -> dict[str, object]:
    """Bytes: resident with the model loaded, answering, what one answer adds (k up to 12), the dashboard."""
    with TemporaryDirectory() as folder:
        cases = Path(folder) / "cases"
        small = [c for d in DENSITIES for c in grid(d, min(10, extent.per_cell)) if c.k <= TABLES_UP_TO]
        cases.write_bytes(pickle.dumps(small))
        found: dict[str, Any] = json.loads(_run([f"{__package__}.memory", str(cases)], {}))
    groups: dict[str, list[float]] = {}
    for row in found["answers"]:
        groups.setdefault(row["group"], []).append(float(row["bytes"]) if row["answered"] else float("inf"))
    return {
        "loaded": found["loaded"],
        "answering": found["answering"],
        "answer_adds": {group: asdict(spread(values)) for group, values in groups.items()},
        "dashboard": dashboard(),
    }
