"""Where figures enter: every claim of linearity is held against recomputation, every irrelevance against a change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crampnet.inference.case import Case
from crampnet.inference.evidence import read_evidence
from crampnet.reasoning.sensitivity.entries import NEARLY, entry, relevant
from crampnet.reasoning.sensitivity.setup import Setup, joint
from tests.reasoning.sensitivity.support import CASE, setup_of
from tests.support.models import doubtful, shaped, shipped, tiny
from tests.support.networks import as_evidence

ACCURACY = ("sensitivity", "specificity")
DOUBTFUL = replace(
    CASE,
    ruled_out=["carpal_tunnel_syndrome", "idiopathic_cramp", "dialysis_cramp"],
    results={"serum_calcium": "2.2 mmol/L"},
    medicines=[],
    diagnoses=[],
)
"""Two conditions are ruled out with the general accuracy, one with its own; lists leave something out."""
SETTINGS = ["general_population", "dialysis_unit"]


def at_home_in(setting: str) -> Setup:
    return setup_of(replace(CASE, setting=setting))


def off_the_line(setup: Setup, paths: list[str]) -> float:
    """Largest distance of any joint probability from the line through the ends of a figure's domain, over P(e)."""
    shares = np.array([0.0, 1.0, 0.13, 0.48, 0.77])
    ends = [(path, entry(setup, path).domain) for path in paths]
    found = joint(setup, [{path: low + share * (high - low)} for path, (low, high) in ends for share in shares])
    worst = 0.0
    for table in (found.evidence[:, None], found.contributes, found.present):
        points = table.reshape(len(paths), len(shares), -1)
        line = points[:, :1] + shares[None, 2:, None] * (points[:, 1:2] - points[:, :1])
        worst = max(worst, float(np.abs(points[:, 2:] - line).max()))
    return worst / float(setup.now.evidence[0])


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_figure_that_is_said_to_enter_linearly_does(setting: str) -> None:
    setup = at_home_in(setting)
    linear = [path for path in setup.parameters if entry(setup, path).form == "hyperbola"]
    through_network = {path.split(".")[2] for path in linear if path not in setup.about_answers}
    assert through_network == {"troubles_hand", "seeks_care", "reason_shows", "presence_shows", "raised_by", "shows"}
    assert off_the_line(setup, linear) < 1e-12


@pytest.mark.parametrize("age", [None, 50, 80])
def test_with_backgrounds_by_age_and_medicines_that_act_on_findings_links_enter_linearly_too(age: int | None) -> None:
    untold = setup_of(replace(CASE, age=age), shaped().knowledge)
    setup = replace(untold, network=untold.network.told(untold.evidence.weights))
    linear = [path for path in setup.parameters if entry(setup, path).form == "hyperbola"]
    assert off_the_line(setup, linear) < 1e-12
    told = "findings.perioral_tingling.raised_by.loop_diuretic"
    assert {"syndromes.tetany.shows.hand_tingling", "conditions.not_modelled.presence_shows.hand_tingling", told} <= {
        *linear
    }
    assert entry(untold, told).form == "evaluated"


def test_a_figure_about_answers_enters_linearly_where_one_sure_answer_weighs_by_it() -> None:
    setup = setup_of(DOUBTFUL, doubtful().knowledge)
    forms = {path: entry(setup, path).form for path in setup.about_answers}
    bent = {path for path, form in forms.items() if form == "evaluated"}
    general = {f"answers.{which}.{part}" for which in ("self_report", "ruled_out") for part in ACCURACY}
    assert bent == {*general, "answers.results"}
    assert off_the_line(setup, sorted(forms.keys() - bent)) < 1e-12
    for path in bent:
        assert off_the_line(setup, [path]) > 1e-6
    assert set(relevant(setup)) > forms.keys()
    nodes = setup.network.nodes
    at = {path: nodes[node].id for path in forms if (node := entry(setup, path).node) is not None}
    assert at.keys() == forms.keys()
    assert at["findings.hand_tingling.self_report.sensitivity"] == "hand_tingling"


def test_one_exclusion_by_the_general_accuracy_is_linear_in_it() -> None:
    setup = setup_of(replace(DOUBTFUL, ruled_out=["idiopathic_cramp"]), doubtful().knowledge)
    paths = [f"answers.ruled_out.{part}" for part in ACCURACY]
    assert {entry(setup, path).form for path in paths} == {"hyperbola"}
    assert off_the_line(setup, paths) < 1e-12


def test_a_figure_by_which_no_answer_weighs_is_not_listed() -> None:
    setup = setup_of(replace(CASE, probably_present=[]))
    unused = {f"answers.{which}.{part}" for which in ("self_report", "ruled_out") for part in ACCURACY}
    unused.add("answers.results")
    assert {path for path in setup.about_answers if entry(setup, path).node is None} == unused
    assert not unused & set(relevant(setup))
    assert "exposures.dialysis.unmentioned" in relevant(setup)


def test_who_seeks_care_matters_only_where_care_was_sought() -> None:
    paths = [f"conditions.{condition}.seeks_care" for condition in tiny().knowledge.conditions]
    sought = setup_of(replace(CASE, sought_care=True))
    assert set(paths) <= set(relevant(sought))
    assert off_the_line(sought, paths) < 1e-12
    assert not set(paths) & set(relevant(setup_of()))


def test_figures_that_enter_otherwise_are_no_lines() -> None:
    """The distinction is needed: a claim of linearity for these would be found out."""
    setup = setup_of()
    bent = [path for path in relevant(setup) if entry(setup, path).form == "evaluated"]
    assert {path.split(".")[2] for path in bent} >= {"base_rate", "raised_by", "frequency", "background"}
    assert off_the_line(setup, bent) > 1e-3


def test_the_shipped_network_keeps_the_claims() -> None:
    model = shipped()
    case = Case(age=44, sex="female", present=["kind_spasm", "carpal_posture", "hand_numbness"], absent=["wasting"])
    network = model.network()
    setup = Setup(model.knowledge, network, read_evidence(model.knowledge, model.vocabulary, network, case))
    linear = [path for path in relevant(setup) if entry(setup, path).form == "hyperbola"]
    assert off_the_line(setup, linear[::7]) < 1e-10


@pytest.mark.parametrize("setting", SETTINGS)
def test_outside_its_domain_a_line_has_a_kink(setting: str) -> None:
    """The domain is no narrower than it has to be: beyond it a link would have to be negative."""
    setup = at_home_in(setting)
    path = "syndromes.tetany.shows.hand_tingling"
    low, _ = entry(setup, path).domain
    assert low == pytest.approx(setup.parameter("findings.hand_tingling.background").value)
    at = joint(setup, [{path: low / 2}, {path: low}, {path: 2 * low}]).evidence
    assert at[0] == pytest.approx(at[1], rel=1e-12)
    assert at[2] != pytest.approx(at[1], rel=1e-6)


def test_a_figure_of_presence_may_not_exceed_that_of_its_reason() -> None:
    setup = setup_of()
    path = "conditions.hypocalcemia.presence_shows.tetany"
    assert entry(setup, path).domain[1] == pytest.approx(
        setup.parameter("conditions.hypocalcemia.reason_shows.tetany").value
    )


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_is_said_not_to_matter_does_not(setting: str) -> None:
    setup = at_home_in(setting)
    wanted = set(relevant(setup))
    others = [path for path in setup.parameters if path not in wanted]
    assert wanted
    assert others
    found = joint(setup, [{path: setup.parameter(path).interval[1]} for path in others])
    assert found.evidence == pytest.approx(np.full(len(others), setup.now.evidence[0]), rel=1e-12)
    assert found.contributes == pytest.approx(
        np.repeat(setup.now.contributes, len(others), axis=0), rel=1e-10, abs=1e-18
    )
    moved = joint(setup, [{path: setup.parameter(path).interval[1]} for path in wanted])
    assert (np.abs(moved.evidence / setup.now.evidence[0] - 1.0) > 1e-12).mean() > 0.8


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_figure_of_the_shipped_knowledge_has_an_entry(setting: str) -> None:
    model = shipped()
    setup = Setup(model.knowledge, model.network(setting), as_evidence(model.network(setting), {}))
    for path, parameter in setup.parameters.items():
        low, high = entry(setup, path).domain
        assert low <= parameter.value <= high


def test_ratios_and_rates_are_followed_beyond_one() -> None:
    setup = setup_of()
    assert entry(setup, "conditions.hypocalcemia.raised_by.loop_diuretic").domain == pytest.approx((1.0, 24.0))
    assert entry(setup, "conditions.hypocalcemia.base_rate.0").domain == (0.0, NEARLY)
    assert tiny().knowledge.conditions["hypocalcemia"].raised_by[1].measure == "odds_ratio"
