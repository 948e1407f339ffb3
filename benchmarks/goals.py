"""The goals, next to what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

Results = Mapping[str, Any]
MOST = "at most"
LEAST = "at least"
WITHOUT_SIGNS = ("pgmpy, whole network", "pgmpy, ordinary use", "pyAgrum, ordinary use")


@dataclass(frozen=True)
class Goal:
    """what is measured, the bound and its sense ("at most" or "at least"), and how the results give the figure.

    figure returns None where that part was not run, and infinity where a case was refused.
    """

    what: str
    sense: str
    bound: float
    unit: str
    figure: Callable[[Results], float | None]


def judged(results: Results) -> list[dict[str, object]]:
    """One row a goal; met is None where it was not measured."""
    rows = []
    for goal in GOALS:
        value = goal.figure(results)
        met = None if value is None else (value <= goal.bound if goal.sense == MOST else value >= goal.bound)
        row = {name: field for name, field in asdict(goal).items() if name != "figure"}
        rows.append({**row, "measured": value, "met": met})
    return rows


def _latency(group: str, kind: str, k: str, cut: str = "p50") -> Callable[[Results], float | None]:
    def figure(results: Results) -> float | None:
        for row in _rows(results, "latency"):
            if (row["group"], row["kind"], row["k"]) == (group, kind, k):
                return _times(1e3, row["seconds"], cut)
        return None

    return figure


def _sweep(name: str, what: str, factor: float) -> Callable[[Results], float | None]:
    def figure(results: Results) -> float | None:
        for row in _rows(results, "sweeps"):
            if (row["set"], row["what"]) == (name, what) and row.get("lanes", 1000) == 1000:
                return _times(factor, row["seconds"], "p50")
        return None

    return figure


def _first(what: str) -> Callable[[Results], float | None]:
    def figure(results: Results) -> float | None:
        found = [row["seconds"] for row in _rows(results, "first") if row["what"] == what]
        return _times(1.0, found[0], "p50") if found else None

    return figure


def _rate(name: str) -> Callable[[Results], float | None]:
    def figure(results: Results) -> float | None:
        rows = [row for row in _rows(results, "throughput") if row["set"] == name]
        return max(rows[0]["two_threads"], rows[0]["two_processes"]) if rows else None

    return figure


def _ratio(peer: str, most_k: int) -> Callable[[Results], float | None]:
    """The smallest median ratio over the generated cells with k up to most_k; failures count at their limit."""

    def figure(results: Results) -> float | None:
        cells = [c for c in results.get("peers", {}).get("cells", []) if c["peer"] == peer and c["group"] != "shipped"]
        found = [c["ratio"]["median"] for c in cells if int(c["k"]) <= most_k and c["ratio"] is not None]
        return min(found, default=None)

    return figure


def _difference(results: Results) -> float | None:
    """Of the peers in ordinary use: those with signed factors subtract, and lose digits by it."""
    cells = [c for c in results.get("peers", {}).get("cells", []) if c["peer"] in WITHOUT_SIGNS]
    return max((c["difference"] for c in cells if c["difference"] is not None), default=None)


def _residual(results: Results) -> float | None:
    return max((r["residual"] for r in _rows(results, "latency") if r["residual"] is not None), default=None)


def _qmr(parents: int) -> Callable[[Results], float | None]:
    return _latency(f"qmr, {parents} parents", "random", "15")


def _tables(results: Results) -> float | None:
    groups = results.get("memory", {}).get("answer_adds", {}).values()
    return max((_times(2.0**-20, group, "worst") for group in groups), default=None)


def _dashboard(results: Results) -> float | None:
    found = results.get("memory", {}).get("dashboard", {})
    return found["after"] / 2**20 if found.get("visit") == "answered" else None


def _rows(results: Results, part: str) -> Iterator[Any]:
    yield from results.get(part, {}).get("rows", [])


def _times(factor: float, spread: Mapping[str, Any], cut: str) -> float:
    """A percentile in the goal's unit; infinity where refused cases reach that far."""
    return factor * spread[cut] if spread[cut] is not None else float("inf")


GOALS = (
    Goal("sparse k=8, median", MOST, 0.10, "ms", _latency("sparse", "both", "8")),
    Goal("dense k=8, median", MOST, 0.2, "ms", _latency("dense", "both", "8")),
    Goal("dense k=12, median", MOST, 0.6, "ms", _latency("dense", "both", "12")),
    Goal("sparse k=16, median", MOST, 0.25, "ms", _latency("sparse", "both", "16")),
    Goal("sparse k 5-15, p99", MOST, 4.0, "ms", _latency("sparse", "mixed", "5-15", "p99")),
    Goal("sparse k 5-15 on two cores", LEAST, 5000.0, "cases/s", _rate("sparse, mixed k 5-15")),
    Goal("1000 draws, sparse k=8", MOST, 15.0, "ms", _sweep("sparse k=8", "draws", 1e3)),
    Goal("1000 draws, dense k=8", MOST, 50.0, "ms", _sweep("dense k=8", "draws", 1e3)),
    Goal("open findings absent, sparse k=8", MOST, 1.0, "ms", _sweep("sparse k=8", "open findings, absent", 1e3)),
    Goal("open findings absent, sparse k=12", MOST, 4.0, "ms", _sweep("sparse k=12", "open findings, absent", 1e3)),
    Goal("first answer in a new process", MOST, 0.4, "s", _first("engine alone, sparse k=5")),
    Goal("the same, nothing compiled", MOST, 0.5, "s", _first("engine alone, sparse k=5, nothing compiled")),
    Goal("pgmpy, ordinary use", LEAST, 5000.0, "times", _ratio("pgmpy, ordinary use", 16)),
    Goal("pgmpy, expert use", LEAST, 500.0, "times", _ratio("pgmpy, expert use", 16)),
    Goal("pyAgrum, ordinary use, k >= 4", LEAST, 500.0, "times", _ratio("pyAgrum, ordinary use", 16)),
    Goal("pyAgrum, random field, k <= 12", LEAST, 10.0, "times", _ratio("pyAgrum, random field", 12)),
    Goal("QMR size, 11 parents, k=15, median", MOST, 15.0, "ms", _qmr(11)),
    Goal("QMR size, 45 parents, k=15, median", MOST, 40.0, "ms", _qmr(45)),
    Goal("shipped network, published cases, median", MOST, 0.10, "ms", _latency("shipped", "published", "all")),
    Goal("shipped network, published cases, p99", MOST, 4.0, "ms", _latency("shipped", "published", "all", "p99")),
    Goal("1000 draws, shipped network", MOST, 15.0, "ms", _sweep("shipped, published", "draws", 1e3)),
    Goal(
        "open findings absent, shipped network",
        MOST,
        4.0,
        "ms",
        _sweep("shipped, published", "open findings, absent", 1e3),
    ),
    Goal("work tables of one answer, k up to 12", MOST, 64.0, "MiB", _tables),
    Goal("dashboard, resident", MOST, 600.0, "MiB", _dashboard),
    Goal("certificate, largest residual", MOST, 1e-9, "", _residual),
    Goal("largest difference from peers in ordinary use", MOST, 1e-9, "", _difference),
)
