"""Strata of a setting: who comes there."""

from __future__ import annotations

import numpy as np

from crampnet.knowledge.people import SEXES
from crampnet.knowledge.records_general import Setting
from crampnet.network.network import Array, Stratum


def strata_of(setting: Setting) -> tuple[tuple[Stratum, ...], Array]:
    """Strata (age band x sex, then the same where care was sought) and how common each is, shape (strata,).

    The shares of either half sum to 1: how many seek care is not stated, whoever asks tells it.
    """
    people = [(band, sex) for band in setting.age for sex in SEXES]
    share = {"female": setting.female, "male": 1.0 - setting.female}
    ages: dict[str, float] = dict(setting.age.items())
    weights = np.array([ages[band] * share[sex] for band, sex in people])
    strata = tuple(Stratum(band, sex, sought) for sought in (False, True) for band, sex in people)
    return strata, np.tile(weights / weights.sum(), 2)
