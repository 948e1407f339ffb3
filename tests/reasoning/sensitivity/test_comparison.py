"""The same case in other settings and structures: each column is that model's own answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crampnet.errors import TooExpensive
from crampnet.inference.engine import posterior
from crampnet.network.network import Network
from crampnet.reasoning.sensitivity import compare_settings, compare_structures, merge_syndrome
from crampnet.reasoning.sensitivity import comparison as module
from tests.reasoning.sensitivity.support import CASE, setup_of
from tests.support.models import tiny

SETTINGS = ("general_population", "dialysis_unit")


def networks() -> dict[str, Network]:
    return {setting: tiny().network(setting) for setting in SETTINGS}


def test_each_setting_answers_as_it_does_alone() -> None:
    found = compare_settings(tiny().knowledge, tiny().vocabulary, networks(), CASE)
    assert tuple(found.contributes.columns) == SETTINGS
    assert not found.unanswered
    for setting in SETTINGS:
        alone = tiny().diagnose(replace(CASE, setting=setting))
        assert found.contributes[setting].to_dict() == pytest.approx(alone.posterior.contributes)
        assert found.present[setting].to_dict() == pytest.approx(alone.posterior.present)
        assert found.leader[setting] == alone.ranking.index[0]
        assert found.level[setting] == alone.urgency.level
        assert found.log_evidence[setting] == pytest.approx(alone.posterior.log_evidence)
    assert found.contributes["dialysis_unit"].to_dict() != pytest.approx(
        found.contributes["general_population"].to_dict()
    )


def test_without_a_complaint_the_leader_is_the_most_likely_condition() -> None:
    found = compare_settings(
        tiny().knowledge, tiny().vocabulary, networks(), replace(CASE, complaint=False, present=[], absent=[])
    )
    assert (found.contributes.to_numpy() < found.present.to_numpy() + 1e-12).all()
    assert found.leader["dialysis_unit"] == found.present["dialysis_unit"].idxmax()


def test_each_structure_answers_as_its_own_network() -> None:
    setup = setup_of()
    found = compare_structures(setup.knowledge, setup.network, setup.evidence)
    assert list(found.contributes.columns) == ["unchanged", "median_nerve_dysfunction", "tetany"]
    assert found.contributes["unchanged"].to_dict() == pytest.approx(
        posterior(setup.network, setup.evidence).contributes
    )
    merged = posterior(merge_syndrome(setup.network, "tetany"), setup.evidence)
    assert found.contributes["tetany"].to_dict() == pytest.approx(merged.contributes)
    assert found.log_evidence["tetany"] == pytest.approx(merged.log_evidence)
    assert found.contributes["tetany"].to_dict() != pytest.approx(found.contributes["unchanged"].to_dict())


def test_a_syndrome_on_which_no_answer_hangs_is_left_out() -> None:
    setup = setup_of(replace(CASE, present=["kind_cramp"], absent=[], probably_present=[]))
    found = compare_structures(setup.knowledge, setup.network, setup.evidence)
    assert list(found.contributes.columns) == ["unchanged"]


def test_a_syndrome_that_is_answered_itself_is_left_alone() -> None:
    setup = setup_of()
    weights = {**setup.evidence.weights, setup.network.index["tetany"]: (0.0, 1.0)}
    found = compare_structures(setup.knowledge, setup.network, replace(setup.evidence, weights=weights))
    assert list(found.contributes.columns) == ["unchanged", "median_nerve_dysfunction"]


def test_a_model_without_an_answer_is_named_and_the_others_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = setup_of()

    def refuse(network, evidence):  # type: ignore[no-untyped-def]
        if not network.children[network.index["tetany"]]:
            raise TooExpensive("This case", 9e9, 1e9)
        return posterior(network, evidence)

    monkeypatch.setattr(module, "posterior", refuse)
    found = compare_structures(setup.knowledge, setup.network, setup.evidence)
    assert list(found.unanswered) == ["tetany"]
    assert "9e+09" in found.unanswered["tetany"]
    assert found.contributes["tetany"].isna().all()
    assert list(found.leader.index) == ["unchanged", "median_nerve_dysfunction"]
