"""What a change of the priors moves: numbers, records, and the answers to the public cases."""

from crampnet.validation.diff.answers import Moved, Standing, Told, read_told
from crampnet.validation.diff.compare import Diff, compare, compare_named, read_cases
from crampnet.validation.diff.records import NumberChange, RecordChanges, number_changes, record_changes
from crampnet.validation.diff.revisions import priors_of

__all__ = [
    "Diff",
    "Moved",
    "NumberChange",
    "RecordChanges",
    "Standing",
    "Told",
    "compare",
    "compare_named",
    "number_changes",
    "priors_of",
    "read_cases",
    "read_told",
    "record_changes",
]
