"""Which warning signs the page still asks, from the entries as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crampnet.api import Answer, Model
from crampnet.inference.case import Case
from crampnet.inference.evidence import read_evidence
from crampnet.reasoning.next_steps import MEDICINES, Checklist
from crampnet.reasoning.screening import Said, checklists, said_of, undecided
from crampnet.ui.draft import NO, YES, Draft
from crampnet.ui.text import words


def remaining(model: Model, draft: Draft, answer: Answer | None, above: str | None) -> Sequence[Checklist]:
    """Checklists of the signs that could raise the level over `above` (None: give any level), gravest first.

    answer: the last good one; what was entered since counts as well. The list of medicines is one of its own.
    """
    return checklists(model.knowledge, undecided(model.knowledge, _said(model, draft, answer), above))


def signs_of(lists: Sequence[Checklist]) -> Sequence[str]:
    """Ids of the signs of some lists, without the list of medicines."""
    return [sign for one in lists for sign in one.signs if sign != MEDICINES]


def _said(model: Model, draft: Draft, answer: Answer | None) -> Said:
    if answer is None:
        network = model.network()
        evidence = read_evidence(model.knowledge, model.vocabulary, network, Case(complaint=draft.complaint))
    else:
        network, evidence = answer.network, answer.evidence
    said = said_of(model.knowledge, network, evidence, draft.passed)
    given = draft.answers.keys()
    return replace(
        said,
        present=said.present - given | {name for name, state in draft.answers.items() if state in YES},
        absent=said.absent - given | {name for name, state in draft.answers.items() if state in NO},
        able={name: asked for name, asked in said.able.items() if name not in words("asked_elsewhere")},
    )
