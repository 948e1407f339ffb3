"""Record of coverage.yaml: where each statement of the source documents is honoured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from crampnet.knowledge.record import Problem, Record, Text

FactId = Annotated[str, StringConstraints(pattern=r"^(F[0-9]{3}|G[0-9]{2})$")]
"""Id of a statement (F001) or of a gap (G01) of the source documents."""


class Covered(Record):
    """What became of one statement: honoured, honoured in part, open, or declined."""

    by: tuple[Text, ...] = ()
    """Dotted paths to what honours it, such as `advice.hypocalcemia.hypocalcemia_blood_test`."""
    open: Text | None = None
    """What is still missing; with `by` it is honoured in part."""
    declined: Text | None = None
    """Why it is not honoured and never will be."""

    def _problems(self) -> Iterator[Problem]:
        if not (self.by or self.open or self.declined):
            yield Problem("", "Nothing says what became of it.", "Give `by`, `open` or `declined`.")
        if self.declined and (self.by or self.open):
            yield Problem("declined", "It is declined and honoured or open too.", "Keep `declined` or the others.")
        for pointer in sorted({pointer for pointer in self.by if self.by.count(pointer) > 1}):
            yield Problem("by", f"The pointer {pointer} stands twice.", "Keep one.")


class Coverage(Record):
    """coverage.yaml."""

    coverage: Annotated[dict[FactId, Covered], Field(min_length=1)]
    note: Text | None = None
