"""Cases answered one after the other, equal evidence once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields
from hashlib import blake2b
from threading import Lock
from typing import Protocol

import numpy as np

from crampnet.errors import CrampnetError
from crampnet.inference.case import Case
from crampnet.inference.evidence import Evidence, read_evidence
from crampnet.inference.lighter import weighed
from crampnet.inference.vocabulary import Vocabulary
from crampnet.knowledge import Knowledge
from crampnet.network import REFERENCE_SETTING, Network
from crampnet.network.network import Array
from crampnet.reasoning.urgency import assess, warning_signs

KEPT = 1 << 15
"""So many answers are remembered at most; with 86 conditions about 50 MB."""


class Diagnoser(Protocol):
    """What a model must have to answer many cases; `crampnet.Model` has it."""

    knowledge: Knowledge
    vocabulary: Vocabulary

    def network(self, setting: str = REFERENCE_SETTING) -> Network:
        """The compiled network of a setting."""


Load = Callable[[], Diagnoser]
"""How a process comes by its model: `crampnet.load_model`, or `functools.partial(load_model, "my/priors")`."""


@dataclass(frozen=True)
class Outcome:
    """The answer to one case, as far as a table shows it.

    contributes: P(the condition is a reason | answers), shape (conditions,); share: what the ranking goes by, the same
    or P(present | answers) where no complaint is stated, shape (conditions,).
    """

    level: str
    provisional: bool
    contributes: Array
    share: Array
    log_evidence: float


class Scorer:
    """A model with a memory: evidence that was met before is not worked out again. Safe to share between threads.

    An answer depends on the evidence alone; what is wrong with a case is said in the words it was given in, so it is
    remembered together with those. answered: how many were worked out.
    """

    def __init__(self, model: Diagnoser, *, kept: int = KEPT) -> None:
        self.model = model
        self.answered = 0
        self._kept = kept
        self._memory: OrderedDict[bytes, Outcome | CrampnetError] = OrderedDict()
        self._lock = Lock()

    @property
    def conditions(self) -> tuple[str, ...]:
        """Ids of the conditions, in the order of an outcome's arrays."""
        return self.model.network().conditions

    def answer(self, case: Case) -> Outcome | CrampnetError:
        """The answer to a case, or what is wrong with it: what `Model.diagnose` raises."""
        found = self._answer(case)
        if isinstance(found, CrampnetError):
            found.signs = warning_signs(self.model.knowledge, self.model.vocabulary, case)
        return found

    def _answer(self, case: Case) -> Outcome | CrampnetError:
        try:
            network = self.model.network(case.setting)
            evidence = read_evidence(self.model.knowledge, self.model.vocabulary, network, case)
        except CrampnetError as error:
            return error
        key = evidence_key(network, evidence)
        if (found := self._recall(key)) is not None:
            return found
        worded = key + repr(tuple(evidence.labels.values())).encode()
        if (found := self._recall(worded)) is None:
            found = self._work_out(network, evidence)
            self._keep(worded if isinstance(found, CrampnetError) else key, found)
        return found

    def _recall(self, key: bytes) -> Outcome | CrampnetError | None:
        with self._lock:
            found = self._memory.get(key)
            if found is not None:
                self._memory.move_to_end(key)
            return found

    def _keep(self, key: bytes, found: Outcome | CrampnetError) -> None:
        with self._lock:
            self.answered += 1
            self._memory[key] = found
            while len(self._memory) > self._kept:
                self._memory.popitem(last=False)

    def _work_out(self, network: Network, evidence: Evidence) -> Outcome | CrampnetError:
        try:
            evidence, beliefs = weighed(network, evidence)
            urgency = assess(self.model.knowledge, network, evidence, beliefs)
        except CrampnetError as error:
            return error.with_traceback(None)  # which would keep every table of the attempt
        contributes = np.array([beliefs.contributes[c] for c in network.conditions])
        present = np.array([beliefs.present[c] for c in network.conditions])
        return Outcome(
            urgency.level,
            urgency.provisional,
            contributes,
            contributes if evidence.asks else present,
            beliefs.log_evidence,
        )


WORDS = ("labels", "values", "readings", "medicine_classes", "warnings")
"""What evidence holds for people to read; no number depends on it."""


def evidence_key(network: Network, evidence: Evidence) -> bytes:
    """128 bits of BLAKE2b over the setting and all of the evidence but its words.

    The order of the answers counts, as the last digit may hang on it.
    """
    said = {f.name: _plain(getattr(evidence, f.name)) for f in fields(evidence) if f.name not in WORDS}
    return blake2b(repr((network.setting, said)).encode(), digest_size=16).digest()


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return sorted(value) if isinstance(value, frozenset) else value
