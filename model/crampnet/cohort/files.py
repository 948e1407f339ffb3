"""Tables in files: CSV and Parquet, read and written piece by piece."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from crampnet.errors import BadTable

CSV, PARQUET = ".csv", ".parquet"

COUNTED = 10_000
"""Rows in memory at once while they are counted."""


@dataclass(frozen=True)
class Source:
    """A table in a file.

    schema: as it is handed out: categories as their values, and everything of a CSV file as text;
    index: columns in which pandas has put its index.
    """

    path: Path
    schema: pa.Schema
    index: tuple[str, ...]

    def pieces(self, rows: int) -> Iterator[pa.Table]:
        """The table in pieces of so many rows; only the last may have fewer. Raises BadTable."""
        try:
            yield from _pieces(self._batches(rows), rows)
        except pa.ArrowException as error:
            raise _unreadable(self.path, error) from None

    def _batches(self, rows: int) -> Iterator[pa.RecordBatch]:
        if kind_of(self.path) == CSV:
            options = csv.ConvertOptions(column_types=self.schema)
            with csv.open_csv(self.path, parse_options=_PARSE, convert_options=options) as reader:
                yield from reader
        else:
            with parquet.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=rows):
                    yield batch.cast(self.schema)

    def count(self) -> int:
        """How many rows there are; a CSV file is read for it, and a bad line found. Raises BadTable."""
        if kind_of(self.path) == PARQUET:
            return int(parquet.read_metadata(self.path).num_rows)
        return sum(piece.num_rows for piece in self.pieces(COUNTED))

    def digest(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


_PARSE = csv.ParseOptions(newlines_in_values=True)


def open_source(path: Path) -> Source:
    """Read the header of a table. Raises BadTable when the file is none."""
    try:
        if kind_of(path) == CSV:
            with csv.open_csv(path, parse_options=_PARSE) as reader:
                names = reader.schema.names
            return Source(path, pa.schema([(name, pa.string()) for name in names]), ())
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
    except OSError as error:
        raise BadTable(str(path), f"it cannot be read ({error.strerror or error}).", "Check its name.") from None
    except pa.ArrowException as error:
        raise _unreadable(path, error) from None
    index = (schema.pandas_metadata or {}).get("index_columns", [])
    plain = pa.schema([(field.name, _plain(field.type)) for field in schema])
    return Source(path, plain, tuple(name for name in index if isinstance(name, str)))


def write(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write tables of one schema one behind the other; the kind of file follows from the ending of its name."""
    make = csv.CSVWriter if kind_of(path) == CSV else parquet.ParquetWriter
    with make(path, schema) as writer:
        for table in tables:
            writer.write_table(table)


def check_target(path: Path, schema: pa.Schema) -> None:
    """Raises BadTable when a file of this kind cannot hold a column."""
    nested = [field.name for field in schema if pa.types.is_nested(field.type)]
    if nested and kind_of(path) == CSV:
        problem = f"a CSV file cannot hold the lists of column {nested[0]}."
        raise BadTable(str(path), problem, "Write a Parquet file, or leave the column out.")


def kind_of(path: Path) -> str:
    """CSV or PARQUET, by the ending of the name. Raises BadTable for any other."""
    ending = path.suffix.lower()
    if ending not in (CSV, PARQUET):
        raise BadTable(str(path), "its name does not say what it is.", f"Let it end in {CSV} or {PARQUET}.")
    return ending


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _unreadable(path: Path, error: Exception) -> BadTable:
    first = str(error).strip().splitlines()[0].rstrip(".")
    return BadTable(str(path), f"it is not a {path.suffix[1:]} table ({first}).", "Mend the file at that place.")


def _pieces(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    missing = rows
    for batch in batches:
        start = 0
        while start < batch.num_rows:
            held.append(batch.slice(start, missing))
            start += held[-1].num_rows
            missing -= held[-1].num_rows
            if missing == 0:
                yield pa.Table.from_batches(held)
                held, missing = [], rows
    if held:
        yield pa.Table.from_batches(held)
