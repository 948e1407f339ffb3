"""Does every pointer of coverage.yaml lead to something?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crampnet.errors import Issue, did_you_mean
from crampnet.knowledge.knowledge import Knowledge
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.record import Record

ROOTS = ("conditions", "exposures", "syndromes", "advice", "red_flags", "settings", "sources")
"""What a pointer may begin with, besides `findings`."""


def lost_pointers(knowledge: Knowledge) -> Iterator[Issue]:
    """Pointers that lead nowhere, or to something empty."""
    for id_, entry in knowledge.coverage.items():
        for pointer in entry.by:
            problem = lost(knowledge, pointer)
            if problem is not None:
                message = f'The pointer "{pointer}" leads nowhere.'
                yield Issue("coverage.yaml", f"coverage.{id_}.by", message, problem)


def lost(knowledge: Knowledge, pointer: str) -> str | None:
    """The remedy for a pointer that leads nowhere; None for a sound one.

    Args:
        knowledge: the records.
        pointer: folder or general file, id, and keys inside the record, with dots between them; items of a list
            are found by their id, their cause or their text.
    """
    place: object = {root: getattr(knowledge, root) for root in ROOTS}
    place = {**_children(place), "findings": {**knowledge.findings, **knowledge.measurements}}
    for part in pointer.split("."):
        inside = _children(place)
        if not inside.get(part):
            return f'There is no "{part}" there, or it is empty. {did_you_mean(nearest_names(part, inside))}'
        place = inside[part]
    return None


def _children(value: object) -> Mapping[str, object]:
    """What can be named inside a value."""
    if isinstance(value, Mapping):
        return {str(key): inner for key, inner in value.items()}
    if isinstance(value, Record):
        return {key: getattr(value, key) for key in type(value).model_fields}
    if isinstance(value, tuple):
        return {_named(inner): inner for inner in value}
    return {}


def _named(value: object) -> str:
    return str(getattr(value, "id", None) or getattr(value, "cause", None) or value)


coverage_checks = (lost_pointers,)
