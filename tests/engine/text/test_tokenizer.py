"""The tokenizer equals open_clip's, whatever it is given, and takes input that has no end."""

from __future__ import annotations

import hashlib
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.text.tokenizer as tokenizer_module
from engine.text.tokenizer import END_TOKEN, START_TOKEN, VOCABULARY_SIZE, Tokenizer
from tests.peers import load_peer

SCRIPTS = {
    "latin": (0x41, 0x24F),
    "ipa and modifiers": (0x250, 0x2FF),
    "combining marks": (0x300, 0x36F),
    "greek": (0x370, 0x3FF),
    "cyrillic": (0x400, 0x52F),
    "armenian and hebrew": (0x531, 0x5F4),
    "arabic": (0x600, 0x6FF),
    "devanagari": (0x900, 0x97F),
    "bengali": (0x980, 0x9FE),
    "tamil": (0xB82, 0xBFA),
    "thai": (0xE01, 0xE5B),
    "tibetan": (0xF00, 0xFDA),
    "georgian": (0x10A0, 0x10FF),
    "hangul": (0xAC00, 0xD7A3),
    "ethiopic": (0x1200, 0x137C),
    "khmer": (0x1780, 0x17F9),
    "punctuation and spaces": (0x2000, 0x206F),
    "currency and letterlike": (0x20A0, 0x214F),
    "numerals": (0x2150, 0x218B),
    "arrows and mathematics": (0x2190, 0x22FF),
    "boxes and dingbats": (0x2500, 0x27BF),
    "kana": (0x3040, 0x30FF),
    "han": (0x4E00, 0x9FFF),
    "ligatures and presentation forms": (0xFB00, 0xFDFF),
    "half and full width": (0xFF01, 0xFFEE),
    "gothic": (0x10330, 0x1034A),
    "mathematical letters": (0x1D400, 0x1D7FF),
    "emoji": (0x1F300, 0x1FAFF),
    "han, extended": (0x20000, 0x2A6DF),
    "ascii": (0x20, 0x7E),
}
PIECES = (
    *("a photo of a cat", "masterpiece, best quality, 8k", "don't we'll I'M they'Ve it'S", "(red:1.2)", "3.14159"),
    *("&amp;", "&amp;amp;lt;", "&eacute;", "&#x1F600;", "&#0;", "&lt;b&gt;", "&notanentity;", "AT&T"),
    *("<start_of_text>", "<END_OF_TEXT>", "<|endoftext|>", "</w>", "\x1b[31mred\x1b[0m", "\r\n", "\t", "\x00", "\x85"),
    *("“quotes” ‘single’", "schÃ¶n", "â€œmojibakeâ€\x9d", "l’été", "ﬁne ﬂow", "e\u0301", "İstanbul", "ẞ", "ǅ", "ﾊﾝｶｸ"),
    *(
        "👩‍👩‍👧‍👦",
        "🏳️‍🌈",
        "👍🏽",
        "🇯🇵",
        "\u200bzero width",
        "\ufeff",
        "\u00a0",
        "\u3000",
        "½ Ⅷ ²",
        "١٢٣",
        "__init__",
        "aaaa" * 20,
    ),
)


@cache
def peer() -> Any:
    return load_peer("open_clip.tokenizer").SimpleTokenizer()


def make_strings(count: int) -> list[str]:
    """Words of one script, mixtures of scripts, and difficult pieces."""
    chance = random.Random(1)
    ranges = list(SCRIPTS.values())

    def word() -> str:
        if chance.random() < 0.25:
            return chance.choice(PIECES)
        low, high = chance.choice(ranges)
        return "".join(chr(chance.randint(low, high)) for _ in range(chance.randint(1, 8)))

    strings = [
        "".join(chr(chance.randint(low, high)) for _ in range(length)) for low, high in ranges for length in (1, 5, 20)
    ]
    while len(strings) < count:
        strings.append(chance.choice((" ", " ", "", ", ", "\n")).join(word() for _ in range(chance.randint(1, 12))))
    return strings


def test_equals_open_clip_on_1000_strings_in_many_scripts() -> None:
    ours = Tokenizer.load()
    strings = [*PIECES, *make_strings(1000)]
    assert len(set(strings)) >= 1000
    wrong = [text for text in strings if ours.encode(text) != peer().encode(text)]
    assert not wrong


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_equals_open_clip_on_any_text(text: str) -> None:
    assert Tokenizer.load().encode(text) == peer().encode(text)


@settings(max_examples=100)
@given(st.text("abcdeinorst'", min_size=1, max_size=40))
def test_equals_open_clip_on_words_with_many_merges(text: str) -> None:
    assert Tokenizer.load().encode(text) == peer().encode(text)


def test_the_table_holds_each_token_once() -> None:
    ours = Tokenizer.load()
    assert ours.ids == peer().encoder
    assert sorted(ours.ids.values()) == list(range(VOCABULARY_SIZE))
    assert (ours.ids["<start_of_text>"], ours.ids["<end_of_text>"]) == (START_TOKEN, END_TOKEN)


def test_no_merge_makes_a_pair_that_was_learned_before_it() -> None:
    """What lets a heap stand in for a search of the whole word after every merge."""
    ranks = Tokenizer.load().ranks
    made_at = {first + second: rank for (first, second), rank in ranks.items()}
    assert all(made_at.get(part, -1) < rank for pair, rank in ranks.items() for part in pair)


def test_tokenizers_share_the_table() -> None:
    assert Tokenizer.load() is Tokenizer.load()


def test_the_file_is_the_one_its_readme_names() -> None:
    data = Path(tokenizer_module.__file__).parent / "data"
    digest = hashlib.sha256((data / "bpe_simple_vocab_16e6.txt.gz").read_bytes()).hexdigest()
    assert digest in (data / "README.md").read_text()


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000"])
def test_nothing_gives_no_tokens(text: str) -> None:
    assert Tokenizer.load().encode(text) == []


@pytest.mark.parametrize("word", ["ab" * 50_000, "é" * 50_000, "&" * 50_000, "\ud800" * 1000, "1" * 50_000])
def test_endless_words_and_broken_text_are_taken(word: str) -> None:
    ours = Tokenizer.load()
    tokens = ours.encode(word)
    assert tokens
    assert all(0 <= token < VOCABULARY_SIZE for token in tokens)
