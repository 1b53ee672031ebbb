"""The few tokens that captions are made of, numbered anew for training, and the way back to the full token table.

A table of all 49,408 tokens would be mostly gradients of zero. Training uses a small one: row 0 stands for any token
that no caption has, the last row for the end token. `expand` gives every token its row again.
"""

from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

UNKNOWN_ROW = 0


class Vocabulary:
    """A bijection between the tokens in use and the rows 1, 2, ... of a small table, in order of the tokens.

    Args:
        tokens: Every token in use, the end token among them, in any order.
        size: Tokens of the full table.
    """

    def __init__(self, tokens: Iterable[int], size: int) -> None:
        self.tokens: NDArray[np.int64] = np.unique(np.fromiter(tokens, dtype=np.int64))
        self.size = size
        self._rows = np.full(size, UNKNOWN_ROW, dtype=np.int64)
        self._rows[self.tokens] = np.arange(1, len(self.tokens) + 1)

    @property
    def row_count(self) -> int:
        """Rows of the small table."""
        return len(self.tokens) + 1

    def to_rows(self, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tokens of any shape as rows of the small table."""
        return self._rows[tokens]

    def expand(self, small: Tensor) -> Tensor:
        """The full table `[size d]` from the small one `[row_count d]`."""
        return small[torch.as_tensor(self._rows)]

    def shrink(self, full: Tensor) -> Tensor:
        """The small table `[row_count d]` from a full one `[size d]` that `expand` made, if not of the same tokens."""
        unused = np.flatnonzero(self._rows == UNKNOWN_ROW)[:1]
        return full[torch.as_tensor(np.concatenate([unused, self.tokens]))]
