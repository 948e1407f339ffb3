"""A peer is held to its limits, and what it could not do is said."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.cases import Asked
from benchmarks.ours import ask
from benchmarks.patients import make_evidence
from benchmarks.peers.race import Limits, race
from benchmarks.synthetic import Size, generate

PEER = "pyAgrum, random field"


def cases() -> list[Asked]:
    made = generate(3, "sparse", Size(6, 8, (2, 3)))
    asked = [make_evidence(made, "random", k, np.random.default_rng(k)) for k in (2, 2, 3)]
    return [Asked(str(i), "sparse", "random", 2, made.network, e, made.network.conditions) for i, e in enumerate(asked)]


def test_answers_come_back_with_their_times() -> None:
    for case, outcome in zip(cases(), race(PEER, cases(), Limits(), 60.0), strict=True):
        ours = ask(case).answers
        assert outcome.status == "ok"
        assert outcome.answers is not None
        assert ours is not None
        assert outcome.infer > 0.0
        assert outcome.build > 0.0
        for cause in case.targets:
            assert outcome.answers[cause] == pytest.approx(ours[cause], abs=1e-9)


def test_two_cases_over_the_time_end_the_race() -> None:
    found = race(PEER, cases(), Limits(seconds=1e-6), 60.0)
    assert [outcome.status for outcome in found] == ["time", "time", "not run"]


def test_a_peer_without_room_to_start_is_said_to_have_died() -> None:
    assert [o.status for o in race(PEER, cases()[:1], Limits(memory=1 << 26), 60.0)] == ["died"]
