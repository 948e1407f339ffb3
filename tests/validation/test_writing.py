"""`python -m crampnet.validation`: what it writes, what it keeps, and when it says that something is not current."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from crampnet.errors import BadCase
from crampnet.validation import __main__ as command
from crampnet.validation import card_text, questions
from crampnet.validation.__main__ import main, stale
from crampnet.validation.cases import SPLITS, split_of
from crampnet.validation.results import APART
from crampnet.validation.stored import load_results
from crampnet.yaml_io import dump_yaml, parse_yaml
from tests.support.models import tiny
from tests.validation import test_cases, test_frequencies

COUNT = 16
LABELS = ("hypocalcemia", "carpal_tunnel_syndrome", "idiopathic_cramp", "none")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a few cases on the tiny knowledge, measured, its questions and weights counted; with its card."""
    folder = tmp_path_factory.mktemp("validation")
    (folder / "cases").mkdir()
    for number in range(COUNT):
        name = f"case_{number}"
        source = parse_yaml(test_cases.GOOD)["source"] | {"url": f"https://example.org/{name}"}
        label, triage = LABELS[number % 4], ("emergency", "urgent")[number % 2]
        test_cases.write(folder / "cases", id=name, source=source, label=label, triage=triage)
    (folder / "excluded.yaml").write_text("case_1: told twice", encoding="utf-8")
    test_frequencies.write(folder, test_frequencies.ENTRY)
    marks = card_text.words()
    (folder / "card.md").write_text(f"# A card\n{marks['begin']}\n{marks['end']}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "load_model", tiny)
        patch.setattr(questions, "EVERY", 1)
        assert run(folder, "--questions", "--weights") == 0
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(command, "load_model", tiny)
    return Path(shutil.copytree(written, tmp_path / "validation"))


def run(folder: Path, *options: str) -> int:
    return main(["--folder", str(folder), "--card", str(folder / "card.md"), *options])


def test_everything_is_there_and_current(folder: Path) -> None:
    found = load_results(folder / "results.json")
    assert found["questions"]["versions"] == found["weights"]["versions"] == found["versions"]
    assert sum(found["weights"]["basis"].values()) == pytest.approx(1.0, abs=1e-3)
    assert sum(found["questions"][split]["n"] for split in SPLITS) == COUNT - 1
    assert [row["id"] for row in found["forward"]] == ["one"]
    card = (folder / "card.md").read_text(encoding="utf-8")
    assert "### Questions needed" in card
    heaviest = found["weights"]["judged"][0]
    assert f"| `{heaviest['path']}` | {heaviest['value']:g} | " in card
    assert "| n | d; p | 10 % |" in card
    assert stale(tiny(), folder, folder / "card.md") == []
    assert run(folder, "--check") == 0


@pytest.mark.parametrize("name", APART)
def test_what_is_counted_apart_is_kept_with_the_versions_that_it_belongs_to(name: str, folder: Path) -> None:
    before = load_results(folder / "results.json")[name]
    (folder / "excluded.yaml").write_text("case_3: told twice", encoding="utf-8")
    assert any("other cases" in line for line in stale(tiny(), folder, folder / "card.md"))
    assert run(folder) == 0
    after = load_results(folder / "results.json")
    assert after[name] == before
    assert after["versions"]["cases"] != before["versions"]["cases"]
    assert before["versions"]["cases"][:12] in (folder / "card.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", APART)
def test_without_a_count_the_card_says_how_to_get_one(name: str, folder: Path) -> None:
    (folder / "results.json").unlink()
    assert run(folder, "--check") == 1
    assert run(folder) == 0
    assert load_results(folder / "results.json")[name] is None
    assert f"ACCARGS=--{name}" in (folder / "card.md").read_text(encoding="utf-8")


def test_other_frequencies_make_it_stale(folder: Path) -> None:
    test_frequencies.write(folder, test_frequencies.ENTRY | {"value": 0.2})
    assert any("other frequencies" in line for line in stale(tiny(), folder, folder / "card.md"))


def test_no_case_of_the_measuring_split_is_named(folder: Path) -> None:
    text = (folder / "results.json").read_text(encoding="utf-8")
    for number in range(COUNT):
        split = split_of(f"https://example.org/case_{number}")
        assert (f'"case_{number}"' in text) == (split == "develop")


def test_errors_are_told_without_a_traceback(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "frequencies.yaml").write_text(dump_yaml({"sources": {}}), encoding="utf-8")
    assert run(folder) == BadCase.exit_code
    assert "frequencies.yaml" in capsys.readouterr().err


def test_the_results_are_plain_json_with_rounded_numbers(folder: Path) -> None:
    text = (folder / "results.json").read_text(encoding="utf-8")
    assert json.loads(text)["forward"][0]["ratio"] == round(json.loads(text)["forward"][0]["ratio"], 4)
