"""Drawings by number, and their captions as tokens.

Drawing `index` of some settings is always the same scene and pixels, so nothing needs to be stored but latents.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.text.tokenizer import END_TOKEN, START_TOKEN, Tokenizer
from engine.training.autoencoder import encode_drawings, load_autoencoder, to_network_range
from engine.training.captions import write_caption
from engine.training.illustrations import Pixels, draw_scene
from engine.training.scenes import Scene, random_training_scene
from engine.training.settings import LATENT_SCALE, OnProgress, Progress, TrainingSettings
from engine.training.state import load_state, save_state
from engine.training.team import Team
from engine.training.vocabulary import UNKNOWN_ROW, Vocabulary

Tokens: TypeAlias = NDArray[np.int64]

_DRAWINGS: Final = 0
_VOCABULARY: Final = 3
_SAMPLE_CAPTIONS: Final = 4000
_ENCODE_BATCH: Final = 16
_CHUNK: Final = 500


def draw_training_scene(settings: TrainingSettings, index: int) -> tuple[Scene, Pixels]:
    """Drawing number `index`."""
    scene, rng = _number_scene(settings, index)
    return scene, draw_scene(scene, rng)


def list_training_scenes(settings: TrainingSettings, count: int) -> list[Scene]:
    """The scenes of the first drawings."""
    return [_number_scene(settings, index)[0] for index in range(count)]


def _number_scene(settings: TrainingSettings, index: int) -> tuple[Scene, np.random.Generator]:
    rng = np.random.default_rng((settings.seed, _DRAWINGS, index))
    return random_training_scene(rng, settings.small_share), rng


def draw_batches(settings: TrainingSettings, start: int, stop: int) -> Iterator[Tensor]:
    """Drawings `start` to `stop` as the autoencoder takes them, `[b c h w]`."""
    for first in range(start, stop, _ENCODE_BATCH):
        indices = range(first, min(first + _ENCODE_BATCH, stop))
        yield to_network_range(np.stack([draw_training_scene(settings, index)[1] for index in indices]))


class CaptionTokenizer:
    """CLIP's tokens of many captions, quickly: each word is looked up once."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._tokenizer = Tokenizer.load()
        self._words: dict[str, list[int]] = {}

    def tokenize(self, captions: Sequence[str]) -> Tokens:
        """Tokens `[b t]` of lower-case captions: start, words, end, and end tokens up to the length."""
        tokens = np.full((len(captions), self._length), END_TOKEN, dtype=np.int64)
        for row, caption in zip(tokens, captions, strict=True):
            words = [START_TOKEN]
            for word in caption.split():
                if word not in self._words:
                    self._words[word] = self._tokenizer.encode(word)
                words += self._words[word]
            row[: len(words)] = words
        return tokens


def encode_training_drawings(
    team: Team, settings: TrainingSettings, whitened_path: Path, directory: Path, on_progress: OnProgress | None
) -> None:
    """Write the latents, times 0.18215, of all drawings into files of `_CHUNK`; those already there are kept.

    Args:
        team: Who encodes; each member its share of the files.
        settings: The run's.
        whitened_path: State of the autoencoder.
        directory: Where the files go.
        on_progress: Called after each file of the first member.
    """
    network = load_autoencoder(settings, whitened_path)
    starts = range(0, settings.drawings, _CHUNK)
    for number, start in enumerate(starts):
        path = _chunk_path(directory, start)
        if number % team.size != team.rank or path.is_file():
            continue
        stop = min(start + _CHUNK, settings.drawings)
        latents, _ = encode_drawings(network, draw_batches(settings, start, stop))
        save_state(path, {"latents": (latents * LATENT_SCALE).half()})
        if on_progress is not None:
            on_progress(Progress("encoding", stop, settings.drawings, 0.0))
    team.wait()


def load_latents(settings: TrainingSettings, directory: Path) -> Tensor:
    """What `encode_training_drawings` wrote, `[n c h w]`, float16."""
    chunks = [load_state(_chunk_path(directory, start)) for start in range(0, settings.drawings, _CHUNK)]
    return torch.cat([chunk["latents"] for chunk in chunks if chunk is not None])


def _chunk_path(directory: Path, start: int) -> Path:
    return directory / f"latents-{start:06}.pt"


def collect_vocabulary(settings: TrainingSettings) -> Vocabulary:
    """The tokens of many random captions; what they miss counts as unknown, in training as later."""
    rng = np.random.default_rng((settings.seed, _VOCABULARY))
    captions = [write_caption(random_training_scene(rng), rng) for _ in range(_SAMPLE_CAPTIONS)]
    tokens = CaptionTokenizer(settings.text.max_tokens).tokenize(captions)
    return Vocabulary(np.unique(tokens).tolist(), settings.text.vocab_size)


class CaptionWriter:
    """Writes captions for scenes, in new words each time, as rows of the small token table.

    Args:
        settings: The run's.
        vocabulary: The small table.
    """

    def __init__(self, settings: TrainingSettings, vocabulary: Vocabulary) -> None:
        self._settings = settings
        self._vocabulary = vocabulary
        self._tokenizer = CaptionTokenizer(settings.text.max_tokens)

    def write(self, scenes: Sequence[Scene], rng: np.random.Generator) -> Tensor:
        """Rows `[b t]` of one caption for each scene; a share is empty, a share has an unknown word somewhere."""
        dropout, unknown = self._settings.caption_dropout, self._settings.unknown_share
        captions = ["" if rng.random() < dropout else write_caption(scene, rng) for scene in scenes]
        rows = self._vocabulary.to_rows(self._tokenizer.tokenize(captions))
        end_row = self._vocabulary.row_count - 1
        for row, caption in zip(rows, captions, strict=True):
            if caption and rng.random() < unknown:
                place = int(rng.integers(1, int(np.argmax(row == end_row)) + 1))
                row[place + 1 :] = row[place:-1].copy()
                row[place] = UNKNOWN_ROW
        return torch.as_tensor(rows)
