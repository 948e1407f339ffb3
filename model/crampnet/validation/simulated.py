"""Calibration on simulated patients, for the results: patients drawn from the model itself, everything known."""

from __future__ import annotations

from typing import Any

from crampnet.api import Model
from crampnet.validation.figures import tenths
from crampnet.validation.patients import draw_patients, tell
from crampnet.validation.selfcheck import forecasts

PATIENTS, ASKED, SEED = 600, 0.15, 4
"""How many are drawn, the share of all questions that each is asked, and the seed."""


def simulated(model: Model) -> dict[str, Any]:
    """Forecasts for simulated patients against their truth, in tenths. Raises as `draw_patients`."""
    patients = draw_patients(model.knowledge, model.network(), PATIENTS, seed=SEED)
    answered = forecasts(model, tell(model.knowledge, patients, asked=ASKED, seed=SEED))
    rows = tenths(answered.contributes, patients.contributes)
    return {"patients": PATIENTS, "asked": ASKED, "refused": len(answered.refused), "reliability": rows}
