"""The sections of params.yaml, one a stage: names, types and possible values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """Unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ItemSection(Section):
    """Parameters of a per-video stage; a stage whose failed share passes the budget exits non-zero."""

    failure_budget: Share

    def uses(self) -> dict:
        """The parameters that an item's result depends on."""
        return self.model_dump(exclude={"failure_budget"})


class RunParams(Section):
    """How the work is done; no result depends on these."""

    engine: Literal["serial", "processes", "ray"]
    workers: Annotated[int, Field(ge=0)]  # 0: one a core (of the cluster, with ray)
    attempts: Positive  # tries in a run; an item that failed in so many runs is quarantined
    backoff: Annotated[float, Field(ge=0)]  # seconds before the second attempt, doubled after each
    item_timeout: Annotated[float, Field(gt=0)]  # seconds for one item, then its worker is ended
    ray_address: str | None = None  # host:port of a running cluster, "auto" for this machine's; null starts one here
    items_per_task: Positive = 1  # that a worker of the cluster takes at once
    gpus_per_item: Annotated[float, Field(ge=0)] = 0.0  # share of a GPU that the encoder of `video` gets on a cluster


class DownloadParams(ItemSection):
    max_height: Positive  # pixels
    max_duration: Annotated[float, Field(gt=0)]  # seconds; longer videos are filtered
    max_bytes: Positive  # larger files are filtered, before and while they arrive
    timeout: Annotated[float, Field(gt=0)]  # seconds a server may stay silent
    requests_per_minute: Annotated[float, Field(ge=0)]  # to one host, from all workers of this machine; 0: no limit
    allow_private: bool  # fetch also from private, loopback and link-local addresses
    local_root: str | None  # folder that local sources must lie in, for catalogues of strangers; null: anywhere
    keep: bool  # false: media are deleted after extraction, their hashes and metadata stay

    def uses(self) -> dict:
        """No result depends on how fast the bytes come."""
        return self.model_dump(exclude={"failure_budget", "timeout", "requests_per_minute"})


class TranscribeParams(ItemSection):
    onset_threshold: Share
    frame_threshold: Share
    minimum_note_ms: Annotated[float, Field(gt=0)]


class VideoParams(ItemSection):
    encoder: str  # "sample", or an open_clip model name
    weights: str | None  # an open_clip weights tag, or a local checkpoint; null with "sample"
    batch_size: Positive

    @model_validator(mode="after")
    def _weights_fit(self) -> VideoParams:
        if (self.encoder == "sample") != (self.weights is None):
            raise ValueError(
                'weights: null goes with encoder "sample"; every other encoder needs a tag or a checkpoint'
            )
        return self


class FilterParams(Section):
    """A quality filter: `off` does not measure, `score` measures and flags, `drop` leaves the video out."""

    mode: Literal["off", "score", "drop"]
    threshold: Annotated[float, Field(ge=0)]


class FiltersParams(Section):
    """The quality filters of the dataset, in the order in which they decide; a score that is not known never does."""

    duration: FilterParams  # seconds; less is poor
    resolution: FilterParams  # pixels of height; less is poor
    silence: FilterParams  # share of the seconds without sound; more is poor, as with all below but confidence
    still: FilterParams  # share of the seconds in which the picture does not move
    no_chord: FilterParams  # share of the seconds with sound in which no chord was found
    chord_confidence: FilterParams  # mean probability of the chords; less is poor
    speech: FilterParams  # share of the seconds with sound in which speech is likelier than music


class DatasetParams(ItemSection):
    max_seconds: Positive
    shards: Positive
    val_share: Share
    test_share: Share
    published: str | None  # folder of the published MuVi-Sync release, or null; `muvisync import` sets it
    published_hash: str | None  # of the imported release; another content than this is refused, null takes any
    filters: FiltersParams

    @model_validator(mode="after")
    def _shares_fit(self) -> DatasetParams:
        if self.val_share + self.test_share >= 1:
            raise ValueError("val_share and test_share leave nothing to train on; make their sum less than 1")
        return self


class FitSection(Section):
    """What both trainings share: the optimiser, when to stop, and on which devices."""

    seed: Annotated[int, Field(ge=0)]
    epochs: Positive  # at most; early stopping usually ends sooner
    patience: Positive  # epochs without a better validation figure before stopping
    batch_size: Positive  # songs per device and step
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    warmup_steps: Annotated[int, Field(ge=0)]
    schedule: Literal["constant", "cosine", "inverse_sqrt"]  # after the warm-up
    weight_decay: Annotated[float, Field(ge=0, le=1)]
    accumulate: Positive  # batches whose gradients make one step
    gradient_clip: Annotated[float, Field(ge=0)]  # norm; 0 = no clipping
    modality_dropout: Annotated[
        float, Field(ge=0, lt=1)
    ]  # chance of each modality of a song to be hidden in a training step
    accelerator: Literal["auto", "cpu", "gpu"]
    devices: Positive  # processes of a node: on CPU usually 1, else that many GPUs
    num_nodes: Positive
    precision: Literal["auto", "32-true", "bf16-mixed", "16-mixed"]  # auto: bf16-mixed where the processor has it
    threads: Annotated[int, Field(ge=0)]  # of torch on CPU; 0: torch's own choice
    hang_timeout: Annotated[float, Field(ge=0)]  # seconds without a finished step, then it is ended; 0: never


class TrainAmtParams(FitSection):
    """The Affective Multimodal Transformer (FACTS.md, AMT)."""

    width: Annotated[int, Field(ge=8)]  # of every hidden state; even, and a multiple of heads
    heads: Positive
    encoder_layers: Positive
    decoder_layers: Positive
    feedforward: Positive
    dropout: Annotated[float, Field(ge=0, lt=1)]
    norm: Literal["pre", "post"]  # the paper's is post, which is unstable
    max_distance: Positive  # seconds; chords farther apart share one relative position
    video_to_step: bool  # add the encoder's second t to decoder step t; false: cross-attention only, as in the paper
    affective_weight: Share  # of the affective matching loss; the chords' cross-entropy has the rest
    label_smoothing: Annotated[float, Field(ge=0, lt=1)]
    pointers: Annotated[int, Field(ge=0)]  # into the song so far, mixed with the decoder's answer; 0: none (paper)
    chord_tones: bool  # chords are also known, and with pointers told, by their pitch classes; paper: false

    @model_validator(mode="after")
    def _heads_fit(self) -> TrainAmtParams:
        if self.width % 2 or self.width % self.heads:
            raise ValueError(f"width {self.width} must be even and a multiple of heads ({self.heads})")
        return self


class TrainRhythmParams(FitSection):
    """The regressor for note density and loudness; the published one is gru, 64, 2, .1, 0, 0 (FACTS.md, Regressor)."""

    network: Literal["towers", "gru"]
    hidden: Positive
    layers: Positive
    dropout: Annotated[float, Field(ge=0, lt=1)]  # of towers; of gru: on the input
    correlation_weight: Annotated[float, Field(ge=0)]  # of 1 - the correlation within a song, beside squared errors
    spread: Share  # of the truth's standard deviation: answers for the validation songs are stretched to it; 0: not


class EvaluateParams(Section):
    """Metrics, baselines and controls."""

    split: Literal[
        "test", "val", "train"
    ]  # wanted; where it has no song: test, val, train in this order, and it is said
    seed: Annotated[int, Field(ge=0)]  # of the bootstrap
    resamples: Annotated[int, Field(ge=10)]  # of the songs, for the 95 % intervals
    batch_size: Positive
    memory: Positive  # longest match of the in-song memory baseline, chords
    smoothing: Annotated[float, Field(gt=0)]  # pseudo-counts that the bigram takes from the unigram
    control_partners: Positive = 3  # other videos that each song gets in the control
    free_running_songs: Annotated[int, Field(ge=0)] = 8  # that the model makes chords for, at most; 0: none
    temperature: Annotated[float, Field(gt=0)] = 0.9  # of the chords made as `generate` makes them
    accelerator: Literal["auto", "cpu", "gpu"]
    threads: Annotated[int, Field(ge=0)]


class GenerateParams(ItemSection):
    videos: Positive  # how many held-out videos get music
    temperature: Annotated[float, Field(gt=0)]
    seed: int


class GateParams(Section):
    """When a candidate replaces the champion: better by `metric` for sure, and worse in nothing beyond a bound.

    The bounds are how much worse than the champion's a figure of the candidate may be.
    """

    metric: Literal["cross_entropy", "hits1", "hits3", "hits5"]  # of the chords, on the same songs
    margin: Annotated[float, Field(ge=0)]  # by which the candidate must be better
    confidence: Annotated[float, Field(gt=0.5, lt=1)]  # of the paired bootstrap over songs that it is
    resamples: Annotated[int, Field(ge=100)]
    seed: Annotated[int, Field(ge=0)]  # of the bootstrap
    max_hits1_drop: Share
    max_control_drop: Annotated[float, Field(ge=0)]  # nats of cross-entropy that another video's features cost
    max_density_rise: Annotated[float, Field(ge=0)]  # share of the champion's RMSE of note density
    max_loudness_rise: Annotated[float, Field(ge=0)]  # share of the champion's RMSE of loudness
    max_slowdown: Annotated[float, Field(ge=1)]  # times the champion's seconds for the same songs
    max_growth: Annotated[float, Field(ge=1)]  # times the champion's bytes


class RetrainParams(Section):
    """The scheduled job: where new work comes from, when a model is promoted, who gets the report."""

    watch: str | None  # folder of videos, or a text file or address with one source a line; new ones join the catalog
    release: str | None  # the published release to look for newer ones at: a folder, a zip or its address
    publish: str | None  # any fsspec address for the reports: a folder, s3://..., gs://...
    webhook: str | None  # address that gets the outcome of every run as JSON
    push: bool  # push what a run made to the default DVC remote and to Git's origin
    gate: GateParams
