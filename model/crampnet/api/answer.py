"""The answer to one case: what is there at once, and what is worked out when asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from crampnet.api.sensitivity import Sensitivity
from crampnet.errors import OnlyFew, TooExpensive
from crampnet.inference.case import Case
from crampnet.inference.engine import Posterior
from crampnet.inference.evidence import Evidence
from crampnet.knowledge import Knowledge
from crampnet.knowledge.records_findings import Cost
from crampnet.network import Network
from crampnet.network.ensembles import Ensembles
from crampnet.reasoning.advice import Advice
from crampnet.reasoning.answers import Given
from crampnet.reasoning.conflict import Conflict, conflict
from crampnet.reasoning.contrast import Contrast, Decider, contrast, deciders
from crampnet.reasoning.flips import Turns, turns
from crampnet.reasoning.misfit import Misfit, misfit
from crampnet.reasoning.next_steps import COSTS, NextSteps, next_steps
from crampnet.reasoning.origins import Origin, finding_origins, origins, told_by
from crampnet.reasoning.steps.table import Table
from crampnet.reasoning.uncertainty import Uncertainty, refining
from crampnet.reasoning.unexplained import Account, account
from crampnet.reasoning.unlisted import Unlisted, unlisted
from crampnet.reasoning.urgency import Urgency
from crampnet.reasoning.weights import AnswerWeights, answer_weights
from crampnet.report import Insights, Report, make_report, to_markdown
from crampnet.report.asking import make_next
from crampnet.report.explaining import make_comparison, make_fitting, make_reasons, make_turning
from crampnet.report.insights import Comparison
from crampnet.report.markdown import Voice
from crampnet.report.sureness import make_sureness

if TYPE_CHECKING:
    from crampnet.api.model import Model


@dataclass(frozen=True)
class Why:
    """Why a condition stands where it does.

    start, end: its log-odds before and after the answers; weights: each answer with its weight, what speaks most for it
    first, adding up to end - start; settled: answers that make it certain or impossible by themselves (the weights
    are then NaN); account: the findings that it explains, leaves unexplained, and would have led one to expect.
    """

    condition: str
    start: float
    end: float
    weights: tuple[tuple[Given, float], ...]
    settled: tuple[Given, ...]
    account: Account


@dataclass(frozen=True)
class Answer:
    """The answer to one case: posterior, urgency with its trail, advice with its cautions.

    What takes longer (intervals, weights, contrasts, conflict, flips, next steps) is worked out when first asked for
    and then kept; for an answer that few causes at a time had to do for (`posterior.few`) it raises OnlyFew. An
    answer may be shared between threads.
    """

    model: Model = field(repr=False)
    case: Case
    evidence: Evidence
    posterior: Posterior
    urgency: Urgency
    advice: tuple[Advice, ...]

    @property
    def knowledge(self) -> Knowledge:
        """The knowledge that the answer comes from."""
        return self.model.knowledge

    @property
    def network(self) -> Network:
        """The network of the case's setting, with the links of causes that the case tells of."""
        return self.model.network(self.case.setting).told(self.evidence.weights)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """One row a condition, most likely reason first: name, contributes, present, base_rate.

        Index: condition id. Ranked by contributes, or by present where the case states no trouble of the hand.
        """
        rows = [(row.condition, row.clinical, row.contributes, row.present, row.base_rate) for row in self.report.rows]
        columns = ["condition", "name", "contributes", "present", "base_rate"]
        return pd.DataFrame(rows, columns=columns).set_index("condition")

    @cached_property
    def origins(self) -> pd.DataFrame:
        """Where each condition may have come from, most likely first: probability.

        Index: condition, cause (an exposure or another condition). probability: P(the cause brought the condition about
        | the condition is there, answers); causes may have acted together, so those of one need not add up to 1. What
        only tells of a condition, as a medicine for it, is not among them.
        """
        return _table_of(self._origins, "condition")

    @cached_property
    def finding_origins(self) -> pd.DataFrame:
        """What was told beside the findings and may by itself have brought one of them, most likely first: probability.

        Index: finding, cause (an exposure). probability: P(the exposure brought the finding about | the finding is
        there, answers); the finding then speaks the less for a disease.
        """
        return _table_of(self._finding_origins, "finding")

    @cached_property
    def _finding_origins(self) -> tuple[Origin, ...]:
        return finding_origins(self.network, self.posterior, self.evidence.weights)

    @cached_property
    def _origins(self) -> tuple[Origin, ...]:
        return origins(self.network, self.posterior, self.knowledge.tells)

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """The ranking with its 90 % intervals: name, contributes, low, high, present, base_rate, leads.

        low, high: 5 % and 95 % quantile of what the rows are ranked by; leads: share of the draws in which the row
        comes first. Answers 1000 drawn networks, where `ranking` answers one.
        """
        drawn = getattr(self.uncertainty, self.report.ranked_by)
        ranking = self.ranking.copy()
        ranking.insert(2, "low", [drawn[condition][0] for condition in ranking.index])
        ranking.insert(3, "high", [drawn[condition][1] for condition in ranking.index])
        ranking["leads"] = [self.uncertainty.leads.get(condition, 0.0) for condition in ranking.index]
        return ranking

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """Intervals and firmness over 1000 draws of every number within its own uncertainty."""
        *_, last = refining(*self._drawn)
        return last

    def refining(self) -> Iterator[Uncertainty]:
        """The same after each block of draws; the last one, over all, is kept as `uncertainty`."""
        for found in refining(*self._drawn):
            yield found
        self.__dict__["uncertainty"] = found

    def _need_every_cause(self, what: str) -> None:
        """Before what takes many runs. Raises OnlyFew where a single one was too much for the engine."""
        if self.posterior.few is not None:
            raise OnlyFew(what)

    @property
    def _drawn(self) -> tuple[Ensembles, str, Evidence, Posterior, Urgency]:
        self._need_every_cause("How sure the answer is")
        return self.model.ensembles, self.network.setting, self.evidence, self.posterior, self.urgency

    @cached_property
    def weights(self) -> AnswerWeights:
        """The additive weight of each answer on each condition."""
        self._need_every_cause("What each answer weighs")
        return answer_weights(self.knowledge, self.network, self.evidence)

    @cached_property
    def conflict(self) -> Conflict:
        """How well the answers fit together, and which one fits least."""
        self._need_every_cause("How well the answers fit together")
        return conflict(self.knowledge, self.network, self.evidence)

    @cached_property
    def flips(self) -> Turns:
        """The smallest changes of answers that bring another first row or another level of urgency."""
        self._need_every_cause("What would turn the answer")
        return turns(self.knowledge, self.network, self.evidence)

    @cached_property
    def next_steps(self) -> NextSteps:
        """What to ask, examine or test next, and whether to stop."""
        return self.next_steps_without(())

    def next_steps_without(self, skipped: Collection[str], costs: Collection[Cost] = COSTS) -> NextSteps:
        """The next steps when some are not to be offered again (skipped, or answered "don't know"), by id.

        costs: the cost tiers to look at. What is computed for one call is kept for the next.
        """
        self._need_every_cause("What to ask next")
        return next_steps(
            self.knowledge, self.network, self.evidence, self.posterior, self.urgency, self.advice,
            skipped=skipped, costs=costs, table=self._changed,
        )  # fmt: skip

    @cached_property
    def _changed(self) -> Table:
        return Table(self.network, self.evidence)

    @cached_property
    def sensitivity(self) -> Sensitivity:
        """What the answer hangs on: figures, sources, setting and structure."""
        self._need_every_cause("What the answer hangs on")
        return Sensitivity(self)

    def why(self, condition: str | None = None) -> Why:
        """Why a condition, by default the first row, stands where it does. Raises UnknownName with the nearest."""
        chosen = self._condition(condition)
        place = self.weights.conditions.index(chosen)
        return Why(
            chosen,
            float(self.weights.start[place]),
            float(self.weights.end[place]),
            self.weights.of(chosen),
            self.weights.settled_by(chosen),
            account(self.knowledge, self.network, self.evidence, chosen),
        )

    def misfit(self, condition: str | None = None) -> Misfit:
        """Whether a condition, by default the first row, ever looks like this. Raises UnknownName with the nearest."""
        self._need_every_cause("Whether a condition ever looks like this")
        return misfit(self.knowledge, self.network, self.evidence, self._condition(condition))

    @cached_property
    def unlisted(self) -> Unlisted | None:
        """Whether a disease that has no record explains the answers better; None where the hand gives no trouble."""
        return unlisted(self.knowledge, self.network, self.evidence, self.posterior)

    def contrast(self, one: str, other: str) -> Contrast:
        """One condition against another, answer by answer. Raises UnknownName with the nearest names."""
        return contrast(self.weights, self._condition(one), self._condition(other))

    def deciders(self, one: str, other: str) -> tuple[Decider, ...]:
        """Findings not asked yet that would part two conditions. Raises UnknownName with the nearest names."""
        self._need_every_cause("What would part two conditions")
        return deciders(self.knowledge, self.network, self.evidence, self._condition(one), self._condition(other))

    def _condition(self, name: str | None) -> str:
        return self.report.rows[0].condition if name is None else self.model.vocabulary.condition(name)

    @cached_property
    def report(self) -> Report:
        """Everything that the answer shows at once, as plain values, stamped with versions and date."""
        return make_report(
            knowledge=self.knowledge,
            case=self.case,
            evidence=self.evidence,
            posterior=self.posterior,
            urgency=self.urgency,
            advice=self.advice,
            origins=self._origins,
            finding_origins=self._finding_origins,
            told_by=told_by(self.network, self.evidence.weights, self.knowledge.tells),
            version=_version(),
            today=date.today(),
        )

    @cached_property
    def full_report(self) -> Report:
        """The report with all its insights: how sure, why, what would turn it, what to do next.

        What the engine refuses is left out; where few causes at a time had to do, a warning of the report says so.
        """
        return replace(self.report, insights=Insights(**{name: self._insight(name) for name in INSIGHTS}))

    def _insight(self, name: str) -> Any:
        try:
            return INSIGHTS[name](self, ())
        except (OnlyFew, TooExpensive):
            return None

    def comparison(self, other: str | None = None, one: str | None = None) -> Comparison:
        """The report's contrast of two conditions, by default of the first row with the second."""
        first = self._condition(one)
        second = self.report.rows[1].condition if other is None else self._condition(other)
        return make_comparison(
            self.knowledge, self.evidence, self.contrast(first, second), self.deciders(first, second)
        )

    def to_markdown(self, *, voice: Voice = "plain", full: bool = False) -> str:
        """The answer as readable text, in everyday or clinical words; full: with its insights."""
        return to_markdown(self.full_report if full else self.report, voice=voice)


def _table_of(found: tuple[Origin, ...], child: str) -> pd.DataFrame:
    rows = [(one.child, one.cause, one.probability) for one in found]
    return pd.DataFrame(rows, columns=[child, "cause", "probability"]).set_index([child, "cause"])


@cache
def _version() -> str:
    """The version of the package, which is looked up among all installed ones."""
    return version("crampnet")


INSIGHTS: Mapping[str, Callable[[Answer, Collection[str]], Any]] = {
    "reasons": lambda answer, _: make_reasons(answer.knowledge, answer.evidence, answer.weights, answer.why().account),
    "sureness": lambda answer, _: make_sureness(answer.uncertainty, answer.report.ranked_by),
    "next": lambda answer, skipped: make_next(answer.knowledge, answer.next_steps_without(skipped)),
    "turning": lambda answer, _: make_turning(answer.knowledge, answer.evidence, answer.flips),
    "comparison": lambda answer, _: answer.comparison(),
    "fitting": lambda answer, _: make_fitting(
        answer.knowledge, answer.evidence, answer.conflict, answer.misfit(), answer.unlisted
    ),
}
"""Each part of the insights and what makes it from an answer and the ids of steps that are not to be offered again."""
