"""The wording of the pages, read once from text.yaml, and chances put into words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from crampnet.report import Row
from crampnet.report.insights import Name
from crampnet.report.text import between as report_between
from crampnet.report.text import percent as report_percent
from crampnet.report.text import text as report_text
from crampnet.yaml_io import read_yaml

__all__ = ["between", "called", "chance", "count", "escape", "percent", "report_words", "words"]

MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]$~:<>#"})


@cache
def _text() -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("text.yaml"))
    return loaded


def words(path: str) -> Any:
    """The wording under a dotted path of text.yaml; what lies there may be a text, a list or a table."""
    found: Any = _text()
    for key in path.split("."):
        found = found[key]
    return found


def report_words(path: str) -> Any:
    """The wording under a dotted path of the report's text.yaml, shared with the other doors."""
    found: Any = report_text()
    for key in path.split("."):
        found = found[key]
    return found


def count(path: str, number: int) -> str:
    """A sentence in singular or plural with its number."""
    return str(words(path)["one" if number == 1 else "many"]).format(count=number)


def percent(probability: float) -> str:
    """A probability as the other doors write it, kept on one line."""
    return report_percent(probability).replace(" ", "\N{NO-BREAK SPACE}")


def between(low: float, high: float) -> str:
    """An interval as the other doors write it, kept on one line."""
    return report_between(low, high).replace(" ", "\N{NO-BREAK SPACE}")


def called(thing: Name | Row, voice: str) -> str:
    """The name of a condition or finding in plain or clinical words; two rows have a line of their own."""
    special = words("always_shown").get(thing.condition if isinstance(thing, Row) else thing.id)
    return str(special or getattr(thing, voice))


def chance(probability: float) -> str:
    """A probability as a count of people, such as "about 7 in 10"."""
    for line in words("chances"):
        if probability <= line["to"]:
            return str(line["words"]).format(one_in=_one_in(probability), tenths=max(1, round(probability * 10)))
    raise ValueError(f"{probability} is not a probability")


def _one_in(probability: float) -> int:
    """The round number n that makes "one in n" nearest to a probability."""
    exact = 1.0 / max(probability, 1e-9)
    return min((5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100), key=lambda n: abs(n - exact) / n)


def escape(text: str) -> str:
    """A text of the knowledge with every character that Markdown would read as markup made literal."""
    return text.translate(MARKDOWN)
