"""Drawings by number, and captions as rows of the small table."""

from dataclasses import replace

import numpy as np
import torch

from engine.text.tokenizer import END_TOKEN, START_TOKEN, Tokenizer
from engine.training.captions import write_caption
from engine.training.dataset import (
    CaptionTokenizer,
    CaptionWriter,
    collect_vocabulary,
    draw_batches,
    draw_training_scene,
    list_training_scenes,
)
from engine.training.scenes import is_for_training
from engine.training.settings import TrainingSettings
from engine.training.vocabulary import UNKNOWN_ROW

SETTINGS = TrainingSettings()


def test_a_drawing_is_its_number():
    settings = replace(SETTINGS, seed=5)
    scenes = list_training_scenes(settings, 6)
    for index, scene in enumerate(scenes):
        drawn, pixels = draw_training_scene(settings, index)
        assert drawn == scene
        assert is_for_training(scene)
        assert np.array_equal(pixels, draw_training_scene(settings, index)[1])
    (batch,) = draw_batches(settings, 0, 6)
    assert batch.shape == (6, 3, 128, 128)
    assert batch.dtype == torch.float32
    assert -1 <= batch.min() < batch.max() <= 1


def test_caption_tokens_are_those_of_the_tokenizer():
    captions = [write_caption(scene, np.random.default_rng(1)) for scene in list_training_scenes(SETTINGS, 30)]
    tokens = CaptionTokenizer(77).tokenize(["", *captions])
    for row, caption in zip(tokens.tolist(), ["", *captions], strict=True):
        words = [START_TOKEN, *Tokenizer.load().encode(caption)]
        assert row == words + [END_TOKEN] * (77 - len(words))


def test_shares_of_empty_captions_and_unknown_words():
    vocabulary = collect_vocabulary(SETTINGS)
    scenes = list_training_scenes(SETTINGS, 40)
    end = vocabulary.row_count - 1
    for dropout, unknown in ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)):
        settings = replace(SETTINGS, caption_dropout=dropout, unknown_share=unknown)
        rows = CaptionWriter(settings, vocabulary).write(scenes, np.random.default_rng(0))
        assert rows.shape == (40, 77)
        assert (rows[:, 0] == vocabulary.to_rows(np.array(START_TOKEN)).item()).all()
        assert (rows[:, -1] == end).all()
        assert ((rows == UNKNOWN_ROW).sum(dim=1) == unknown).all()
        assert ((rows[:, 1] == end).float().mean() == 1) == (dropout == 1)
