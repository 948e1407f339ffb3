"""The notebooks run as they are, hold no outputs, and are put together alike: a question, a case, a conclusion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.support.models import ROOT

FOLDER = ROOT / "notebooks"
BOOKS = sorted(FOLDER.glob("*.ipynb"))
PATIENCE = 600
"""Seconds for one cell: the engine may still have to be compiled."""

each = pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)


def book(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def test_they_are_numbered() -> None:
    assert [path.name[:3] for path in BOOKS] == [f"{place:02d}_" for place in range(1, len(BOOKS) + 1)]
    assert len(BOOKS) >= 6


@pytest.mark.slow
@each
def test_it_runs(path: Path) -> None:
    found = book(path)
    client = NotebookClient(
        found, timeout=PATIENCE, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()
    outputs = [output for cell in found.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@each
def test_it_holds_no_outputs(path: Path) -> None:
    for cell in book(path).cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None


@each
def test_it_asks_shows_a_published_case_and_concludes(path: Path) -> None:
    cells = book(path).cells
    heading = cells[0].source.splitlines()[0]
    assert cells[0].cell_type == cells[-1].cell_type == "markdown"
    assert heading.startswith("# ")
    assert heading.endswith("?")
    assert "**The case.**" in cells[0].source
    assert "tests/cases/published/" in cells[1].source
    assert cells[-1].source.startswith("## What to conclude\n")


@each
def test_it_holds_no_logic(path: Path) -> None:
    code = "\n".join(cell.source for cell in book(path).cells if cell.cell_type == "code")
    lines = [line.split() for line in code.splitlines() if line.strip()]
    assert not {"def", "class", "if", "while", "try:"} & {line[0] for line in lines}
