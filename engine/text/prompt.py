"""The language of prompts: `(words:1.2)`, `embedding:name`, and the chunks that a text encoder takes at a time.

Plain text in, records out; knows no tensors and no files. The rules are those that workflow files of the ecosystem
were written for: round brackets only; `[x]`, `BREAK`, `AND`, `<lora:x>` are words like any other.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, NamedTuple, TypeVar

EMPHASIS: Final = 1.1
"""What a pair of brackets without a number multiplies the weight by."""
MAX_WEIGHT: Final = 1e6
"""Weights beyond this, of a few hundred brackets around each other, would only make infinities."""
LONG_GROUP: Final = 8
"""Tokens from which on a group is cut at the end of a chunk; a shorter one is moved to the next chunk whole."""

_MARK = re.compile(r"\\[()]|[():]")
_EMBEDDING = re.compile(r"(?:^|(?<=[ \n]))embedding:(\S+)")

Token = TypeVar("Token")


class Segment(NamedTuple):
    """Words between two changes of weight."""

    text: str
    weight: float


class Piece(NamedTuple):
    """Words, or the name of an embedding, of one weight."""

    text: str
    weight: float
    is_embedding: bool = False


class _Group(NamedTuple):
    """A pair of brackets: where its words end, and its number if it has one."""

    words_end: int
    weight: float | None


def parse_weights(text: str) -> list[Segment]:
    r"""Take brackets and weights out of a prompt. Every text is a prompt; takes linear time.

    `(a)` multiplies the weight by 1.1, `(a:1.3)` sets it, whatever is around it. The last colon of a pair counts; what
    follows it must be a finite number, else it is text, as is a colon right behind the bracket. Brackets without a
    partner, and `\(`, `\)`, are text.

    Returns:
        The words in order, without empty ones; together they are the text without what was taken out.
    """
    groups = _match_brackets(text)
    closes = {close for close, _ in groups.values()}
    segments: list[Segment] = []
    open_groups: list[_Group] = []
    weights = [1.0]
    words: list[str] = []
    start = 0

    def end_segment(end: int) -> None:
        words.append(text[start:end])
        segment = "".join(words)
        words.clear()
        if segment:
            segments.append(Segment(segment, weights[-1]))

    for mark in _MARK.finditer(text):
        at = mark.start()
        if mark[0][0] == "\\":
            words.append(text[start:at])
            start = at + 1
        elif at in groups:
            end_segment(at)
            group = groups[at][1]
            open_groups.append(group)
            weights.append(_limit(weights[-1] * EMPHASIS if group.weight is None else group.weight))
            start = at + 1
        elif at in closes:
            end_segment(open_groups.pop().words_end)
            weights.pop()
            start = at + 1
    end_segment(len(text))
    return segments


def _match_brackets(text: str) -> dict[int, tuple[int, _Group]]:
    """For each bracket that is closed, where it opens: where it closes, and what it says."""
    groups: dict[int, tuple[int, _Group]] = {}
    opens: list[int] = []
    colon: int | None = None  # the last one, if no bracket came after it
    for mark in _MARK.finditer(text):
        at = mark.start()
        if mark[0] == ":":
            colon = at
            continue
        if mark[0] == "(":
            opens.append(at)
        elif mark[0] == ")" and opens:
            begin = opens.pop()
            weight = _read_number(text[colon + 1 : at]) if colon is not None and colon > begin + 1 else None
            groups[begin] = (at, _Group(at if colon is None or weight is None else colon, weight))
        colon = None
    return groups


def _read_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _limit(weight: float) -> float:
    return max(-MAX_WEIGHT, min(weight, MAX_WEIGHT))


def split_embeddings(segment: Segment) -> Iterator[Piece]:
    """The words of a segment and, between them, names of embeddings.

    `embedding:name` counts at the start and after a space or a line's end; the name ends at the next white space.
    """
    start = 0
    for found in _EMBEDDING.finditer(segment.text):
        if found.start() > start:
            yield Piece(segment.text[start : found.start()], segment.weight)
        yield Piece(found[1], segment.weight, is_embedding=True)
        start = found.end()
    if start < len(segment.text):
        yield Piece(segment.text[start:], segment.weight)


@dataclass(slots=True)
class Chunk(Generic[Token]):
    """What the text encoder reads at once, without start and end tokens.

    Attributes:
        tokens: At most as many as fit.
        weights: One for each token.
    """

    tokens: list[Token] = field(default_factory=list[Token])
    weights: list[float] = field(default_factory=list[float])

    def extend(self, tokens: Sequence[Token], weight: float) -> None:
        """Add tokens of one weight."""
        self.tokens.extend(tokens)
        self.weights.extend([weight] * len(tokens))


def make_chunks(groups: Iterable[tuple[Sequence[Token], float]], size: int) -> list[Chunk[Token]]:
    """Fill chunks with groups of tokens, each of one weight.

    A group of less than eight tokens that does not fit is moved into the next chunk; a longer one is cut.

    Args:
        groups: The tokens that belong together, and their weight.
        size: Tokens that fit into a chunk.

    Returns:
        At least one chunk, which is empty if there are no tokens.
    """
    chunks = [Chunk[Token]()]
    for tokens, weight in groups:
        start = 0
        while start < len(tokens):
            room = size - len(chunks[-1].tokens)
            left = len(tokens) - start
            if left > room and (room == 0 or (len(tokens) < LONG_GROUP and room < size)):
                chunks.append(Chunk[Token]())
                continue
            chunks[-1].extend(tokens[start : start + room], weight)
            start += room
    return chunks
