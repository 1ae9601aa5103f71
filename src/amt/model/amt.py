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
    entries: Tensor  # (batch, vocabulary, width): what each chord, in the song's key, is to the first layer
    places: Tensor  # (batch or 1, seconds + 1, width): what each second adds to it
    stepper: Stepper  # the layers with what they have seen; all states of a song share it
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
        x = self._join(self.chord(chords), key) + sinusoids(chords.shape[1], encoded.shape[2], chords.device)
        if self.video_to_step:
            x = x + self._seconds(encoded, mask)[:, : chords.shape[1]]
        x = self.dropout(x)
        for layer in self.layers:
            x = layer(x, layer.cross.project(encoded), mask)
        x = self.norm(x)
        return self._logits(x, chords, chords, self._remember(x))

    def begin(self, encoded: Tensor, mask: Tensor, key: Tensor) -> DecoderState:
        """The state before the first step, of a model in evaluation; arguments as in `forward`."""
        seconds = self._seconds(encoded, mask)
        entries = self._join(self.chord.all().expand(len(mask), -1, -1), key)
        places = sinusoids(*seconds.shape[1:], seconds.device).unsqueeze(0)
        if self.video_to_step:
            places = places + seconds
        none = torch.empty(len(mask), 0, dtype=torch.long, device=mask.device)
        keys = self._remember(seconds[:, :0])
        return DecoderState(0, entries, places, Stepper(self.layers, encoded, mask), none, keys)

    def step(self, chord: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """One step of generation: the same logits as `forward` at that step, without computing the earlier ones again.

        Args:
            chord: (batch,) ids of the second before (`START` at first).

        Returns:
            logits (batch, vocabulary) and the state for the next step; `state` itself is used up.
        """
        last = chord.unsqueeze(1)
        entry = state.entries[torch.arange(len(chord), device=chord.device), chord]
        x = self.norm(state.stepper(entry + state.places[:, state.step])).unsqueeze(1)
        chords, keys = torch.cat([state.chords, last], 1), torch.cat([state.keys, self._remember(x)], 1)
        following = state._replace(step=state.step + 1, chords=chords, keys=keys)
        return self._logits(x, last, chords, keys)[:, 0], following

    def _join(self, x: Tensor, key: Tensor) -> Tensor:
        keys = self.key(key).unsqueeze(1).expand(-1, x.shape[1], -1)
        return self.join(torch.cat([x, keys], dim=-1))

    def _seconds(self, encoded: Tensor, mask: Tensor) -> Tensor:
        """(batch, seconds + 1, width): the encoder's output, and what stands after the end."""
        seconds = F.pad(torch.where(mask.unsqueeze(-1), encoded, self.after_end), (0, 0, 0, 1))
        seconds[:, -1] = self.after_end
        return seconds

    def _remember(self, x: Tensor) -> Tensor:
        """The memory's keys of steps, (batch, steps, ...)."""
        return self.memory.key(x) if self.memory else x[..., :0]

    def _logits(self, x: Tensor, last: Tensor, chords: Tensor, keys: Tensor) -> Tensor:
        """Of the steps with states `x` after chords `last`; `chords` and `keys` are of these steps and all before."""
        if self.memory is None:
            return self.head(x)
        recalled = self.memory(chords, self.chord.roots[chords], keys, x)
        return self.mixture(x, last, self.transitions(last).log_softmax(-1), recalled, self.chord.all())


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
