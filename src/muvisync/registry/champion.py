"""The files of a version, from DVC: they lie in models/versions/<name>, and models/champion leads to one."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from muvisync.errors import UserError
from muvisync.files import file_hash, write_json
from muvisync.registry.versions import Version, champion

VERSIONS, CHAMPION = Path("models/versions"), Path("models/champion")
MODELS = ("amt", "rhythm")
_WEIGHTS, _ABOUT = "model.safetensors", "version.json"


def checkout_champion() -> Path | None:
    """Make models/champion lead to the champion's files, whole at every moment; None where there is no champion.

    Raises:
        UserError: its files can't be had; models/champion is then as it was.
    """
    version = champion()
    if version is None:
        return None
    target = lay_out(version).resolve()
    if not (CHAMPION.is_symlink() and CHAMPION.resolve() == target):
        link = CHAMPION.with_name(f".champion-{os.getpid()}")
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(target, CHAMPION.parent))
        link.replace(CHAMPION)
    return CHAMPION


def lay_out(version: Version) -> Path:
    """The folder with a version's files, which are those that were registered.

    Raises:
        UserError: they are neither in DVC's cache nor in its remote, or are others than were registered.
    """
    folder, wanted = VERSIONS / version.name, version.read().candidate
    if _is_right(folder, wanted):
        return folder
    VERSIONS.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{version.name}.", dir=VERSIONS))
    try:
        _fetch(version, draft)
        if not _is_right(draft, wanted):
            raise UserError(f"the files of {version.name} are not those that were registered; see `muvisync models`")
        write_json(draft / _ABOUT, {"version": version.name, "commit": version.commit, "decision": version.decision})
        draft.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)  # broken: nobody can use it
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _is_right(folder: Path, wanted: dict[str, str]) -> bool:
    weights = {name: folder / name / _WEIGHTS for name in MODELS}
    return all(path.is_file() and file_hash(path) == wanted[name] for name, path in weights.items())


def _fetch(version: Version, folder: Path) -> None:
    from dvc.api import DVCFileSystem  # imported late: it takes a second
    from dvc.exceptions import DvcException
    from dvc_data.index import DataIndexError

    try:
        files = DVCFileSystem(".", rev=version.commit)
        for name in MODELS:
            files.get(f"models/{name}", str(folder / name), recursive=True)
    except (DvcException, DataIndexError, OSError) as error:
        raise UserError(
            f"the files of {version.name} are neither in DVC's cache nor in its remote ({error}); "
            f"fetch them where they are (`dvc fetch` at {version.tag}), or `muvisync rollback` to another version"
        ) from error
