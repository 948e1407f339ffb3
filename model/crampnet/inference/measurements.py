"""Results with a unit: parsed, converted, checked against what a living person can have, turned into likelihoods."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crampnet.errors import BadValue, UnknownName
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.people import fitting
from crampnet.knowledge.records_findings import Abnormality, Measurement
from crampnet.network.network import Array

_QUANTITY = re.compile(r"^\s*([<>≤≥]?)\s*([+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*$")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def read_quantity(measurement: Measurement, given: object) -> float:
    """The value in the test's own unit of something like "1.85 mmol/L".

    Raises BadValue (no number, no unit, a value that no living person has) or UnknownName (a unit that does not fit).
    """
    match = _QUANTITY.match(str(given))
    if match is None:
        raise BadValue(
            measurement.id,
            given,
            "is not a number with a unit.",
            f"Write it like {_example(measurement)}.",
        )
    _, number, unit = match.groups()
    if _EITHER.fullmatch(number):
        remedy = f"Write {number.replace(',', '')} or {number.replace(',', '.')}."
        raise BadValue(measurement.id, given, "has a comma that may mean thousands or decimals.", remedy)
    allowed = [measurement.unit, *measurement.units]
    if not unit and measurement.unit not in ("", "pH"):
        raise BadValue(measurement.id, given, "has no unit.", f"Add it: {' or '.join(allowed)}.")
    value = _convert(measurement, float(number.replace(",", ".")), unit or measurement.unit)
    low, high = measurement.possible
    if not (math.isfinite(value) and low <= value <= high):
        raise BadValue(
            measurement.id,
            given,
            f"is a value that no living person has ({low:g} to {high:g} {measurement.unit}).",
            "Check the number and the unit.",
        )
    return value


def _convert(measurement: Measurement, number: float, unit: str) -> float:
    spelled = {_plain(name): name for name in (measurement.unit, *measurement.units)}
    name = spelled.get(_plain(unit))
    if name is None:
        choices = list(spelled.values())
        raise UnknownName(f"unit of {measurement.id}", unit, nearest_names(unit, choices) or choices)
    if name == measurement.unit:
        return number
    conversion = measurement.units[name]
    return number * conversion.factor + conversion.offset


def _plain(unit: str) -> str:
    """A unit without the differences that people do not mean: case, blanks, micro signs, middle dots."""
    folded = unit.strip().lower().replace("µ", "u").replace("μ", "u").replace("mc", "u")
    return re.sub(r"[\s·*^]", "", folded)


def _example(measurement: Measurement) -> str:
    low = next(iter(measurement.reference.values()))[0]
    return f"{low:g} {measurement.unit}".strip()


People = Sequence[tuple[str, str, float]]
"""(sex, age band, share) of the people whom a person may be one of; the shares sum to 1."""


AS_STATED = np.ones(1)


def log_likelihood_ratio(
    abnormality: Abnormality, value: float, sex: str | None = None, band: str | None = None, factor: Array = AS_STATED
) -> Array:
    """Logarithm of density(value | abnormality) / density(value | without it), between the two means and capped.

    Normal densities of the value or of its logarithm, those of the sex and age band where the test has such; outside
    the two means the ratio keeps its value there, so it is monotone in the value; |ratio| is at most ln(cap).

    factor: by how much the ratio is off, shape (draws,), which is also the shape of the result.
    """
    log = abnormality.scale == "log"
    x = math.log(value) if log else value
    usual, shifted = abnormality.densities(sex, band)
    low, high = sorted((usual.mean, shifted.mean))
    x = min(max(x, low), high)
    ratio = (
        math.log(usual.sd / shifted.sd)
        + 0.5 * ((x - usual.mean) / usual.sd) ** 2
        - 0.5 * ((x - shifted.mean) / shifted.sd) ** 2
    )
    limit = math.log(abnormality.cap)
    return np.asarray(np.minimum(np.maximum(factor * ratio, -limit), limit))


def average_ratio(abnormality: Abnormality, value: float, people: People = (), factor: Array = AS_STATED) -> Array:
    """Mean of the log ratios over the people whom the person may be one of, by their shares, shape (draws,).

    Where sex or age is unknown it lies between those of the sexes and ages, and is as monotone and as capped as they
    are. Without people, or where all have the same densities, it is that of everybody.
    """
    if not (people and abnormality.groups):
        return log_likelihood_ratio(abnormality, value, factor=factor)
    mean = np.zeros_like(factor)
    for sex, band, share in people:
        mean = mean + share * log_likelihood_ratio(abnormality, value, sex, band, factor)
    return mean


def likelihoods(
    measurement: Measurement, value: float, people: People = (), factor: Array = AS_STATED
) -> Mapping[str, Array]:
    """For each abnormality of a test the weights of absent and present, the larger one being 1, shape (2, draws).

    A value that speaks for an abnormality of one side leaves those of the other side absent: their log ratio falls by
    as much as it speaks for the former, down to their cap, so nothing jumps where it begins to speak.

    factor: by how much the log ratios are off, shape (draws,).
    """
    abnormalities = measurement.abnormalities
    ratios = {name: average_ratio(its, value, people, factor) for name, its in abnormalities.items()}
    found: dict[str, Array] = {}
    for name, abnormality in abnormalities.items():
        across = np.zeros_like(factor)
        for other, its in abnormalities.items():
            if its.side != abnormality.side:
                across = np.maximum(across, ratios[other])
        ratio = np.maximum(ratios[name] - across, -math.log(abnormality.cap))
        found[name] = np.exp(np.minimum(np.stack([-ratio, ratio]), 0.0))
    return found


@dataclass(frozen=True)
class Measured:
    """What a result says of one abnormality of its test, as a function of how far off the log ratios may be.

    Every density behind them is a judgement without an interval of its own; `results` of answers.yaml says how far off
    all of them may be together. A `Weighing`.

    measurement: the test; value: in its unit; people: whom the person may be one of; node: the abnormality; pair: what
    it weighs under the factor as stated.
    """

    measurement: Measurement
    value: float
    people: People
    node: str
    pair: tuple[float, float]

    linear = False
    paths = ("answers.results",)

    def under(self, values: Mapping[str, Array]) -> Array:
        """See `Weighing`."""
        factor = values.get(self.paths[0])
        if factor is None:
            return np.array(self.pair)[:, None]
        return likelihoods(self.measurement, self.value, self.people, factor)[self.node]

    def outside(self) -> bool:
        """Whether the value lies beyond the reference range on the abnormality's side, for some of the people.

        What lies within it may make an abnormality a little more probable, but nobody calls it one.
        """
        reference, side = self.measurement.reference, self.measurement.abnormalities[self.node].side
        ranges = filter(None, (fitting(reference, sex, band) for sex, band, _ in self.people))
        return any(self.value < low if side == "low" else self.value > high for low, high in ranges)


def measured(measurement: Measurement, value: float, people: People, factor: float = 1.0) -> Iterator[Measured]:
    """What a result says of each abnormality of its test.

    value: in the test's unit; people: whom the person may be one of; factor: of the log ratios, as stated.
    """
    for node, weights in likelihoods(measurement, value, people, np.array([factor])).items():
        absent, present = weights[:, 0].tolist()
        yield Measured(measurement, value, people, node, (absent, present))
