"""Figures that differ by sex and age band, and the one that holds for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from crampnet.knowledge.record import Sex

T = TypeVar("T")

EVERYBODY = "all"
SEXES: tuple[Sex, ...] = ("female", "male")


def fitting(table: Mapping[str, T], sex: str | None, band: str | None) -> T | None:
    """The most exact entry for a sex and age band: both, then the band, then the sex, then everybody; None without any.

    Args:
        table: keys such as "all", "female", "all_12_17", "male_75_120".
        sex: None where it is not known; then no entry of a sex fits.
        band: age band, likewise.
    """
    keys = (f"{sex}_{band}", f"{EVERYBODY}_{band}", sex, EVERYBODY)
    return next((table[key] for key in keys if key is not None and key in table), None)
