"""The uncertain figures behind a network and behind the answers of a case, each with its distribution."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from crampnet.knowledge import Knowledge
from crampnet.knowledge.beta import Beta, beta_of, counts, fit_betas
from crampnet.knowledge.estimate import UNBOUNDED, Basis, Grade, Number
from crampnet.knowledge.numbers import Row, all_grounds
from crampnet.network.ensemble import used_figures
from crampnet.network.lognormal import LogNormal, fit_lognormal

RATIOS = ("relative_risk", "odds_ratio")


@dataclass(frozen=True)
class Parameter:
    """One uncertain figure.

    path: dotted path, as an overlay names it; value: as stated; interval: its 90 % interval; source: key, None for a
    judgement; basis, grade, definition: as stated; distribution: over the figure in its own measure.
    """

    path: str
    value: float
    interval: tuple[float, float]
    source: str | None
    basis: Basis
    grade: Grade
    definition: str
    distribution: Beta | LogNormal


def parameters(knowledge: Knowledge, setting: str) -> tuple[Parameter, ...]:
    """Every uncertain figure that the network of a setting is derived from, in the order of the files.

    Probabilities have a Beta with the value as mean, fitted to the interval, or that of their printed counts;
    rates and ratios a lognormal, likewise. Those of `answer_parameters` are not among them.
    """
    used = used_figures(knowledge, setting)
    return _parameters(row for row in all_grounds(knowledge) if row.path in used)


def answer_parameters(knowledge: Knowledge) -> tuple[Parameter, ...]:
    """Every uncertain figure that acts through what an answer weighs, in the order of the files.

    How far a person's answer, "ruled out" and the densities of test results can be trusted, and how often something is
    left unmentioned. Distributed as the others. Not among them are the formulas by which one result is read with the
    help of another: no interval is stated for them, so they stay as they are.
    """
    return _parameters(row for row in all_grounds(knowledge) if row.about_answers)


def _parameters(rows: Iterable[Row]) -> tuple[Parameter, ...]:
    stated = [(row, row.grounds) for row in rows if isinstance(row.grounds, Number)]
    betas = _betas([number for _, number in stated if _measure(number) not in UNBOUNDED])
    return tuple(_parameter(row, number, betas) for row, number in stated)


Stated = tuple[float, tuple[float, float]]


def _betas(numbers: list[Number]) -> dict[Stated, Beta]:
    """One fit for each distinct value and interval."""
    stated = list(dict.fromkeys((number.value, number.interval) for number in numbers))
    ends = np.array([(value, *interval) for value, interval in stated], dtype=np.float64).reshape(-1, 3)
    a, b = fit_betas(ends[:, 0], ends[:, 1], ends[:, 2])
    return {key: Beta(float(x), float(y)) for key, x, y in zip(stated, a, b, strict=True)}


def _parameter(row: Row, number: Number, betas: dict[Stated, Beta]) -> Parameter:
    distribution: Beta | LogNormal
    measure = _measure(number)
    if measure in UNBOUNDED:
        least = 1.0 if measure in RATIOS else 0.0
        distribution = fit_lognormal(number.value, number.interval, least=least)
    elif number.basis == "published" and counts(number.reported):
        distribution = beta_of(number)
    else:
        distribution = betas[number.value, number.interval]
    return Parameter(
        path=row.path,
        value=number.value,
        interval=number.interval,
        source=number.source,
        basis=number.basis,
        grade=number.grade,
        definition=row.definition,
        distribution=distribution,
    )


def _measure(number: Number) -> str | None:
    return getattr(number, "measure", None)
