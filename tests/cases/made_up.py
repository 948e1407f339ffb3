"""People written from knowledge of the field, a folder of YAML files for each kind, and what they are answered."""

from __future__ import annotations

from typing import Any

from crampnet import Answer
from crampnet.inference.case import Case
from crampnet.yaml_io import read_yaml
from tests.cases.scoring import HERE
from tests.support.models import shipped


def groups(kind: str) -> tuple[str, ...]:
    """The files of a kind, by name."""
    return tuple(sorted(file.stem for file in (HERE / kind).glob("*.yaml")))


def answered(kind: str, group: str) -> list[tuple[dict[str, Any], Answer]]:
    """What is written about each person of a file, and the answer."""
    rows = read_yaml(HERE / kind / f"{group}.yaml")
    return [(row, shipped().diagnose(Case.from_dict(row["case"]))) for row in rows]
