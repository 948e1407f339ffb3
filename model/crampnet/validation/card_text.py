"""What the parts of the model card share: wording, tables, figures as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from crampnet.yaml_io import read_yaml


@cache
def words() -> dict[str, Any]:
    """The wording."""
    found: dict[str, Any] = read_yaml(Path(__file__).with_name("card.yaml"))
    return found


def table(head: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table, line by line."""
    yield head
    yield "| --- " * (head.count("|") - 1) + "|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def split_name(name: str) -> str:
    """The name of a split."""
    return str(words()["split_names"][name])


def short(versions: Mapping[str, str]) -> dict[str, str]:
    """What figures belong to, each digest by its first twelve digits."""
    return {name: text[:12] for name, text in versions.items()}


def figure(found: Mapping[str, float] | None, *, share: bool = True) -> str:
    """A mean with its interval, in per cent where it is a share."""
    if found is None:
        return "none"
    show = percent if share else "{:.2f}".format
    return f"{show(found['value'])} ({show(found['low'])} to {show(found['high'])})"


def percent(share: float) -> str:
    """A share in whole per cent, small ones with a decimal."""
    return f"{100 * share:.0f} %" if share >= 0.095 or share == 0 else f"{100 * share:.1f} %"
