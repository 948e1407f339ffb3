"""What the results of one person say together: a test corrected by another, or worked out from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_findings import Measurement
from crampnet.knowledge.records_readings import Equation


@dataclass(frozen=True)
class Reading:
    """How one given result is read.

    test: id of the test whose abnormalities it speaks about, its own or the one that was worked out from it; value: in
    that test's unit, None where the result says nothing of its own; label: what the answer says of it, empty for a
    value that is taken as measured.
    """

    test: str
    value: float | None
    label: str = ""


def read_together(
    knowledge: Knowledge,
    values: Mapping[str, float],
    *,
    age: float | None = None,
    sex: str | None = None,
    told: Collection[str] = (),
) -> dict[str, Reading]:
    """How each given result is read: test id -> reading.

    A test is corrected by another, and a test that was not given is worked out from another, age and sex, where the
    knowledge says so and all of it is there. What can be worked out from a result is one sample and one truth with it:
    the result then speaks through what was worked out and not a second time by itself; likewise where both are given,
    or where the other was told in words.

    values: test id -> value in its own unit; age: years; told: ids answered in words.
    """
    found = {test: _measured(knowledge.measurements[test], values) for test in values}
    for target in knowledge.measurements.values():
        how = target.derived_from
        if how is None or how.test not in values:
            continue
        if target.id in values or not target.abnormalities.keys().isdisjoint(told):
            found[how.test] = Reading(how.test, None, how.same_sample)
        elif age is not None and sex is not None and age >= how.youngest:
            low, high = target.possible
            value = worked_out(how, values[how.test], age, sex)
            found[how.test] = Reading(target.id, min(max(value, low), high), how.label)
    return found


def _measured(test: Measurement, values: Mapping[str, float]) -> Reading:
    by, value = test.corrected_by, values[test.id]
    if by is None or by.test not in values or not values.keys().isdisjoint(by.unless):
        return Reading(test.id, value)
    return Reading(test.id, value + by.factor * (by.reference - values[by.test]), by.label)


def worked_out(how: Equation, value: float, age: float, sex: str) -> float:
    """Value by the equation: scale * factor * min(x, 1)^below * max(x, 1)^above * yearly^age, x = value / unit / knee.

    value: of the other test in its own unit; age: years.
    """
    knee = how.female if sex == "female" else how.male
    x = value / how.unit / knee.knee
    bent: float = min(x, 1.0) ** knee.below * max(x, 1.0) ** how.above
    yearly: float = how.yearly**age
    return how.scale * knee.factor * bent * yearly
