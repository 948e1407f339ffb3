"""Measured figures in words and little bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crampnet.ui.answer.markup import Markup, element
from crampnet.ui.text import words

SPLITS = ("measure", "develop")
"""The order of the page: what was only measured on comes first."""
ALL = "tests"
"""The level with everything known."""


def say(path: str, voice: str) -> str:
    """The wording under a path of the page, in plain or clinical words."""
    return str(words(f"accuracy.{path}")[voice])


def share(value: float) -> str:
    """A counted share in whole per cent, kept on one line; unlike a probability it can be 0 or 100."""
    return f"{value:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


def precise(value: float) -> str:
    """A share to three digits, as papers print it."""
    return f"{100.0 * value:.3g}\N{NO-BREAK SPACE}%"


def figure(found: Mapping[str, float] | None) -> str:
    """A share with its interval."""
    if found is None:
        return str(words("accuracy.none"))
    parts = {name: share(found[name]) for name in ("value", "low", "high")}
    return str(words("accuracy.cell")).format(**parts | {"low": parts["low"].removesuffix("\N{NO-BREAK SPACE}%")})


def counted(found: Mapping[str, float]) -> int:
    """In how many cases it was so."""
    return round(found["value"] * found["n"])


def heading(path: str, voice: str) -> Markup:
    """The heading of a section."""
    return element("h2", say(f"{path}.heading", voice), "cn-heading")


def note(text: str) -> Markup:
    """A small line."""
    return element("p", text, "cn-note")


def bar(found: Mapping[str, float] | None) -> Markup:
    """A bar with its interval below and the figure beside it; the figure is the text for all who do not see the bar."""
    if found is None:
        return element("span", figure(None), "cn-measured")
    fill = element("span", "", "cn-fill", style=f"width:{found['value']:.1%}")
    width = max(found["high"] - found["low"], 0.004)
    whisker = element("span", "", "cn-whisker", style=f"left:{found['low']:.1%};width:{width:.1%}")
    drawn = element("span", [fill, whisker], "cn-bar", aria_hidden="true")
    return element("span", [drawn, element("span", figure(found), "cn-measured")], "cn-bar-cell")


def table(caption: str, head: Sequence[str], rows: Sequence[tuple[str, Sequence[Markup | str]]]) -> Markup:
    """A table whose first column names its rows; caption: empty where the heading above says it."""
    titles = element("tr", [element("th", cell, scope="col") for cell in head])
    body = [
        element("tr", [element("th", name, scope="row"), *(element("td", [_cell(cell)]) for cell in cells)])
        for name, cells in rows
    ]
    parts = [element("thead", [titles]), element("tbody", body)]
    if caption:
        parts.insert(0, element("caption", caption))
    return element("div", [element("table", parts, "cn-table")], "cn-table-room")


def folded(summary: str, content: list[Markup]) -> Markup:
    """Something to open."""
    return element("details", [element("summary", summary), *content], "cn-source")


def split_name(split: str, voice: str) -> str:
    """The name of a split."""
    return say(f"splits.{split}", voice)


def _cell(cell: Markup | str) -> Markup:
    return cell if isinstance(cell, Markup) else element("span", cell)


def levels() -> list[str]:
    """The levels of what is known, in their order."""
    return list(words("accuracy.levels"))


Results = Mapping[str, Any]
