"""Many cases on a Dask cluster, for teams that outgrow one machine (extra `batch`)."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

import pandas as pd

from crampnet.cohort.frame import diagnose_many
from crampnet.cohort.scoring import Load, Scorer
from crampnet.errors import CrampnetError
from crampnet.inference.exact.kernels import KERNELS

if TYPE_CHECKING:
    import dask.dataframe as dd

_scorers: dict[str, Scorer] = {}
_lock = Lock()


def diagnose_dask(table: dd.DataFrame, load: Load, *, keep: Sequence[str] = (), top: int | None = None) -> dd.DataFrame:
    """`diagnose_many` on a Dask DataFrame: the same columns, partition by partition, computed when asked for.

        from dask.distributed import Client, LocalCluster

        with LocalCluster(n_workers=2, threads_per_worker=1) as cluster, Client(cluster):
            cases = dask.dataframe.read_parquet("cases/*.parquet")
            diagnose_dask(cases, crampnet.load_model).to_parquet("answers")

    load: how a worker comes by the model, called once a worker: `crampnet.load_model`, or
    `functools.partial(crampnet.load_model, "my/priors")` with a path that every worker can read.
    Text columns come in Dask's own dtype, everything else as from `diagnose_many`.
    Raises BadTable when the columns cannot be read, and on the worker CrampnetError when its priors are others.
    """
    model = load()
    digest = model.knowledge.digest
    meta = diagnose_many(Scorer(model), table._meta, keep=keep, top=top)
    answers: dd.DataFrame = table.map_partitions(  # type: ignore[no-untyped-call]
        _partition, load=load, digest=digest, keep=tuple(keep), top=top, meta=meta
    )
    return answers


def _partition(rows: pd.DataFrame, *, load: Load, digest: str, keep: tuple[str, ...], top: int | None) -> pd.DataFrame:
    return diagnose_many(_scorer(load, digest), rows, keep=keep, top=top)


def _scorer(load: Load, digest: str) -> Scorer:
    """The one of this process, with its memory. Raises CrampnetError when the priors here are not those asked for."""
    with _lock:
        if digest not in _scorers:
            KERNELS.wait()
            scorer = Scorer(load())
            if scorer.model.knowledge.digest != digest:
                raise CrampnetError(
                    "A worker has other priors than the process that asked.",
                    "Give all of them the same version of crampnet and the same files.",
                )
            _scorers.clear()
            _scorers[digest] = scorer
        return _scorers[digest]
