"""The command line's door: the same answer as the library, and no traceback for an input that is wrong."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import crampnet
from crampnet.cli import main
from crampnet.inference.case import CASE_LIMIT, write_case
from tests.support.models import TINY, tiny

CASE = crampnet.Case(
    age=44,
    sex="female",
    present=["kind_spasm", "carpal_posture"],
    probably_absent=["hand_weakness"],
    medicines=["Lasix 40 mg"],
    results={"serum_calcium": "7.9 mg/dL"},
)
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    file = tmp_path / "case.yaml"
    file.write_text(write_case(CASE), encoding="utf-8")
    return file


def diagnose(*arguments: str | Path) -> int:
    return main(["diagnose", *map(str, arguments), "--priors", str(TINY)])


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_the_readable_answer_is_that_of_the_library(case_file: Path, capsys: Captured) -> None:
    assert diagnose(case_file) == 0
    assert capsys.readouterr().out == tiny().diagnose(CASE).to_markdown()
    assert diagnose(case_file, "--clinical") == 0
    assert capsys.readouterr().out == tiny().diagnose(CASE).to_markdown(voice="clinical")


def test_json_has_the_same_numbers_to_the_last_digit(case_file: Path, capsys: Captured) -> None:
    assert diagnose(case_file, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    answer = tiny().diagnose(CASE)
    assert found == json.loads(json.dumps(answer.report.to_dict()))
    for row in found["rows"]:
        assert row["contributes"] == answer.posterior.contributes[row["condition"]]
        assert row["present"] == answer.posterior.present[row["condition"]]
    assert found["urgency"]["probabilities"] == answer.urgency.harm.probabilities
    assert [row["condition"] for row in found["rows"]] == list(answer.ranking.index)


def test_full_has_the_insights_of_the_library(case_file: Path, capsys: Captured) -> None:
    assert diagnose(case_file, "--json", "--full") == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads(json.dumps(tiny().diagnose(CASE).full_report.to_dict()))
    assert found["insights"]["sureness"]["draws"] == 1000
    assert diagnose(case_file, "--full", "--clinical") == 0
    assert capsys.readouterr().out == tiny().diagnose(CASE).to_markdown(voice="clinical", full=True)


def test_standard_input_is_the_same_case(case_file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    assert diagnose(case_file, "--json") == 0
    expected = capsys.readouterr().out
    stdin(monkeypatch, case_file.read_bytes())
    assert diagnose("-", "--json") == 0
    assert capsys.readouterr().out == expected


def test_an_overlay_changes_the_answer(case_file: Path, tmp_path: Path, capsys: Captured) -> None:
    overlay = tmp_path / "clinic.yaml"
    overlay.write_text(
        "conditions.hypocalcemia.troubles_hand: "
        "{value: 0.4, interval: [0.3, 0.5], basis: judgement, grade: E, reason: here}\n",
        encoding="utf-8",
    )
    assert diagnose(case_file, "--json", "--overlay", overlay) == 0
    changed = json.loads(capsys.readouterr().out)
    assert changed["priors_digest"] != tiny().knowledge.digest


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"age: [44", 4, "standard input, line 1"),
        (b"age: 44\nage: 45", 4, "duplicate key"),
        (b"", 4, "key: value"),
        (b"- 44", 4, "key: value"),
        (b"aeg: 44", 4, "aeg"),
        (b"age: 11", 4, "12 to 120"),
        (b"age: 121", 4, "12 to 120"),
        (b"age: abc", 4, "12 to 120"),
        (b"sex: x", 4, "female or male"),
        (b"present: at_night", 4, "list"),
        (b"present: [hand_tinglin]", 4, 'Did you mean "hand_tingling"'),
        (b"medicines: [furosemid]", 4, '"furosemide"'),
        (b"diagnoses: [hypocalcemai]", 4, '"hypocalcemia"'),
        (b"setting: dialysis", 4, '"dialysis_unit"'),
        (b"results: {serum_calcium: 1.85}", 4, "mmol/L or mg/dL"),
        (b"results: {serum_calcium: 40 mmol/L}", 4, "no living person"),
        (b"results: {serum_calcium: 2 furlongs}", 4, "mmol/L"),
        (b"present: [at_night]\nabsent: [at_night]", 4, "also under present"),
        (b"diagnoses: [hypocalcemia]\nruled_out: [hypocalcemia]", 4, "also under diagnoses"),
        (b"diagnoses: [dialysis_cramp]\nabsent: [dialysis]", 5, "dialysis absent"),
        (b"note: " + b"x" * CASE_LIMIT, 4, "larger than"),
        (b"\xff\xfe\x00", 4, "UTF-8"),
        (b"[" * 100_000, 4, "standard input"),
    ],
)
def test_a_wrong_case_is_explained_without_a_traceback(
    content: bytes, code: int, said: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, content)
    assert diagnose("-") == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("crampnet: ")
    assert said in shown.err
    assert "Traceback" not in shown.err


@pytest.mark.parametrize("name", ["nowhere.yaml", ".", "nowhere/case.yaml"])
def test_a_case_file_that_cannot_be_read(name: str, tmp_path: Path, capsys: Captured) -> None:
    assert diagnose(tmp_path / name) == 4
    assert "cannot be read" in capsys.readouterr().err


def test_priors_and_overlays_that_are_not_there(case_file: Path, tmp_path: Path, capsys: Captured) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert main(["diagnose", str(case_file), "--priors", nowhere]) == 3
    assert "no knowledge in this folder" in capsys.readouterr().err
    assert diagnose(case_file, "--overlay", nowhere) == 3
    assert "overlay" in capsys.readouterr().err
    assert main(["check", "--priors", nowhere]) == 3


@pytest.mark.parametrize("arguments", [[], ["diagnos"], ["diagnose"], ["diagnose", "a", "--jsn"]])
def test_wrong_usage_is_code_2(arguments: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as error:
        main(arguments)
    assert error.value.code == 2
    assert "usage: crampnet" in capsys.readouterr().err


def test_check_counts_what_it_found_sound(capsys: Captured) -> None:
    assert main(["check", "--priors", str(TINY)]) == 0
    assert "5 conditions, 16 findings, 1 measured tests, 4 exposures, 1 sources: no problem" in capsys.readouterr().out


def test_check_lists_every_problem(tmp_path: Path, capsys: Captured) -> None:
    priors = Path(shutil.copytree(TINY, tmp_path / "priors"))
    for name, old, new in (
        ("conditions/hypocalcemia.yaml", "group: metabolic", "group: blood"),
        ("findings/at_night.yaml", "section: timing", "section: night"),
    ):
        text = (priors / name).read_text(encoding="utf-8")
        assert old in text
        (priors / name).write_text(text.replace(old, new), encoding="utf-8")
    assert main(["check", "--priors", str(priors)]) == 3
    shown = capsys.readouterr()
    assert "conditions/hypocalcemia.yaml: group" in shown.out
    assert "findings/at_night.yaml: section" in shown.out
    assert "2 problems" in shown.err


def test_render_writes_what_check_then_finds_current(tmp_path: Path, capsys: Captured) -> None:
    priors = Path(shutil.copytree(TINY, tmp_path / "priors"))
    arguments = ["render", "--priors", str(priors)]
    assert main([*arguments, "--check"]) == 1
    assert "not current" in capsys.readouterr().out
    assert not (priors / "evidence.md").exists()
    assert main(arguments) == 0
    assert "evidence.md: written" in capsys.readouterr().out
    assert main([*arguments, "--check"]) == 0
    assert capsys.readouterr().out == ""
    (priors / "evidence.md").write_text("changed by hand", encoding="utf-8")
    assert main([*arguments, "--check"]) == 1
    shown = capsys.readouterr().out
    assert "evidence.md: not current" in shown
    assert "schema" not in shown


@pytest.mark.slow
def test_the_installed_command_answers_and_ends_with_its_code(case_file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crampnet.cli", "diagnose", "--priors", str(TINY)]
    done = subprocess.run([*command, "-"], input=case_file.read_bytes(), capture_output=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == tiny().diagnose(CASE).to_markdown()
    done = subprocess.run([*command, "-"], input=b"age: 11", capture_output=True, cwd=tmp_path, check=False)
    assert done.returncode == 4
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr
