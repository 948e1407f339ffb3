"""Where on the page something can be answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crampnet.report.insights import NextStep
from crampnet.ui.catalog import Catalog
from crampnet.ui.text import words


@dataclass(frozen=True)
class Place:
    """A step of the page, and fields of the session that bring the question into view there."""

    step: str
    fields: Mapping[str, object] = field(default_factory=dict)


def place(catalog: Catalog, step: NextStep) -> Place | None:
    """Where a step is answered; None for several tests at once, which are entered one by one."""
    name = step.step.id
    if step.kind == "medicines":
        return Place("medicines")
    if name in catalog.knowledge.measurements:
        return Place("results", {"test": name})
    question = catalog.questions.get(name)
    if question is None:
        return None
    if name in words("asked_elsewhere"):
        return Place("who")
    if question in catalog.complaints:
        return Place("happening")
    return Place("findings", {"search": question.plain, "topic": "all", "page": 1})
