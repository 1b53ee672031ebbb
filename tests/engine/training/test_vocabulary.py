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
    assert torch.equal(vocabulary.shrink(full), small)


def test_a_table_of_other_tokens_has_the_rows_of_its_unknown_token():
    old, new = Vocabulary([3, 7], 20), Vocabulary([3, 9], 20)
    small = torch.randn(3, 6)
    assert torch.equal(new.shrink(old.expand(small)), small[[UNKNOWN_ROW, 1, UNKNOWN_ROW]])
