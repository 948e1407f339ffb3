"""A body of knowledge with other figures, made without files and without checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from crampnet.knowledge import Knowledge
from crampnet.knowledge.estimate import Number

PARTS = ("conditions", "exposures", "syndromes", "findings", "measurements", "settings", "answers")


def with_figures(knowledge: Knowledge, change: Callable[[Number], Number]) -> Knowledge:
    """The knowledge with every figure passed through `change`."""
    parts: dict[str, Any] = {part: _walk(getattr(knowledge, part), change) for part in PARTS}
    return replace(knowledge, **parts)


def with_figure(knowledge: Knowledge, path: str, value: float) -> Knowledge:
    """The knowledge with one figure changed, in the record itself."""
    group, *keys = path.split(".")
    if group == "findings" and keys[0] in knowledge.measurements:
        group = "measurements"
    changed: dict[str, Any] = {group: _changed(getattr(knowledge, group), keys, value)}
    return replace(knowledge, **changed)


def _changed(record: Any, keys: list[str], value: float) -> Any:
    if not keys:
        return record.model_copy(update={"value": value})
    key, *rest = keys
    if isinstance(record, Mapping):
        return {**record, key: _changed(record[key], rest, value)}
    if isinstance(record, tuple):
        here = [key == getattr(item, "cause", str(place)) for place, item in enumerate(record)]
        return tuple(_changed(item, rest, value) if hit else item for item, hit in zip(record, here, strict=True))
    return record.model_copy(update={key: _changed(getattr(record, key), rest, value)})


def narrow(number: Number) -> Number:
    """The figure, known almost exactly."""
    return number.model_copy(update={"interval": (number.value * (1 - 1e-7), number.value * (1 + 1e-7))})


def from_source(key: str) -> Callable[[Number], Number]:
    """Every figure seen in one source."""
    return lambda number: number.model_copy(update={"source": key})


def _walk(value: Any, change: Callable[[Number], Number]) -> Any:
    if isinstance(value, Number):
        return change(value)
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _walk(getattr(value, name), change) for name in type(value).model_fields})
    if isinstance(value, Mapping):
        return {key: _walk(inner, change) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_walk(inner, change) for inner in value)
    return value
