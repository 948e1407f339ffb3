"""What every record of the knowledge shares: it is frozen, knows its keys, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""An id: lower case letters, digits and underscores."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that is not empty."""

Real = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite number, not a text that looks like one and not true or false."""

Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]

AgeBand = Literal["12_17", "18_39", "40_59", "60_74", "75_120"]
Sex = Literal["female", "male"]
_BAND = "|".join(get_args(AgeBand))
SexAtAge = Annotated[str, StringConstraints(pattern=rf"^(female|male)_({_BAND})$")]
"""A sex in an age band: `female_40_59`."""
Some = Annotated[str, StringConstraints(pattern=rf"^(female|male|(all|female|male)_({_BAND}))$")]
"""A sex, an age band, or both: `female`, `all_12_17`, `male_75_120`."""
Who = Annotated[str, StringConstraints(pattern=rf"^(all|female|male)(_({_BAND}))?$")]
"""The same, or everybody: `all`."""
Level = Literal["self_care", "routine", "urgent", "emergency"]

PROBLEMS = "crampnet_problems"
"""Type of the pydantic error that carries a record's own problems."""


class Problem(NamedTuple):
    """What is wrong inside one record.

    Args:
        key: dotted path inside the record; empty for the record as a whole.
        message: what is wrong, as a sentence.
        remedy: what mends it, as a sentence.
    """

    key: str
    message: str
    remedy: str


class Record(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True)

    def _problems(self) -> Iterator[Problem]:
        """What is wrong between the fields, each of them being right by itself."""
        yield from ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        found = list(self._problems())
        if found:
            raise PydanticCustomError(PROBLEMS, "{count} problems", {"count": len(found), "problems": found})
        return self


class Wording(Record):
    """One text twice: for everybody and for clinicians."""

    plain: Text
    """In everyday words."""
    clinical: Text
    """In clinical words."""


class Reading(Record):
    """Somebody other than the author compared a record with its sources."""

    on: Text
    """Date, as 2026-11-27."""
    outcome: Text
    """What was compared, what was mended, and what stays in doubt."""


class Review(Record):
    """Whether a clinician has looked at the record, and whether a second reader has."""

    status: Literal["unreviewed", "reviewed"]
    by: Text | None = None
    """Name and profession of the reviewer."""
    on: Text | None = None
    """Date of the review, as 2026-11-21."""
    note: Text | None = None
    second_reading: Reading | None = None

    def _problems(self) -> Iterator[Problem]:
        if self.status == "reviewed" and not (self.by and self.on):
            yield Problem("status", "A review has no reviewer or no date.", "Add `by` and `on`.")


class Header(Record):
    """The keys that every record with an id of its own has."""

    id: Id
    """The id; also the name of the file."""
    name: Wording
    aliases: tuple[Text, ...] = ()
    """Other words that people type."""
    codes: dict[Id, Text] = Field(default_factory=dict)
    """Codes of the same thing in other systems, such as icd10, hpo or loinc."""
    facts: tuple[Text, ...] = ()
    """Ids of the statements in the source documents that this record honours."""
    note: Text | None = None
    review: Review = Review(status="unreviewed")
