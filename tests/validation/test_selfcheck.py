"""Calibration: right for the model's own patients, and seen where forecasts are off."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from crampnet.errors import BadValue, TooExpensive
from crampnet.inference.engine import Posterior, posterior
from crampnet.inference.evidence import Evidence
from crampnet.inference.exact.kernels import KERNELS
from crampnet.network.network import Network
from crampnet.validation import Forecasts, Patients, calibration, draw_patients, forecasts, tell
from crampnet.validation import selfcheck as module
from tests.support.models import shipped, tiny

TOGETHER = 1.0 - 0.01 / 20.0
"""Level of each interval, so that all twenty (two quantities, ten tenths) hold together with probability 0.99."""


@pytest.fixture(scope="module")
def simulated() -> tuple[Patients, Forecasts]:
    model = shipped()
    KERNELS.wait()
    patients = draw_patients(model.knowledge, model.network(), 800, seed=11)
    return patients, forecasts(model, tell(model.knowledge, patients, asked=0.08, seed=12))


def test_the_shipped_model_is_calibrated_on_its_own_patients(simulated: tuple[Patients, Forecasts]) -> None:
    patients, found = simulated
    for forecast, truth in ((found.contributes, patients.contributes), (found.present, patients.present)):
        table = calibration(forecast, truth, level=TOGETHER)
        assert len(table) == 10
        assert table["forecasts"].sum() == truth.size - len(found.refused) * truth.shape[1]
        assert table["inside"].all(), table


def test_overconfident_forecasts_are_seen(simulated: tuple[Patients, Forecasts]) -> None:
    patients, found = simulated
    certain = expit(1.6 * logit(np.clip(found.present, 1e-12, 1.0 - 1e-12)))
    assert not calibration(certain, patients.present, level=TOGETHER)["inside"].all()


def test_each_case_is_answered_as_alone() -> None:
    model = tiny()
    patients = draw_patients(model.knowledge, model.network("dialysis_unit"), 10, seed=1)
    cases = tell(model.knowledge, patients, asked=0.3, seed=2)
    found = forecasts(model, cases)
    assert found.refused == ()
    for place, case in enumerate(cases):
        assert case.setting == "dialysis_unit"
        answer = model.diagnose(case).posterior
        assert found.contributes[place] == pytest.approx(list(answer.contributes.values()))
        assert found.present[place] == pytest.approx(list(answer.present.values()))
    assert tuple(answer.present) == model.network().conditions


def test_what_costs_too_much_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny()
    patients = draw_patients(model.knowledge, model.network(), 3)
    calls = iter([False, True, False])

    def refusing(network: Network, evidence: Evidence) -> Posterior:
        if next(calls):
            raise TooExpensive("This case", 2.0, 1.0)
        return posterior(network, evidence)

    monkeypatch.setattr(module, "posterior", refusing)
    found = forecasts(model, tell(model.knowledge, patients, asked=0.2))
    assert found.refused == (1,)
    assert np.isnan(found.present[1]).all()
    assert not np.isnan(found.present[[0, 2]]).any()
    assert calibration(found.present, patients.present)["forecasts"].sum() == 2 * found.present.shape[1]


def test_the_table_by_hand() -> None:
    forecast = np.array([0.0, 0.05, 0.31, 0.39, 0.35, 1.0, np.nan])
    table = calibration(forecast, np.array([False, False, True, False, True, True, True]))
    wanted = pd.DataFrame(
        {"forecasts": [2, 3, 1], "expected": [0.025, 0.35, 1.0], "observed": [0.0, 2.0 / 3.0, 1.0]},
        index=pd.Index([0.05, 0.35, 0.95], name="tenth"),
    )
    pd.testing.assert_frame_equal(table[["forecasts", "expected", "observed"]], wanted)
    assert table["inside"].all()
    assert table["low"].iloc[2] == table["high"].iloc[2] == 1.0


def test_the_interval_is_binomial() -> None:
    table = calibration(np.full(1000, 0.5), np.arange(1000) < 541)
    assert (table["low"].iloc[0], table["high"].iloc[0]) == pytest.approx((0.459, 0.541))
    assert table["inside"].all()
    assert not calibration(np.full(1000, 0.5), np.arange(1000) < 542)["inside"].any()


def test_each_forecast_needs_its_truth() -> None:
    with pytest.raises(BadValue, match="shape"):
        calibration(np.zeros(2), np.zeros(3, dtype=bool))
