"""What an answer hangs on: stated figures, their sources, the setting and the structure.

Everything here is exact: a changed figure goes through every derivation and a full pass of the engine.
"""

from crampnet.reasoning.sensitivity.comparison import Comparison, compare_settings, compare_structures
from crampnet.reasoning.sensitivity.distances import Distance, diameters, distance
from crampnet.reasoning.sensitivity.entries import Entry, entry, relevant
from crampnet.reasoning.sensitivity.grades import GradeShifts, grade_shifts, grade_widths, widened
from crampnet.reasoning.sensitivity.indices import rank_correlations, sobol_indices
from crampnet.reasoning.sensitivity.oneway import Hyperbola, SensitivityFunction, posterior_at, sensitivity_function
from crampnet.reasoning.sensitivity.overall import rank_correlation, sobol
from crampnet.reasoning.sensitivity.setup import Row, Setup
from crampnet.reasoning.sensitivity.slopes import Survey, most_influential, survey, tornado
from crampnet.reasoning.sensitivity.smallest import PairChange, smallest_changes, smallest_pair, turning_points
from crampnet.reasoning.sensitivity.sources import SourceShares, source_shares
from crampnet.reasoning.sensitivity.structure import merge_syndrome
from crampnet.reasoning.sensitivity.turns import AnotherLeader, AnotherLevel, Reaches, Turn
from crampnet.reasoning.sensitivity.twoway import TwoWay, two_way

__all__ = [
    "AnotherLeader", "AnotherLevel", "Comparison", "Distance", "Entry", "GradeShifts", "Hyperbola", "PairChange",
    "Reaches", "Row", "SensitivityFunction", "Setup", "SourceShares", "Survey", "Turn", "TwoWay", "compare_settings",
    "compare_structures", "diameters", "distance", "entry", "grade_shifts", "grade_widths", "merge_syndrome",
    "most_influential", "posterior_at", "rank_correlation", "rank_correlations", "relevant", "sensitivity_function",
    "smallest_changes", "smallest_pair", "sobol", "sobol_indices", "source_shares", "survey", "tornado",
    "turning_points", "two_way", "widened",
]  # fmt: skip
