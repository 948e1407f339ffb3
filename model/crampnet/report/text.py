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
