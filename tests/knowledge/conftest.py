"""A copy of the small fixture that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

TINY = Path(__file__).parents[1] / "support" / "tiny_priors"

Edit = Callable[[str, str, str], None]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRAMPNET_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def priors(tmp_path: Path) -> Path:
    """A sound body of knowledge in a folder of its own."""
    return Path(shutil.copytree(TINY, tmp_path / "priors"))


@pytest.fixture
def edit(priors: Path) -> Edit:
    """Replace a text in one of its files; the text must be there."""

    def change(file: str, old: str, new: str) -> None:
        path = priors / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text, f"{old!r} is not in {file}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")

    return change
