"""The results as text tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Line = Sequence[str]


def tables(results: Mapping[str, Any]) -> str:
    """All parts that were run, the goals last."""
    parts = (("latency", _latency), ("peers", _peers), ("throughput", _throughput), ("sweeps", _sweeps))
    lines: list[str] = []
    for name, make in (*parts, ("first", _first), ("memory", _memory), ("goals", _goals)):
        if name in results:
            title, *rows = make(results[name])
            lines += ["", title[0], *_aligned(rows)]
    return "\n".join(lines[1:])


def _aligned(rows: Sequence[Line]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()


def _latency(part: Mapping[str, Any]) -> Iterator[Line]:
    yield ("Our latency, one core, fresh case, planning and all outputs included (ms)",)
    yield ("network", "cases", "k", "n", "p50", "p90", "p99", "worst", "refused", "residual", "width")
    for row in part["rows"]:
        s = row["seconds"]
        cuts = [_ms(s[cut]) for cut in ("p50", "p90", "p99", "worst")]
        residual = "-" if row["residual"] is None else f"{row['residual']:.0e}"
        yield (
            *(row["group"], row["kind"], row["k"], str(s["count"])),
            *cuts,
            *(str(s["refused"]), residual, str(row["width"])),
        )


def _peers(part: Mapping[str, Any]) -> Iterator[Line]:
    limits = part["limits"]
    space = limits["memory"] >> 30
    yield (f"Peers on the same cases: {space} GiB of address space, {limits['seconds']:.0f} s a case (ms, medians)",)
    yield ("peer", "network", "k", "outcome", "ours", "infer", "build", "ratio", "with build", "difference")
    for c in part["cells"]:
        outcome = ", ".join(f"{count} {status}" for status, count in c["statuses"].items())
        ratios = [_times(c["ratio"]), _times(c["with_build"])]
        apart = "-" if c["difference"] is None else f"{c['difference']:.0e}"
        times = [_ms(c[name]["p50"]) if c[name]["count"] else "-" for name in ("ours", "infer", "build")]
        yield (c["peer"], c["group"], c["k"], outcome, *times, *ratios, apart)


def _throughput(part: Mapping[str, Any]) -> Iterator[Line]:
    yield ("Cases per second",)
    yield ("cases", "one core", "two threads", "two processes")
    for row in part["rows"]:
        yield (row["set"], *(f"{row[name]:.0f}" for name in ("one_core", "two_threads", "two_processes")))


def _sweeps(part: Mapping[str, Any]) -> Iterator[Line]:
    yield ("Many weights on one case (ms a case)",)
    yield ("cases", "what", "weights", "n", "p50", "worst")
    for row in part["rows"]:
        s = row["seconds"]
        count = row.get("lanes", row.get("most_changes", 0))
        yield (row["set"], row["what"], str(count), str(s["count"]), _ms(s["p50"]), _ms(s["worst"]))


def _first(part: Mapping[str, Any]) -> Iterator[Line]:
    yield ("First answer in a new process, caches warm (s)",)
    yield ("what", "n", "whole process, p50", "after the interpreter, p50")
    for row in part["rows"]:
        yield (
            row["what"],
            str(row["seconds"]["count"]),
            f"{row['seconds']['p50']:.2f}",
            f"{row['inside']['p50']:.2f}",
        )


def _memory(part: Mapping[str, Any]) -> Iterator[Line]:
    yield ("Memory (MiB)",)
    yield ("what", "median", "worst")
    yield ("process with the model loaded", _mib(part["loaded"]), "")
    yield ("the same answering the published cases, peak", _mib(part["answering"]), "")
    for group, s in part["answer_adds"].items():
        yield (f"added by one answer, {group}, k up to 12", _mib(s["p50"]), _mib(s["worst"]))
    board = part["dashboard"]
    yield ("dashboard before a visit", _mib(board["before"]), "")
    yield (
        f"dashboard at rest after a visit ({board['visit']}), most during it",
        _mib(board["after"]),
        _mib(board["peak"]),
    )


def _goals(rows: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    yield ("Goals",)
    yield ("goal", "bound", "measured", "unit", "met")
    for row in rows:
        met = {None: "not measured", True: "yes", False: "NO"}[row["met"]]
        yield (row["what"], f"{row['sense']} {row['bound']:g}", _figure(row["measured"]), row["unit"], met)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return "refused" if value == float("inf") else f"{value:.3g}"


def _ms(seconds: float | None) -> str:
    return "refused" if seconds is None else f"{seconds * 1e3:.3g}"


def _mib(value: float | None) -> str:
    return "refused" if value is None else f"{value / 2**20:.1f}"


def _times(ratio: Mapping[str, Any] | None) -> str:
    if ratio is None:
        return "-"
    return f"{'>' if ratio['at_least'] else ''}x{ratio['median']:.3g}"
