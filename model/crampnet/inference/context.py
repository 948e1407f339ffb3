"""Age, sex and whether care was sought: the strata of the network that fit a case."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crampnet.errors import BadValue
from crampnet.inference.case import Case
from crampnet.inference.measurements import People
from crampnet.network.network import Array, Network

YOUNGEST, OLDEST, ADULT = 12, 120, 18


@dataclass(frozen=True)
class Context:
    """What age, sex and having sought care say.

    strata: positions of the strata that fit; shares: of these among the people of the setting, summing to 1, shape
    (strata,); warnings: sentences for people.
    """

    strata: npt.NDArray[np.intp]
    shares: Array
    warnings: tuple[str, ...]

    def people(self, network: Network) -> People:
        """Whom the person may be one of."""
        fit = (network.strata[place] for place in self.strata)
        return [(s.sex, s.age_band, share) for s, share in zip(fit, self.shares.tolist(), strict=True)]


def read_context(network: Network, case: Case) -> Context:
    """The strata that fit a case. Raises BadValue for an age or a sex that is not known here."""
    warnings: list[str] = []
    band = None
    if case.age is not None:
        if isinstance(case.age, bool) or not isinstance(case.age, int | float) or not YOUNGEST <= case.age <= OLDEST:
            raise BadValue(
                "age",
                case.age,
                f"is outside the ages that this was made for ({YOUNGEST} to {OLDEST} years).",
                "Correct it, or leave it out when unknown.",
            )
        band = _band(network, float(case.age))
        if case.age < ADULT:
            warnings.append("Under 18 the numbers are thin: most studies behind them were done in adults.")
    if case.sex not in (None, "female", "male"):
        raise BadValue("sex", case.sex, "is not known here.", "Write female or male, or leave it out.")
    fits = [i for i, s in enumerate(network.strata) if band in (None, s.age_band) and case.sex in (None, s.sex)]
    shares = network.strata_weights[network.who(fits, sought_care=False)]
    return Context(network.who(fits, sought_care=bool(case.sought_care)), shares / shares.sum(), tuple(warnings))


def _band(network: Network, age: float) -> str:
    """The age band `<first>_<last>` (whole years) that holds an age."""
    for stratum in network.strata:
        first, last = (int(part) for part in stratum.age_band.split("_"))
        if first <= math.floor(age) <= last:
            return stratum.age_band
    raise BadValue("age", age, "is in no age band of these priors.", "Leave the age out.")
