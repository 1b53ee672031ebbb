"""CLIP's tokenizer: text to token ids by byte-pair merges.

Text is repaired and lower-cased, cut into words, and each word's bytes are merged pair by pair, the pair that was
learned first going first. The table is in `data/`, with its origin and licence. Start and end tokens, chunks and
weights are added by `prompt` and `encode`.
Sources: Radford et al. 2021, arXiv 2103.00020, 2.4; Sennrich et al. 2016, arXiv 1508.07909 (byte-pair encoding).
"""

from __future__ import annotations

import gzip
import heapq
import html
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import regex

START_TOKEN: Final = 49406
END_TOKEN: Final = 49407
VOCABULARY_SIZE: Final = 49408

_TABLE = Path(__file__).parent / "data" / "bpe_simple_vocab_16e6.txt.gz"
_MERGES = 48894
"""Lines of the table that CLIP uses: what 49,408 tokens leave after 2 x 256 bytes and the two special tokens."""
_SPECIAL: Mapping[str, int] = {"<start_of_text>": START_TOKEN, "<end_of_text>": END_TOKEN}
_WORD = regex.compile(
    r"<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", regex.IGNORECASE
)
_END_OF_WORD = "</w>"


@dataclass(frozen=True, eq=False, slots=True)
class Tokenizer:
    """Text to token ids. `Tokenizer.load()` gives the one of CLIP.

    Attributes:
        ranks: For each pair that may be merged, when it was learned.
        ids: The id of each token; bytes are written as the table writes them.
    """

    ranks: Mapping[tuple[str, str], int]
    ids: Mapping[str, int]

    @staticmethod
    @cache
    def load() -> Tokenizer:
        """CLIP's tokenizer. The table is read once; nobody changes it."""
        with gzip.open(_TABLE, "rt", encoding="utf-8") as lines:
            pairs = [(first, second) for first, second in map(str.split, islice(lines, 1, 1 + _MERGES))]
        letters = sorted(_BYTE_LETTERS, key=_is_stand_in)
        tokens = [*letters, *(letter + _END_OF_WORD for letter in letters), *map("".join, pairs), *_SPECIAL]
        return Tokenizer(
            ranks=dict(zip(pairs, range(len(pairs)), strict=True)),
            ids=dict(zip(tokens, range(len(tokens)), strict=True)),
        )

    def encode(self, text: str) -> list[int]:
        """Token ids of a text of any length, without start and end tokens."""
        tokens: list[int] = []
        for word in _WORD.findall(clean(text)):
            if word in _SPECIAL:
                tokens.append(_SPECIAL[word])
            else:
                tokens.extend(self.ids[part] for part in self._merge(word))
        return tokens

    def _merge(self, word: str) -> list[str]:
        """The tokens of one word.

        Merging never makes a pair that was learned before the one just merged, so a heap of (rank, place) finds the
        next pair, and a word of n bytes takes n log n steps.
        """
        parts = [_BYTE_LETTERS[byte] for byte in word.encode("utf-8", errors="replace")]
        parts[-1] += _END_OF_WORD
        size = len(parts)
        before, after = list(range(-1, size - 1)), list(range(1, size + 1))
        heap: list[tuple[int, int, str, str]] = []

        def offer(left: int, right: int) -> None:
            if left >= 0 and right < size and (rank := self.ranks.get((parts[left], parts[right]))) is not None:
                heapq.heappush(heap, (rank, left, parts[left], parts[right]))

        for left, right in pairwise(range(size)):
            offer(left, right)
        while heap:
            _, left, first, second = heapq.heappop(heap)
            right = after[left]
            if right == size or parts[left] != first or parts[right] != second:
                continue  # one of the two has become part of another token since
            parts[left], parts[right] = first + second, ""
            after[left] = after[right]
            if after[left] < size:
                before[after[left]] = left
            offer(before[left], left)
            offer(left, after[left])
        return [part for part in parts if part]


def clean(text: str) -> str:
    """Text as CLIP saw it in training: broken encodings and HTML entities repaired, lower case, single spaces."""
    if not (text.isascii() and text.isprintable() and "&" not in text):
        # Only then is there anything to repair; importing the library takes longer than all else here.
        import ftfy

        text = html.unescape(html.unescape(ftfy.fix_text(text)))
    return " ".join(text.split()).lower()


def _make_byte_letters() -> tuple[str, ...]:
    """A visible letter for each byte: itself in Latin-1 where that is visible, else the next from U+0100 on."""
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    stand_ins = iter(range(0x100, 0x200))
    return tuple(chr(byte if byte in visible else next(stand_ins)) for byte in range(256))


def _is_stand_in(letter: str) -> bool:
    return ord(letter) >= 0x100


_BYTE_LETTERS: Final = _make_byte_letters()
