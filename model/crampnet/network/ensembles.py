"""Networks of drawn figures, kept from case to case, and drawn figures of what answers weigh."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from threading import Lock

from crampnet.knowledge import Knowledge
from crampnet.network.draws import SAME_SOURCE, Sampler
from crampnet.network.ensemble import ensemble
from crampnet.network.network import Array, Lanes, Network
from crampnet.network.parameters import answer_parameters, parameters

KEPT_LANES = 1000
"""Lanes kept between cases; with the shipped knowledge about 60 kB each."""


class Ensembles:
    """Drawn networks of one body of knowledge. They depend on setting and strata and on nothing else of a case.

    The last ones are kept, so the next answer about the same person needs no drawing. Safe to share between threads.

    knowledge: the knowledge; seed, rho: see `Sampler`.
    """

    def __init__(self, knowledge: Knowledge, *, seed: int = 0, rho: float = SAME_SOURCE) -> None:
        self.knowledge = knowledge
        self.seed, self.rho = seed, rho
        self._samplers: dict[str, Sampler] = {}
        self._kept: OrderedDict[tuple[str, tuple[int, ...], int, int], Network] = OrderedDict()
        self._lock = Lock()

    def sampler(self, setting: str) -> Sampler:
        """The sampler of all figures of a setting."""
        with self._lock:
            if setting not in self._samplers:
                self._samplers[setting] = Sampler(parameters(self.knowledge, setting), self.seed, self.rho)
            return self._samplers[setting]

    def answers(self, start: int, stop: int) -> Mapping[str, Array]:
        """Path -> draws start to stop - 1 of each figure that acts through what an answer weighs.

        Drawn with those behind the networks: what they share a source with, they are wrong together with.
        """
        return self._answers.draw(start, stop)

    @cached_property
    def _answers(self) -> Sampler:
        return Sampler(answer_parameters(self.knowledge), self.seed, self.rho)

    def block(self, setting: str, strata: Lanes, start: int, stop: int) -> Network:
        """The network whose lanes are draws start to stop - 1, each in the given strata."""
        key = (setting, tuple(strata.tolist()), start, stop)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        network = ensemble(self.knowledge, setting, strata, self.sampler(setting).draw(start, stop)).compact()
        with self._lock:
            self._kept[key] = network
            while len(self._kept) > 1 and sum(len(n.strata) for n in self._kept.values()) > KEPT_LANES:
                self._kept.popitem(last=False)
        return network
