from __future__ import annotations

import copy
import pickle

import pytest

from crampnet.errors import (
    BadCase,
    BadTable,
    BadValue,
    BadYaml,
    CrampnetError,
    ImpossibleCase,
    Issue,
    KnowledgeError,
    MissingExtra,
    Sign,
    TooExpensive,
    UnknownName,
)

# error, exit code, what the message must name, what the remedy must offer
ERRORS = [
    (
        KnowledgeError([Issue("a.yaml", "x.y", "Wrong.", "Mend it.")]),
        3,
        "a.yaml: x.y: Wrong. Mend it.",
        "crampnet check",
    ),
    (
        BadYaml("case.yaml, line 3", "a key stands twice.", "Keep one."),
        4,
        "case.yaml, line 3: a key stands",
        "Keep one.",
    ),
    (UnknownName("finding", "at_nite", ["at_night"]), 4, 'no finding "at_nite"', 'Did you mean "at_night"?'),
    (UnknownName("unit", "furlong"), 4, 'no unit "furlong"', "check the spelling"),
    (UnknownName("drug", "x", ["a", "b", "c"]), 4, 'no drug "x"', 'Did you mean "a", "b" or "c"?'),
    (BadValue("age", 140, "is older than anybody.", "Give 12 to 120."), 4, "age = 140 is older", "Give 12 to 120."),
    (BadCase("case.yaml", "there is no key `sexx`.", "Use `sex`."), 4, "case.yaml: there is no key", "Use `sex`."),
    (BadTable("in.csv", "it has no rows.", "Add some."), 4, "in.csv: it has no rows", "Add some."),
    (ImpossibleCase(["at_night", "in_attacks absent"]), 5, "at_night, in_attacks absent", "least sure"),
    (TooExpensive("This question", 3e12, 1e8), 6, "needs 3e+12 table cells; 1e+08", "Ask for less"),
    (MissingExtra("This", "SALib", "sensitivity"), 1, "This needs SALib, which", 'install "crampnet[sensitivity]"'),
]


@pytest.mark.parametrize(("error", "code", "message", "remedy"), ERRORS)
def test_each_error_names_place_and_remedy(error: CrampnetError, code: int, message: str, remedy: str) -> None:
    assert error.exit_code == code
    assert message in error.message
    assert remedy in error.remedy
    assert str(error) == f"{error.message} {error.remedy}"


def test_warning_signs_follow_the_remedy_and_survive_too() -> None:
    error = ImpossibleCase(["at_night"])
    error.signs = (Sign("emergency", "Call now.", "Exclude a stroke."),)
    assert str(error) == f"{error.message} {error.remedy} Whatever else is true, heed this: emergency: Call now."
    assert pickle.loads(pickle.dumps(error)).signs == error.signs


@pytest.mark.parametrize("error", [error for error, *_rest in ERRORS])
def test_errors_survive_being_copied_to_another_process(error: CrampnetError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert str(copy.copy(error)) == str(error)
