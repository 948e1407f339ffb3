"""Next steps: every effect equals what asking, reading and diagnosing anew gives; what is answered is never offered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import crampnet
from crampnet.errors import TooExpensive
from crampnet.inference import runs
from crampnet.inference.case import Case
from crampnet.inference.engine import Change, Variants, evidence_under, posterior, variants
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_general import Caution
from crampnet.network.network import Network
from crampnet.reasoning.advice import EVERYBODY, SHARE, advise, advise_about, leaders
from crampnet.reasoning.next_steps import (
    ADVICE_EFFECT,
    BY_ASKING,
    LEVEL_EFFECT,
    MEDICINES,
    NORMAL,
    NextSteps,
    Outcome,
    Step,
    Stop,
    next_steps,
)
from crampnet.reasoning.steps import lanes, levels
from crampnet.reasoning.steps import table as module
from crampnet.reasoning.steps.candidates import Candidate, Way, candidates, together
from crampnet.reasoning.steps.effects import divergence
from crampnet.reasoning.steps.lanes import below_level, refined, subtracted
from crampnet.reasoning.steps.levels import bounds, certain
from crampnet.reasoning.steps.shown import Shown, clearly, shown
from crampnet.reasoning.steps.table import Table
from crampnet.reasoning.urgency import assess, counted, expected_losses
from tests.support.cases import possible_cases
from tests.support.models import shipped, tiny
from tests.support.networks import as_evidence, medical_network

SPASM = Case(age=44, sex="female", present=["kind_spasm"])


def read(model: crampnet.Model, case: Case) -> tuple[Network, Evidence]:
    network = model.network(case.setting)
    return network, read_evidence(model.knowledge, model.vocabulary, network, case)


def ask(knowledge: Knowledge, network: Network, evidence: Evidence, skipped: Iterable[str] = ()) -> NextSteps:
    beliefs = posterior(network, evidence)
    urgency = assess(knowledge, network, evidence, beliefs)
    advice = advise(knowledge, evidence, beliefs, urgency)
    return next_steps(knowledge, network, evidence, beliefs, urgency, advice, skipped=frozenset(skipped))


def of(case: Case, skipped: Iterable[str] = ()) -> NextSteps:
    return ask(tiny().knowledge, *read(tiny(), case), skipped)


def the(found: NextSteps, name: str) -> Step:
    return next(step for step in found.steps if step.id == name)


def answered(case: Case, step: Step, outcome: Outcome) -> Case:
    """The case with this outcome written into it."""
    held = {outcome.answer} if step.kind == "measurement" else set(step.nodes) if outcome.answer == "present" else set()
    present = [*case.present, *(n for n in step.nodes if n in held)]
    return replace(case, present=present, absent=[*case.absent, *(n for n in step.nodes if n not in held)])


# -- against diagnosing anew -------------------------------------------------------------------------


@settings(max_examples=8)
@given(possible_cases(most=6))
def test_every_effect_is_that_of_diagnosing_anew(case: Case) -> None:
    """Level, shown advice and bits of each outcome, and its probability, by writing the answer into the case."""
    model = tiny()
    network, evidence = read(model, case)
    today = model.diagnose(case)
    share = np.array(list((today.posterior.contributes if evidence.asks else today.posterior.present).values()))
    for step in of(case).steps:
        level = advice = bits = 0.0
        assert sum(outcome.probability for outcome in step.outcomes) == pytest.approx(1.0)
        for outcome in step.outcomes:
            then = model.diagnose(answered(case, step, outcome))
            losses = sorted(then.urgency.harm.losses.values())
            assume(losses[1] - losses[0] > 1e-6)
            assert outcome.level == then.urgency.level
            level += outcome.probability * (then.urgency.level != today.urgency.level)
            advice += outcome.probability * (advice_then(today, then) != shown(today.advice))
            now = then.posterior.contributes if evidence.asks else then.posterior.present
            bits += outcome.probability * kl(np.array(list(now.values())), share)
        assert step.level == pytest.approx(level, abs=1e-12)
        assert step.advice == pytest.approx(advice, abs=1e-12)
        assert step.bits == pytest.approx(bits, abs=1e-7)
        if step.kind not in ("measurement", "medicines"):
            assert chance(network, evidence, step) == pytest.approx(present(step), abs=1e-9)


def advice_then(today: crampnet.Answer, then: crampnet.Answer) -> Shown:
    """The advice shown then, condition by condition, beliefs that moved less than half of their line standing still."""
    knowledge = today.knowledge
    cautions = [c for items in knowledge.advice.values() for item in items for c in item.cautions]
    line = {c: min((x.likely for x in cautions if c in x.when), default=0.0) for c in today.posterior.present}

    def still(then: dict[str, float], now: dict[str, float], lines: dict[str, float]) -> dict[str, float]:
        return {c: then[c] if abs(then[c] - now[c]) >= lines[c] / 2 else now[c] for c in now}

    every = dict.fromkeys(line, SHARE)
    ranked = replace(
        then.posterior,
        contributes=still(then.posterior.contributes, today.posterior.contributes, every),
        present=still(then.posterior.present, today.posterior.present, every),
    )
    likely = replace(then.posterior, present=still(then.posterior.present, today.posterior.present, line))
    about_whom = (*leaders(then.evidence, ranked), EVERYBODY)
    lines = [advise_about(about, knowledge, then.evidence, likely, then.urgency) for about in about_whom]
    return shown(item for about in lines for item in about)


def kl(then: np.ndarray, now: np.ndarray) -> float:
    """Sum over conditions, written out."""
    total = 0.0
    for p, q in zip(then, now, strict=True):
        for a, b in ((p, q), (1 - p, 1 - q)):
            total += a * np.log2(a / b) if a > 1e-15 else 0.0
    return float(total)


def chance(network: Network, evidence: Evidence, step: Step) -> float:
    """P(present | case), the answer weighed beside what the case says about it."""
    node = network.index[step.nodes[0]]
    before = evidence.weights.get(node, (1.0, 1.0))
    rows = variants(network, evidence, [{node: (before[0], 0.0)}, {node: (0.0, before[1])}]).evidence
    return float(rows[1] / rows.sum())


def present(step: Step) -> float:
    return sum(outcome.probability for outcome in step.outcomes if outcome.answer == "present")


@settings(max_examples=15)
@given(possible_cases())
def test_what_always_holds(case: Case) -> None:
    found = of(case)
    _, evidence = read(tiny(), case)
    level = tiny().diagnose(case).urgency.level
    for step in (*found.steps, *found.bundles, *(part for whole in found.steps for part in whole.parts)):
        assert -1e-12 <= step.level <= 1.0 + 1e-12
        assert -1e-12 <= step.advice <= 1.0 + 1e-12
        assert step.bits >= 0.0
        assert not set(step.nodes) & (evidence.present | evidence.absent)
        for outcome in step.outcomes:
            assert all(s.after - s.before >= 0.001 for s in outcome.up)
            assert all(s.before - s.after >= 0.001 for s in outcome.down)
            assert outcome.level_changes is (outcome.level != level)
    assert len({step.id for step in found.steps}) == len(found.steps)
    flags = [step.red_flag for step in found.steps]
    assert flags == sorted(flags, reverse=True)


@settings(max_examples=20)
@given(possible_cases(), st.data())
def test_what_is_answered_or_skipped_is_not_offered(case: Case, data: st.DataObject) -> None:
    offered = [step.id for step in of(case).steps]
    skipped = data.draw(st.lists(st.sampled_from(offered), unique=True)) if offered else []
    left = [step.id for step in of(case, skipped).steps]
    assert sorted(left) == sorted(name for name in offered if name not in skipped)


@settings(max_examples=12)
@given(possible_cases(most=5))
def test_bounds_of_the_levels_hold(case: Case) -> None:
    """Also where an answer brings another one with it, whose probability together is far from its own."""
    knowledge = implying(tiny().knowledge)
    network, evidence = read(tiny(), case)
    urgency = assess(knowledge, network, evidence, posterior(network, evidence))
    ways = [way for candidate in candidates(knowledge, network, evidence) for way in candidate.ways]
    table = Table(network, evidence)
    beliefs = refined(table, ways)
    sets = counted(knowledge, network, evidence)[1:]
    low, high = bounds(network, knowledge.losses, urgency, beliefs, sets)
    rows = np.flatnonzero(beliefs.chance)
    for place, names in enumerate(sets):
        exact = below_level(table, beliefs, rows, names)
        assert np.all(low[place, rows] <= exact + 1e-6)
        assert np.all(high[place, rows] >= exact - 1e-6)


@settings(max_examples=100)
@given(st.integers(0, 100_000))
def test_a_level_is_certain_only_if_it_is_the_best_anywhere_in_the_bounds(seed: int) -> None:
    """And where the bounds meet, it is certain."""
    losses = shipped().knowledge.losses
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.beta(0.5, 0.5, size=(3, 2)), axis=0)
    low, high = ends.min(axis=1, keepdims=True), ends.max(axis=1, keepdims=True)
    point = low + (high - low) * np.sort(rng.uniform(size=(3, 40)), axis=0)
    best = expected_losses(losses, np.vstack([np.zeros((1, 40)), np.maximum.accumulate(point)]))[2]
    (level,) = certain(losses, low, high)
    assert level == -1 or set(best) == {level}
    corner = np.maximum.accumulate(point[:, :1])
    assert certain(losses, corner, corner)[0] == best[0]


def test_a_small_move_across_a_line_is_none() -> None:
    """Half of the line at least: 0.11 to 0.09 is none from 0.10 on, 0.11 to 0.05 and 0.04 to 0.10 are."""
    now = np.array([0.11, 0.11, 0.04, 0.09, 0.3])
    then = np.array([[0.09, 0.05, 0.10, 0.12, 0.7]])
    assert clearly(then, now, 0.10).tolist() == [[0.11, 0.05, 0.10, 0.09, 0.7]]
    assert clearly(then, now, np.array([0.02, 0.2, 0.1, 0.0, 1.0])).tolist() == [[0.09, 0.11, 0.10, 0.12, 0.3]]


def test_a_condition_beside_a_line_does_not_make_every_answer_matter() -> None:
    """A caution that begins just below today's probability: nearly every answer crosses it, hardly one clearly."""
    today, network, evidence = tiny().diagnose(SPASM), *read(tiny(), SPASM)
    knowledge = tiny().knowledge
    name, p = max(today.posterior.present.items(), key=lambda pair: (pair[1] < 0.9) * pair[1])
    caution = Caution(when=(name,), likely=p - 1e-9, action="withhold", reason="Just beside.")
    items = (knowledge.advice[EVERYBODY][0].model_copy(update={"kind": "test", "cautions": (caution,)}),)
    found = ask(replace(knowledge, advice={EVERYBODY: items}), network, evidence)
    crossing = missed = 0
    for step in (s for s in found.steps if s.kind not in ("measurement", "medicines")):
        for outcome in step.outcomes:
            after = tiny().diagnose(answered(SPASM, step, outcome)).posterior.present[name]
            crossing += after < p - 1e-9
            missed += outcome.advice_changes is not (p - after >= (p - 1e-9) / 2)
    assert crossing > len(found.steps) / 2
    assert missed == 0


# -- subtraction -------------------------------------------------------------------------------------


def as_ways(pairs: list[dict[int, tuple[float, float]]]) -> list[Way]:
    return [Way(str(i), frozenset(), frozenset(), pair, pair) for i, pair in enumerate(pairs)]


def by_hand(network: Network, evidence: Evidence, ways: list[Way]) -> tuple[np.ndarray, np.ndarray]:
    """P(way | case) and P(condition present | case, way), each way weighed beside what the case says of its nodes."""
    changes: list[dict[int, tuple[float, float]]] = [{}]
    for way in ways:
        given = {node: evidence.weights.get(node, (1.0, 1.0)) for node in way.weights}
        changes.append({n: (a * given[n][0], p * given[n][1]) for n, (a, p) in way.weights.items()})
    found = variants(network, evidence, changes)
    return found.evidence[1:] / found.evidence[0], found.present[1:]


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.data())
def test_subtraction_equals_direct_computation(seed: int, data: st.DataObject) -> None:
    network = medical_network(seed).network
    evidence = as_evidence(network, {network.index["hand_complaint"]: (0.0, 1.0)})
    names = ["habit", "pattern", "sign", "symptom"]
    pair = st.sampled_from([(0.0, 1.0), (1.0, 0.0), (0.05, 0.9), (0.95, 0.1)])
    pairs = data.draw(st.lists(st.dictionaries(st.sampled_from(names), pair, min_size=1), min_size=1, max_size=4))
    ways = as_ways([{network.index[n]: p for n, p in some.items()} for some in pairs])
    found = subtracted(Table(network, evidence), ways)
    expected, beliefs = by_hand(network, evidence, ways)
    assert found.chance == pytest.approx(np.where(expected < lanes.SAFE, 0.0, expected), rel=1e-7)
    for row in np.flatnonzero(found.chance):
        assert found.present[row] == pytest.approx(beliefs[row], abs=1e-8)


def test_a_way_too_rare_for_subtraction_is_exact() -> None:
    network = medical_network(3).network
    nodes = list(network.nodes)
    place = network.index["sign"]
    nodes[place] = replace(nodes[place], leak=np.full(2, 1e-12), links=np.full((1, 2), 1e-10))
    network = replace(network, nodes=tuple(nodes))
    evidence = as_evidence(network, {network.index["hand_complaint"]: (0.0, 1.0)})
    ways = as_ways([{place: (0.0, 1.0)}, {place: (1.0, 0.0)}])
    expected, beliefs = by_hand(network, evidence, ways)
    assert 0.0 < expected[0] < 1e-9
    assert subtracted(Table(network, evidence), ways).chance[0] == 0.0
    found = refined(Table(network, evidence), ways)
    assert found.chance == pytest.approx(expected, rel=1e-9)
    assert found.present == pytest.approx(beliefs, rel=1e-9)


def test_where_the_line_is_drawn_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(SPASM)
    monkeypatch.setattr(lanes, "SAFE", 0.9)
    after = of(SPASM)
    for old, new in zip(before.steps, after.steps, strict=True):
        assert (old.id, old.level, old.advice, old.bits) == pytest.approx((new.id, new.level, new.advice, new.bits))


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.floats(0.01, 0.99))
def test_bits_are_the_information_about_each_condition(seed: int, p: float) -> None:
    """Averaged over the answers the divergence is H(before) - E H(after), condition by condition."""
    then = np.random.default_rng(seed).uniform(size=(2, 5))
    now = p * then[0] + (1 - p) * then[1]

    def entropy(q: np.ndarray) -> float:
        return float(-(q * np.log2(q) + (1 - q) * np.log2(1 - q)).sum())

    gained = entropy(now) - p * entropy(then[0]) - (1 - p) * entropy(then[1])
    assert divergence(then, now) @ np.array([p, 1 - p]) == pytest.approx(gained, abs=1e-9)
    assert divergence(np.array([[0.0, 1.0]]), np.array([0.5, 0.5])) == pytest.approx([2.0])


# -- what is a candidate -----------------------------------------------------------------------------


def offered(case: Case, model: crampnet.Model | None = None) -> dict[str, Candidate]:
    model = model or tiny()
    return {c.id: c for c in candidates(model.knowledge, *read(model, case))}


def test_a_step_that_cannot_change_anything_has_no_effect() -> None:
    """A sign that nothing causes, that no rule and no caution names."""
    network, evidence = read(tiny(), SPASM)
    nodes = list(network.nodes)
    place = network.index["phalen_sign"]
    nodes[place] = replace(nodes[place], parents=(), links=np.zeros((0, len(network.strata))))
    step = the(ask(tiny().knowledge, replace(network, nodes=tuple(nodes)), evidence), "phalen_sign")
    assert len(step.outcomes) == 2
    assert (step.level, step.advice, step.bits) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)
    assert not step.worth
    assert all(not outcome.up and not outcome.down for outcome in step.outcomes)


def test_nobody_is_asked_what_would_not_count() -> None:
    assert "one_hand_first" not in offered(Case(present=["kind_tremor"]), shipped())
    assert "one_hand_first" not in offered(Case(present=["kind_tremor"], absent=["both_hands"]), shipped())
    assert "one_hand_first" in offered(Case(present=["kind_tremor", "both_hands"]), shipped())
    assert "ecg_atrial_fibrillation" in offered(Case(present=["kind_tremor"]), shipped())
    assert "ecg_atrial_fibrillation" not in offered(Case(present=["kind_tremor", "atrial_fibrillation"]), shipped())


def test_nobody_is_asked_what_cannot_be() -> None:
    man, woman = offered(Case(sex="male"), shipped()), offered(Case(sex="female", age=30), shipped())
    assert not {"pregnancy", "third_trimester"} & man.keys()
    assert {"pregnancy", "third_trimester"} <= woman.keys()
    assert "third_trimester" not in offered(Case(sex="female", age=30, pregnant=False), shipped())
    late = offered(Case(sex="female", age=30, present=["third_trimester"]), shipped())
    assert not {"pregnancy", "third_trimester"} & late.keys()


def test_without_a_complaint_nothing_is_asked_about_the_hand() -> None:
    kinds = {candidate.kind for candidate in offered(Case(complaint=False)).values()}
    assert {"symptom", "exposure", "sign"} <= kinds
    assert not {"complaint", "pattern"} & kinds


def test_a_test_with_an_answered_abnormality_is_done() -> None:
    assert "serum_calcium" in offered(SPASM)
    assert "serum_calcium" not in offered(replace(SPASM, absent=["serum_calcium_low"]))
    assert "serum_calcium" not in offered(replace(SPASM, results={"serum_calcium": "2.3 mmol/L"}))


def test_a_sample_shows_one_side_and_the_milder_with_the_graver() -> None:
    ways = {way.answer: (way.present, way.absent) for way in offered(SPASM, shipped())["serum_potassium"].ways}
    sides = ("low", "clearly_low", "very_low", "high", "very_high")
    low, clearly_low, very_low, high, very_high = (f"serum_potassium_{side}" for side in sides)
    assert ways == {
        NORMAL: (frozenset(), frozenset({low, clearly_low, very_low, high, very_high})),
        low: (frozenset({low}), frozenset({clearly_low, very_low, high, very_high})),
        clearly_low: (frozenset({low, clearly_low}), frozenset({very_low, high, very_high})),
        very_low: (frozenset({low, clearly_low, very_low}), frozenset({high, very_high})),
        high: (frozenset({high}), frozenset({very_high, low, clearly_low, very_low})),
        very_high: (frozenset({high, very_high}), frozenset({low, clearly_low, very_low})),
    }


def implying(knowledge: Knowledge) -> Knowledge:
    """Knowledge in which one exposure implies another."""
    habit = knowledge.exposures["repetitive_hand_use"].model_copy(update={"implies": ("dialysis",)})
    return replace(knowledge, exposures={**knowledge.exposures, "repetitive_hand_use": habit})


def test_what_an_exposure_implies_counts_with_it() -> None:
    """Its probability is its own, the beliefs are those with both."""
    knowledge = implying(tiny().knowledge)
    network, evidence = read(tiny(), SPASM)
    (yes, no) = next(c for c in candidates(knowledge, network, evidence) if c.id == "repetitive_hand_use").ways
    found = refined(Table(network, evidence), [yes, no])
    both = {network.index[name]: (0.0, 1.0) for name in ("repetitive_hand_use", "dialysis")}
    rows = variants(network, evidence, [both, {network.index["repetitive_hand_use"]: (0.0, 1.0)}, {}])
    assert found.present[0] == pytest.approx(rows.present[0], abs=1e-8)
    assert found.chance[0] == pytest.approx(rows.evidence[1] / rows.evidence[2], rel=1e-9)
    assert found.chance.sum() == pytest.approx(1.0)


def test_an_answer_weighs_what_the_reader_lets_it_weigh() -> None:
    """Where a person's own account is weaker than the finding, yes has probability (1 - sp) P(not) + se P(yes)."""
    knowledge = tiny().knowledge
    finding = knowledge.findings["hand_tingling"].model_copy(update={"self_report": knowledge.answers.self_report})
    knowledge = replace(knowledge, findings={**knowledge.findings, "hand_tingling": finding})
    network, evidence = read(tiny(), SPASM)
    se, sp = (getattr(knowledge.answers.self_report, n).value for n in ("sensitivity", "specificity"))
    p = chance(network, evidence, the(of(SPASM), "hand_tingling"))
    step = the(ask(knowledge, network, evidence), "hand_tingling")
    assert present(step) == pytest.approx(se * p + (1 - sp) * (1 - p), rel=1e-9)
    assert step.bits < the(of(SPASM), "hand_tingling").bits


# -- medicines, red flags, order, stop ---------------------------------------------------------------


def test_medicines_are_one_question() -> None:
    found = of(SPASM)
    step = the(found, MEDICINES)
    assert (step.kind, step.cost, step.method) == ("medicines", "answer", "largest")
    assert [part.id for part in step.parts] == ["loop_diuretic"] == list(step.joint)
    assert (step.level, step.advice, step.bits) == (step.parts[0].level, step.parts[0].advice, step.parts[0].bits)
    assert "loop_diuretic" not in {s.id for s in found.steps}
    for done in (of(replace(SPASM, medicines_complete=True)), of(SPASM, [MEDICINES])):
        assert MEDICINES not in {s.id for s in done.steps}


def test_the_largest_class_speaks_for_all() -> None:
    knowledge = tiny().knowledge
    second = knowledge.exposures["repetitive_hand_use"].model_copy(update={"kind": "medicine"})
    knowledge = replace(knowledge, exposures={**knowledge.exposures, "repetitive_hand_use": second})
    step = the(ask(knowledge, *read(tiny(), SPASM)), MEDICINES)
    assert [part.id for part in step.parts] == ["repetitive_hand_use", "loop_diuretic"]
    assert step.joint == ("repetitive_hand_use",)
    assert step.bits == max(part.bits for part in step.parts)
    assert set(step.nodes) == {"repetitive_hand_use", "loop_diuretic"}


def test_red_flags_come_first_in_their_order() -> None:
    case = Case(age=44, sex="female", present=["kind_cramp"])
    network, evidence = read(tiny(), case)
    found = of(case)
    urgency = assess(tiny().knowledge, network, evidence, posterior(network, evidence))
    assert urgency.unanswered == ("chest_pain", "hand_weakness")
    assert tuple(step.id for step in found.steps[:2]) == urgency.unanswered == found.stop.red_flags
    assert [(one.level, one.signs) for one in found.checklists] == [
        ("emergency", ("chest_pain",)),
        ("urgent", ("hand_weakness",)),
    ]
    assert found.question is found.steps[0]
    assert not found.stop.reached
    (fires,) = [o for o in the(found, "chest_pain").outcomes if o.answer == "present"]
    assert (fires.level, fires.flags, fires.level_changes) == ("emergency", ("chest_pain_with_spasm",), True)


def test_a_sign_that_is_not_known_is_passed_over_and_its_rule_with_it() -> None:
    """Not the second half of a rule of which the first half is not known: it could not fire by that alone."""
    found = of(SPASM, ["hand_weakness"])
    assert found.stop.red_flags == ("chest_pain",)
    assert not the(found, "hand_tingling").red_flag
    assert the(of(replace(SPASM, present=["kind_spasm", "hand_weakness"])), "hand_tingling").red_flag


def test_steps_are_ordered_by_level_then_advice_then_bits() -> None:
    def size(step: Step) -> tuple[float, float, float]:
        level = step.level if step.level >= LEVEL_EFFECT else 0.0
        return (level, step.advice if step.advice >= ADVICE_EFFECT else 0.0, step.bits)

    sizes = [size(step) for step in of(SPASM).steps if not step.red_flag]
    assert sizes == sorted(sizes, reverse=True)
    assert len({s[0] > 0 for s in sizes}) == 2


def test_an_open_red_flag_keeps_asking_open() -> None:
    assert not Stop(("chest_pain",), True, {}).reached
    assert not Stop((), False, {}).reached
    assert Stop((), True, {}).reached


def test_asking_stops_when_everything_is_answered() -> None:
    knowledge = tiny().knowledge
    asked = [n for n, f in knowledge.findings.items() if f.cost == "answer" and n != "kind_spasm"]
    exposures = [n for n, e in knowledge.exposures.items() if e.kind != "medicine"]
    case = replace(SPASM, absent=[*asked, *exposures], medicines_complete=True)
    found = of(case)
    assert found.stop.reached
    assert found.question is None
    assert found.stop.tiers["answer"].steps == 0
    assert {step.cost for step in found.steps} == {"bedside", "blood", "specialist"}
    everything = replace(
        case,
        absent=[*case.absent, *(n for n, f in knowledge.findings.items() if f.cost != "answer")],
        results={"serum_calcium": "2.35 mmol/L"},
    )
    assert of(everything) == NextSteps((), (), of(everything).stop)
    assert of(everything).stop.reached
    assert of(everything).stop.beyond == ()


@settings(max_examples=15)
@given(possible_cases())
def test_the_stop_says_what_is_left_in_each_tier(case: Case) -> None:
    found = of(case)
    for cost, tier in found.stop.tiers.items():
        steps = found.of_cost(cost)
        assert tier.steps == len(steps)
        assert tier.worth == tuple(s.id for s in steps if s.level >= LEVEL_EFFECT or s.advice >= ADVICE_EFFECT)
        assert (cost in found.stop.beyond) is (cost != "answer" and bool(tier.worth))
    waiting = [step for step in found.of_cost("answer") if step.red_flag or step.worth]
    assert found.stop.reached is (not waiting)
    assert (found.question is None) is found.stop.reached


def test_a_tier_can_be_asked_for_alone() -> None:
    whole = of(SPASM)
    network, evidence = read(tiny(), SPASM)
    today = tiny().diagnose(SPASM)
    args = (tiny().knowledge, network, evidence, today.posterior, today.urgency, today.advice)
    found = next_steps(*args, costs=BY_ASKING)
    assert [step.id for step in found.steps] == [step.id for step in whole.of_cost("answer")]
    assert found.stop.tiers["answer"].worth == whole.stop.tiers["answer"].worth
    assert set(found.stop.tiers) == {"answer"}


# -- what the engine refuses ---------------------------------------------------------------------------


def barely_enough(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow the engine hardly more than the case itself takes."""
    limit = 1.0
    while True:
        monkeypatch.setattr(runs, "MAX_WORK", limit)
        try:
            tiny().diagnose(case)
            return
        except TooExpensive as refused:
            limit = 1.05 * refused.needed


def test_what_is_refused_is_left_out_and_named_and_the_rest_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(SPASM)
    barely_enough(SPASM, monkeypatch)
    after = of(SPASM)
    assert before.left_out == ()
    assert after.left_out == ("hand_tingling",)
    left = [step for step in before.steps if step.id not in after.left_out]
    assert [step.id for step in after.steps] == [step.id for step in left]
    for old, new in zip(left, after.steps, strict=True):
        assert (old.level, old.advice, old.bits) == pytest.approx((new.level, new.advice, new.bits))


def test_a_sign_that_is_refused_is_still_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    case = replace(SPASM, present=["kind_spasm", "hand_weakness"], absent=["chest_pain"])
    barely_enough(case, monkeypatch)
    found = of(case)
    assert "hand_tingling" in found.left_out
    assert found.stop.red_flags == ("hand_tingling",)
    assert not found.stop.reached
    assert [one.signs for one in found.checklists] == [("hand_tingling",)]


def test_a_case_that_is_refused_itself_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    network, evidence = read(tiny(), SPASM)
    today = tiny().diagnose(SPASM)
    monkeypatch.setattr(runs, "MAX_WORK", 1)
    with pytest.raises(TooExpensive):
        next_steps(tiny().knowledge, network, evidence, today.posterior, today.urgency, today.advice)


def test_a_level_that_is_refused_leaves_its_step_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bounds decide nothing, each level is computed; refused for one sign, the others keep theirs."""
    monkeypatch.setattr(levels, "certain", lambda losses, low, high: np.full(low.shape[1], -1))
    before = of(SPASM)
    node, compute = tiny().network().index["at_night"], evidence_under

    def refuse(network: Network, evidence: Evidence, changes: Sequence[Change]) -> np.ndarray:
        if any(node in change for change in changes):
            raise TooExpensive("It", 2.0, 1.0)
        return compute(network, evidence, changes)

    monkeypatch.setattr(module, "evidence_under", refuse)
    after = of(SPASM)
    assert after.left_out == ("at_night",)
    assert [(s.id, s.level) for s in after.steps] == [(s.id, s.level) for s in before.steps if s.id != "at_night"]


# -- nothing twice -----------------------------------------------------------------------------------


def test_what_was_computed_is_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions first and everything after them cost what everything costs, and skipping costs no lane."""
    lanes_of: list[int] = []
    compute = variants

    def counted_variants(network: Network, evidence: Evidence, changes: Sequence[Change]) -> Variants:
        lanes_of.append(len(changes))
        return compute(network, evidence, changes)

    monkeypatch.setattr(module, "variants", counted_variants)
    whole = tiny().diagnose(SPASM).next_steps
    at_once = sum(lanes_of)
    lanes_of.clear()
    answer = tiny().diagnose(SPASM)
    questions = answer.next_steps_without((), BY_ASKING)
    assert questions.steps == whole.of_cost("answer")
    assert answer.next_steps == whole
    assert sum(lanes_of) == at_once
    answer.next_steps_without(("hand_weakness",))
    assert sum(lanes_of) == at_once


# -- bundles -----------------------------------------------------------------------------------------


def one_sample() -> Knowledge:
    """Tiny knowledge in which nerve conduction comes from the same sample as calcium."""
    knowledge = tiny().knowledge
    same = {"cost": "blood", "section": "blood", "sample": "blood"}
    second = knowledge.findings["ncs_median_slowing"].model_copy(update=same)
    return replace(knowledge, findings={**knowledge.findings, "ncs_median_slowing": second})


def test_a_bundle_has_the_joint_effect_of_its_tests() -> None:
    model, knowledge = tiny(), one_sample()
    network, evidence = read(model, SPASM)
    found = ask(knowledge, network, evidence)
    (bundle,) = found.bundles
    assert (bundle.id, bundle.kind, bundle.cost, bundle.burden) == ("blood", "sample", "blood", 2)
    assert set(bundle.joint) == {part.id for part in bundle.parts} == {"serum_calcium", "ncs_median_slowing"}
    today = model.diagnose(SPASM)
    share = np.array(list(today.posterior.contributes.values()))
    level = advice = bits = total = 0.0
    low, high = "serum_calcium_low", "serum_calcium_high"
    for calcium, nerve in product(((), (low,), (high,)), ((), ("ncs_median_slowing",))):
        held = (*calcium, *nerve)
        left = [n for n in (low, high, "ncs_median_slowing") if n not in held]
        change = {network.index[n]: (0.0, 1.0) if n in held else (1.0, 0.0) for n in (*held, *left)}
        p = variants(network, evidence, [change]).evidence[0]
        then = model.diagnose(replace(SPASM, present=["kind_spasm", *held], absent=left))
        total += p
        level += p * (then.urgency.level != today.urgency.level)
        advice += p * (advice_then(today, then) != shown(today.advice))
        bits += p * kl(np.array(list(then.posterior.contributes.values())), share)
    assert (bundle.level, bundle.advice) == pytest.approx((level / total, advice / total), abs=1e-6)
    assert bundle.bits == pytest.approx(bits / total, abs=1e-5)
    assert bundle.bits > max(part.bits for part in bundle.parts)


def test_one_test_makes_no_bundle() -> None:
    assert of(SPASM).bundles == ()


def test_a_bundle_keeps_to_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the best test then counts, and the record says so; the rest stay listed."""
    monkeypatch.setattr("crampnet.reasoning.steps.bundles.MOST_CASES", 4)
    found = ask(one_sample(), *read(tiny(), SPASM))
    (bundle,) = found.bundles
    assert bundle.joint == (bundle.parts[0].id,)
    assert len(bundle.parts) == 2
    single = the(found, bundle.joint[0])
    assert (bundle.level, bundle.advice, bundle.bits) == pytest.approx((single.level, single.advice, single.bits))


def test_joint_ways_are_all_combinations() -> None:
    known = offered(SPASM)
    parts = (known["serum_calcium"], known["phalen_sign"])
    joint = together((replace(parts[0], group=("a", "b")), parts[1]))
    assert len(joint.ways) == 6
    assert {way.answer for way in joint.ways} >= {"normal+absent", "serum_calcium_low+present"}
    for way in joint.ways:
        assert set(way.weights) == {tiny().network().index[n] for n in joint.nodes}
