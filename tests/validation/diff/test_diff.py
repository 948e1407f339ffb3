"""`crampnet diff`: what a change of the priors moves, on the tiny knowledge, as folders and as revisions."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import crampnet
from crampnet.cli import main
from crampnet.errors import BadCase, CrampnetError, KnowledgeError
from crampnet.inference.case import Case
from crampnet.knowledge import cache
from crampnet.validation.cases import split_of
from crampnet.validation.diff import Told, compare, compare_named, number_changes, priors_of, read_cases
from crampnet.validation.diff.answers import standing
from crampnet.validation.diff.show import to_text
from crampnet.yaml_io import dump_yaml
from tests.support.models import TINY, tiny

Captured = pytest.CaptureFixture[str]
Edit = Callable[[Path], None]
TOLD = (
    Told("calm", "develop", {"history": Case(age=70, present=["kind_cramp", "at_night"])}),
    Told("spasm", "develop", {"history": Case(age=40, present=["kind_spasm", "carpal_posture"])}),
    Told("secret", "measure", {"history": Case(age=40, present=["kind_spasm"])}),
)


def changed(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """A copy of the tiny priors in which texts of files are replaced."""
    target = folder / "priors"
    shutil.copytree(TINY, target)
    for name, old, new in edits:
        file = target / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return target


def test_equal_priors_differ_in_nothing(tmp_path: Path) -> None:
    found = compare(tiny(), crampnet.load_model(changed(tmp_path)), TOLD)
    assert (found.numbers, found.moved, found.records.added, found.records.removed) == ((), (), (), ())
    assert "same" in to_text(found)


OLD = "troubles_hand: {value: 0.12, interval: [0.06, 0.192]"
TROUBLE = ("conditions/hypocalcemia.yaml", OLD, "troubles_hand: {value: 0.9, interval: [0.8, 0.95]")


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Low calcium troubles the hand far more often."""
    return changed(tmp_path_factory.mktemp("troubled"), TROUBLE)


def test_a_changed_number_is_named_with_both_values(troubled: Path) -> None:
    new = crampnet.load_model(troubled)
    (change,) = number_changes(tiny().knowledge, new.knowledge)
    assert (change.record, change.key) == ("conditions/hypocalcemia", "troubles_hand")
    assert (change.old, change.new) == ("0.12 (0.06 to 0.192)", "0.9 (0.8 to 0.95)")
    assert (change.old_basis, change.new_basis) == ("judgement", "judgement")


def test_cases_that_move_are_named_with_old_and_new_probability(troubled: Path) -> None:
    new = crampnet.load_model(troubled)
    found = compare(tiny(), new, TOLD)
    moved = {one.case: one for one in found.moved}
    assert "calm" in moved
    for told in TOLD[:2]:
        case = told.levels["history"]
        old_answer, new_answer = tiny().diagnose(case), new.diagnose(case)
        differs = (
            old_answer.ranking.index[0] != new_answer.ranking.index[0],
            set(old_answer.ranking.index[:3]) != set(new_answer.ranking.index[:3]),
            old_answer.urgency.level != new_answer.urgency.level,
        )
        if told.id in moved:
            assert tuple(name in moved[told.id].what for name in ("first row", "first three", "urgency")) == differs
        else:
            assert not any(differs)
    plain = {row["case"]: row for row in found.to_dict()["moved"]}
    was, now = plain["calm"]["rows"]["hypocalcemia"]
    case = TOLD[0].levels["history"]
    assert was == tiny().diagnose(case).posterior.contributes["hypocalcemia"]
    assert now == new.diagnose(case).posterior.contributes["hypocalcemia"] > was
    assert "hypocalcemia" in to_text(found)


def test_another_urgency_alone_is_a_change(tmp_path: Path) -> None:
    milder = ("red_flags.yaml", "level: emergency", "level: urgent")
    new = crampnet.load_model(changed(tmp_path, milder))
    case = Case(age=70, present=["kind_cramp", "chest_pain"])
    (moved,) = compare(tiny(), new, [Told("one", "given", {"given": case})]).moved
    assert "urgency" in moved.what
    assert not {"first row", "first three"} & set(moved.what)
    assert moved.old.urgency != moved.new.urgency


def test_the_measuring_split_is_counted_and_not_named(troubled: Path) -> None:
    found = compare(tiny(), crampnet.load_model(troubled), TOLD)
    assert found.cases == {"develop": 2, "measure": 1}
    assert found.counts["measure"]["history"]["asked"] == 1
    assert sum(found.counts["measure"]["history"][what] for what in ("first row", "first three", "urgency", "advice"))
    assert "secret" not in json.dumps(found.to_dict()) + to_text(found)


def test_what_is_shown_of_advice(troubled: Path) -> None:
    case = Case(age=40, present=["kind_cramp"], absent=["at_night"])
    new = crampnet.load_model(troubled)
    shown = {f"{line.about}.{line.item.id}" for line in new.diagnose(case).advice if line.status != "withheld"}
    assert {name.rstrip("*") for name in standing(new, case).advice} == shown
    (moved,) = compare(tiny(), new, [Told("one", "given", {"given": case})]).moved
    assert "advice" in moved.what
    (plain,) = compare(tiny(), new, [Told("one", "given", {"given": case})]).to_dict()["moved"]
    assert set(plain["advice"]["new"]) == set(moved.new.advice) - set(moved.old.advice)


def test_a_case_that_one_side_cannot_answer_says_why(troubled: Path) -> None:
    told = Told("odd", "given", {"given": Case(present=["kind_spasm", "no_such_thing"])})
    new = crampnet.load_model(troubled)
    assert "no_such_thing" in standing(tiny(), told.levels["given"]).error
    assert compare(tiny(), new, [told]).moved == ()


def test_records_that_come_go_and_change(tmp_path: Path) -> None:
    advice = "advice/everybody.yaml"
    first = crampnet.load_model(changed(tmp_path / "a"))
    item = first.knowledge.advice["everybody"][0]
    new = crampnet.load_model(
        changed(
            tmp_path / "b",
            (advice, f"id: {item.id}", "id: renamed"),
            ("conditions/hypocalcemia.yaml", "name:", "note: x\nname:"),
        )
    )
    found = compare(first, new, ()).records
    assert found.added == ("advice/everybody.renamed",)
    assert found.removed == (f"advice/everybody.{item.id}",)
    assert "conditions/hypocalcemia" in found.changed


@pytest.fixture
def repository(tmp_path: Path, troubled: Path) -> Path:
    """A repository whose first revision has the tiny priors, and whose second has those of `troubled`."""
    if shutil.which("git") is None:
        pytest.skip("git is not there")
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet")
    for tag, source in (("one", TINY), ("two", troubled)):
        shutil.rmtree(root / "priors", ignore_errors=True)
        shutil.copytree(source, root / "priors")
        git(root, "add", "--all")
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
        git(root, *who, "commit", "--quiet", "--message", tag)
        git(root, "tag", tag)
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def test_a_revision_is_unpacked_for_the_while_and_leaves_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "cache"
    monkeypatch.setenv("CRAMPNET_CACHE", str(kept))
    for name, wanted in (("one", TINY), ("HEAD~1", TINY), ("two", repository / "priors")):
        with priors_of(name, repository) as folder:
            assert crampnet.load_model(folder).knowledge.digest == crampnet.load_model(wanted).knowledge.digest
            assert cache._place(folder).is_file()
        assert not folder.exists()
        assert not cache._place(folder).exists()


@pytest.mark.parametrize("name", ["nowhere", "--help", "one^{tree}x", ""])
def test_what_is_neither_folder_nor_revision_is_an_error(name: str, repository: Path) -> None:
    with pytest.raises(CrampnetError, match=r"no folder, and .* no such revision"), priors_of(name, repository):
        pass


def test_without_git_a_folder_is_asked_for(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crampnet.validation.diff.revisions.shutil.which", lambda _: None)
    with pytest.raises(CrampnetError, match="install git"), priors_of("one", repository):
        pass
    with priors_of(str(TINY), repository) as folder:
        assert folder == TINY


def test_a_revision_without_priors_is_an_error(repository: Path) -> None:
    git(repository, "rm", "-r", "--quiet", "priors")
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    git(repository, *who, "commit", "--quiet", "--allow-empty", "--message", "none")
    with pytest.raises(CrampnetError, match="no folder priors/"), priors_of("HEAD", repository):
        pass


PUBLIC = {
    "source": {"title": "t", "url": "https://example.org/0", "year": None, "read": "all"},
    "history": {"age": 40, "present": ["kind_spasm"]},
    "examination": {"present": ["carpal_posture"]},
    "tests": {},
}


def test_both_kinds_of_case_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text("present: [kind_spasm]", encoding="utf-8")
    (tmp_path / "public.yaml").write_text(dump_yaml(PUBLIC), encoding="utf-8")
    plain, public = read_cases(tmp_path)
    assert (plain.split, list(plain.levels)) == ("given", ["given"])
    assert public.split == split_of("https://example.org/0")
    assert list(public.levels) == ["history", "examination"]
    assert public.levels["examination"].examined == ("carpal_posture",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PUBLIC | {"source": None}, "source"),
        (PUBLIC | {"history": {"aeg": 3}}, "aeg"),
        ({"aeg": 3}, "aeg"),
        ([1], "case"),
    ],
)
def test_a_broken_case_is_named(content: object, said: str, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(dump_yaml(content), encoding="utf-8")
    with pytest.raises(BadCase, match=rf"one\.yaml: {said}"):
        read_cases(tmp_path)


def test_an_empty_folder_of_cases_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match="no cases"):
        read_cases(tmp_path)


def test_a_side_with_problems_is_named(tmp_path: Path) -> None:
    cases = given(tmp_path)
    file = "conditions/hypocalcemia.yaml"
    unsound = ("name:", "nam:"), ("value: 0.004, interval: [0.002, 0.0064]", "value: 0.6, interval: [0.5, 0.7]")
    for place, (old, new) in enumerate(unsound):
        broken = changed(tmp_path / str(place), (file, old, new))
        with pytest.raises(KnowledgeError, match=f"{broken}: {file}"):
            compare_named(str(TINY), str(broken), cases)


def given(folder: Path) -> Path:
    cases = folder / "cases"
    cases.mkdir()
    for told in TOLD[:2]:
        (cases / f"{told.id}.yaml").write_text(dump_yaml(told.levels["history"].to_dict()), encoding="utf-8")
    return cases


def test_the_command(troubled: Path, tmp_path: Path, capsys: Captured) -> None:
    command = ["diff", str(TINY), str(troubled), "--cases", str(given(tmp_path))]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "calm, as given" in shown
    assert "conditions/hypocalcemia: troubles_hand: 0.12" in shown
    assert main([*command, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cases"] == {"given": 2}
    assert found["digests"]["old"] == tiny().knowledge.digest
    assert "calm" in [row["case"] for row in found["moved"]]
    assert main(["diff", str(TINY), "no-such-revision", "--cases", str(tmp_path / "cases")]) == 1
    assert "no-such-revision" in capsys.readouterr().err
