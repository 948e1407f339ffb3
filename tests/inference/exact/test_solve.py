"""The engine against the judge: every kind of plan, every way to observe a node, all lanes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import TooExpensive
from crampnet.inference.exact import ladder, solve
from crampnet.inference.exact.back import FIRED, JOINT, LEAK_SLOPE, SLOPE
from crampnet.inference.exact.kernels import KERNELS
from crampnet.inference.exact.program import ACT, CLOSE, END, LEAVE, MERGE, OPEN, PAIR, ROOT, STATE, Program
from crampnet.inference.exact.reduction import Structure
from crampnet.inference.runs import Found, observe, run
from crampnet.network.network import Network
from tests.support.judge import Verdict, judge
from tests.support.networks import evidence_for, layered, medical_network, networks, wide_network
from tests.support.programs import EVERY_PLAN, USUAL, Plan, planned

Pair = tuple[float, float]
PRESENT, ABSENT = (0.0, 1.0), (1.0, 0.0)
plans = st.sampled_from([USUAL, *EVERY_PLAN])


def everything(network: Network) -> range:
    return range(len(network.nodes))


def only_with_parent(network: Network) -> np.ndarray:
    """Nodes without a leak to vary: they never come without their only parent."""
    alone: np.ndarray = (network.arrays.tight == 1) & (np.diff(network.arrays.first) == 1)
    return alone


def full_run(network: Network, weights: dict[int, Pair], wanted: range | tuple[int, ...] | None = None) -> Found:
    asked = everything(network) if wanted is None else wanted
    strata = np.arange(len(network.strata))
    return run(network, observe(network, weights), strata, asked, full=True)


def assert_as_judged(found: Found, network: Network, verdicts: list[Verdict], within: float = 1e-9) -> None:
    """All of what was found, in each lane; a possible lane to `within` of P(evidence), an impossible one exactly 0."""
    for lane, verdict in enumerate(verdicts):
        if verdict.evidence == 0.0:
            assert found.evidence[lane] == 0.0
            continue
        assert found.evidence[lane] == pytest.approx(verdict.evidence, rel=within)
        close = within * verdict.evidence
        reached = ~np.isnan(found.about[JOINT, :, lane])
        assert found.about[JOINT, reached, lane] == pytest.approx(verdict.present[reached], rel=within, abs=close)
        assert_links_as_judged(found, network, verdict, lane, reached, within)


def assert_links_as_judged(
    found: Found, network: Network, verdict: Verdict, lane: int, reached: np.ndarray, within: float
) -> None:
    """Of nodes that the answers reach; no derivative is promised where a parameter is 1."""
    arrays = network.arrays
    links = reached[arrays.child]
    fired = found.links[FIRED, :, lane][links]
    assert fired == pytest.approx(verdict.fired[links], rel=within, abs=within * verdict.evidence)
    stratum = lane % len(network.strata)
    for row in np.flatnonzero(links & (arrays.link[:, stratum] < 1.0)):
        lost = 1e-15 / (1.0 - arrays.link[row, stratum])  # some of them are divided by that
        scale = (within + lost) * (verdict.link_scale[row] + verdict.evidence)
        assert found.links[SLOPE, row, lane] == pytest.approx(verdict.link_slope[row], abs=scale), f"link {row}"
    assert not found.about[LEAK_SLOPE, only_with_parent(network), lane].any()
    for node in np.flatnonzero((arrays.leak[:, stratum] < 1.0) & ~only_with_parent(network)):
        lost = 1e-15 / (1.0 - arrays.leak[node, stratum])
        scale = (within + lost) * (verdict.leak_scale[node] + verdict.evidence)
        assert found.about[LEAK_SLOPE, node, lane] == pytest.approx(verdict.leak_slope[node], abs=scale), f"leak {node}"


@settings(max_examples=150)
@given(st.data(), plans)
def test_random_networks_under_every_plan(data: st.DataObject, plan: Plan) -> None:
    network = data.draw(networks(most=7))
    weights = data.draw(evidence_for(network))
    with planned(plan):
        found = full_run(network, weights)
    assert found.residual < 1e-9
    assert_as_judged(found, network, [judge(network, weights, lane) for lane in range(2)])
    assert not np.isnan(found.about[JOINT]).any()


@settings(max_examples=100)
@given(st.data(), plans)
def test_networks_of_the_medical_shape_under_every_plan(data: st.DataObject, plan: Plan) -> None:
    network = data.draw(layered())
    weights = data.draw(findings_of(network))
    with planned(plan):
        found = full_run(network, weights, tuple(i for i, n in enumerate(network.nodes) if n.kind != "finding"))
    assert_as_judged(found, network, [judge(network, weights, lane) for lane in range(2)])


@st.composite
def findings_of(draw: st.DrawFn, network: Network) -> dict[int, Pair]:
    """Answers mostly about findings, most of them yes; now and then about something else."""
    answers = st.sampled_from([PRESENT, PRESENT, PRESENT, ABSENT, (0.3, 0.9), (1.0, 0.25)])
    findings = [i for i, node in enumerate(network.nodes) if node.kind == "finding"]
    others = [i for i, node in enumerate(network.nodes) if node.kind != "finding"]
    weights = {node: draw(answers) for node in findings if draw(st.integers(0, 3))}
    return weights | draw(st.dictionaries(st.sampled_from(others), answers, max_size=2))


def test_every_operation_happens_in_these_tests() -> None:
    seen: set[int] = set()
    for seed in range(6):
        network = medical_network(seed).network
        weights = {i: PRESENT for i, n in enumerate(network.nodes) if n.kind in ("finding", "complaint")}
        for plan in EVERY_PLAN:
            with planned(plan) as kinds:
                full_run(network, weights)
            seen |= kinds
    assert seen >= {PAIR, MERGE, ACT, STATE, CLOSE, ROOT, LEAVE, OPEN, END}


@settings(max_examples=60)
@given(st.data(), plans, st.sampled_from(["closers", "all"]), st.sampled_from([0, 2, 4, 512]))
def test_signed_axes_give_the_same_up_to_what_they_cancel(
    data: st.DataObject, plan: Plan, signed: str, block: int
) -> None:
    """They subtract, so that the errors are of the size of 1, not of P(evidence)."""
    network = data.draw(layered())
    weights = data.draw(findings_of(network))
    with planned(plan, signed, block):
        found = full_run(network, weights)
    for lane in range(2):
        verdict = judge(network, weights, lane)
        assert found.evidence[lane] == pytest.approx(verdict.evidence, abs=1e-13)
        reached = ~np.isnan(found.about[JOINT, :, lane])
        assert found.about[JOINT, reached, lane] == pytest.approx(verdict.present[reached], abs=1e-12)
        links = reached[network.arrays.child]
        assert found.links[FIRED, links, lane] == pytest.approx(verdict.fired[links], abs=1e-12)
        sure = links & (network.arrays.link[:, lane] < 1.0)
        assert found.links[SLOPE, sure, lane] == pytest.approx(verdict.link_slope[sure], abs=1e-9)
        slope = np.where(only_with_parent(network), 0.0, verdict.leak_slope)
        assert found.about[LEAK_SLOPE, :, lane] == pytest.approx(slope, abs=1e-9)


@settings(max_examples=60)
@given(st.data(), plans)
def test_a_packed_forward_pass_gives_the_same_evidence(data: st.DataObject, plan: Plan) -> None:
    network = data.draw(layered())
    weights = data.draw(findings_of(network))
    with planned(plan):
        found = run(network, observe(network, weights), np.arange(2), back=False)
    for lane in range(2):
        assert found.evidence[lane] == pytest.approx(judge(network, weights, lane, full=False).evidence, rel=1e-9)


@settings(max_examples=60)
@given(st.data(), plans)
def test_lanes_with_other_answers_on_one_plan(data: st.DataObject, plan: Plan) -> None:
    """Hidden nodes with other weights in each lane, leaves absent in some lanes only."""
    network = data.draw(networks(most=6))
    weights = data.draw(evidence_for(network))
    leaves = [n for n in everything(network) if n not in weights and not network.children[n]]
    hidden = [n for n in everything(network) if n not in weights and network.children[n]]
    soft = st.sampled_from([PRESENT, ABSENT, (1.0, 1.0), (0.7, 0.2)])
    others = [
        {n: data.draw(st.sampled_from([ABSENT, (1.0, 1.0)])) for n in leaves} | {n: data.draw(soft) for n in hidden}
        for _ in range(3)
    ]
    with planned(plan):
        found = run(network, observe(network, weights, others), np.arange(2), everything(network), full=True)
    for lane in range(6):
        verdict = judge(network, {**weights, **others[lane // 2]}, lane % 2)
        assert found.evidence[lane] == pytest.approx(verdict.evidence, rel=1e-9)
        assert (found.evidence[lane] == 0.0) == (verdict.evidence == 0.0)
        if verdict.evidence > 0.0:
            reached = ~np.isnan(found.about[JOINT, :, lane])
            close = 1e-9 * verdict.evidence
            assert found.about[JOINT, reached, lane] == pytest.approx(verdict.present[reached], rel=1e-9, abs=close)
            assert set(np.flatnonzero(~reached)) <= set(leaves)


@settings(max_examples=40)
@given(st.data())
def test_what_the_answers_do_not_reach_is_nan_and_the_rest_is_right(data: st.DataObject) -> None:
    network = data.draw(networks(most=8))
    weights = data.draw(evidence_for(network))
    wanted = tuple(data.draw(st.sets(st.sampled_from(everything(network)), max_size=3)))
    with planned():
        found = full_run(network, weights, wanted)
    reached = set(wanted) | {n for n, pair in weights.items() if pair[0] != pair[1]}
    for node in reversed(everything(network)):
        if node in reached:
            reached |= set(network.nodes[node].parents)
    assert set(np.flatnonzero(~np.isnan(found.about[JOINT, :, 0]))) == reached
    assert_as_judged(found, network, [judge(network, weights, lane) for lane in range(2)])


@pytest.mark.parametrize("seed", range(4))
def test_wide_findings_under_the_plan_of_its_own_choice(seed: int) -> None:
    """Twelve causes of three findings, so that nodes stay open to the end without being told to."""
    network = wide_network(seed, roots=6, pairs=6, findings=3)
    found = full_run(network, all_present(network))
    for lane in range(2):
        verdict = judge(network, all_present(network), lane, full=False)
        assert found.evidence[lane] == pytest.approx(verdict.evidence, rel=1e-9)
        assert found.about[JOINT, :, lane] == pytest.approx(verdict.present, rel=1e-9)


# -- the precision ladder ----------------------------------------------------------------------------


@contextmanager
def limits(outright: float, trusted: float = ladder.TRUSTED) -> Iterator[list[str]]:
    """The plain engine with these limits; what each run had signed: none, some or all of the nodes that close."""
    runs: list[str] = []
    usual = ladder._run

    def noting(structure: Structure, program: Program, *rest: Any) -> Any:
        states, closers = int(structure.variable.sum()), int((1 - structure.variable).sum())
        signed = int(program.points.sum()) - states
        runs.append("all" if signed == closers else "some" if signed else "none")
        return usual(structure, program, *rest)

    with (
        mock.patch.object(ladder, "OUTRIGHT", outright),
        mock.patch.object(ladder, "TRUSTED", trusted),
        mock.patch.object(ladder, "_run", noting),
        mock.patch.object(KERNELS, "solve", solve.solve),
    ):
        yield runs


@pytest.mark.parametrize("pairs", [0, 7])
def test_a_large_problem_runs_signed_and_is_proved(pairs: int) -> None:
    network = wide_network(5, roots=14 - pairs, pairs=pairs, findings=7)
    weights = all_present(network)
    with limits(0.0) as runs:
        found = full_run(network, weights, ())
    assert set(runs) == {"all"}
    assert 0.0 < found.residual < ladder.TRUSTED
    with limits(np.inf) as runs:
        plain = full_run(network, weights, ())
    assert runs == ["none"]
    np.testing.assert_allclose(found.evidence, plain.evidence, rtol=1e-11)
    np.testing.assert_allclose(found.about[JOINT], plain.about[JOINT], rtol=1e-9)
    np.testing.assert_allclose(found.links, plain.links, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("pairs", [0, 7])
def test_what_cancels_is_not_trusted(pairs: int) -> None:
    """Seven findings so rare that a subtraction leaves no digit."""
    network = wide_network(6, roots=14 - pairs, pairs=pairs, findings=7, rarity=1e-3)
    weights = all_present(network)
    with limits(0.0) as runs:
        found = full_run(network, weights, ())
    assert runs[-1] == "none"
    with limits(np.inf):
        plain = full_run(network, weights, ())
    np.testing.assert_allclose(found.evidence, plain.evidence, rtol=1e-12)
    np.testing.assert_allclose(found.about[JOINT], plain.about[JOINT], rtol=1e-12)
    np.testing.assert_allclose(found.links, plain.links, rtol=1e-12)


def test_where_no_rung_below_can_be_paid_a_small_error_is_better_than_no_answer() -> None:
    """Nothing is trusted, and the limit allows all axes signed but neither some of them nor none."""
    network = wide_network(5, roots=14, pairs=0, findings=7)
    weights = all_present(network)
    with limits(np.inf):
        plain = full_run(network, weights, ())
        with mock.patch("crampnet.inference.runs.MAX_WORK", 1), pytest.raises(TooExpensive) as refused:
            full_run(network, weights, ())
    with (
        limits(0.0, trusted=0.0) as tried,
        mock.patch("crampnet.inference.runs.MAX_WORK", refused.value.needed - 1),
        mock.patch.object(ladder, "_payable", return_value=False),
        mock.patch.object(ladder, "_sound", return_value=True),
    ):
        found = full_run(network, weights, ())
        assert set(tried) == {"all"}
        assert 0.0 < found.residual <= ladder.TOLERATED
        with mock.patch.object(ladder, "TOLERATED", 0.0), pytest.raises(TooExpensive):
            full_run(network, weights, ())
    np.testing.assert_allclose(found.evidence, plain.evidence, rtol=1e-9)
    np.testing.assert_allclose(found.about[JOINT], plain.about[JOINT], rtol=1e-8)


def test_a_small_problem_runs_without_any_subtraction() -> None:
    network = wide_network(1, roots=6, pairs=0, findings=3)
    with limits(ladder.OUTRIGHT) as runs:
        assert full_run(network, all_present(network)).residual < 1e-14
    assert runs == ["none"]


def all_present(network: Network) -> dict[int, Pair]:
    return {n: PRESENT for n, node in enumerate(network.nodes) if node.kind == "finding"}


@pytest.mark.parametrize(("rarity", "tried"), [(0.3, "each group"), (1e-3, "three at most")])
def test_lanes_run_one_by_one_as_they_do_together(rarity: float, tried: str) -> None:
    """What has cancelled too much in three groups of lanes is not signed in the next ones."""
    network, lanes = wide_network(6, roots=14, pairs=0, findings=7, rarity=rarity), np.array([0, 1, 0, 1])
    observed = observe(network, all_present(network))
    with limits(np.inf), mock.patch.object(ladder, "together", return_value=4):
        together = run(network, observed, lanes, range(14), full=True)
    for group in (1, 2, 3):
        with limits(0.0) as runs, mock.patch.object(ladder, "together", return_value=group):
            found = run(network, observed, lanes, range(14), full=True)
        assert runs.count("all") == (-(-4 // group) if tried == "each group" else min(3, -(-4 // group)))
        np.testing.assert_allclose(found.evidence, together.evidence, rtol=1e-9)
        np.testing.assert_allclose(found.about[JOINT], together.about[JOINT], rtol=1e-8)
        np.testing.assert_allclose(found.links, together.links, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("width", "lanes"), [(3, 64), (11, 64), (12, 32), (14, 8), (15, 1), (63, 1)])
def test_wide_tables_leave_room_for_fewer_lanes(width: int, lanes: int) -> None:
    assert ladder.together(width) == lanes
