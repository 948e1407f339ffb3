"""Names of everything that a report speaks of, in plain and clinical words."""

from __future__ import annotations

from collections.abc import Iterable

from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.reasoning.answers import Given
from crampnet.report.insights import Name, Said
from crampnet.report.text import text


def name(knowledge: Knowledge, id_: str) -> Name:
    """The name of an id: of the knowledge, or of what has no record there (a sample, the list of medicines)."""
    special = text()["special"].get(id_)
    if special is not None:
        return Name(id_, special["plain"], special["clinical"])
    found = knowledge.name(id_)
    return Name(id_, found.plain, found.clinical)


def names(knowledge: Knowledge, ids: Iterable[str]) -> tuple[Name, ...]:
    """The names of some ids."""
    return tuple(name(knowledge, id_) for id_ in ids)


def said(knowledge: Knowledge, evidence: Evidence, given: Given) -> Said:
    """One answer with its name, and a measured value with its unit."""
    value = ""
    if given.kind == "result":
        value = quantity(knowledge, given.id, evidence.values[given.id])
        if as_read := read_as(knowledge, evidence, given.id):
            value = f"{value} ({as_read})"
    return Said(name(knowledge, given.id), given.kind, given.state, value)


def quantity(knowledge: Knowledge, test: str, value: float, digits: str = "") -> str:
    """A value with its unit."""
    return f"{value:{digits}g} {knowledge.measurements[test].unit}".strip()


def read_as(knowledge: Knowledge, evidence: Evidence, test: str) -> str:
    """How a result was read with the help of another, such as "corrected for albumin: 2.21 mmol/L"; empty as it is."""
    reading = evidence.readings.get(test)
    if reading is None or not reading.label:
        return ""
    if reading.value is None:
        return reading.label
    return f"{reading.label}: {quantity(knowledge, reading.test, reading.value, '.3')}"


def spoken(answer: Said, voice: str) -> str:
    """One answer as a short phrase, such as "Weak grip: no"."""
    phrases = text()["said"][voice]
    phrase = phrases.get(answer.kind) if (answer.kind, answer.state) != ("medicine", "absent") else None
    return str(phrase or phrases[answer.state]).format(name=getattr(answer.about, voice), value=answer.value)
