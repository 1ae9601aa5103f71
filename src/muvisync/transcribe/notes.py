"""Audio to notes, by basic-pitch (Bittner et al., ICASSP 2022) on its ONNX model, and what follows from notes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from muvisync.transcribe.audio import MODEL_RATE, RATE, split_evenly, to_model_rate
from muvisync.transcribe.quiet import libraries

NOTE = np.dtype([("start", np.float64), ("end", np.float64), ("pitch", np.int64), ("velocity", np.int64)])
"""One note: seconds (to the millisecond), MIDI pitch, MIDI velocity 1-127."""
TICKS_PER_BEAT, TEMPO = 500, 120.0  # a tick is a millisecond: MIDI keeps our times exactly
_PROGRAM = 4  # electric piano, as basic-pitch writes it

# The model reads windows of 2 s less one hop and gives 172 frames each; 15 frames at either end are overlap.
_HOP, _WINDOW, _OVERLAP = 256, 2 * MODEL_RATE - 256, 30
_STEP = _WINDOW - _OVERLAP * _HOP
_OUTPUTS = ("StatefulPartitionedCall:1", "StatefulPartitionedCall:2")  # frames, onsets
_INPUT = "serving_default_input_2:0"
_BATCH = 8


def empty_notes() -> np.ndarray:
    """An array of no notes."""
    return np.zeros(0, NOTE)


def audio_to_notes(
    samples: np.ndarray,
    rate: int = RATE,
    *,
    onset_threshold: float = 0.5,
    frame_threshold: float = 0.3,
    minimum_note_ms: float = 127.7,
) -> np.ndarray:
    """Transcribe all instruments at once.

    Args:
        samples: (samples,) mono in [-1, 1] at `rate`.
        onset_threshold, frame_threshold: activations in 0-1 that start and sustain a note.
        minimum_note_ms: shorter notes are dropped.

    Returns:
        NOTE array (notes,), sorted by start and pitch; a pitch never sounds twice at once.
    """
    model_rate = samples if rate == MODEL_RATE else to_model_rate(samples, rate)
    shortest = round(minimum_note_ms / 1000 * MODEL_RATE / _HOP)
    rows = []
    for start, piece in split_evenly(model_rate, MODEL_RATE):
        frames, onsets, times = _activations(piece)
        for first, last, pitch, amplitude in _decode(frames, onsets, onset_threshold, frame_threshold, shortest):
            velocity = int(np.clip(round(127 * float(amplitude)), 1, 127))
            rows.append((round(start + times[first], 3), round(start + times[last], 3), pitch, velocity))
    return _one_at_a_time(np.array(sorted(rows), NOTE))


def notes_to_note_density(notes: np.ndarray, seconds: int) -> np.ndarray:
    """Count the notes sounding in each second: start < s + 1 and end > s (FACTS).

    Args:
        notes: NOTE array.

    Returns:
        int64 (seconds,).
    """
    edges = np.arange(seconds)
    begun = np.searchsorted(np.sort(notes["start"]), edges + 1, side="left")
    ended = np.searchsorted(np.sort(notes["end"]), edges, side="right")
    return begun - ended


def notes_to_midi(notes: np.ndarray, path: Path) -> None:
    """Write notes as a MIDI file with one instrument; the same notes give the same bytes."""
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(resolution=TICKS_PER_BEAT, initial_tempo=TEMPO)
    piano = pretty_midi.Instrument(_PROGRAM, name="transcription")
    piano.notes = [
        pretty_midi.Note(int(note["velocity"]), int(note["pitch"]), float(note["start"]), float(note["end"]))
        for note in notes
    ]
    midi.instruments.append(piano)
    midi.write(str(path))


def _activations(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run the model: frames and onsets, each (frames, 88), and the frames' times in seconds.

    basic-pitch's own unwrapping counts 86 frames a second where there are 86.6, and so loses the last 0.7 % of a song.
    """
    padded = np.concatenate([np.zeros(_OVERLAP // 2 * _HOP, np.float32), samples])
    starts = range(0, len(padded), _STEP)
    windows = np.stack([np.pad(w, (0, _WINDOW - len(w))) for w in (padded[s : s + _WINDOW] for s in starts)])
    batches = [windows[i : i + _BATCH, :, None] for i in range(0, len(windows), _BATCH)]
    outputs = [_session().run(_OUTPUTS, {_INPUT: batch}) for batch in batches]
    half = _OVERLAP // 2
    frames, onsets = (np.concatenate(parts)[:, half:-half] for parts in zip(*outputs, strict=True))
    times = (np.arange(len(windows))[:, None] * _STEP + np.arange(frames.shape[1]) * _HOP).ravel() / MODEL_RATE
    inside = times < len(samples) / MODEL_RATE
    return frames.reshape(-1, 88)[inside], onsets.reshape(-1, 88)[inside], times[inside]


def _decode(
    frames: np.ndarray, onsets: np.ndarray, onset_threshold: float, frame_threshold: float, shortest: int
) -> list[tuple[int, int, int, float]]:
    with libraries():
        from basic_pitch.note_creation import output_to_notes_polyphonic
    if len(frames) <= max(shortest, 3):
        return []  # no note would be long enough, and the search divides by the largest rise within it
    return output_to_notes_polyphonic(
        frames,
        onsets,
        onset_thresh=onset_threshold,
        frame_thresh=frame_threshold,
        min_note_len=shortest,
        infer_onsets=True,
        max_freq=None,
        min_freq=None,
    )


def _one_at_a_time(notes: np.ndarray) -> np.ndarray:
    """End a note where the next one of its pitch starts; MIDI can't hold both."""
    for pitch in np.unique(notes["pitch"]):
        (same,) = np.nonzero(notes["pitch"] == pitch)
        notes["end"][same[:-1]] = np.minimum(notes["end"][same[:-1]], notes["start"][same[1:]])
    return notes[notes["end"] > notes["start"]]


@cache
def _session() -> object:
    with libraries():
        import basic_pitch
        import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # workers run one a core
    options.log_severity_level = 3
    model = basic_pitch.build_icassp_2022_model_path(basic_pitch.FilenameSuffix.onnx)
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
