"""The columns of a table of answers."""

from __future__ import annotations

from collections.abc import Sequence

from crampnet.errors import BadTable, BadValue

TEXT, TRUTH, NUMBER = "str", "boolean", "float64"
FIRST = {"level": TEXT, "provisional": TRUTH, "leader": TEXT, "leader_contributes": NUMBER, "log_evidence": NUMBER}
ERROR = "error"


def answer_columns(conditions: Sequence[str], top: int | None, kept: Sequence[str] = ()) -> dict[str, str]:
    """Name -> dtype of the columns of an answer.

    level: how soon somebody should look; provisional: whether a red flag is still unanswered; leader: the first
    condition of the ranking (by contributes, or by present where no complaint is stated); leader_contributes:
    P(leader is a reason | answers); log_evidence: ln P(answers | age, sex, setting); then `contributes_<condition>`
    for every condition, or condition_1, contributes_1, ... for the first `top`; error: why there is no answer.
    Raises BadValue (top) or BadTable (a copied column with the name of one of these).
    """
    if top is not None and not 1 <= top <= len(conditions):
        raise BadValue("top", top, "is no number of conditions.", f"Give 1 to {len(conditions)}.")
    shares = {f"contributes_{condition}": NUMBER for condition in conditions}
    if top is not None:
        pairs = ({f"condition_{i}": TEXT, f"contributes_{i}": NUMBER} for i in range(1, top + 1))
        shares = {name: kind for pair in pairs for name, kind in pair.items()}
    columns = FIRST | shares | {ERROR: TEXT}
    if clash := [name for name in kept if name in columns]:
        raise BadTable(f"column {clash[0]}", "the answer has a column of this name.", "Rename it in the table.")
    return columns
