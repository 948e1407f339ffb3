"""Pictures shared by the notebooks: they draw what they are given and compute nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

BLUE, ORANGE, GREEN, RED, SKY, PINK, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#777777",
)  # fmt: skip
"""Colours that people with any colour vision can tell apart (Okabe and Ito)."""
COLOURS = (BLUE, ORANGE, GREEN, RED, SKY, PINK)


def style() -> None:
    """Plain pictures with letters that can be read."""
    plt.rcParams.update(
        {
            "figure.dpi": 100, "figure.constrained_layout.use": True, "font.size": 11, "axes.titlesize": 12,
            "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False,
        }
    )  # fmt: skip


def axes(width: float = 8.0, height: float = 4.5, columns: int = 1) -> Any:
    """Empty axes, several side by side where there are columns."""
    return plt.subplots(1, columns, figsize=(width, height))[1]


def tornado(table: pd.DataFrame, value: float, row: str) -> None:
    """One bar a figure: the row at both ends of the figure's interval."""
    ax = axes(9.5, 0.62 * len(table) + 1.2)
    places = range(len(table))
    for column, colour, label in (("at_low", ORANGE, "figure at its lower end"), ("at_high", BLUE, "at its upper end")):
        ax.barh(places, table[column] - value, left=value, color=colour, height=0.6, label=label)
    ax.axvline(value, color="black", linewidth=1)
    ax.set_yticks(places, [fill(text, 58) for text in table["definition"]], fontsize=9)
    ax.invert_yaxis()
    ax.set_xlabel(f"P({row} is a reason)")
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2)


def bars(shares: pd.Series[float], label: str, *, height: float = 0.42) -> None:
    """Horizontal bars of shares, as given."""
    ax = axes(8.0, height * len(shares) + 1.2)
    ax.barh([fill(str(name), 60) for name in shares.index], shares, color=BLUE, height=0.6)
    ax.invert_yaxis()
    ax.set_xlabel(label)


def curves(functions: Mapping[str, Any], figure: str) -> None:
    """Rows as functions of one figure, over its interval; the stated number is marked."""
    ax = axes()
    for colour, (name, function) in zip(COLOURS, functions.items(), strict=False):
        ax.plot(function.numbers, function.values, color=colour, linewidth=2, label=fill(name, 60))
        ax.plot([function.now], [function.value], "o", color=colour)
    for turn in function.admissible:
        if function.interval[0] < turn < function.interval[1]:
            ax.axvline(turn, color="black", linestyle=":", label="here the first row changes")
    ax.set_xlabel(fill(figure, 80))
    ax.set_ylabel("P(is a reason)")
    ax.set_ylim(0.0, 1.0)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=1)


def leader_map(values: pd.DataFrame, leader: pd.DataFrame, names: Mapping[str, str], labels: Sequence[str]) -> None:
    """Who is first over two figures, with lines of equal probability of one row; the stated numbers are marked."""
    ax = axes(7.5, 5.8)
    first = list(dict.fromkeys(leader.to_numpy().ravel()))
    colours = ("#BFDDF0", "#F7DFA9", "#B8E3D3", "#F0C9B0")[: len(first)]
    codes = leader.map(first.index).to_numpy(dtype=float).T
    x, y = values.index.to_numpy(), values.columns.to_numpy()
    ax.pcolormesh(x, y, codes, cmap=ListedColormap(colours), vmin=-0.5, vmax=len(first) - 0.5, shading="nearest")
    lines = ax.contour(x, y, values.to_numpy().T, levels=[0.1 * i for i in range(1, 10)], colors="black", linewidths=1)
    ax.clabel(lines, fmt="%.1f")
    ax.plot([x[len(x) // 2]], [y[len(y) // 2]], "o", color="black", markersize=8)
    ax.set_xlabel(fill(labels[0], 56))
    ax.set_ylabel(fill(labels[1], 44))
    handles = [
        Patch(color=colour, label=fill(f"first: {names[name]}", 56))
        for colour, name in zip(colours, first, strict=True)
    ]
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=1)


def intervals(table: pd.DataFrame, label: str = "P(is a reason), with its 90 % interval") -> None:
    """A point and its interval for each row."""
    ax = axes(8.0, 0.45 * len(table) + 1.2)
    places = range(len(table))
    ax.hlines(places, table["low"], table["high"], color=SKY, linewidth=6)
    if "contributes" in table:
        ax.plot(table["contributes"], places, "o", color="black")
    ax.set_yticks(places, [fill(str(name), 50) for name in table["name"]])
    ax.invert_yaxis()
    ax.set_xlim(0.0, 1.0)
    ax.set_xlabel(fill(label, 60))


def sobol(table: pd.DataFrame, labels: Sequence[str]) -> None:
    """First and total index of each factor, with its uncertainty."""
    ax = axes(9.5, 0.62 * len(table) + 1.2)
    pairs = (("total", SKY, -0.18, "total: with what it does together with others"), ("first", BLUE, 0.18, "alone"))
    for column, colour, shift, label in pairs:
        places = [place + shift for place in range(len(table))]
        ax.barh(places, table[column], height=0.34, color=colour, label=label)
        ax.errorbar(table[column], places, xerr=table[f"{column}_error"], fmt="none", ecolor="black", linewidth=1)
    ax.set_yticks(range(len(table)), [fill(text, 58) for text in labels], fontsize=9)
    ax.invert_yaxis()
    ax.set_xlabel("share of the variance of the probability")
    ax.legend(loc="lower right")


def lines(table: pd.DataFrame, x: str, y: str) -> None:
    """One line a column, named at its right end."""
    ax = axes()
    marks = ("o", "s", "^", "D", "v", "P")
    for colour, mark, name in zip(COLOURS, marks, table.columns, strict=False):
        ax.plot(table.index, table[name], color=colour, marker=mark, linewidth=2, label=name)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    ax.set_ylim(0.0, 1.0)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def dots(table: pd.DataFrame, names: Mapping[str, str], label: str) -> None:
    """One line a model (column), one mark a condition (row)."""
    ax = axes(8.0, 0.42 * len(table.columns) + 2.2)
    marks = ("o", "s", "^", "D", "v", "P")
    for colour, mark, condition in zip(COLOURS, marks, table.index, strict=False):
        ax.plot(
            table.loc[condition], range(len(table.columns)), mark, color=colour, markersize=8, label=names[condition]
        )
    ax.set_yticks(range(len(table.columns)), [names.get(column, column) for column in table.columns])
    ax.grid(axis="y", color="#DDDDDD")
    ax.invert_yaxis()
    ax.set_xlim(-0.02, 1.02)
    ax.set_xlabel(label)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.2, 1.0))


def reliability(tables: Mapping[str, pd.DataFrame]) -> None:
    """Observed against expected shares in each tenth, with the range that a calibrated model stays in."""
    grid = axes(4.6 * len(tables), 4.8, len(tables))
    panels: list[Axes] = list(grid) if len(tables) > 1 else [grid]
    for ax, (title, table) in zip(panels, tables.items(), strict=True):
        ax.plot([0.0, 1.0], [0.0, 1.0], color=GREY, linewidth=1)
        ax.vlines(table["expected"], table["low"], table["high"], color=SKY, linewidth=7, label="calibrated: 99 in 100")
        ax.plot(table["expected"], table["observed"], "o", color="black", label="observed")
        ax.set_title(title)
        ax.set_xlim(0.0, 1.0)
        ax.set_ylim(0.0, 1.0)
        ax.set_aspect("equal")
        ax.set_xlabel("probability that the model gave")
        ax.set_ylabel("share in which it was true")
    panels[0].legend(loc="upper left")
