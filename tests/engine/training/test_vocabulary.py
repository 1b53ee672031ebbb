"""The small token table and the way back."""

import numpy as np
import torch

from engine.training.vocabulary import UNKNOWN_ROW, Vocabulary


def test_rows_number_the_tokens_in_use_and_expand_brings_them_back():
    vocabulary = Vocabulary([7, 3, 19, 3], 20)
    assert vocabulary.row_count == 4
    tokens = np.array([[3, 7, 19], [0, 5, 3]])
    assert vocabulary.to_rows(tokens).tolist() == [[1, 2, 3], [UNKNOWN_ROW, UNKNOWN_ROW, 1]]
    small = torch.randn(4, 6)
    full = vocabulary.expand(small)
    assert full.shape == (20, 6)
    assert torch.equal(full[torch.tensor(tokens)], small[torch.tensor(vocabulary.to_rows(tokens))])
