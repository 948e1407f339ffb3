"""`python -m benchmarks`: measures, prints tables, writes benchmarks/results.json and the curve in docs/."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import crampnet
from benchmarks.cases import ROOT, Asked, published_cases
from benchmarks.curve import draw
from benchmarks.extent import FULL, QUICK, Extent
from benchmarks.goals import judged
from benchmarks.latency import latency
from benchmarks.machine import stamp
from benchmarks.peers.compare import compare
from benchmarks.processes import first_answers, memory
from benchmarks.sets import SEED
from benchmarks.show import tables
from benchmarks.sweeps import sweeps
from benchmarks.throughput import throughput

RESULTS = ROOT / "benchmarks" / "results.json"
CURVE = ROOT / "docs" / "growth.svg"

Part = Callable[[Sequence[Asked], Extent], dict[str, object]]
PARTS: dict[str, Part] = {
    "latency": latency,
    "peers": compare,
    "throughput": throughput,
    "sweeps": sweeps,
    "first": lambda _, extent: first_answers(extent),
    "memory": lambda _, extent: memory(extent),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Results are only written where --out says so or where everything was measured in full."""
    options = _options(arguments)
    extent = QUICK if options.quick else FULL
    results: dict[str, Any] = {"machine": stamp(), "seed": SEED, "quick": options.quick}
    shipped = published_cases(crampnet.load_model())
    for name in options.only or PARTS:
        start = time.monotonic()
        results[name] = PARTS[name](shipped, extent)
        sys.stderr.write(f"{name}: {time.monotonic() - start:.0f} s\n")
    results["goals"] = judged(results)
    sys.stdout.write(tables(results) + "\n")
    _written(results, options)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and memory against peers.")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="measure these parts alone")
    parser.add_argument("--quick", action="store_true", help="a few cases of everything")
    parser.add_argument("--out", type=Path, help="write results.json and growth.svg into this folder")
    return parser.parse_args(arguments)


def _written(results: dict[str, Any], options: argparse.Namespace) -> None:
    whole = not options.only and not options.quick
    if options.out is None and not whole:
        return
    figures = options.out / RESULTS.name if options.out else RESULTS
    curve = options.out / CURVE.name if options.out else CURVE
    figures.parent.mkdir(parents=True, exist_ok=True)
    figures.write_text(json.dumps(_plain(results), indent=1, allow_nan=False) + "\n")
    if "latency" in results and "peers" in results:
        draw(results, curve)


def _plain(value: Any) -> Any:
    """JSON has no infinity: a refused figure is written as null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value


if __name__ == "__main__":
    sys.exit(main())
