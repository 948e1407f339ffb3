"""Names that look like a mistyped one."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

LIKE_ENOUGH = 75.0
"""Lowest similarity, 0 to 100, at which a name is offered."""


def nearest_names(given: str, allowed: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """The allowed names most like the given one, best first; none where nothing is alike.

    Args:
        given: the name as it was typed; case, underscores and word order hardly matter.
        allowed: the names that exist.
        limit: how many to offer at most.
    """
    found = process.extract(
        given.replace("_", " "),
        sorted(set(allowed)),
        scorer=fuzz.WRatio,
        processor=_readable,
        limit=limit,
        score_cutoff=LIKE_ENOUGH,
    )
    return tuple(name for name, _score, _index in found)


def _readable(name: str) -> str:
    return str(utils.default_process(name.replace("_", " ")))
