"""From parsed YAML to records: every problem becomes an Issue with file, key and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from crampnet.errors import Issue, did_you_mean
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.record import PROBLEMS, Record

R = TypeVar("R", bound=Record)

_REMEDIES = {
    "missing": "Add it.",
    "literal_error": "Use one of the values named.",
    "float_type": "Give a number, without quotes.",
    "int_type": "Give a whole number, without quotes.",
    "string_type": "Give a text; put it in quotes if it looks like a number.",
    "string_too_short": "Fill it in.",
    "string_pattern_mismatch": (
        "Ids are lower case letters, digits and underscores; dates are 2026-11-21; statements are F001 or G01; people "
        "are all, female or male, alone or with an age band, such as male_40_59."
    ),
    "bool_type": "Give true or false.",
    "tuple_type": "Give a list: [ ... ].",
    "dict_type": "Give keys and values.",
    "model_type": "Give keys and values.",
    "too_short": "Fill it in.",
    "less_than": "Probabilities lie between 0 and 1; something certain is 0.999.",
    "less_than_equal": "Give a fraction, not a percentage.",
    "greater_than": "Nothing is impossible here; use a small number.",
}


def parse_record(kind: type[R], data: Any, file: str, issues: list[Issue]) -> R | None:
    """One record, or None after adding its problems to `issues`.

    Args:
        kind: the record class.
        data: parsed YAML.
        file: name for the issues.
        issues: grows by every problem found.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        keys = _keys(kind)
        for detail in error.errors(include_url=False):
            issues.extend(_issues(detail, file, keys))
        return None


def _issues(detail: ErrorDetails, file: str, keys: Iterable[str]) -> Iterator[Issue]:
    place = [str(part) for part in detail["loc"] if part != "[key]"]
    if detail["type"] == PROBLEMS:
        for key, message, remedy in detail["ctx"]["problems"]:
            yield Issue(file, ".".join([*place, key] if key else place), message, remedy)
    elif detail["type"] == "extra_forbidden":
        yield Issue(file, ".".join(place), "There is no such key here.", did_you_mean(nearest_names(place[-1], keys)))
    elif detail["type"] == "missing":
        yield Issue(file, ".".join(place), "This key is missing.", "Add it.")
    else:
        remedy = _REMEDIES.get(detail["type"], "Mend the value.")
        yield Issue(file, ".".join(place), f"{_given(detail['input'])}: {detail['msg']}.", remedy)


def _given(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(kind: type[Record]) -> set[str]:
    """All keys that occur anywhere in a record."""
    definitions = kind.model_json_schema()
    parts = [definitions, *definitions.get("$defs", {}).values()]
    return {key for part in parts for key in part.get("properties", {})}
