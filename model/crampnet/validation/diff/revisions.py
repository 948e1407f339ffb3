"""The two sides of a comparison: folders of priors, or revisions of the repository that are unpacked for the while."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from crampnet.errors import CrampnetError
from crampnet.knowledge.cache import forget

PRIORS = "priors"
"""The folder inside the repository."""


@contextmanager
def priors_of(name: str, repository: Path) -> Iterator[Path]:
    """The folder with the priors that a name stands for; one that is unpacked is removed again at the end.

    name: a folder, or a git revision of `repository`, such as HEAD, v1 or a hash. A folder comes first.
    Raises CrampnetError where it is neither, or git is missing.
    """
    if name and Path(name).is_dir():
        yield Path(name)
        return
    archive = _archive(name, repository)
    with TemporaryDirectory(prefix="crampnet-") as unpacked, tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)  # Python before 3.11.4
        packed.extractall(unpacked)  # noqa: S202 - git has just written it, and it is filtered where Python can
        folder = Path(unpacked) / PRIORS
        try:
            yield folder
        finally:
            forget(folder)


def _archive(name: str, repository: Path) -> bytes:
    """The priors of a revision as a tar file."""
    git = shutil.which("git")
    if git is None:
        raise _neither(name, "the program git is not there to look for a revision", "Give a folder, or install git")
    commit = _run(git, repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if commit is None:
        raise _neither(name, f"{repository} has no such revision", "Give a folder of priors, or a tag, branch or hash")
    packed = _run(git, repository, "archive", "--format=tar", commit.decode().strip(), PRIORS)
    if packed is None:
        raise _neither(name, f"that revision has no folder {PRIORS}/", "Give another revision, or a folder")
    return packed


def _run(git: str, repository: Path, *arguments: str) -> bytes | None:
    """What git prints, or None where it fails."""
    done = subprocess.run([git, "-C", str(repository), *arguments], capture_output=True, check=False)
    return None if done.returncode else done.stdout


def _neither(name: str, why: str, remedy: str) -> CrampnetError:
    return CrampnetError(f'"{name}" is no folder, and {why}.', f"{remedy}.")
