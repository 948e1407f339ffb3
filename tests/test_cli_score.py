"""`crampnet score`: the library's answers for a whole file, and no traceback for an input that is wrong."""

from __future__ import annotations

import functools
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil  # type: ignore[import-untyped]
import pytest

from crampnet.cli import main
from tests.cohort.rows import save, wide
from tests.support.models import TINY, tiny

Captured = pytest.CaptureFixture[str]


def score(*arguments: str | Path) -> int:
    return main(["score", *map(str, arguments), "--priors", str(TINY), "--jobs", "1"])


def test_the_answers_are_those_of_the_library(tmp_path: Path, capsys: Captured) -> None:
    table = wide(30)
    source, target = save(table, tmp_path / "in.csv"), tmp_path / "out.parquet"
    assert score(source, target, "--top", "2", "--keep", "age") == 0
    found = pd.read_parquet(target).astype({"provisional": "boolean"})
    expected = tiny().diagnose_many(table, top=2, keep=["age"])
    pd.testing.assert_frame_equal(found.drop(columns="age"), expected.drop(columns="age"), check_exact=True)
    assert found["age"].astype(int).tolist() == table["age"].tolist()
    printed = capsys.readouterr()
    wrong = expected["error"].notna().sum()
    assert printed.out == f"{target}: 30 rows, {wrong} with an error\n"
    assert printed.err == ""


def test_every_condition_is_the_default(tmp_path: Path) -> None:
    source = save(wide(5), tmp_path / "in.csv")
    assert score(source, tmp_path / "a.csv") == 0
    assert score(source, tmp_path / "b.csv", "--all") == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert "contributes_hypocalcemia" in (tmp_path / "a.csv").read_text()


def test_an_overlay_changes_the_answers(tmp_path: Path) -> None:
    overlay = tmp_path / "clinic.yaml"
    overlay.write_text(
        "conditions.hypocalcemia.troubles_hand: "
        "{value: 0.4, interval: [0.3, 0.5], basis: judgement, grade: E, reason: here}\n",
        encoding="utf-8",
    )
    source = save(wide(5), tmp_path / "in.csv")
    assert score(source, tmp_path / "a.csv") == 0
    assert score(source, tmp_path / "b.csv", "--overlay", overlay) == 0
    assert (tmp_path / "a.csv").read_bytes() != (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "code", "message"),
    [
        ("in.csv", "at_nite\npresent\n", 4, "at_night"),
        ("in.csv", "", 4, "Empty"),
        ("in.txt", "at_night\npresent\n", 4, ".csv or .parquet"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    tmp_path: Path, capsys: Captured, name: str, content: str, code: int, message: str
) -> None:
    (tmp_path / name).write_text(content)
    assert score(tmp_path / name, tmp_path / "out.csv") == code
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.startswith("crampnet: ")
    assert len(printed.err.splitlines()) == 1


@pytest.mark.parametrize("option", [["--top", "0"], ["--rows", "-1"], ["--jobs", "x"], ["--all", "--top", "3"]])
def test_options_that_will_not_do_are_usage_errors(tmp_path: Path, option: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["score", "in.csv", "out.csv", *option])
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_terminal_is_shown_how_far_it_is(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    source = save(wide(30), tmp_path / "in.csv")
    assert score(source, tmp_path / "out.csv", "--rows", "10") == 0
    shown = capsys.readouterr().err
    assert shown.startswith("\r10 of 30 rows")
    assert "\r30 of 30 rows" in shown
    assert "rows/s" in shown
    assert shown.endswith("\n")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_killed_goes_on(tmp_path: Path, how: signal.Signals, capsys: Captured) -> None:
    table = wide(800, kinds=20)
    source, target = save(table, tmp_path / "in.csv"), tmp_path / "out.csv"
    command = [sys.executable, "-m", "crampnet.cli", "score", str(source), str(target), "--priors", str(TINY)]
    # A job in the background is started deaf to an interrupt.
    listening = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    run = subprocess.Popen(
        [*command, "--rows", "4", "--jobs", "2"], stderr=subprocess.PIPE, text=True, preexec_fn=listening
    )
    parts = tmp_path / "out.csv.parts"
    until(lambda: (parts / "part-000003.parquet").exists())
    workers = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(how)
    error = run.communicate(timeout=30)[1]
    if how == signal.SIGINT:
        assert run.returncode == 130
        assert error == "crampnet: stopped; the same command goes on where this one stopped.\n"
    until(lambda: not any(running(worker) for worker in workers))
    assert not target.exists()
    assert score(source, target, "--rows", "4") == 0
    assert "by an earlier run" in capsys.readouterr().out
    assert not parts.exists()
    assert score(source, tmp_path / "straight.csv") == 0
    assert target.read_bytes() == (tmp_path / "straight.csv").read_bytes()


BUSY = """
import sys, time
from functools import partial
from pathlib import Path
from crampnet.cohort.run import score_file

if __name__ == "__main__":
    score_file(Path(sys.argv[1]), Path(sys.argv[2]), partial(time.sleep, 600), jobs=2)
"""


def test_workers_end_with_their_parent_even_when_they_are_busy(tmp_path: Path) -> None:
    source = save(wide(3), tmp_path / "in.csv")
    script = tmp_path / "busy.py"
    script.write_text(BUSY)
    run = subprocess.Popen([sys.executable, str(script), str(source), str(tmp_path / "out.csv")])
    parent = psutil.Process(run.pid)
    until(lambda: sum("spawn_main" in " ".join(child.cmdline()) for child in parent.children()) == 2)
    workers = parent.children()
    run.kill()
    run.wait()
    until(lambda: not any(running(worker) for worker in workers))


def running(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


def until(done: object, *, seconds: float = 30.0) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)
