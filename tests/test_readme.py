"""The README's example runs and prints what the README shows."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from crampnet import load_model
from crampnet.inference.case import Case, read_case

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_python_example_prints_what_is_shown() -> None:
    code, shown = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", README, re.S).groups()  # type: ignore[union-attr]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert [line.rstrip() for line in printed.getvalue().splitlines()] == [line.rstrip() for line in shown.splitlines()]


def test_the_case_file_example_is_a_case() -> None:
    text = re.search(r"```yaml\n(.*?)```", README, re.S).group(1)  # type: ignore[union-attr]
    assert read_case(text) == Case(
        age=75,
        present=["kind_cramp", "at_night", "feet_or_legs_too"],
        absent=["hand_numbness", "hand_weakness"],
        medicines=["bendroflumethiazide"],
    )


def test_the_counts_are_current() -> None:
    knowledge = load_model().knowledge
    assert f"holds {len(knowledge.conditions)} conditions, {len(knowledge.exposures)} exposures" in README
    assert f"{len(knowledge.syndromes)} syndromes" in README
    assert len(knowledge.findings) + len(knowledge.abnormality_of) > 350
