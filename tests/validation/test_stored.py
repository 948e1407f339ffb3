"""The measured figures that came with the package: found, and said to be absent where they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crampnet.errors import CrampnetError
from crampnet.validation import stored
from crampnet.validation.stored import KEYS, load_results, results_file
from tests.support.models import ROOT


def test_a_checkout_has_them_in_its_folder() -> None:
    assert results_file() == ROOT / "validation" / "results.json"
    assert set(KEYS) <= set(load_results())


def test_an_installed_package_has_them_beside_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "__file__", str(tmp_path / "stored.py"))
    beside = tmp_path / "results.json"
    beside.write_text(json.dumps(dict.fromkeys(KEYS)), encoding="utf-8")
    assert results_file() == beside.resolve()
    assert load_results() == dict.fromkeys(KEYS)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), ("{", "damaged"), ("[]", "another version"), (json.dumps({"versions": 1}), "another")],
)
def test_what_is_wrong_is_said_with_the_remedy(content: str | None, said: str, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(CrampnetError, match=said) as caught:
        load_results(file)
    assert "make accuracy" in caught.value.remedy
