"""The Affective Multimodal Transformer (Kang, Poria, Herremans 2024): a video's features -> one chord a second."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from amt.model.chord import ChordEmbedding
from amt.model.config import AmtConfig
from amt.model.layers import DecoderLayer, EncoderLayer, final_norm
from amt.model.memory import Mixture, SongMemory
from amt.model.positions import sinusoids
from amt.model.stepper import Stepper
from amt.model.video import Video, VideoFeatures, modality_widths
from muvisync.chords import PAD, VOCABULARY_SIZE

START = PAD  # the first input; the same id stands for a chord that is not known
KEY_IDS = {"major": 0, "minor": 1, None: 2}
_KEY_WIDTH = 8


class VideoEncoder(nn.Module):
    """Features of every second -> a hidden state of every second that knows the whole video."""

    def __init__(self, config: AmtConfig) -> None:
        super().__init__()
        self.features = VideoFeatures(config.semantic_width, energy=float(sum(modality_widths(config.semantic_width))))
        self.project = nn.Linear(self.features.width, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))
        self.norm = final_norm(config)

    def forward(self, video: Video) -> Tensor:
        """Hidden states, (batch, seconds, width)."""
        x = self.project(self.features(video))
        x = self.dropout(x + sinusoids(x.shape[1], x.shape[2], x.device))
        for layer in self.layers:
            x = layer(x, video.mask)
        return self.norm(x)


class DecoderState(NamedTuple):
    """What one step of decoding leaves for the next; `step` is the second whose chord comes next."""

    step: int
    positions: Tensor  # (seconds + 1, width), sinusoids
    seconds: Tensor  # (batch, seconds + 1, width): the encoder's output, and what stands after the end
    stepper: Stepper | None  # the layers with what they have seen; all states of a song share it
    chords: Tensor  # (batch, step) ids that were given so far
    keys: Tensor  # (batch, step, ...) of the song's memory, nothing without one


class AmtDecoder(nn.Module):
    """Chords so far, the key and the encoded video -> logits of the next chord.

    Step t takes the chord of second t - 1 (`START` at t = 0) and predicts the chord of second t; `END` follows the
    last. Chords are normalised (C major or A minor).
    """

    def __init__(self, config: AmtConfig) -> None:
        super().__init__()
        self.chord = ChordEmbedding(config.width, config.chord_tones)
        self.key = nn.Embedding(len(KEY_IDS), _KEY_WIDTH)
        self.join = nn.Linear(config.width + _KEY_WIDTH, config.width)
        self.after_end = nn.Parameter(torch.randn(config.width) * 0.02)
        self.video_to_step = config.video_to_step
        self.dropout = nn.Dropout(config.dropout)
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        self.norm = final_norm(config)
        if config.pointers:
            self.transitions = nn.Embedding(VOCABULARY_SIZE, VOCABULARY_SIZE)
            self.memory = SongMemory(config.width, config.pointers)
            self.mixture = Mixture(config.width, config.pointers, config.dropout, config.chord_tones)
        else:
            self.memory, self.head = None, nn.Linear(config.width, VOCABULARY_SIZE)

    @torch.no_grad()
    def begin_as(self, bigram: Tensor) -> None:
        """Let the mixture begin with `bigram`, (vocabulary, vocabulary) probabilities of next given previous."""
        logits = bigram.log()
        logits[:, PAD] = logits[:, :PAD].amin(dim=1)  # never a target
        self.transitions.weight.copy_(logits)

    def forward(self, chords: Tensor, key: Tensor, encoded: Tensor, mask: Tensor) -> Tensor:
        """Logits of all steps at once (teacher forcing).

        Args:
            chords: (batch, steps) ids, beginning with `START`; steps is at most seconds + 1.
            key: (batch,) values of `KEY_IDS`.
            encoded: (batch, seconds, width) from the encoder; `mask` (batch, seconds) marks real seconds.

        Returns:
            (batch, steps, vocabulary).
        """
        state = self._start(encoded, mask)
        x = self._embed(chords, key, state)
        for layer in self.layers:
            x = layer(x, layer.cross.project(encoded), mask)
        return self._finish(x, chords, state)[0]

    def begin(self, encoded: Tensor, mask: Tensor) -> DecoderState:
        """The state before the first step; arguments as in `forward`."""
        return self._start(encoded, mask, Stepper(self.layers, encoded, mask))

    def _start(self, encoded: Tensor, mask: Tensor, stepper: Stepper | None = None) -> DecoderState:
        seconds = F.pad(torch.where(mask.unsqueeze(-1), encoded, self.after_end), (0, 0, 0, 1))
        seconds[:, -1] = self.after_end
        none = torch.empty(len(mask), 0, dtype=torch.long, device=mask.device)
        keys = none.new_empty(len(mask), 0, self.memory.key.out_features if self.memory else 0, dtype=encoded.dtype)
        positions = sinusoids(seconds.shape[1], seconds.shape[2], mask.device)
        return DecoderState(0, positions, seconds, stepper, none, keys)

    def step(self, chord: Tensor, key: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """One step of generation: the same logits as `forward` at that step, without computing the earlier ones again.

        Args:
            chord: (batch,) ids of the second before (`START` at first).

        Returns:
            logits (batch, vocabulary) and the state for the next step; `state` itself is used up.
        """
        chords = chord.unsqueeze(1)
        x = state.stepper(self._embed(chords, key, state)[:, 0])
        logits, state = self._finish(x.unsqueeze(1), chords, state)
        return logits[:, 0], state

    def _finish(self, x: Tensor, chords: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """From the last layer to the logits, and the state after these steps."""
        x, step = self.norm(x), state.step + chords.shape[1]
        following = state._replace(step=step, chords=torch.cat([state.chords, chords], 1))
        if self.memory is None:
            return self.head(x), following
        following = following._replace(keys=torch.cat([state.keys, self.memory.key(x)], 1))
        return self._mix(x, chords, following), following

    def _mix(self, x: Tensor, last: Tensor, state: DecoderState) -> Tensor:
        recalled = self.memory(state.chords, self.chord.roots[state.chords], state.keys, x)
        return self.mixture(x, last, self.transitions(last).log_softmax(-1), recalled, self.chord.all())

    def _embed(self, chords: Tensor, key: Tensor, state: DecoderState) -> Tensor:
        x = self.chord(chords)
        keys = self.key(key).unsqueeze(1).expand(-1, x.shape[1], -1)
        steps = slice(state.step, state.step + x.shape[1])
        x = self.join(torch.cat([x, keys], dim=-1)) + state.positions[steps]
        if self.video_to_step:
            x = x + state.seconds[:, steps]
        return self.dropout(x)


class Amt(nn.Module):
    """Video encoder and chord decoder."""

    def __init__(self, config: AmtConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = VideoEncoder(config)
        self.decoder = AmtDecoder(config)

    def forward(self, video: Video, chords: Tensor, key: Tensor) -> Tensor:
        """Logits (batch, steps, vocabulary) for input chords (batch, steps) and keys (batch,); see `AmtDecoder`."""
        return self.decoder(chords, key, self.encoder(video), video.mask)
