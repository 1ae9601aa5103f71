"""`muvisync import`: take over the published MuVi-Sync release."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from muvisync.errors import UserError
from muvisync.params import Params, load_params, set_params

if TYPE_CHECKING:
    from muvisync.dataset.install import Installed

PUBLISHED = Path("data/published")


def import_release(
    source: Annotated[str, typer.Argument(help="Folder, zip, or http(s) address of a zip.", show_default=False)],
    sha256: Annotated[str | None, typer.Option(help="Checksum of the zip; another one is refused.")] = None,
    max_bytes: Annotated[int, typer.Option(help="Refuse a larger release, packed or unpacked.", min=1)] = 4_000_000_000,
    attempts: Annotated[int, typer.Option(help="How often to try an address.", min=1)] = 8,
) -> None:
    """Check the published MuVi-Sync release and install it as data/published.

    It becomes part of the dataset (dataset.published in params.yaml) with the next `muvisync run`. Every file is read
    and every problem listed before anything is installed; a release that was there is replaced as a whole.
    """
    from muvisync.dataset.fetch_release import check_sha256, forget
    from muvisync.dataset.install import install_release

    params = load_params()
    if sha256 and not re.fullmatch(r"[0-9A-Fa-f]{64}", sha256):
        raise UserError("--sha256 is not a SHA-256: write 64 hexadecimal digits")
    remote = re.match(r"https?://", source, re.IGNORECASE) is not None
    path = _fetch(source, params, max_bytes, attempts) if remote else _local(source)
    if path.is_file():
        typer.echo(f"SHA-256 {check_sha256(path, sha256, source)}")
    elif sha256:
        raise UserError("a folder has no SHA-256; leave --sha256 out")
    try:
        installed = install_release(path, PUBLISHED, max_bytes=max_bytes, name=source)
    except UserError:
        if remote:
            forget(path)  # what is wrong in it stays wrong; after a full disk, however, it is used again
        raise
    if remote:
        forget(path)
    set_params([f"dataset.published={PUBLISHED}", f'dataset.published_hash="{installed.hash}"'])
    _say(installed)


def _fetch(url: str, params: Params, max_bytes: int, attempts: int) -> Path:
    from muvisync.dataset.fetch_release import fetch_release

    typer.echo(f"fetching {url}")
    timeout, backoff = params.download.timeout, params.run.backoff
    return fetch_release(url, max_bytes=max_bytes, timeout=timeout, attempts=attempts, backoff=backoff)


def _local(source: str) -> Path:
    path = Path(source)
    if not (path.is_dir() or path.is_file()):
        raise UserError(f"{source}: no such file or folder; name a folder, a zip, or an http(s) address of one")
    return path


def _say(installed: Installed) -> None:
    from muvisync.schema import SPLITS

    release = installed.release
    splits = Counter(release.splits.values())
    counts = ", ".join(f"{splits[split]} {split}" for split in SPLITS)
    typer.echo(f"imported {len(release.splits)} songs ({counts}), {installed.seconds / 3600:.1f} hours: {PUBLISHED}")
    if release.left_out:
        names = ", ".join(release.left_out[:5]) + (", ..." if len(release.left_out) > 5 else "")
        typer.echo(f"left out, because in no split: {names}")
    typer.echo(f"dataset.published is {PUBLISHED} now. Next: `muvisync run`, then `muvisync validate`")
