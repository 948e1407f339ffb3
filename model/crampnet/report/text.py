"""The wording of reports, read once from text.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from crampnet.yaml_io import read_yaml


@cache
def text() -> dict[str, Any]:
    """The wording, keys as in text.yaml."""
    loaded: dict[str, Any] = read_yaml(Path(__file__).with_name("text.yaml"))
    return loaded


def percent(probability: float) -> str:
    """A probability for people: whole per cent, "under 1 %" and "over 99 %" at the ends, never 0 or 100."""
    if probability < 0.01:
        return "under 1 %"
    if probability > 0.99:
        return "over 99 %"
    return f"{probability:.0%}".replace("%", " %")


def between(low: float, high: float) -> str:
    """An interval of a probability for people, such as "37 to 88 %"."""
    words, first, last = text(), percent(low), percent(high)
    if first == last:
        return first
    if low < 0.01:
        return str(words["interval_up_to"]).format(high=last)
    if high > 0.99:
        return str(words["interval_from"]).format(low=first)
    return str(words["interval"]).format(low=first.removesuffix(" %"), high=last)
