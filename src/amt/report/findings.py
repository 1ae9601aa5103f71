"""What the figures say, in words: the five key figures and the verdicts on top of the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from amt.report.inputs import Inputs
from amt.report.looks import CONTROLS
from amt.report.truth import truth_checks
from muvisync.ledger import FAILED, FILTERED

BASELINES = {
    "repeat": "repeat the previous chord",
    "bigram": "bigram of the training songs",
    "memory": "longest match earlier in the song",
}
_MODALITIES = {
    "without semantic": "what is in it",
    "without scene_offset": "the scenes",
    "without motion": "the motion",
    "without emotion": "the emotion",
}
FEW_SONGS = 20
"""Fewer test songs than this show that all works, not how well."""


class KeyFigure(NamedTuple):
    """A number for the top of the page, what it is, and what to hold it against."""

    value: str
    name: str
    note: str


class Verdict(NamedTuple):
    """One sentence, and whether it is good news; None is neither."""

    good: bool | None
    words: str


def key_figures(inputs: Inputs) -> list[KeyFigure]:
    """Five figures, those that are not measured say so."""
    return [
        _data_figure(inputs.dataset),
        _truth_figure(inputs),
        _chord_figure(inputs.evaluate),
        _density_figure(inputs.evaluate),
        _music_figure(inputs.generate),
    ]


def verdicts(inputs: Inputs) -> list[Verdict]:
    """What is good and what is not, as far as it is measured."""
    found = [*_losses(inputs), *_truth_verdict(inputs)]
    if inputs.evaluate:
        found += [*_caution(inputs.evaluate), *_chords(inputs.evaluate), *_looks(inputs.evaluate)]
        found += _carries(inputs.evaluate)
        found += [_rhythm(inputs.evaluate, target) for target in ("density", "loudness")]
    return [*found, *_music(inputs.generate)]


def best_baseline(chords: dict[str, Any], part: str = "all") -> tuple[str, float] | None:
    """Name and Hits@1 of the best counting rule."""
    known = {name: chords.get(name, {}).get(part, {}).get("hits1") for name in BASELINES}
    known = {name: value for name, value in known.items() if value is not None}
    return max(known.items(), key=lambda pair: pair[1]) if known else None


def _data_figure(dataset: dict[str, Any] | None) -> KeyFigure:
    if not dataset:
        return KeyFigure("–", "videos in the dataset", "there is no dataset yet")
    return KeyFigure(str(dataset["videos"]), "videos in the dataset", f"{_length(dataset['seconds'])}, a row a second")


def _truth_figure(inputs: Inputs) -> KeyFigure:
    checks = truth_checks(inputs.sample)
    if not checks:
        return KeyFigure("–", "truth checks passed", "no sample clip in the catalog")
    passed = sum(check.passed for check in checks)
    return KeyFigure(
        f"{passed} of {len(checks)}", "truth checks passed", "what we measure on the sample, against its truth"
    )


def _chord_figure(evaluate: dict[str, Any] | None) -> KeyFigure:
    hits = evaluate and evaluate["chords"]["amt"]["all"]["hits1"]
    if hits is None:
        return KeyFigure("–", "next chords right", "not evaluated yet")
    best = best_baseline(evaluate["chords"])
    return KeyFigure(f"{hits:.0%}", "next chords right", f"best counting rule: {best[1]:.0%}" if best else "")


def _density_figure(evaluate: dict[str, Any] | None) -> KeyFigure:
    correlation = evaluate and evaluate["rhythm"]["density"]["model"]["correlation"]
    if correlation is None:
        return KeyFigure("–", "correlation of note density", "not evaluated yet")
    return KeyFigure(f"{correlation:.2f}", "correlation of note density", "predicted from the picture; the mean has 0")


def _music_figure(generate: dict[str, Any] | None) -> KeyFigure:
    total = (generate or {}).get("total", {})
    if total.get("density_correlation") is None:
        why = "the predicted density never changes" if total.get("videos") else "no music generated yet"
        return KeyFigure("–", "music follows prediction", why)
    return KeyFigure(
        f"{total['density_correlation']:.2f}",
        "music follows prediction",
        f"note density asked for and played, {_counted(total['videos'], 'video')}",
    )


def _losses(inputs: Inputs) -> Iterator[Verdict]:
    failed = {name: each.counts[FAILED] for name, each in inputs.outcomes.items() if each.counts[FAILED]}
    filtered = {name: each.counts[FILTERED] for name, each in inputs.outcomes.items() if each.counts[FILTERED]}
    if failed or filtered:
        parts = [f"{n} failed in {name}" for name, n in failed.items()]
        parts += [f"{n} left out on purpose in {name}" for name, n in filtered.items()]
        yield Verdict(
            False if failed else None, f"Not everything came through: {', '.join(parts)}. The reasons are below."
        )
    elif inputs.outcomes:
        yield Verdict(True, "Nothing was lost: every item of every stage came through.")


def _truth_verdict(inputs: Inputs) -> Iterator[Verdict]:
    checks = truth_checks(inputs.sample)
    missed = [f"{check.figure.name} {check.shown}, wanted {check.wanted}" for check in checks if not check.passed]
    if missed:
        yield Verdict(False, f"On the sample, whose truth is known, the measurements miss: {'; '.join(missed)}.")
    elif checks:
        yield Verdict(True, "On the sample, whose truth is known, every measurement reaches its target.")


def _caution(evaluate: dict[str, Any]) -> Iterator[Verdict]:
    if evaluate["split"] != evaluate.get("split_wanted", evaluate["split"]):
        yield Verdict(
            False,
            f"The {evaluate['split_wanted']} split has no song with chords; the models are measured on the "
            f"{evaluate['split']} split" + (", which they were trained on." if evaluate["split"] == "train" else "."),
        )
    if evaluate["songs"] < FEW_SONGS:
        songs = _counted(evaluate["songs"], "song")
        yield Verdict(
            None, f"{songs} ({evaluate['seconds']} s): enough to see that all works, too few to say how well."
        )


def _chords(evaluate: dict[str, Any]) -> Iterator[Verdict]:
    chords = evaluate["chords"]
    for part, where in (("all", "over all seconds"), ("changes", "where the chord changes")):
        hits, best = chords["amt"].get(part, {}).get("hits1"), best_baseline(chords, part)
        if hits is None or best is None:
            continue
        better = hits > best[1]
        verb = "beats" if better else "does not beat"
        words = f"The AMT {verb} counting {where}: {hits:.1%} right, {BASELINES[best[0]]} has {best[1]:.1%}"
        yield Verdict(better, words + (_paired(evaluate, best[0]) if part == "all" else "") + ".")


def _paired(evaluate: dict[str, Any], baseline: str) -> str:
    """The difference of Hits@1 song by song, in points."""
    found = (evaluate.get("against") or {}).get(baseline, {}).get("hits1")
    if not found or not found.get("interval"):
        return ""
    low, high = (100 * end for end in found["interval"])
    return f" (difference {100 * found['difference']:+.1f} points, 95 % interval {low:+.1f} to {high:+.1f})"


def _looks(evaluate: dict[str, Any]) -> Iterator[Verdict]:
    control = (evaluate.get("control") or {}).get("cross_entropy")
    if not control:
        yield Verdict(
            None, "There is no other video to swap in, so nobody can say whether the AMT looks at the picture."
        )
        return
    interval = control.get("interval")
    if interval and interval[0] > 0:
        words = f"The AMT looks: with another video's features its cross-entropy rises by {control['difference']:.3f}"
        yield Verdict(True, f"{words} (95 % interval {interval[0]:.3f} to {interval[1]:.3f}).")
    else:
        span = f" (95 % interval {interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
        words = f"another video's features change its cross-entropy by {_signed(control['difference'])}{span}"
        yield Verdict(False, f"It is not shown that the AMT looks at the picture: {words}.")


def _carries(evaluate: dict[str, Any]) -> Iterator[Verdict]:
    """Which modality the model needs: the one whose removal surely costs the most."""
    parts = (evaluate.get("control") or {}).get("parts", {})
    costs = {name: parts.get(name, {}).get("cross_entropy", {}) for name in CONTROLS if name.startswith("without ")}
    whole = costs.pop("without all", {})
    sure = {n: c["difference"] for n, c in costs.items() if c.get("interval") and c["interval"][0] > 0}
    if not whole:
        return
    if sure:
        most = max(sure, key=sure.__getitem__)
        words = f"Of the picture it needs most {_MODALITIES[most]}: with {CONTROLS[most]} its cross-entropy rises by"
        yield Verdict(None, f"{words} {sure[most]:.3f}, with none at all it changes by {_signed(whole['difference'])}.")
    else:
        yield Verdict(None, "No single feature of the picture can be shown to be needed.")


def _rhythm(evaluate: dict[str, Any], target: str) -> Verdict:
    name = {"density": "Note density", "loudness": "Loudness"}[target]
    ours, mean = (evaluate["rhythm"][target].get(by, {}) for by in ("model", "mean"))
    if ours.get("rmse") is None or mean.get("rmse") is None:
        return Verdict(None, f"{name} could not be measured.")
    better = ours["rmse"] < mean["rmse"]
    figures = f"RMSE {ours['rmse']:.3g} against {mean['rmse']:.3g}"
    if ours.get("correlation") is not None:
        figures += f", correlation within a song {ours['correlation']:.2f}"
    return Verdict(better, f"{name}: the model is {'better' if better else 'no better'} than the mean ({figures}).")


def _music(generate: dict[str, Any] | None) -> Iterator[Verdict]:
    total = (generate or {}).get("total", {})
    if not total.get("videos"):
        yield Verdict(None, "No video got music in this run.")
        return
    error = total.get("largest_duration_error_ms")
    exact = error is not None and error <= 50
    words = f"{_counted(total['videos'], 'video')} got music; the length is right to {error:g} ms."
    yield Verdict(exact, words)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.3f}"  # no -0.000


def _length(seconds: float) -> str:
    return f"{seconds / 3600:.1f} hours" if seconds >= 5400 else f"{seconds / 60:.1f} minutes"
