"""The wheel, installed elsewhere, finds its own knowledge and answers a case."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import crampnet
from tests.support.models import ROOT, shipped

PROGRAM = """
import json, sys
import crampnet
from crampnet.knowledge.bundle import priors_folder
from crampnet.validation.stored import load_results, results_file

case = crampnet.Case(age=44, sex="female", present=["night_waking_numb"], medicines=["furosemide"],
                     results={"serum_calcium": "1.85 mmol/L"})
answer = crampnet.load_model().diagnose(case)
print(json.dumps({"file": crampnet.__file__, "priors": str(priors_folder()), "report": answer.report.to_dict(),
                  "results": str(results_file()), "measured": load_results()}))
"""
CASE = crampnet.Case(
    age=44,
    sex="female",
    present=["night_waking_numb"],
    medicines=["furosemide"],
    results={"serum_calcium": "1.85 mmol/L"},
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = out.glob("*.whl")
    return found


@pytest.mark.slow
def test_it_holds_the_code_the_knowledge_and_both_licences_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"crampnet"}
    inside = {name for name in names if name.startswith("crampnet/")}
    expected = {
        f"crampnet/{file.relative_to(folder).as_posix()}"
        if folder.name == "crampnet"
        else f"crampnet/priors/{file.relative_to(folder).as_posix()}"
        for folder in (ROOT / "model" / "crampnet", ROOT / "priors")
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")
    }
    assert expected <= inside
    assert {name for name in inside if name.endswith("results.json")} == {"crampnet/validation/results.json"}
    assert not any("__pycache__" in name or "tests" in name for name in names)
    assert sum(name.endswith("LICENSE") and ".dist-info/" in name for name in names) == 2


@pytest.mark.slow
def test_installed_elsewhere_it_answers_like_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *install], check=True)
    away = tmp_path / "away"
    away.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(target), "CRAMPNET_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, cwd=away, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert Path(found["file"]).is_relative_to(target)
    assert Path(found["priors"]).is_relative_to(target)
    assert Path(found["results"]).is_relative_to(target)
    assert found["measured"] == json.loads((ROOT / "validation" / "results.json").read_text(encoding="utf-8"))
    here = json.loads(json.dumps(shipped().diagnose(CASE).report.to_dict()))
    numbers, others = split(found["report"])
    expected, rest = split(here)
    assert others == rest
    assert numbers == pytest.approx(expected, rel=1e-12)


def split(value: object) -> tuple[list[float], list[str]]:
    """The numbers of plain data, which the plain and the compiled engine round differently, and the rest, in order."""
    if isinstance(value, dict):
        value = [item for key, item in value.items() if key != "written_on"]
    if isinstance(value, list):
        parts = [split(item) for item in value]
        return [n for numbers, _ in parts for n in numbers], [t for _, texts in parts for t in texts]
    return ([value], []) if isinstance(value, float) else ([], [repr(value)])
