"""The measured figures that came with the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from crampnet.errors import CrampnetError

RESULTS = "results.json"
FOLDER = "validation"
REMEDY = "Run `make accuracy` in a checkout; it writes the file."
KEYS = (
    "versions", "cases", "threshold", "figures", "groups", "sources", "with_left_out", "reliability", "risk_coverage",
    "simulated", "questions", "weights", "forward",
)  # fmt: skip
"""What a file of results holds at least."""


def results_file() -> Path:
    """Where the figures lie: in an installed package beside this module, in a checkout in `validation/`."""
    beside = Path(__file__).resolve().with_name(RESULTS)
    return beside if beside.is_file() else beside.parents[3] / FOLDER / RESULTS


def load_results(file: Path | None = None) -> dict[str, Any]:
    """The measured figures as plain data, see `results.measure`.

    file: the one that came with the package by default.
    Raises CrampnetError where it is missing, damaged or of another version.
    """
    place = file or results_file()
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise CrampnetError(f"{place} cannot be read ({error.strerror}).", REMEDY) from None
    except ValueError:
        raise CrampnetError(f"{place} is damaged.", REMEDY) from None
    if not isinstance(found, dict) or any(key not in found for key in KEYS):
        raise CrampnetError(f"{place} was written by another version of crampnet.", REMEDY)
    return found
