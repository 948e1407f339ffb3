"""Evidence as codes and lanes, and the limits of a run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import TooExpensive
from crampnet.inference import runs
from crampnet.inference.exact.back import JOINT, SLOPE
from crampnet.inference.exact.reduction import ABSENT_FOR_SURE, ABSENT_IN_LANES, PRESENT_FOR_SURE, SOFT, UNKNOWN
from crampnet.inference.runs import observe, observe_apart, run
from tests.support.judge import judge
from tests.support.networks import medical_network, wide_network

Pair = tuple[float, float]
PRESENT, ABSENT = (0.0, 1.0), (1.0, 0.0)
MEDICAL = medical_network(4).network
INDEX = MEDICAL.index


def test_each_way_to_observe_a_node_has_its_code() -> None:
    weights = {0: PRESENT, 1: ABSENT, 2: (0.2, 0.7), 3: (0.5, 0.5), 4: (1.0, 0.3), 5: (0.0, 0.4)}
    observed = observe(MEDICAL, weights)
    assert observed.codes[:7].tolist() == [PRESENT_FOR_SURE, ABSENT_FOR_SURE, SOFT, UNKNOWN, SOFT, SOFT, UNKNOWN]
    assert observed.weights[:, 2, 0].tolist() == [0.2, 0.7]
    assert observed.weights[:, 3, 0].tolist() == [1.0, 1.0]
    assert observed.constant.tolist() == [0.5]


def test_a_leaf_is_absent_in_lanes_and_a_node_with_children_is_soft() -> None:
    leaf, inner = INDEX["pattern"], INDEX["c1"]
    observed = observe(MEDICAL, {}, [{leaf: ABSENT, inner: ABSENT}, {}])
    assert observed.codes[[leaf, inner]].tolist() == [ABSENT_IN_LANES, SOFT]
    assert observed.weights[1, leaf].tolist() == observed.weights[1, inner].tolist() == [0.0, 1.0]
    assert observe(MEDICAL, {}, [{leaf: ABSENT}, {leaf: (0.2, 0.4)}]).codes[leaf] == SOFT


def test_a_change_goes_before_what_all_share() -> None:
    leaf = INDEX["pattern"]
    observed = observe(MEDICAL, {leaf: ABSENT, 0: PRESENT}, [{}, {leaf: (1.0, 1.0)}])
    assert observed.codes[[leaf, 0]].tolist() == [ABSENT_IN_LANES, PRESENT_FOR_SURE]
    assert observed.weights[1, leaf].tolist() == [0.0, 1.0]


def test_what_all_changes_say_alike_is_as_sure_as_they_say_it() -> None:
    leaf = INDEX["pattern"]
    assert observe(MEDICAL, {}, [{leaf: PRESENT}, {leaf: PRESENT}]).codes[leaf] == PRESENT_FOR_SURE
    assert observe(MEDICAL, {leaf: ABSENT}, [{leaf: (1.0, 1.0)}] * 2).codes[leaf] == UNKNOWN


@settings(max_examples=40)
@given(st.floats(0.01, 1.0), st.booleans())
def test_weights_that_say_nothing_are_a_factor_of_everything(weight: float, full: bool) -> None:
    sign, strata = INDEX["sign"], np.arange(2)
    plain = run(MEDICAL, observe(MEDICAL, {sign: PRESENT}), strata, range(4), full=full)
    with_it = run(MEDICAL, observe(MEDICAL, {sign: PRESENT, 1: (weight, weight)}), strata, range(4), full=full)
    assert with_it.evidence == pytest.approx(weight * plain.evidence)
    np.testing.assert_allclose(with_it.about[JOINT], weight * plain.about[JOINT], rtol=1e-12)
    np.testing.assert_allclose(with_it.links, weight * plain.links, rtol=1e-12)


def test_lanes_are_changes_times_the_strata_asked_for_change_by_change() -> None:
    sign, strata = INDEX["sign"], np.array([1, 0])
    others = [{0: PRESENT}, {0: ABSENT}, {0: (0.5, 0.25)}]
    found = run(MEDICAL, observe(MEDICAL, {sign: PRESENT}, others), strata, [1])
    expected = [judge(MEDICAL, {sign: PRESENT, **other}, stratum, full=False) for other in others for stratum in (1, 0)]
    assert found.evidence == pytest.approx([one.evidence for one in expected], rel=1e-9)
    assert found.about[JOINT, 1] == pytest.approx([one.present[1] for one in expected], rel=1e-9)


def test_what_is_not_asked_for_is_not_there() -> None:
    observed, links = observe(MEDICAL, {INDEX["sign"]: PRESENT}), len(MEDICAL.arrays.parent)
    forward = run(MEDICAL, observed, np.arange(2), back=False)
    assert (forward.about.shape, forward.links.shape) == ((5, 0, 2), (2, 0, 2))
    back = run(MEDICAL, observed, np.arange(2))
    assert (back.about.shape, back.links.shape) == ((5, len(MEDICAL.nodes), 2), (2, 0, 2))
    full = run(MEDICAL, observed, np.arange(2), full=True)
    assert full.links.shape == (2, links, 2)
    assert full.links[SLOPE].any()
    assert forward.evidence == pytest.approx(full.evidence, rel=1e-12)


WIDE = wide_network(2, roots=6, pairs=2, findings=3)
ALL_PRESENT = {n: PRESENT for n, node in enumerate(WIDE.nodes) if node.kind == "finding"}


@pytest.mark.parametrize(("limit", "unit"), [("MAX_WORK", "table cells"), ("MAX_STORED", "stored numbers")])
@pytest.mark.parametrize("back", [True, False])
def test_too_much_is_refused_by_what_it_would_need(
    limit: str, unit: str, back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In entries of all strata; what it needs is allowed."""
    observed = observe(WIDE, ALL_PRESENT)
    needed = []
    for strata in (np.array([0]), np.array([0, 1])):
        monkeypatch.setattr(runs, limit, 20)
        with pytest.raises(TooExpensive, match=f"needs .* {unit}; 20 are allowed") as error:
            run(WIDE, observed, strata, back=back)
        needed.append(error.value.needed)
        monkeypatch.setattr(runs, limit, error.value.needed)
        assert run(WIDE, observed, strata, back=back).evidence.shape == strata.shape
    assert needed[1] == 2 * needed[0]


def test_what_weighs_something_else_in_each_stratum_is_soft() -> None:
    own = {1: np.array([[1.0, 0.5], [0.5, 0.5]]), 2: np.array([[0.0, 1.0], [1.0, 0.0]])}
    observed = observe_apart(MEDICAL, {0: PRESENT, 1: (0.5, 0.5), 3: (0.25, 0.25)}, own, 2)
    assert observed.codes[:4].tolist() == [PRESENT_FOR_SURE, SOFT, SOFT, UNKNOWN]
    assert observed.constant.tolist() == [0.25]
    assert observed.weights.shape == (2, len(MEDICAL.nodes), 2)
    for node, pairs in own.items():
        assert observed.weights[:, node].tolist() == pairs.tolist()
    alike = observe_apart(MEDICAL, {0: PRESENT}, {}, 2)
    assert alike.codes.tolist() == observe(MEDICAL, {0: PRESENT}).codes.tolist()
    assert not alike.apart


@settings(max_examples=60)
@given(
    st.dictionaries(st.integers(0, len(MEDICAL.nodes) - 1), st.sampled_from([PRESENT, ABSENT, (0.3, 0.9)]), max_size=4),
    st.dictionaries(
        st.integers(0, len(MEDICAL.nodes) - 1), st.lists(st.floats(0.01, 1.0), min_size=6, max_size=6), max_size=3
    ),
)
def test_each_stratum_is_answered_with_its_own_weights(weights: dict[int, Pair], own: dict[int, list[float]]) -> None:
    """Three lanes, the first stratum twice, against the enumerated joint of each."""
    strata, apart = np.array([0, 1, 0]), {node: np.array(values).reshape(2, 3) for node, values in own.items()}
    found = run(MEDICAL, observe_apart(MEDICAL, weights, apart, 3), strata, range(len(MEDICAL.nodes)))
    for lane, stratum in enumerate(strata.tolist()):
        pairs: dict[int, Pair] = {node: (v[0, lane], v[1, lane]) for node, v in apart.items()}
        verdict = judge(MEDICAL, {**weights, **pairs}, stratum, full=False)
        assert found.evidence[lane] == pytest.approx(verdict.evidence, rel=1e-9, abs=1e-300)
        assert found.about[JOINT][:, lane] == pytest.approx(verdict.present, rel=1e-9, abs=1e-14)


def test_a_thread_keeps_the_room_that_its_runs_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ROOM", runs.Room())
    first = run(WIDE, observe(WIDE, ALL_PRESENT), np.arange(2), range(4))
    kept = runs.ROOM.numbers
    assert 0 < len(kept) < runs.KEPT
    assert kept.ctypes.data % 64 == 0
    kept[:] = np.nan  # what is left in it does not matter
    again = run(WIDE, observe(WIDE, ALL_PRESENT), np.arange(2), range(4))
    assert runs.ROOM.numbers is kept
    np.testing.assert_array_equal(again.evidence, first.evidence)
    np.testing.assert_array_equal(again.about, first.about)
    assert not np.isnan(kept).all()


def test_no_more_room_is_kept_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "KEPT", 3)
    room = runs.Room()
    room.grow(5)
    assert len(room.numbers) == 3
