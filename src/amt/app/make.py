"""The one function that the page calls: a video and what is asked for -> its music, a result a variant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from amt.app.ask import Ask, Progress, Result
from amt.generate.compose import Models
from amt.generate.predict.features import Seen
from amt.generate.produce import produce
from amt.generate.wish import to_wish
from muvisync.errors import Permanent, UserError

_LOOKING, _WORDS = 0.5, "Looking at the picture"  # the share of the time that goes into it


def make_music(
    see: Callable[..., Seen], models: Models, video: Path, ask: Ask, folder: Path, progress: Progress
) -> list[Result]:
    """Compose `ask.variants` times for `video` and write MP4, MIDI and WAV of each into `folder`.

    Args:
        see: measures a video, and tells its `progress` the share that is done; the page binds it and the models once
            (`functools.partial`) and calls the rest.

    Raises:
        UserError: something asked for can't be read, or the video can't.
    """
    wish = to_wish(
        ask.key or None,
        ask.primer,
        style=ask.style or None,
        mood=ask.mood or None,
        seed=ask.seed,
        temperature=ask.temperature,
    )
    progress(0.0, _WORDS)
    seen = see(video, progress=lambda share: progress(_LOOKING * share, _WORDS))
    outs = [folder / f"{video.stem}-music-{number + 1}.mp4" for number in range(ask.variants)]

    def report(share: float, doing: str) -> None:
        progress(_LOOKING + (1 - _LOOKING) * share, doing)

    try:
        made = produce(video, seen, models, wish, outs, progress=report)
    except Permanent as error:
        raise UserError(f"The picture can't be put into an MP4 ({error}); choose another video") from error
    return [
        Result(each.out, each.out.with_suffix(".wav"), each.out.with_suffix(".mid"), each.timeline, seen.notes)
        for each in made
    ]
