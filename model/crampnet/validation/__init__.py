"""Checks of the whole: patients simulated from the model, and whether its probabilities come true."""

from crampnet.validation.patients import Patients, draw_patients, tell
from crampnet.validation.selfcheck import Forecasts, calibration, forecasts

__all__ = ["Forecasts", "Patients", "calibration", "draw_patients", "forecasts", "tell"]
