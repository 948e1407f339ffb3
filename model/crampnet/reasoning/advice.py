"""Which advice fits this answer, and which of it is withheld or reworded because it would not be safe here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_general import AdviceItem, Caution
from crampnet.reasoning.urgency import Urgency

EVERYBODY = "everybody"
SHARE = 0.10
"""Advice of a condition is shown from this P(contributes) on."""
MOST = 4
"""Advice is shown for at most this many conditions."""
AT_HOME = ("self_care", "prevention")
"""Kinds of advice that wait when somebody should look soon."""


@dataclass(frozen=True)
class Advice:
    """One item as it applies here.

    about: condition id or "everybody"; status: shown | rewritten | withheld; plain, clinical: the wording to show;
    because: ids of answers, medicines or conditions that triggered the caution; reason: why, in the caution's words;
    level: the urgency that made advice for home wait, where that is the cause.
    """

    about: str
    item: AdviceItem
    status: Literal["shown", "rewritten", "withheld"]
    plain: str
    clinical: str
    because: tuple[str, ...] = ()
    reason: str = ""
    level: str = ""


def advise(knowledge: Knowledge, evidence: Evidence, posterior: Posterior, urgency: Urgency) -> tuple[Advice, ...]:
    """Advice for the leading conditions, then for everybody, in the order of the files; withheld items included."""
    about_whom = (*leaders(evidence, posterior), EVERYBODY)
    return tuple(line for about in about_whom for line in advise_about(about, knowledge, evidence, posterior, urgency))


def advise_about(
    about: str, knowledge: Knowledge, evidence: Evidence, posterior: Posterior, urgency: Urgency
) -> tuple[Advice, ...]:
    """Advice for one condition, or for "everybody", as it applies here, whether or not the condition leads."""
    items = knowledge.advice.get(about, ())
    return tuple(_apply(about, item, knowledge, evidence, posterior, urgency) for item in items)


def leaders(evidence: Evidence, posterior: Posterior) -> tuple[str, ...]:
    """The conditions whose advice is shown: the largest shares, at most MOST, and the first in any case."""
    share = evidence.ranked(posterior)
    ordered = sorted(share, key=lambda c: -share[c])
    return tuple(c for i, c in enumerate(ordered[:MOST]) if i == 0 or share[c] >= SHARE)


def _apply(
    about: str,
    item: AdviceItem,
    knowledge: Knowledge,
    evidence: Evidence,
    posterior: Posterior,
    urgency: Urgency,
) -> Advice:
    triggered = [(c, b) for c in item.cautions if (b := _because(c, evidence, posterior))]
    for caution, because in triggered:
        if caution.action == "withhold":
            return Advice(about, item, "withheld", item.plain, item.clinical, because, caution.reason)
    if item.kind in AT_HOME and _soon(urgency, knowledge.losses.levels):
        return Advice(about, item, "withheld", item.plain, item.clinical, level=urgency.level)
    if triggered:
        return _rewritten(about, item, triggered)
    return Advice(about, item, "shown", item.plain, item.clinical)


def _rewritten(about: str, item: AdviceItem, triggered: Sequence[tuple[Caution, tuple[str, ...]]]) -> Advice:
    """The wording of the first caution that applies, cautions standing in order of weight, with the reasons of all."""
    cautions = [caution for caution, _ in triggered]
    first = cautions[0]
    return Advice(
        about,
        item,
        "rewritten",
        first.plain or item.plain,
        first.clinical or item.clinical,
        tuple(dict.fromkeys(name for _, because in triggered for name in because)),
        " ".join(dict.fromkeys(c.reason for c in cautions)),
    )


def _soon(urgency: Urgency, levels: Sequence[str]) -> bool:
    """Urgent or more: home measures wait until somebody has looked."""
    return levels.index(urgency.level) >= len(levels) - 2


def _because(caution: Caution, evidence: Evidence, posterior: Posterior) -> tuple[str, ...]:
    return tuple(name for name in caution.when if _holds(name, caution, evidence, posterior))


def _holds(name: str, caution: Caution, evidence: Evidence, posterior: Posterior) -> bool:
    if name in posterior.present:
        return name in evidence.known or posterior.present[name] >= caution.likely
    return name in evidence.present
