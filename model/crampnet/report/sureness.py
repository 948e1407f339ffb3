"""How sure an answer is, in the report's words."""

from __future__ import annotations

from crampnet.reasoning.uncertainty import Uncertainty
from crampnet.report.insights import Interval, Sureness

CLASH = 1.0
"""A conflict (natural logarithm) is told from here on: the answers together are e times rarer than unrelated ones."""


def make_sureness(uncertainty: Uncertainty, ranked_by: str) -> Sureness:
    """Intervals and firmness. ranked_by: "contributes" or "present"."""
    ranges = uncertainty.contributes if ranked_by == "contributes" else uncertainty.present
    return Sureness(
        draws=uncertainty.draws,
        intervals={condition: Interval(low, high) for condition, (low, high) in ranges.items()},
        first=uncertainty.firmness,
        leads=dict(uncertainty.leads),
        level=uncertainty.level_firmness,
        levels=dict(uncertainty.levels),
        impossible=uncertainty.impossible,
    )
