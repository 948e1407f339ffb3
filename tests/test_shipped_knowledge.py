"""The shipped knowledge as a whole: sound, broad, reachable, and the same network in pgmpy's eyes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

import crampnet
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import check_knowledge
from crampnet.knowledge.record import Sex
from crampnet.network import COMPLAINT, reason_id
from crampnet.network.network import Stratum
from tests.support.models import shipped

if TYPE_CHECKING:
    from pgmpy.inference import VariableElimination

KNOWLEDGE = shipped().knowledge
NETWORK = shipped().network()
YES, NO = (0.0, 1.0), (1.0, 0.0)


def test_it_loads_without_an_issue() -> None:
    assert check_knowledge() == []


def test_it_is_as_broad_as_it_says() -> None:
    assert len(KNOWLEDGE.conditions) >= 80
    assert len(KNOWLEDGE.findings) + len(KNOWLEDGE.measurements) >= 110
    assert {"idiopathic_cramp", "not_modelled"} <= set(KNOWLEDGE.conditions)
    asked = [record.kind for record in KNOWLEDGE.findings.values()]
    assert {"complaint", "pattern", "symptom", "sign", "result"} == set(asked)
    medicines = [record for record in KNOWLEDGE.exposures.values() if record.kind == "medicine"]
    assert len(medicines) >= 15
    assert sum(len(others) + 1 for record in medicines for others in record.medicines.values()) >= 150


@pytest.mark.parametrize("setting", KNOWLEDGE.settings)
def test_every_setting_builds_and_answers(setting: str) -> None:
    network = shipped().network(setting)
    for node in network.nodes:
        assert np.isfinite(node.leak).all()
        assert ((node.leak >= 0.0) & (node.leak <= 1.0)).all()
        assert ((node.links >= 0.0) & (node.links <= 1.0)).all()
    answer = shipped().diagnose(crampnet.Case(setting=setting, present=["kind_cramp"]))
    assert answer.posterior.residual < 1e-9
    assert sum(answer.posterior.contributes.values()) >= 1.0 - 1e-9


@pytest.mark.parametrize("condition", KNOWLEDGE.conditions)
def test_every_condition_can_be_reached_and_has_advice(condition: str) -> None:
    """What it shows, and what brings it about, raises it; known for certain, it brings up its advice."""
    before = reach(condition, {}, [])
    shown = {**KNOWLEDGE.conditions[condition].reason_shows, **KNOWLEDGE.conditions[condition].presence_shows}
    specific = [name for name in KNOWLEDGE.conditions[condition].defining if name not in KNOWLEDGE.conditions]
    assert shown
    assert specific
    causes = [link.cause for link in KNOWLEDGE.conditions[condition].raised_by]
    exposures = [name for name in causes if name in KNOWLEDGE.exposures]
    assert reach(condition, dict.fromkeys(specific, YES), exposures) > max(2 * before, before + 0.001)
    kinds = {item.kind for item in KNOWLEDGE.advice[condition]}
    assert kinds & {"treatment", "self_care", "referral", "test"}


def reach(condition: str, answers: dict[str, tuple[float, float]], exposures: list[str]) -> float:
    weights = {NETWORK.index[name]: pair for name, pair in answers.items()}
    weights |= {NETWORK.index[name]: YES for name in exposures[:1]}
    weights[NETWORK.index[COMPLAINT]] = YES
    return posterior(NETWORK, evidence(weights)).contributes[condition]


def evidence(weights: dict[int, tuple[float, float]], band: str = "40_59", sex: Sex = "female") -> Evidence:
    strata = [i for i, s in enumerate(NETWORK.strata) if s == Stratum(band, sex)]
    labels = {node: NETWORK.nodes[node].id for node in weights}
    return Evidence(weights, labels, np.array(strata), np.ones(1))


# -- the same network as a pgmpy model ----------------------------------------------------------------


@cache
def judge(told: frozenset[str]) -> VariableElimination:
    from pgmpy.inference import VariableElimination

    model = shipped().to_pgmpy(told=told)
    assert model.check_model()
    return VariableElimination(model)


def theirs(target: str, given: dict[str, str]) -> float:
    causes = {NETWORK.nodes[link.cause].id for link in NETWORK.only_told}
    told = frozenset(name for name, state in given.items() if state == "present" and name in causes)
    found = judge(told).query([target], given, show_progress=False)
    return float(found.get_value(**{target: "present"}))


QUERIES = [
    {"thyroid_or_neck_surgery": "present"},
    {"dialysis": "present", "loop_diuretic": "present"},
    {"loop_diuretic": "present", "vomiting_or_diarrhea": "present", "alcohol_heavy": "absent"},
    {"trousseau_sign": "present", "perioral_tingling": "present", "chvostek_sign": "absent"},
    {"phalen_sign": "present", "tinel_wrist": "absent", "thenar_wasting": "present"},
    {"rest_tremor": "present", "rigidity": "present", "bradykinesia": "absent"},
    {"fasciculations_widespread": "present", "babinski_sign": "present"},
    {"egfr_low": "present", "itching": "present"},
    {"diabetes": "present", "feet_numb_or_burning": "present"},
]


@pytest.mark.slow
@pytest.mark.parametrize("given", QUERIES, ids=" ".join)
@pytest.mark.parametrize(("band", "sex"), [("40_59", "female"), ("75_120", "male")])
def test_pgmpy_agrees_on_the_shipped_network(given: dict[str, str], band: str, sex: Sex) -> None:
    weights = {NETWORK.index[name]: YES if state == "present" else NO for name, state in given.items()}
    ours = posterior(NETWORK, evidence(weights, band, sex))
    context = {"age_band": band, "sex": sex, **given}
    likely = sorted(ours.present, key=lambda c: -ours.present[c])
    targets = [*likely[:4], "hypocalcemia", "hypokalemia", "not_modelled"]
    for condition in targets:
        if condition not in given:
            assert ours.present[condition] == pytest.approx(theirs(condition, context), abs=1e-9)
        assert ours.contributes[condition] == pytest.approx(theirs(reason_id(condition), context), abs=1e-9)


JOINING = (
    "diabetes",
    "chronic_kidney_disease",
    "magnesium_deficiency",
    "vomiting_or_diarrhea",
    "alcohol_heavy",
    "loop_diuretic",
    "thiazide_diuretic",
    "smoking",
    "obesity",
    "stress",
    "repetitive_hand_use",
    "hand_or_arm_injury",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [{"kind_cramp": "present"}, {COMPLAINT: "present", "night_waking_numb": "present", "phalen_sign": "present"}],
    ids=" ".join,
)
def test_pgmpy_agrees_where_every_reason_hangs_together(given: dict[str, str]) -> None:
    """What joins many conditions is known to be absent: with that open its greedy order takes it minutes by bad luck."""
    weights = {NETWORK.index[name]: YES for name in given} | {NETWORK.index[name]: NO for name in JOINING}
    ours = posterior(NETWORK, evidence(weights))
    context = {"age_band": "40_59", "sex": "female", **given, **dict.fromkeys(JOINING, "absent")}
    for condition in ("idiopathic_cramp", "carpal_tunnel_syndrome"):
        assert ours.contributes[condition] == pytest.approx(theirs(reason_id(condition), context), abs=1e-9)


@pytest.mark.slow
def test_pgmpy_agrees_over_all_ages_and_both_sexes() -> None:
    weights = {NETWORK.index["phalen_sign"]: YES}
    labels = dict.fromkeys(weights, "phalen_sign")
    everybody = Evidence(weights, labels, np.arange(len(NETWORK.strata)), NETWORK.strata_weights)
    ours = posterior(NETWORK, everybody)
    for condition in ("carpal_tunnel_syndrome", "hypothyroidism", "pregnancy_cramp"):
        assert ours.present[condition] == pytest.approx(theirs(condition, {"phalen_sign": "present"}), abs=1e-9)


@pytest.mark.slow
def test_pgmpy_agrees_on_the_marginals_that_the_leaks_were_solved_for() -> None:
    for place, stratum in enumerate(NETWORK.strata):
        if (stratum.age_band, stratum.sex) in (("12_17", "male"), ("60_74", "female")):
            context = {"age_band": stratum.age_band, "sex": stratum.sex}
            for condition in NETWORK.conditions:
                assert theirs(condition, context) == pytest.approx(NETWORK.base_rates[condition][place], abs=1e-9)
