"""Finished parts of a run, kept beside its result until it is whole, so that a run that was killed can go on."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from crampnet.cohort.files import write
from crampnet.errors import BadTable

Identity = Mapping[str, str | int | list[str] | None]
"""Everything that the answers depend on; parts of another identity are not mixed in."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Parts:
    """The folder of one run: `manifest.json` and one Parquet file a part."""

    folder: Path

    def has(self, number: int) -> bool:
        """Whether a part is finished."""
        return self._place(number).exists()

    def save(self, number: int, table: pa.Table) -> None:
        """Keep a finished part; it is there as a whole or not at all."""
        unfinished = self.folder / f"unfinished-{os.getpid()}.parquet"
        parquet.write_table(table, unfinished)
        unfinished.replace(self._place(number))

    def tables(self, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """All parts in order, with all columns or some."""
        number = 0
        while self.has(number):
            yield parquet.read_table(self._place(number), columns=columns)
            number += 1

    def finish(self, target: Path, schema: pa.Schema) -> None:
        """Join the parts, move the result into place, drop the folder."""
        whole = self.folder / f"whole-{os.getpid()}{target.suffix}"
        write(whole, schema, self.tables())
        whole.replace(target)
        shutil.rmtree(self.folder)

    def _place(self, number: int) -> Path:
        return self.folder / f"part-{number:06d}.parquet"


def begin(target: Path, identity: Identity) -> Parts:
    """The parts of a run that writes `target`, new or as a run of the same identity left them.

    Raises BadTable when the folder holds those of another.
    """
    parts = Parts(target.with_name(target.name + ".parts"))
    parts.folder.mkdir(exist_ok=True)
    manifest = parts.folder / _MANIFEST
    if not manifest.exists() and not any(parts.folder.iterdir()):
        unfinished = parts.folder / f"unfinished-{os.getpid()}.json"
        unfinished.write_text(json.dumps(identity, indent=2), encoding="utf-8")
        unfinished.replace(manifest)
    if differing := _differences(manifest, identity):
        raise BadTable(
            str(parts.folder),
            f"it holds parts of another run ({', '.join(differing)} differ).",
            "Run with what that run was begun with to finish it, or delete the folder to start anew.",
        )
    return parts


def _differences(manifest: Path, identity: Identity) -> list[str]:
    try:
        known = json.loads(manifest.read_bytes())
    except (FileNotFoundError, ValueError):
        known = None
    if not isinstance(known, dict):
        return [_MANIFEST]
    return [key for key in sorted(known.keys() | identity.keys()) if known.get(key) != identity.get(key)]
