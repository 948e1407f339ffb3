"""A case under changes of its answers: what the engine says of each, asked once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from crampnet.errors import TooExpensive
from crampnet.inference.engine import Change, evidence_under, variants
from crampnet.inference.evidence import Evidence
from crampnet.network.network import Array, Network
from crampnet.reasoning.answers import ABSENT

Key = tuple[tuple[int, tuple[float, float]], ...]
"""A changed case as something to look up: its changes in order."""


class Table:
    """A case under changes of its answers, each changed case computed once.

    A row holds P(case as changed), then that with each condition present, and with each as a reason, NaN where the
    engine refuses the case so changed.
    """

    def __init__(self, network: Network, evidence: Evidence) -> None:
        self.network = network
        self.evidence = evidence
        self._rows: dict[Key, Array] = {}
        self._without: dict[tuple[frozenset[str], Key], float] = {}

    def rows(self, changes: Mapping[Key, Change]) -> Array:
        """The rows of some changes, shape (changes, 1 + 2 conditions)."""
        missing = {key: change for key, change in changes.items() if key not in self._rows}
        if missing:
            found = _where_allowed(self._joint, list(missing.values()), 1 + 2 * len(self.network.conditions))
            self._rows.update(zip(missing, found, strict=True))
        return np.stack([self._rows[key] for key in changes])

    def without(self, conditions: Sequence[str], changes: Mapping[Key, Change]) -> Array:
        """P(case as changed, none of some conditions present), shape (changes,); NaN where the engine refuses it."""
        which = frozenset(conditions)
        missing = {key: change for key, change in changes.items() if (which, key) not in self._without}
        if missing:
            keys = [(which, key) for key in missing]
            self._without.update(zip(keys, self._absent(conditions, list(missing.values())).tolist(), strict=True))
        return np.array([self._without[which, key] for key in changes])

    def refuse(self) -> None:
        """Raise what the engine refuses the case as it is with."""
        variants(self.network, self.evidence, [{}])

    def _absent(self, conditions: Sequence[str], changes: Sequence[Change]) -> Array:
        network, evidence = self.network, self.evidence
        nodes = [network.index[name] for name in conditions]
        soft = float(np.prod([evidence.weights.get(node, (1.0, 1.0))[0] for node in nodes]))
        absent = [{**dict.fromkeys(nodes, ABSENT), **change} for change in changes]
        shares = evidence.strata_weights[:, None]
        found = _where_allowed(lambda some: evidence_under(network, evidence, some) @ shares, absent, 1)
        return soft * found[:, 0]

    def _joint(self, changes: Sequence[Change]) -> Array:
        found = variants(self.network, self.evidence, changes)
        marginals = np.nan_to_num(np.concatenate([found.present, found.contributes], axis=1))
        joint: Array = found.evidence[:, None] * np.concatenate([np.ones((len(marginals), 1)), marginals], axis=1)
        return joint


def _where_allowed(compute: Callable[[Sequence[Change]], Array], changes: Sequence[Change], columns: int) -> Array:
    """What is computed of each change, shape (changes, columns); NaN where the engine refuses the case so changed."""
    try:
        return compute(changes)
    except TooExpensive:
        if len(changes) == 1:
            return np.full((1, columns), np.nan)
    middle = len(changes) // 2
    halves = (changes[:middle], changes[middle:])
    return np.concatenate([_where_allowed(compute, half, columns) for half in halves])
