"""The growth of time with the number of positive findings, ours and the peers'."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = {
    "pgmpy, whole network": ("#8c564b", "v"),
    "pgmpy, ordinary use": ("#d62728", "s"),
    "pgmpy, expert use": ("#ff7f0e", "D"),
    "pyAgrum, ordinary use": ("#9467bd", "^"),
    "pyAgrum, random field": ("#1f77b4", "P"),
}
DENSITIES = ("sparse", "dense")
OURS = "crampnet, median and 90th percentile"


def draw(results: Mapping[str, Any], path: Path) -> None:
    """One panel a density and one for the published cases, log scale.

    Hollow marks on the dotted line are cases that ran out of time or memory.
    """
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    with plt.rc_context({"svg.hashsalt": "crampnet", "svg.fonttype": "none", "font.size": 10}):
        figure, panels = plt.subplots(1, 3, figsize=(13.0, 5.0), sharey=True, layout="constrained")
        for panel, density in zip(panels, DENSITIES, strict=False):
            _ours(panel, results["latency"]["rows"], density)
            _theirs(panel, results["peers"], density)
            _dress(panel, f"generated, {density}")
        _published(panels[2], results)
        _dress(panels[2], "shipped network, published cases")
        panels[0].set_ylabel("seconds for all posteriors of a case")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def _ours(panel: Axes, rows: list[Mapping[str, Any]], density: str) -> None:
    cells = [r for r in rows if (r["group"], r["kind"]) == (density, "both")]
    ks = [int(cell["k"]) for cell in cells]
    middle, high = ([_height(cell["seconds"][cut]) for cell in cells] for cut in ("p50", "p90"))
    panel.plot(ks, middle, color="black", marker="o", linewidth=2.5, label=OURS)
    panel.fill_between(ks, middle, high, color="black", alpha=0.12, linewidth=0)


def _theirs(panel: Axes, part: Mapping[str, Any], density: str) -> None:
    limit = part["limits"]["seconds"]
    panel.axhline(limit, color="grey", linestyle=":", linewidth=1)
    panel.text(18.3, limit * 1.15, "limit of time or memory", ha="right", va="bottom", color="grey", fontsize=9)
    for number, (peer, (color, mark)) in enumerate(MARKS.items()):
        cells = [c for c in part["cells"] if (c["peer"], c["group"]) == (peer, density)]
        done = [(int(c["k"]), c["infer"]["p50"]) for c in cells if c["infer"]["count"]]
        lost = [int(c["k"]) for c in cells if any(s not in ("ok", "not run") for s in c["statuses"])]
        panel.plot([k for k, _ in done], [s for _, s in done], color=color, marker=mark, label=peer)
        shifted = [k + 0.22 * (number - 2) for k in lost]
        panel.plot(shifted, [limit] * len(lost), color=color, marker=mark, linestyle="", markerfacecolor="white")


def _published(panel: Axes, results: Mapping[str, Any]) -> None:
    """One mark a case."""
    ours, limit = results["latency"]["published"], results["peers"]["limits"]["seconds"]
    panel.plot([c["k"] for c in ours], [_height(c["seconds"]) for c in ours], color="black", marker="o", linestyle="")
    panel.axhline(limit, color="grey", linestyle=":", linewidth=1)
    for peer, (color, mark) in MARKS.items():
        cases = [c for c in results["peers"]["published"] if c["peer"] == peer]
        done = [(c["k"], c["infer"]) for c in cases if c["status"] == "ok"]
        lost = [c["k"] for c in cases if c["status"] not in ("ok", "not run")]
        panel.plot([k for k, _ in done], [s for _, s in done], color=color, marker=mark, linestyle="")
        panel.plot(lost, [limit] * len(lost), color=color, marker=mark, linestyle="", markerfacecolor="white")


def _dress(panel: Axes, title: str) -> None:
    panel.set_title(title)
    panel.set_yscale("log")
    panel.set_xlabel("findings present")
    panel.set_xticks([4, 8, 12, 16])
    panel.set_xlim(0.5, 18.5)
    panel.grid(axis="y", alpha=0.3)
    panel.spines[["top", "right"]].set_visible(False)


def _height(seconds: float | None) -> float:
    """A refusal has no height."""
    return float("nan") if seconds is None else seconds
