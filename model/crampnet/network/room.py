"""Figures that leave no room for a leak or a link: where, in which draws, and as data errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from crampnet.errors import Issue
from crampnet.network.network import Array, Stratum

Mask = npt.NDArray[np.bool_]


class Room:
    """Collects the places where figures leave no room while a network is built.

    setting: the setting being built; draws: how many draws stand side by side; bounded: place -> whether the leak,
    link or rate was set to the nearest probability there, shape (draws,); issues: the same as data errors.
    """

    def __init__(self, setting: str, draws: int) -> None:
        self.setting = setting
        self.draws = draws
        self.bounded: dict[str, Mask] = {}
        self.issues: list[Issue] = []

    def at(self, setting: str) -> Room:
        """What has been collected, to go on in another setting."""
        room = Room(setting, self.draws)
        room.bounded, room.issues = dict(self.bounded), list(self.issues)
        return room

    def _add(self, place: str, outside: Mask, issue: Issue) -> None:
        masked = outside.reshape(self.draws, -1).any(axis=1)
        self.bounded[place] = masked | self.bounded.get(place, np.zeros_like(masked))
        self.issues.append(issue)

    def reachable(self, file: str, rate: Array, most: float) -> None:
        """A rate, shape (draws,), that would need more people than its shape leaves."""
        if (over := rate > most).any():
            message = f"the rate {rate.max():.4g} in setting {self.setting} cannot be: its shape leaves {most:.4g}."
            self._add(file, over, Issue(f"{file}.yaml", "shape", message, "Lower the rate, or mend the shape."))

    def leak(self, condition: str, marginal: Array, absence: Array, leak: Array, strata: Sequence[Stratum]) -> None:
        """A leak, shape (lanes,), that would be negative: the causes alone bring more than the base rate."""
        worst = int(np.argmin(leak))
        if leak[worst] >= 0.0:
            return
        stratum = strata[worst % len(strata)]
        issue = Issue(
            file=f"conditions/{condition}.yaml",
            key="raised_by",
            message=f"negative leak in setting {self.setting}, {stratum.age_band} {stratum.sex}: its causes "
            f"alone give {1.0 - absence[worst]:.4g}, more than its base rate {marginal[worst]:.4g}.",
            remedy="Raise the base rate, or lower the numbers under raised_by.",
        )
        self._add(condition, leak < 0.0, issue)

    def cause(self, condition: str, cause: str, link: Array) -> Array:
        """The link of a cause, shape (lanes,), kept between 0 and 1."""
        outside = (link < 0.0) | (link > 1.0)
        if not outside.any():
            return link
        worst = link[int(np.argmax(np.abs(link - 0.5)))]
        issue = Issue(
            file=f"conditions/{condition}.yaml",
            key=f"raised_by.{cause}",
            message=f"it would need a link of {worst:.4g}, which is no probability.",
            remedy="Lower the figure or the base rate, or leave out a cause that does not raise the condition.",
        )
        self._add(f"{cause} -> {condition}", outside, issue)
        return np.asarray(np.clip(link, 0.0, 1.0))

    def child(self, parent: str, child: str, stated: Array, below: Array, link: Array) -> Array:
        """The link of a child, shape (draws,), at least 0: what was stated may be below what is there without it."""
        worst = int(np.argmin(link))
        if link[worst] >= 0.0:
            return link
        issue = Issue(
            file=f"{parent}",
            key=child,
            message=f"P({child} | {parent}) = {stated[worst]:.4g} is below what is there without it, "
            f"{below[worst]:.4g}.",
            remedy="Leave the link out, raise it, or lower the background.",
        )
        self._add(f"{parent} -> {child}", link < 0.0, issue)
        return np.asarray(np.maximum(link, 0.0))
