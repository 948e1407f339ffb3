"""Scoring of the published cases: rank of the label, urgency exact and safe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from crampnet.api import Answer, Model
from crampnet.inference.case import Case, read_case
from crampnet.yaml_io import read_yaml

HERE = Path(__file__).parent
LEVELS = ("self_care", "routine", "urgent", "emergency")


@dataclass(frozen=True)
class Published:
    """One published case and what it turned out to be."""

    name: str
    case: Case
    label: str
    other_labels: tuple[str, ...]
    urgency: str


@dataclass(frozen=True)
class Score:
    """rank of the best accepted row (1 is first); urgency given and wanted."""

    rank: int
    urgency: str
    wanted: str

    @property
    def safe(self) -> bool:
        """The level is not below the reviewer's."""
        return LEVELS.index(self.urgency) >= LEVELS.index(self.wanted)


def published() -> list[Published]:
    """All published cases, in order."""
    listed = read_yaml(HERE / "expected.yaml")["cases"]
    return [
        Published(
            row["case"],
            read_case(HERE / "published" / f"{row['case']}.yaml"),
            row["label"],
            tuple(row["other_labels"]),
            row["urgency"],
        )
        for row in listed
    ]


def accepted(model: Model, case: Published) -> set[str]:
    """The rows that count as the label or as one of the further true conditions."""
    table = read_yaml(HERE / "expected.yaml")["accepted"]
    medicines = {c for c, r in model.knowledge.conditions.items() if r.group == "medicine"}
    rows: set[str] = set()
    for label in (case.label, *case.other_labels):
        rows |= medicines if label == "medication_induced" else set(table.get(label, [label]))
    return rows


def score(model: Model, case: Published, answer: Answer) -> Score:
    """Compare an answer with what the case turned out to be."""
    order = list(answer.ranking.index)
    rank = min(order.index(row) + 1 for row in accepted(model, case))
    return Score(rank, answer.urgency.level, case.urgency)
