"""Prompts to features: tokens through the text encoder, chunk by chunk, words weighted afterwards.

`Clip` is what CLIP sockets carry. Weighting follows the ecosystem: each feature moves away from that of the empty
prompt at the same position, z' = (z - e) w + e; nothing is renormalized.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import torch
from torch import Tensor

from engine.memory.pool import Pool
from engine.memory.weights import Weights
from engine.models.config import SD1_CLIP, ClipTextConfig
from engine.text.prompt import Chunk, Piece, make_chunks, parse_weights, split_embeddings
from engine.text.tokenizer import END_TOKEN, START_TOKEN, Tokenizer

if TYPE_CHECKING:
    from engine.models.clip import ClipTextEncoder, TextFeatures  # its library takes two seconds to import

logger = logging.getLogger(__name__)

ROWS_AT_ONCE: Final = 64
"""Chunks that go through the text encoder together: bounds memory where somebody pastes a book."""
PLACEHOLDER_TOKEN: Final = 0
"""Stands where the vectors of an embedding are put in."""


def find_no_embedding(name: str) -> Tensor | None:
    """Where there are no embeddings, none is found."""
    del name
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A text encoder and how it is used.

    Attributes:
        weights: The network's parameters, wherever they are.
        tokenizer: Makes its tokens.
        layer: Which hidden state is the result: -1 the last, -2 the one before, ...
        config: The network's shape.
        find_embedding: The vectors `[n d]` that `embedding:name` stands for, on any device; None if there are none.
    """

    weights: Weights[ClipTextEncoder]
    tokenizer: Tokenizer
    layer: int = -1
    config: ClipTextConfig = SD1_CLIP
    find_embedding: Callable[[str], Tensor | None] = find_no_embedding


class EncodedText(NamedTuple):
    """A prompt as a diffusion model reads it, on the device that encoded it.

    Attributes:
        tokens: `[1 t d]` float32, t the length of a chunk (77) times the number of chunks.
        pooled: `[1 d]` float32: the first chunk as one vector, without weights.
    """

    tokens: Tensor
    pooled: Tensor


def encode_text(pool: Pool, clip: Clip, text: str) -> EncodedText:
    """Encode a prompt of any length.

    Raises:
        CheckpointError: If the text encoder cannot be loaded.
    """
    chunks = make_chunks(_read_groups(clip, text), clip.config.max_tokens - 2)
    is_weighted = any(weight != 1.0 for chunk in chunks for weight in chunk.weights)
    rows = [*chunks, Chunk[int | Tensor]()] if is_weighted else chunks
    with pool.use(clip.weights) as network:
        encoded = [
            _encode_rows(network, rows[start : start + ROWS_AT_ONCE], clip.layer, pool.device)
            for start in range(0, len(rows), ROWS_AT_ONCE)
        ]
    hidden = torch.cat([features.hidden.float() for features in encoded])
    if is_weighted:
        hidden, empty = hidden[:-1], hidden[-1]
        hidden = _weigh(hidden, empty, chunks)
    return EncodedText(hidden.flatten(0, 1)[None], encoded[0].pooled[:1].float())


def _read_groups(clip: Clip, text: str) -> Iterator[tuple[Sequence[int | Tensor], float]]:
    """The prompt's tokens, in the groups that chunks are filled with: ids, or the vectors of an embedding."""
    for segment in parse_weights(text):
        for piece in split_embeddings(segment):
            if piece.is_embedding:
                yield from _read_embedding(clip, piece)
            else:
                yield clip.tokenizer.encode(piece.text), piece.weight


def _read_embedding(clip: Clip, piece: Piece) -> Iterator[tuple[Sequence[int | Tensor], float]]:
    """The vectors of an embedding. Commas behind its name are words if it is found without them."""
    for name in dict.fromkeys((piece.text, piece.text.rstrip(","))):
        vectors = clip.find_embedding(name) if name else None
        if vectors is None:
            continue
        if vectors.ndim == 2 and vectors.shape[1] == clip.config.hidden_size:
            yield list(vectors.unbind()), piece.weight
        else:
            logger.warning(
                "The embedding %r is left out: its shape is %s, this text encoder takes [n %d].",
                *(name, list(vectors.shape), clip.config.hidden_size),
            )
        if name != piece.text:
            yield clip.tokenizer.encode(piece.text[len(name) :]), piece.weight
        return
    logger.warning("The embedding %r was not found and is left out.", piece.text)


def _encode_rows(
    network: ClipTextEncoder, chunks: Sequence[Chunk[int | Tensor]], layer: int, device: torch.device
) -> TextFeatures:
    length = network.config.max_tokens
    rows = [_fill_row([PLACEHOLDER_TOKEN if isinstance(t, Tensor) else t for t in c.tokens], length) for c in chunks]
    tokens = torch.tensor(rows, device=device)
    vectors = [
        (row, 1 + column, token)
        for row, chunk in enumerate(chunks)
        for column, token in enumerate(chunk.tokens)
        if isinstance(token, Tensor)
    ]
    if not vectors:
        return network.encode(tokens, layer)
    embedded = network.embed(tokens)
    for row, column, vector in vectors:
        embedded[row, column] = vector.to(embedded)
    return network.encode(tokens, layer, embedded)


def _fill_row(tokens: Sequence[int], length: int) -> list[int]:
    """Start, tokens, end, and as many more ends as there is room for."""
    return [START_TOKEN, *tokens, *[END_TOKEN] * (length - 1 - len(tokens))]


def _weigh(hidden: Tensor, empty: Tensor, chunks: Sequence[Chunk[int | Tensor]]) -> Tensor:
    """`[b t d]` moved away from, or towards, the empty prompt `[t d]` by each token's weight."""
    weights = torch.ones(hidden.shape[:2])
    for row, chunk in enumerate(chunks):
        weights[row, 1 : 1 + len(chunk.weights)] = torch.tensor(chunk.weights)
    w = weights.to(hidden.device)[..., None]
    return torch.where(w == 1.0, hidden, (hidden - empty) * w + empty)
