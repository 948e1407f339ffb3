"""Tables of cases of the tiny knowledge."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd

from tests.support.cases import FINDINGS

STATES = ("present", "absent", "probably_present", "probably_absent", "", None)


def wide(rows: int, *, kinds: int | None = None, seed: int = 1) -> pd.DataFrame:
    """Rows with one column a finding; some repeat, some contradict themselves, some name what there is not."""
    draw = random.Random(seed)
    choice = [_row(draw) for _ in range(kinds or max(1, rows // 3))]
    table = pd.DataFrame([draw.choice(choice) for _ in range(rows)])
    table.insert(0, "patient_id", [f"{number:05d}" for number in range(rows)])
    return table


def _row(draw: random.Random) -> dict[str, object]:
    row: dict[str, object] = {"age": draw.choice((25, 44, 81, 130)), "sex": draw.choice(("female", "male", None, "f"))}
    row |= {name: draw.choice(STATES) for name in draw.sample(FINDINGS[:8], 4)}
    row["medicines"] = draw.choice(("furosemide", None, "furosemid"))
    row["serum_calcium [mmol/L]"] = draw.choice(("1.85", "7.9 mg/dL", "", None, "90"))
    return row


def save(table: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path, index=False)
    return path
