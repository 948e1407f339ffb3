"""Strata of a setting: who comes there."""

from __future__ import annotations

import numpy as np

from crampnet.knowledge.records_general import Setting
from crampnet.network.network import Array, Stratum


def strata_of(setting: Setting) -> tuple[tuple[Stratum, ...], Array]:
    """Strata (age band x sex) and their distribution in a setting, shape (strata,)."""
    strata = tuple(Stratum(band, sex) for band in setting.age for sex in ("female", "male"))
    share = {"female": setting.female, "male": 1.0 - setting.female}
    ages: dict[str, float] = dict(setting.age.items())
    weights = np.array([ages[s.age_band] * share[s.sex] for s in strata])
    return strata, weights / weights.sum()
