"""The compiled form: plain until it is ready, built once for all processes, and the same in what it answers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.inference.exact import kernels, ladder, solve
from crampnet.inference.exact.back import SLOPE
from crampnet.inference.exact.kernels import KERNELS, Kernels, folder
from crampnet.inference.runs import observe
from crampnet.network.arrays import Ints
from crampnet.network.network import Network
from tests.support.networks import evidence_for, networks, wide_network


def fast(*given: Any) -> str:
    return "fast"


class Builds:
    """Stands in for the compiling; notes where it was asked to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, works: bool = True) -> None:
        self.places: list[Path] = []
        self.loaded: list[Path | None] = []
        self.works = works
        self.before: Callable[[], Any] = list
        monkeypatch.delenv("CRAMPNET_KERNELS", raising=False)
        monkeypatch.setattr(kernels, "_compile_apart", self.build)
        monkeypatch.setattr(kernels, "_load", self.load)

    def build(self, place: Path, lock: Path) -> None:
        assert lock == place / "building"
        self.before()
        self.places.append(place)
        if self.works:
            (place / "done").touch()

    def load(self, place: Path | None) -> Any:
        self.loaded.append(place)
        return fast


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRAMPNET_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_one_answer_is_not_worth_it_and_two_are(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours = Builds(monkeypatch), Kernels()
    ours.count()
    time.sleep(0.1)
    assert builds.loaded == []
    ours.count()
    assert ours._ready.wait(10)
    assert ours.solve is fast
    assert builds.loaded == [folder()]


def test_whoever_waits_has_the_compiled_form(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours = Builds(monkeypatch), Kernels()
    assert ours.wait(10)
    assert ours.solve is fast
    assert ours.wait(10)
    assert builds.places == [folder()]
    assert not (folder() / "building").exists()


def test_waiting_can_end_before_the_compiling_does(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours, go_on = Builds(monkeypatch), Kernels(), threading.Event()
    builds.before = lambda: go_on.wait(10)
    assert not ours.wait(0.05)
    assert ours.solve is solve.solve
    go_on.set()
    assert ours.wait(10)
    assert ours.solve is fast


def test_what_is_compiled_already_is_only_read(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds = Builds(monkeypatch)
    assert Kernels().wait(10)
    assert Kernels().wait(10)
    assert builds.places == [folder()]
    assert builds.loaded == [folder(), folder()]


def test_the_environment_can_keep_it_plain(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours = Builds(monkeypatch), Kernels()
    monkeypatch.setenv("CRAMPNET_KERNELS", "plain")
    assert not ours.wait(10)
    assert ours.solve is solve.solve
    assert builds.loaded == []


def test_without_numba_it_stays_plain(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours = Builds(monkeypatch), Kernels()
    monkeypatch.setattr(kernels, "_numba", lambda: False)
    assert not ours.wait(10)
    assert ours.solve is solve.solve
    assert builds.loaded == []


def test_a_cache_that_cannot_be_written_to_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CRAMPNET_CACHE", str(tmp_path / "file" / "cache"))
    builds, ours = Builds(monkeypatch), Kernels()
    assert ours.wait(10)
    assert ours.solve is fast
    assert builds.places == []
    assert builds.loaded == [None]


def test_a_build_that_fails_leaves_no_claim_and_is_made_up_for(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours = Builds(monkeypatch, works=False), Kernels()
    assert ours.wait(10)
    assert builds.loaded == [None]
    assert not (folder() / "building").exists()


def claimed(age: float = 0.0) -> Path:
    """A claim of another process, so old in seconds."""
    lock = folder() / "building"
    lock.parent.mkdir(parents=True)
    lock.touch()
    os.utime(lock, (time.time() - age,) * 2)
    return lock


def test_the_build_of_another_process_is_waited_for(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours, lock = Builds(monkeypatch), Kernels(), claimed()
    assert not ours.wait(0.5)
    (folder() / "done").touch()
    assert ours.wait(10)
    assert builds.places == []
    assert builds.loaded == [folder()]
    assert lock.exists()  # it is the other one's


def test_where_the_other_process_gives_up_this_one_builds(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours, lock = Builds(monkeypatch), Kernels(), claimed()
    assert not ours.wait(0.3)
    lock.unlink()
    assert ours.wait(10)
    assert builds.places == builds.loaded == [folder()]


def test_the_other_process_is_not_waited_for_for_ever(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours = Builds(monkeypatch), Kernels()
    monkeypatch.setattr(kernels, "PATIENCE", 0.5)
    claimed()
    assert ours.wait(10)
    assert builds.places == []
    assert builds.loaded == [None]


def test_the_claim_is_renewed_while_the_child_compiles(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = claimed(kernels.SILENCE - 1.0)
    child = tmp_path / "child"
    child.write_text("#!/bin/sh\nsleep 0.5\n")
    child.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(child))
    kernels._compile_apart(folder(), lock)
    assert time.time() - lock.stat().st_mtime < kernels.SILENCE / 2


def test_a_claim_left_behind_is_taken_over(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds, ours, lock = Builds(monkeypatch), Kernels(), claimed(kernels.SILENCE + 5)
    assert ours.wait(10)
    assert builds.places == [folder()]
    assert builds.loaded == [folder()]
    assert not lock.exists()


def test_one_of_many_processes_builds(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds = Builds(monkeypatch)
    builds.before = lambda: time.sleep(0.3)
    several = [Kernels() for _ in range(5)]
    for one in several:
        one.prepare()
    assert all(one.wait(10) for one in several)
    assert builds.places == [folder()]


def test_other_code_lies_elsewhere(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = folder()
    copy = tmp_path / "exact"
    copy.mkdir()
    for source in Path(kernels.__file__).parent.glob("*.py"):
        (copy / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(kernels, "__file__", str(copy / "kernels.py"))
    before, elsewhere = folder(), before
    assert before != elsewhere
    for source in sorted(copy.glob("*.py")):
        source.write_bytes(source.read_bytes() + b"\n")
        after = folder()
        assert after != before
        before = after


COMPILES = """
import sys, time
from collections.abc import Callable
from pathlib import Path
from crampnet.inference.exact import kernels
kernels._load = lambda place: time.sleep({seconds})
kernels.main(Path(sys.argv[1]))
"""


def compiling(seconds: float, place: Path) -> subprocess.Popen[bytes]:
    code = COMPILES.format(seconds=seconds)
    return subprocess.Popen([sys.executable, "-c", code, str(place)], stdin=subprocess.PIPE)


def test_the_process_that_compiles_marks_what_is_done(tmp_path: Path) -> None:
    with compiling(0.0, tmp_path) as child:
        assert child.wait(60) == 0
    assert (tmp_path / "done").exists()


def test_the_process_that_compiles_ends_with_its_parent(tmp_path: Path) -> None:
    with compiling(60.0, tmp_path) as child:
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(30) == 1
    assert not (tmp_path / "done").exists()


# -- the real one ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compiled() -> Any:
    if not KERNELS.wait():
        pytest.skip("kept plain")
    assert KERNELS.solve is not solve.solve, "compiling failed"
    return KERNELS.solve


@settings(max_examples=60)
@given(data=st.data())
def test_compiled_it_answers_the_same(data: st.DataObject, compiled: Any) -> None:
    network = data.draw(networks(most=9))
    observed = observe(network, data.draw(evidence_for(network)))
    lanes = np.array([[0, 1], [0, 0]])
    back, full = data.draw(st.sampled_from([(False, False), (True, False), (True, True)]))
    wanted = np.array(data.draw(st.lists(st.integers(0, 1), min_size=9, max_size=9)))[: len(network.nodes)].copy()
    given_ = (network.arrays, observed.codes, observed.weights, lanes, wanted, back, full, 1e9, 1e9, np.empty(0))
    assert_same(network, lanes, compiled(*given_), solve.solve(*given_))


@pytest.mark.parametrize("most", [(1e2, 1e9), (1e9, 1e1), (1e9, 1e9)])
def test_compiled_it_keeps_the_same_limits(most: tuple[float, float], compiled: Any) -> None:
    network = wide_network(3, roots=5, pairs=4, findings=4)
    weights = {n: (0.0, 1.0) for n, node in enumerate(network.nodes) if node.kind == "finding"}
    observed, lanes = observe(network, weights), np.array([[0, 1, 0], [0, 0, 0]])
    given_ = (network.arrays, observed.codes, observed.weights, lanes, np.ones(len(network.nodes), np.int64))
    ours, plain = (answer(*given_, True, True, *most, np.empty(0)) for answer in (compiled, solve.solve))
    assert ours[0] == {1e2: ladder.TOO_MUCH_WORK, 1e1: ladder.TOO_MUCH_MEMORY, 1e9: ladder.DONE}[min(most)]
    assert_same(network, lanes, ours, plain)


def assert_same(network: Network, lanes: Ints, ours: Any, plain: Any) -> None:
    """Of a link that is all but certain the slope is left out: it is divided by what is missing to 1."""
    assert (ours[0], ours[6]) == (plain[0], plain[6])
    assert ours[1] == pytest.approx(plain[1])
    for one, other in zip(ours[2:5], plain[2:5], strict=True):
        assert one.shape == other.shape
    for one, other in zip(ours[2:4], plain[2:4], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    told = np.ones(plain[4].shape, bool)
    told[SLOPE] = network.arrays.link[: told.shape[1], lanes[0]] < 1.0 - 1e-3
    np.testing.assert_allclose(ours[4][told], plain[4][told], rtol=1e-9, atol=1e-12)
    assert ours[5] < 1e-9
