"""All that makes music for a video, loaded once: for `muvisync generate`, and for Python.

    from muvisync.cli.studio import Studio
    Studio().make_music(Path("film.mp4"), [Path("film-music.mp4")], to_wish(key="A minor", seed=7))

`amt.generate.wish.to_wish` takes the options of the command by the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from muvisync.cli.measure import measure
from muvisync.cli.models import resolve_models
from muvisync.errors import Permanent, UserError
from muvisync.files import temporary, write_json
from muvisync.params import load_params

if TYPE_CHECKING:
    from amt.generate.produce import Extras, Made
    from amt.generate.wish import Wish

_LOOKING = "looking at the picture"


class Studio:
    """Models, and the parameters of the current folder.

    Args:
        models: champion, trained, pretrained, a version such as v1.0.0, or a folder; None: the first of these there is.

    Raises:
        UserError: there is no usable model, or params.yaml has mistakes.
    """

    def __init__(self, models: str | None = None) -> None:
        from amt.generate.produce import load_models

        self.params, self.found = load_params(), resolve_models(models)
        self.models = load_models(self.found.folder)

    def make_music(
        self,
        video: Path,
        outs: Sequence[Path],
        wish: Wish | None = None,
        extras: Extras | None = None,
        progress: Callable[[float, str], None] = lambda share, doing: None,
    ) -> list[Made]:
        """Write `outs` (MP4), a variant each, and beside each .mid, .wav, .json (its timeline) and .svg (drawn).

        Args:
            wish: what the music should be; None: by the picture alone, with the temperature of params.yaml.
            extras: what else is to be written.
            progress: takes the share that is done, 0 to 1, and what is being done or should be known.

        Raises:
            UserError: the video can't be read, or what is wished can't be had.
        """
        from amt.generate.produce import Extras, produce
        from amt.generate.wish import Wish

        progress(0.0, _LOOKING)
        seen = measure(video, self.params, self.found, lambda share: progress(share / 2, _LOOKING))
        for note in seen.notes:
            progress(0.5, f"note: {note}")
        wish = wish or Wish(temperature=self.params.generate.temperature)
        try:
            made = produce(
                video,
                seen,
                self.models,
                wish,
                outs,
                extras or Extras(),
                lambda done, what: progress((1 + done) / 2, what),
            )
        except Permanent as error:
            raise UserError(f"{video}: the picture can't be put into an MP4 ({error})") from error
        for each in made:
            _describe(each)
        return made


def _describe(made: Made) -> None:
    """Write the timeline, as JSON and as a picture, beside the MP4."""
    from amt.generate.picture import timeline_to_picture

    write_json(made.out.with_suffix(".json"), made.timeline | {"metrics": made.metrics})
    with temporary(made.out.with_suffix(".svg")) as draft:
        draft.write_text(timeline_to_picture(made.timeline), encoding="utf-8")
