"""How soon: red flags act whatever the posterior says, and expected harm is the sum written out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crampnet
from crampnet.inference.case import Case
from crampnet.inference.engine import posterior
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_general import RedFlag
from crampnet.knowledge.records_nodes import KnownUrgency
from crampnet.network.network import Network
from crampnet.reasoning.urgency import Urgency, assess, expected_harm, expected_losses, level_of
from tests.cases.scoring import LEVELS
from tests.support.cases import possible_cases
from tests.support.models import shipped, tiny


def ask(**given: Any) -> Urgency:
    return tiny().diagnose(Case(**given)).urgency


def read(model: crampnet.Model, case: Case) -> tuple[Network, Evidence]:
    network = model.network(case.setting)
    return network, read_evidence(model.knowledge, model.vocabulary, network, case)


def at_level(knowledge: Knowledge, **levels: str) -> Knowledge:
    """The knowledge with other levels for some conditions."""
    changed = {
        name: record.model_copy(update={"urgency": record.urgency.model_copy(update={"level": levels[name]})})
        if name in levels
        else record
        for name, record in knowledge.conditions.items()
    }
    return replace(knowledge, conditions=changed)


# -- red flags ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["present", "probably_present"])
def test_a_red_flag_acts_whatever_the_posterior_says(key: str) -> None:
    urgency = ask(**{key: ["chest_pain"]})
    assert [flag.id for flag in urgency.fired] == ["chest_pain_with_spasm"]
    assert urgency.level == "emergency"
    assert urgency.by_rule
    assert urgency.harm.level != "emergency"
    assert not urgency.provisional


def test_an_unanswered_red_flag_makes_the_level_provisional() -> None:
    urgency = ask()
    assert urgency.provisional
    assert not urgency.by_rule
    # The emergency is asked about first, then one of the two findings of the urgent rule.
    assert urgency.unanswered == ("chest_pain", "hand_weakness")


def test_an_answer_that_excludes_a_red_flag_closes_it() -> None:
    urgency = ask(absent=["chest_pain", "hand_weakness"])
    assert not urgency.provisional
    assert (urgency.unanswered, urgency.open, urgency.fired) == ((), (), ())
    assert urgency.level == urgency.harm.level


@pytest.mark.parametrize(
    ("given", "fires", "is_open"),
    [
        ({}, False, True),
        ({"present": ["hand_weakness"]}, False, True),
        ({"present": ["hand_weakness"], "absent": ["hand_tingling"]}, False, False),
        ({"present": ["hand_weakness", "hand_tingling"]}, True, False),
        ({"present": ["hand_weakness"], "probably_present": ["hand_tingling"]}, True, False),
        ({"present": ["hand_weakness", "hand_tingling", "dialysis"]}, False, False),
        ({"present": ["hand_weakness", "hand_tingling"], "absent": ["dialysis"]}, True, False),
    ],
)
def test_all_of_and_none_of(given: dict[str, list[str]], fires: bool, is_open: bool) -> None:
    absent = [*given.get("absent", []), "chest_pain"]
    urgency = ask(**{**given, "absent": absent})
    assert ("weak_and_numb" in {flag.id for flag in urgency.fired}) is fires
    if urgency.level in ("self_care", "routine"):
        assert ("weak_and_numb" in {flag.id for flag in urgency.open}) is is_open


def test_any_of_stays_open_until_every_answer_is_there() -> None:
    knowledge = tiny().knowledge
    flag = knowledge.red_flags[0].model_copy(update={"any_of": ("chest_pain", "hand_weakness")})
    knowledge = replace(knowledge, red_flags=(flag,))
    for absent, waiting in (([], True), (["chest_pain"], True), (["chest_pain", "hand_weakness"], False)):
        network, evidence = read(tiny(), Case(absent=absent))
        urgency = assess(knowledge, network, evidence, posterior(network, evidence))
        assert urgency.provisional is waiting
    assert urgency.unanswered == ()


def test_a_level_that_is_reached_leaves_lower_flags_alone() -> None:
    assert ask(present=["chest_pain"]).open == ()


@pytest.mark.parametrize("flag", shipped().knowledge.red_flags, ids=lambda flag: str(flag.id))
def test_every_shipped_red_flag_fires_at_its_level(flag: RedFlag) -> None:
    """Each of its triggers in turn, with the rest unanswered; probably is enough, an excluding answer prevents it."""
    model = shipped()
    for trigger in flag.any_of or ("",):
        answers = tuple(dict.fromkeys(name for name in (*flag.all_of, trigger) if name))
        for key in ("present", "probably_present"):
            _, evidence = read(model, said(model.knowledge, answers, key))
            urgency = assess_rules(model.knowledge, evidence)
            assert flag in urgency.fired
            assert LEVELS.index(urgency.level) >= LEVELS.index(flag.level)
        for name in flag.none_of:
            _, evidence = read(model, said(model.knowledge, [*answers, name]))
            assert flag not in assess_rules(model.knowledge, evidence).fired
        for name in flag.all_of:
            left = [n for n in answers if n != name]
            _, evidence = read(model, said(model.knowledge, left, without=[name]))
            assert flag not in assess_rules(model.knowledge, evidence).fired


def said(knowledge: Knowledge, names: Sequence[str], key: str = "present", without: Sequence[str] = ()) -> Case:
    """A case in which all of them are there: conditions are known diagnoses. without: what is not there."""
    known = [name for name in names if name in knowledge.conditions]
    excluded = [name for name in without if name in knowledge.conditions]
    answers = {key: [name for name in names if name not in known], "absent": [n for n in without if n not in excluded]}
    return Case.from_dict({**answers, "diagnoses": known, "ruled_out": excluded})


def assess_rules(knowledge: Knowledge, evidence: Evidence) -> Urgency:
    """The rules alone: on the tiny network, where weighing harm costs nothing, with nothing known."""
    network, nothing = read(tiny(), Case(complaint=False))
    bare = replace(nothing, present=evidence.present, absent=evidence.absent, known=evidence.known)
    mixed = replace(tiny().knowledge, red_flags=knowledge.red_flags)
    return assess(mixed, network, bare, posterior(network, nothing))


# -- expected harm ------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(possible_cases())
def test_what_always_holds(case: Case) -> None:
    urgency = tiny().diagnose(case).urgency
    assert sum(urgency.harm.probabilities.values()) == pytest.approx(1.0, abs=1e-9)
    assert all(-1e-12 <= p <= 1.0 + 1e-12 for p in urgency.harm.probabilities.values())
    assert LEVELS.index(urgency.level) >= LEVELS.index(urgency.harm.level)
    for flag in urgency.fired:
        assert LEVELS.index(urgency.level) >= LEVELS.index(flag.level)
    for flag in urgency.open:
        assert LEVELS.index(urgency.level) < LEVELS.index(flag.level)
    assert urgency.provisional == bool(urgency.unanswered)
    assert min(urgency.harm.losses.values()) == urgency.harm.losses[urgency.harm.level]


def test_one_condition_above_the_others_has_its_own_probability() -> None:
    """Hypocalcemia alone is urgent, so P(U = urgent) is P(hypocalcemia), and the losses are the table times it."""
    case = Case(present=["kind_spasm", "carpal_posture"])
    answer = tiny().diagnose(case)
    harm, p = answer.urgency.harm, answer.posterior.present["hypocalcemia"]
    assert 0.05 < p < 0.999
    assert harm.probabilities["emergency"] == pytest.approx(0.0, abs=1e-12)
    assert harm.probabilities["urgent"] == pytest.approx(p, rel=1e-9)
    table = tiny().knowledge.losses.table
    for action, loss in harm.losses.items():
        row = {str(level): cost for level, cost in table[action].items()}  # type: ignore[index]
        assert loss == pytest.approx(sum(harm.probabilities[u] * row[u] for u in LEVELS), rel=1e-12)
    assert harm.level == "urgent"
    assert harm.drivers[0] == ("hypocalcemia", p)


def test_the_highest_level_is_the_joint_and_not_the_sum() -> None:
    """Two urgent conditions: P(U >= urgent) = 1 - P(neither), from the chain rule by asking one after the other."""
    knowledge = at_level(tiny().knowledge, carpal_tunnel_syndrome="urgent")
    network, evidence = read(tiny(), Case(present=["kind_cramp"], probably_present=["hand_tingling"]))
    beliefs = posterior(network, evidence)
    harm = expected_harm(knowledge, network, evidence, beliefs)
    position = network.index["hypocalcemia"]
    without = posterior(network, replace(evidence, weights={**evidence.weights, position: (1.0, 0.0)}))
    neither = (1 - beliefs.present["hypocalcemia"]) * (1 - without.present["carpal_tunnel_syndrome"])
    assert harm.probabilities["urgent"] == pytest.approx(1 - neither, rel=1e-9)


def test_a_known_condition_counts_until_it_is_cared_for() -> None:
    assert ask(diagnoses=["hypocalcemia"]).harm.probabilities["urgent"] == pytest.approx(1.0)
    harm = ask(diagnoses=["hypocalcemia"], cared_for=["hypocalcemia"]).harm
    assert harm.probabilities["urgent"] == 0.0
    assert "hypocalcemia" not in dict(harm.drivers)


def test_a_condition_may_be_less_urgent_once_it_is_known() -> None:
    """Then it counts at that level, and only where the person names the diagnosis."""
    record = tiny().knowledge.conditions["hypocalcemia"]
    known = KnownUrgency(level="routine", reason="Found and followed.")
    record = record.model_copy(update={"urgency": record.urgency.model_copy(update={"known": known})})
    knowledge = replace(tiny().knowledge, conditions={**tiny().knowledge.conditions, "hypocalcemia": record})
    for case, level in ((Case(diagnoses=["hypocalcemia"]), "routine"), (Case(), "urgent")):
        network, evidence = read(tiny(), case)
        beliefs = posterior(network, evidence)
        harm = expected_harm(knowledge, network, evidence, beliefs)
        assert level_of(knowledge, evidence, "hypocalcemia") == level
        assert harm.probabilities["urgent"] == pytest.approx(beliefs.present["hypocalcemia"] * (level == "urgent"))


@pytest.mark.parametrize(
    ("told", "level"),
    [([], "urgent"), (["relief_stretching"], "routine"), (["relief_stretching", "kind_spasm"], "urgent")],
)
def test_a_condition_may_be_less_urgent_once_it_has_lasted(told: list[str], level: str) -> None:
    """Then it counts at that level, where the answers say so and nothing speaks against it."""
    knowledge = tiny().knowledge
    network, evidence = read(tiny(), Case(present=told))
    beliefs = posterior(network, evidence)
    harm = expected_harm(knowledge, network, evidence, beliefs)
    assert level_of(knowledge, evidence, "hypocalcemia") == level
    assert level_of(knowledge, evidence, "hypocalcemia", frozenset()) == "urgent"
    assert harm.probabilities["urgent"] == pytest.approx(beliefs.present["hypocalcemia"] * (level == "urgent"))


def test_a_fresh_bout_is_urgent_and_the_same_disease_after_months_is_not() -> None:
    for told, level in (
        ([], "urgent"),
        (["course_months"], "routine"),
        (["course_months", "worse_within_days"], "urgent"),
    ):
        _, evidence = read(shipped(), Case(age=35, sex="female", present=["hand_numbness", *told]))
        assert level_of(shipped().knowledge, evidence, "multiple_sclerosis") == level


def test_a_known_emergency_is_never_cared_for() -> None:
    knowledge = at_level(tiny().knowledge, hypocalcemia="emergency")
    network, evidence = read(tiny(), Case(diagnoses=["hypocalcemia"], cared_for=["hypocalcemia"]))
    harm = expected_harm(knowledge, network, evidence, posterior(network, evidence))
    assert harm.probabilities["emergency"] == pytest.approx(1.0)
    assert harm.level == "emergency"


def test_a_condition_that_was_ruled_out_still_counts_with_what_is_left() -> None:
    answer = tiny().diagnose(Case(present=["kind_spasm"], ruled_out=["hypocalcemia"]))
    left = answer.posterior.present["hypocalcemia"]
    assert left > 0.0
    assert answer.urgency.harm.probabilities["urgent"] == pytest.approx(left, rel=1e-9)


def test_ties_go_up() -> None:
    flat = {level: dict.fromkeys(LEVELS, 1.0) for level in LEVELS}
    knowledge = tiny().knowledge
    knowledge = replace(knowledge, losses=knowledge.losses.model_copy(update={"table": flat}))
    network, evidence = read(tiny(), Case())
    assert expected_harm(knowledge, network, evidence, posterior(network, evidence)).level == "emergency"


@settings(max_examples=100)
@given(st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_speaking_against_conditions_never_raises_the_level(shares: list[float]) -> None:
    network, evidence = read(tiny(), Case(complaint=False))
    names = network.conditions
    absent = {network.index[c]: (1.0, share) for c, share in zip(names, shares, strict=True)}
    doubt = replace(evidence, weights={**evidence.weights, **absent})
    less = expected_harm(tiny().knowledge, network, doubt, posterior(network, doubt))
    more = expected_harm(tiny().knowledge, network, evidence, posterior(network, evidence))
    assert LEVELS.index(less.level) <= LEVELS.index(more.level)


def test_nobody_ill_is_self_care() -> None:
    network, evidence = read(tiny(), Case(complaint=False))
    none = {network.index[c]: (1.0, 0.0) for c in network.conditions}
    well = replace(evidence, weights={**evidence.weights, **none})
    harm = expected_harm(tiny().knowledge, network, well, posterior(network, well))
    assert harm.probabilities == {"self_care": 1.0, "routine": 0.0, "urgent": 0.0, "emergency": 0.0}
    assert harm.level == "self_care"


# -- many cases at once -------------------------------------------------------------------------------


@settings(max_examples=50)
@given(st.lists(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).map(sorted), min_size=1, max_size=4))
def test_expected_losses_are_the_sum_written_out(cases: list[list[float]]) -> None:
    losses = tiny().knowledge.losses
    table = {act: dict[str, float](row.items()) for act, row in losses.table.items()}
    below = np.array([[0.0, *case] for case in cases]).T
    shares, expected, chosen = expected_losses(losses, below)
    for place, case in enumerate(cases):
        steps = [0.0, *case, 1.0]
        wanted: dict[str, float] = {level: steps[i + 1] - steps[i] for i, level in enumerate(LEVELS)}
        assert dict(zip(LEVELS, shares[:, place], strict=True)) == pytest.approx(wanted)
        loss: dict[str, float] = {
            act: sum(wanted[truth] * row[truth] for truth in LEVELS) for act, row in table.items()
        }
        assert dict(zip(LEVELS, expected[:, place], strict=True)) == pytest.approx(loss)
        least = [act for act in LEVELS if loss[act] <= min(loss.values()) + 1e-9]
        assert LEVELS[chosen[place]] in least


def test_ties_of_expected_losses_go_up() -> None:
    losses = tiny().knowledge.losses.model_copy(update={"table": {act: dict.fromkeys(LEVELS, 1.0) for act in LEVELS}})
    _, _, chosen = expected_losses(losses, np.array([[0.0], [0.5], [0.7], [0.9]]))
    assert chosen.tolist() == [3]
