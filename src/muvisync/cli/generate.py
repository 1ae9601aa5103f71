"""`muvisync generate`: music for any video, or for a folder of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from muvisync.cli.outputs import BESIDE, Job, plan_jobs
from muvisync.errors import UserError

if TYPE_CHECKING:
    from amt.generate.produce import Extras, Made
    from amt.generate.wish import Wish
    from muvisync.cli.studio import Studio

MOST_VARIANTS = 99


def generate(
    video: Annotated[Path, typer.Argument(help="A video file, or a folder of them.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="The MP4 to write, or the folder for those of a folder.", show_default="VIDEO-music.mp4"
        ),
    ] = None,
    variants: Annotated[int, typer.Option(help="How many, each with the next seed.", min=1, max=MOST_VARIANTS)] = 1,
    style: Annotated[
        str | None,
        typer.Option(help="piano, band, orchestral, ambient, or a style file (.yaml).", show_default="by the mood"),
    ] = None,
    instruments: Annotated[
        str, typer.Option(help="Those of the style that may play, comma between them.", show_default="all")
    ] = "",
    tempo: Annotated[
        float | None, typer.Option(help="Beats a minute.", show_default="by the cuts and the motion")
    ] = None,
    mood: Annotated[
        str | None,
        typer.Option(help="exciting, fearful, tense, sad, relaxing or neutral.", show_default="by the picture"),
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
    top_p: Annotated[float, typer.Option(help="Only the likeliest chords of this probability in all.")] = 1.0,
    longest_hold: Annotated[
        int, typer.Option(help="Seconds after which another chord must come; 0: never.", min=0)
    ] = 8,
    no_chord: Annotated[
        bool, typer.Option("--no-chord", help="Let rests come, too: seconds in which no chord sounds.")
    ] = False,
    keep_audio: Annotated[
        bool, typer.Option("--keep-audio", help="Keep the video's own sound, under the music.")
    ] = False,
    stems: Annotated[bool, typer.Option("--stems", help="Write a WAV of each instrument, too.")] = False,
    models: Annotated[
        str | None,
        typer.Option(help="champion, trained, pretrained, a version, or a folder.", show_default="the first there is"),
    ] = None,
) -> None:
    """Compose music for VIDEO and write it with the picture as an MP4, as MIDI and as WAV."""
    jobs = plan_jobs(video, out, variants)
    from amt.generate.produce import Extras
    from amt.generate.wish import to_wish
    from muvisync.cli.studio import Studio
    from muvisync.params import load_params

    wish = to_wish(
        key,
        primer,
        instruments,
        style=style,
        tempo=tempo,
        mood=mood,
        seed=seed,
        temperature=load_params().generate.temperature if temperature is None else temperature,
        top_p=top_p,
        longest_hold=longest_hold,
        no_chord=no_chord,
    )
    _work_off(Studio(models), jobs, wish, Extras(keep_audio, stems))


def _work_off(studio: Studio, jobs: list[Job], wish: Wish, extras: Extras) -> None:
    """One video after the other; one that fails costs the others nothing."""
    failed = []
    typer.echo(f"composing with {studio.found}", err=True)
    for number, job in enumerate(jobs, start=1):
        where = f"{number}/{len(jobs)} " if len(jobs) > 1 else ""
        typer.echo(f"{where}{job.video.name}", err=True)
        try:
            _work_on(studio, job, wish, extras)
        except UserError as error:
            if len(jobs) == 1:
                raise
            failed.append(job.video.name)
            typer.echo(f"  {error}", err=True)
    if failed:
        raise UserError(f"{len(failed)} of {len(jobs)} videos got no music: {', '.join(failed)}; the reasons are above")


def _work_on(studio: Studio, job: Job, wish: Wish, extras: Extras) -> None:
    started = time.monotonic()
    job.outs[0].parent.mkdir(parents=True, exist_ok=True)
    made = studio.make_music(
        job.video, job.outs, wish, extras, lambda share, doing: typer.echo(f"  {share:4.0%} {doing}", err=True)
    )
    for each in made:
        describe(each)
    typer.echo(f"  {time.monotonic() - started:.0f} s", err=True)


def describe(made: Made) -> None:
    """Say what was made and where it is."""
    sheet, timeline = made.piece.sheet, made.timeline
    met = sum(cut.beat is not None for cut in sheet.grid.cuts)
    facts = [
        f"{made.piece.duration:g} s in {sheet.key}",
        f"{timeline['tempo']:.0f} bpm",
        timeline["style"],
        f"{timeline['notes']} notes",
        f"{met} of {len(sheet.grid.cuts)} cuts on beats",
        f"picture {'untouched' if made.copied else 're-encoded with H.264'}",
    ]
    labels = [span.label for span in sheet.chords]
    typer.echo(f"  {', '.join(facts)}", err=True)
    typer.echo(f"  chords: {' '.join(labels[:16])}{' ...' if len(labels) > 16 else ''}", err=True)
    for suffix in (".mp4", *BESIDE):
        typer.echo(made.out.with_suffix(suffix))
