"""Cases that hold too much to sum over every cause: few causes are open, and of all others one is there at most.

P(answers) is a sum over the sets of causes (conditions and states) that can be there together. Where very much was
answered nearly all of it belongs to small sets: a cause that the answers do not need makes them less probable. So a few
causes stay open and are summed over in full, the others being absent; to this is added, for each of the others, what
belongs to it being there beside the open ones, with any of those that it can bring about and without the rest. Each of
these sums is exact, and no set is counted twice: one that is counted has one cause that can bring about all others.

What is left out are sets with two or more of the others of which neither brings about the other. Their share is
estimated as if they came independently: (a^2 - sum of a_i^2) / 2, a_i being the share of cause i against none, and a
their sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from crampnet.errors import TooExpensive
from crampnet.inference import runs
from crampnet.inference.exact.back import JOINT
from crampnet.inference.exact.reduction import ABSENT_FOR_SURE, PRESENT_FOR_SURE, UNKNOWN
from crampnet.inference.runs import Few, Found, Observed, run
from crampnet.network.network import Lanes, Network

OPENED = 0.02
"""Share, against those with no further cause, from which a cause is opened."""
TOGETHER = 6
"""Most causes that are opened at once; opening one changes what the others explain."""
ROUNDS = 12
"""Most times that causes are opened."""
FORGOTTEN = 1e-4
"""Share below which a cause is not looked at again until the end."""
OPEN_WORK, ONE_WORK, BARE_WORK = 1.0 / 1024.0, 1.0 / 128.0, 1.0 / 16.0
"""Most work of a sum over what is open, of one with a further cause and what it brings about, and of one with such a
cause bare, as shares of what one run may do."""
LITTLE, MUCH = 1.0, 8.0
"""Multiples of these that are tried first, and last where there is time."""
WHOLE = 2.0
"""Between the two the whole sum is tried, with so many times the work that one run may do otherwise."""
MISSING = 0.1
"""Most that may be left out; beyond that the case is refused."""


def run_few(
    network: Network, observed: Observed, strata: Lanes, wanted: npt.ArrayLike = (), *, back: bool = True,
    full: bool = False, singly: bool = False, few: Few | None = None, patient: bool = True,
) -> Found:  # fmt: skip
    """As `runs.run`, but a case that it refuses is answered from few causes at a time, if little is left out so.

    Where much would be, the whole is tried with more work.
    few: the causes that did for the same answers, where some of the others are to be absent now: the sums are then
    parts of those that were found before; patient: look for few causes for half a minute more before it is refused.
    Raises TooExpensive where neither is possible, as `run` does.
    """
    try:
        if few is None:
            return run(network, observed, strata, wanted, back=back, full=full, singly=singly)
    except TooExpensive as refused:
        few = _Choice(network, observed, strata, LITTLE).few()
        if few is None:
            try:
                most = WHOLE * runs.MAX_WORK
                return run(network, observed, strata, wanted, back=back, full=full, singly=singly, most_work=most)
            except TooExpensive:
                few = _Choice(network, observed, strata, MUCH).few() if patient else None
        if few is None:
            raise refused from None
    causes = _causes(network, observed)
    parts = []
    for there in (None, *(cause for cause in causes if cause not in few.opened)):
        absent = _absent(network, causes, few.opened, there, bare=there in few.bare)
        narrowed = _narrowed(observed, absent, there)
        part = run(network, narrowed, strata, wanted, back=back, full=full, most_work=runs.MAX_WORK)
        if back:
            part.about[JOINT, absent] = 0.0
            if there is not None:
                part.about[JOINT, there] = part.evidence
        parts.append(part)
    return replace(_added(parts), few=few)


def _causes(network: Network, observed: Observed) -> list[int]:
    """Conditions and states that nothing was said about, but about something that they or their effects can bring."""
    known = frozenset(np.flatnonzero(observed.codes != UNKNOWN).tolist())
    kinds = ("condition", "syndrome")
    unknown = [place for place, node in enumerate(network.nodes) if node.kind in kinds and place not in known]
    return [place for place in unknown if not known.isdisjoint(network.below[place])]


def _absent(
    network: Network, causes: Sequence[int], kept: frozenset[int], there: int | None, *, bare: bool
) -> list[int]:
    """The causes that are neither open nor there, nor, unless bare, can be brought about by the one that is there."""
    free = kept if there is None else kept | {there} if bare else kept | {there} | network.below[there]
    return [cause for cause in causes if cause not in free]


def _narrowed(observed: Observed, absent: Sequence[int], there: int | None) -> Observed:
    """The same answers, and that causes are absent and one is there."""
    codes, weights = observed.codes.copy(), observed.weights.copy()
    codes[absent] = ABSENT_FOR_SURE
    weights[1, absent] = 0.0
    if there is not None:
        codes[there] = PRESENT_FOR_SURE
        weights[0, there] = 0.0
    return replace(observed, codes=codes, weights=weights)


class _Choice:
    """Finds the causes to open."""

    def __init__(self, network: Network, observed: Observed, strata: Lanes, effort: float) -> None:
        self.network, self.observed, self.strata, self.effort = network, observed, strata, effort
        self.causes = _causes(network, observed)
        self.bare: set[int] = set()

    def few(self) -> Few | None:
        """Causes to open; None where too much would be left out, or it costs too much."""
        try:
            kept, shares = self._opened(self._first())
        except TooExpensive:
            return None
        missing = _missing(shares)
        return Few(kept, frozenset(self.bare), missing) if missing <= MISSING else None

    def _first(self) -> frozenset[int]:
        """The cause that by itself makes the answers most probable; none where they can be without any."""
        if self._share(frozenset(), None) > 0.0:
            return frozenset()
        return frozenset([max(self.causes, key=lambda cause: self._share(frozenset(), cause))])

    def _opened(self, kept: frozenset[int]) -> tuple[frozenset[int], list[float]]:
        """Open causes until none of the others has a share of OPENED, or no more can be paid; the others' shares too.

        Only what was likely enough is looked at again, and everything once more when nothing large is left of that.
        Where the others cannot be looked at beside what was opened last, half as many are opened at once, and one by
        which alone they cannot is closed for good.
        """
        looked: Sequence[int] = self.causes
        lots: list[Sequence[int]] = []
        closed: set[int] = set()
        together, rounds = TOGETHER, 0
        while True:
            try:
                shares = self._shares(looked, kept)
            except TooExpensive:
                if not lots:
                    raise
                lot = lots.pop()
                closed.update(lot if len(lot) == 1 else ())
                kept, together, looked = kept.difference(lot), max(1, len(lot) // 2), self.causes
                continue
            rounds += 1
            large = [cause for cause in shares if shares[cause] >= OPENED and cause not in closed]
            new = sorted(large, key=lambda cause: -shares[cause])[: together if rounds <= ROUNDS else 0]
            while new and not self._payable(kept.union(new)):
                new = new[: len(new) // 2]
            if not new and looked is self.causes:
                return kept, list(shares.values())
            if new:
                kept = kept.union(new)
                lots.append(new)
                looked = [cause for cause in shares if shares[cause] >= FORGOTTEN and cause not in kept]
            else:
                looked = self.causes

    def _shares(self, causes: Iterable[int], kept: frozenset[int]) -> dict[int, float]:
        """Of each cause that is not open, P(answers, it beside open ones) / P(answers, open ones alone)."""
        none = self._share(kept, None)
        found = {cause: self._share(kept, cause) for cause in causes if cause not in kept}
        return {cause: one / none if none > 0.0 else np.inf for cause, one in found.items()}

    def _payable(self, kept: frozenset[int]) -> bool:
        try:
            self._sum(kept, None, OPEN_WORK)
        except TooExpensive:
            return False
        return True

    def _share(self, kept: frozenset[int], there: int | None) -> float:
        """P(answers, no cause but open ones and perhaps one, with what it brings about where that can be paid)."""
        if there is not None and there not in self.bare:
            try:
                return self._sum(kept, there, ONE_WORK)
            except TooExpensive:
                self.bare.add(there)
        return self._sum(kept, there, BARE_WORK)

    def _sum(self, kept: frozenset[int], there: int | None, part: float) -> float:
        absent = _absent(self.network, self.causes, kept, there, bare=there in self.bare)
        narrowed = _narrowed(self.observed, absent, there)
        found = run(self.network, narrowed, self.strata, back=False, most_work=self.effort * part * runs.MAX_WORK)
        return float(found.evidence.sum())


def _missing(shares: Sequence[float]) -> float:
    """Estimated share of P(answers) with two or more of the causes that are not open; 1 where one of them is needed."""
    each = np.array(shares)
    if not np.isfinite(each).all():
        return 1.0
    two = float(each.sum() ** 2 - (each**2).sum()) / 2.0
    return two / (1.0 + float(each.sum()) + two)


def _added(parts: Sequence[Found]) -> Found:
    """The sum of runs over parts of what can be; all are joint with the evidence, so that everything adds up."""
    first, *others = parts
    for part in others:
        for whole, more in ((first.evidence, part.evidence), (first.about, part.about), (first.links, part.links)):
            whole += more
    residual, width = (max(getattr(part, name) for part in parts) for name in ("residual", "width"))
    return replace(first, residual=residual, width=width)
