"""The steps of the Assess page, in order; one module draws one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crampnet.ui.service import Desk, Outcome
from crampnet.ui.steps import diagnoses, findings, happening, medicines, results, warning, who

Draw = Callable[[Desk, Outcome], None]

STEPS: Mapping[str, Draw] = {
    "who": who.draw,
    "happening": happening.draw,
    "warning": warning.draw,
    "findings": findings.draw,
    "medicines": medicines.draw,
    "diagnoses": diagnoses.draw,
    "results": results.draw,
}
"""Step -> what draws it, in the order of the page."""
