"""`muvisync generate`: music for any video."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from muvisync.chords import Key, parse_chord, parse_key
from muvisync.errors import Filtered, Permanent, UserError
from muvisync.params import Params, load_params
from muvisync.pretrained import NAMES, FoundModels, find_models

if TYPE_CHECKING:
    from amt.generate.compose import Wish
    from amt.generate.features import Features
    from amt.generate.produce import Made


def generate(
    video: Annotated[Path, typer.Argument(help="A video file; its own sound, if any, is dropped.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="The MP4 to write; .mid and .wav go beside it.", show_default="VIDEO-music.mp4"
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help='Key such as "A minor" or "Eb major".', show_default="C major or A minor, by the mood"),
    ] = None,
    primer: Annotated[
        str, typer.Option(help='The first chords, one a second, such as "Am F C G".', show_default=False)
    ] = "",
    seed: Annotated[int, typer.Option(help="The same seed gives the same music.")] = 0,
    temperature: Annotated[
        float | None, typer.Option(help="Below 1 more predictable, above 1 bolder.", show_default="as in params.yaml")
    ] = None,
) -> None:
    """Compose music for VIDEO and write it with the picture as an MP4, as MIDI and as WAV."""
    started = time.monotonic()
    params = load_params()
    wish = to_wish(key, primer, seed, params.generate.temperature if temperature is None else temperature)
    target, models = check_paths(video, out), find_models()
    features = measure(video, params, models)
    typer.echo(f"composing with {models} ...", err=True)
    made = compose(video, features, models, wish, target)
    describe(made, target, time.monotonic() - started)


def to_wish(key: str | None, primer: str, seed: int, temperature: float) -> Wish:
    """What was asked for. Raises UserError with every option that can't be read."""
    from amt.generate.compose import Wish

    problems: list[str] = []
    if not 0 < temperature <= 10:
        problems.append(f"--temperature {temperature:g}: take a number above 0 and at most 10, such as 0.8")
    if not 0 <= seed < 2**63:
        problems.append(f"--seed {seed}: take a whole number from 0 to {2**63 - 1}")
    parsed_key: Key | None = None
    chords: list[str] = []
    try:
        parsed_key = parse_key(key) if key else None
    except ValueError as error:
        problems.append(f"--key: {error}")
    for chord in primer.replace(",", " ").split():
        try:
            chords.append(parse_chord(chord))
        except ValueError as error:
            problems.append(f"--primer: {error}")
    if problems:
        raise UserError("\n".join(problems))
    return Wish(parsed_key, tuple(chords), seed, temperature)


def check_paths(video: Path, out: Path | None) -> Path:
    """The file to write. Raises UserError before minutes are spent on what can't work."""
    if not video.is_file():
        raise UserError(f"{video}: no such file")
    target = out or Path(f"{video.stem}-music.mp4")
    if target.suffix.lower() != ".mp4":
        raise UserError(f"{target}: the result is an MP4; choose a name that ends in .mp4")
    if target.is_dir():
        raise UserError(f"{target} is a folder; name a file in it")
    if video.resolve() in {target.resolve(), *(target.with_suffix(s).resolve() for s in (".mid", ".wav"))}:
        raise UserError(f"{target} would overwrite the video itself; choose another name with -o")
    return target


def measure(video: Path, params: Params, models: FoundModels) -> Features:
    """Features of the video that the models know, by the encoder of params.yaml. Raises UserError for no video."""
    from amt.generate.features import arrays_to_features, without_semantic
    from amt.generate.produce import probe_picture

    try:
        info = probe_picture(video)
        typer.echo(f"{video.name}: {info.duration:g} s; looking at the picture ...", err=True)
        from muvisync.video.clip import load_encoder
        from muvisync.video.extract import video_to_features

        encoder = load_encoder(params.video.encoder, params.video.weights)
        seen = video_to_features(video, encoder, params.video.batch_size)
    except (Permanent, Filtered) as error:
        raise UserError(f"{video}: {error}; give a file with a picture that a video player can play") from error
    for note in seen.notes:
        typer.echo(f"note: {note}", err=True)
    features = arrays_to_features(seen.semantic, seen.scene_offset, seen.motion, seen.emotion)
    strange = find_strange_encoder(models, encoder.label)
    if not strange:
        return features
    typer.echo(
        f"note: these models know pictures as {strange} sees them, and params.yaml has another encoder: what is in the "
        "picture is left out; scenes, motion and mood are used. For all of it set video.encoder and video.weights",
        err=True,
    )
    return without_semantic(features)


def find_strange_encoder(models: FoundModels, label: str) -> str | None:
    """The encoder that the models learned from where `label` is another one; its weights are not compared."""
    from amt.model import read_encoder

    for name in NAMES:
        known = read_encoder(models.folder / name)
        if known and _family(known) != _family(label):
            return known
    return None


def _family(label: str) -> str:
    return label.replace("@", "/").split("/")[0]


def compose(video: Path, features: Features, models: FoundModels, wish: Wish, target: Path) -> Made:
    """Write the three files. Raises UserError when the picture can't go into an MP4."""
    from amt.generate.produce import load_models, produce

    try:
        return produce(video, features, load_models(models.folder), wish, target)
    except Permanent as error:
        raise UserError(f"{video}: the picture can't be put into an MP4 ({error})") from error


def describe(made: Made, target: Path, seconds: float) -> None:
    """Say what was made and where it is."""
    chords = " ".join(made.piece.chords[:16]) + (" ..." if len(made.piece.chords) > 16 else "")
    picture = "picture untouched" if made.copied else "picture re-encoded with H.264"
    typer.echo(
        f"{made.piece.duration:g} s in {made.piece.key}, {len(made.piece.notes)} notes, {picture}, {seconds:.0f} s",
        err=True,
    )
    typer.echo(f"chords: {chords}", err=True)
    for suffix in (".mp4", ".mid", ".wav"):
        typer.echo(target.with_suffix(suffix))
