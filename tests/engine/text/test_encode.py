"""Encoding equals the arithmetic of the rules done by hand on the network's own output."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.memory.pool import Pool
from engine.models.clip import ClipTextEncoder
from engine.text.encode import Clip, EncodedText, encode_text
from engine.text.tokenizer import END_TOKEN, START_TOKEN, Tokenizer
from tests.small_models import CLIP_CONFIG, make_clip, make_pool, make_weights

WIDTH = CLIP_CONFIG.hidden_size


@pytest.fixture(scope="module")
def pool() -> Pool:
    return make_pool()


@pytest.fixture(scope="module")
def clip() -> Clip:
    return make_clip()


@pytest.fixture(scope="module")
def network(pool: Pool, clip: Clip) -> ClipTextEncoder:
    with pool.use(clip.weights) as network:
        return network


def row(tokens: list[int]) -> list[int]:
    return [START_TOKEN, *tokens, *[END_TOKEN] * (76 - len(tokens))]


def run(network: ClipTextEncoder, *rows: list[int], layer: int = -1) -> Tensor:
    return network.encode(torch.tensor([row(tokens) for tokens in rows]), layer).hidden


def assert_equal(encoded: EncodedText, expected: Tensor) -> None:
    assert encoded.tokens.dtype == encoded.pooled.dtype == torch.float32
    torch.testing.assert_close(encoded.tokens, expected, rtol=1e-5, atol=1e-5)


def test_a_plain_prompt_is_the_networks_output(pool: Pool, clip: Clip, network: ClipTextEncoder) -> None:
    encoded = encode_text(pool, clip, "A red  circle")
    tokens = Tokenizer.load().encode("a red circle")
    assert_equal(encoded, run(network, tokens))
    assert torch.equal(encoded.pooled, encoded.tokens[:, 1 + len(tokens)])


def test_the_empty_prompt(pool: Pool, clip: Clip, network: ClipTextEncoder) -> None:
    assert_equal(encode_text(pool, clip, ""), run(network, []))
    assert_equal(encode_text(pool, clip, " \n() "), run(network, []))


def test_weights_move_features_away_from_the_empty_prompt(pool: Pool, clip: Clip, network: ClipTextEncoder) -> None:
    encoded = encode_text(pool, clip, "a (red:1.5) circle (x:0)")
    a, red, circle, x = (Tokenizer.load().encode(word) for word in ("a ", "red", " circle ", "x"))
    z, e = run(network, [*a, *red, *circle, *x])[0], run(network, [])[0]
    expected = z.clone()
    expected[2] = (z[2] - e[2]) * 1.5 + e[2]
    expected[4] = e[4]
    assert_equal(encoded, expected[None])
    plain = encode_text(pool, clip, "a red circle x")
    torch.testing.assert_close(encoded.pooled, plain.pooled)


def test_a_weight_of_one_changes_nothing(pool: Pool, clip: Clip) -> None:
    assert torch.equal(encode_text(pool, clip, "a (red:1)").tokens, encode_text(pool, clip, "a red").tokens)


def test_long_prompts_are_encoded_chunk_by_chunk(pool: Pool, clip: Clip, network: ClipTextEncoder) -> None:
    words = "red green blue yellow white " * 18
    tokens = Tokenizer.load().encode(words)
    assert len(tokens) == 90
    encoded = encode_text(pool, clip, words + "(x:2)")
    first, second = run(network, tokens[:75], [*tokens[75:], *Tokenizer.load().encode("x")])
    e = run(network, [])[0]
    second = second.clone()
    second[16] = (second[16] - e[16]) * 2 + e[16]
    assert_equal(encoded, torch.cat([first, second])[None])
    assert encoded.tokens.shape == (1, 154, WIDTH)
    torch.testing.assert_close(encoded.pooled, first[76:77])


def test_more_chunks_than_go_through_at_once(pool: Pool, clip: Clip, network: ClipTextEncoder) -> None:
    encoded = encode_text(pool, clip, "red " * (75 * 70) + "(blue)")
    assert encoded.tokens.shape == (1, 77 * 71, WIDTH)
    (red,) = Tokenizer.load().encode("red")
    torch.testing.assert_close(encoded.tokens[:, 77 * 69 : 77 * 70], run(network, [red] * 75), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("layer", [-1, -2, -3])
def test_clip_skip_takes_an_earlier_layer_and_leaves_pooled(
    layer: int, pool: Pool, clip: Clip, network: ClipTextEncoder
) -> None:
    encoded = encode_text(pool, replace(clip, layer=layer), "a (red:1.5)")
    a, red = (Tokenizer.load().encode(word) for word in ("a", "red"))
    z, e = run(network, [*a, *red], [], layer=layer)
    expected = z.clone()
    expected[2] = (z[2] - e[2]) * 1.5 + e[2]
    assert_equal(encoded, expected[None])
    torch.testing.assert_close(encoded.pooled, encode_text(pool, clip, "a red").pooled)


def test_a_layer_that_does_not_exist_is_the_last(pool: Pool, clip: Clip) -> None:
    last = encode_text(pool, clip, "a red")
    assert torch.equal(encode_text(pool, replace(clip, layer=-24), "a red").tokens, last.tokens)


# -- embeddings --------------------------------------------------------------------------------------------------------


def test_an_embedding_of_word_vectors_is_the_words(pool: Pool, network: ClipTextEncoder) -> None:
    tokens = Tokenizer.load().encode("red circle")
    vectors = network.embed(torch.tensor(tokens))
    clip = make_clip({"shape": vectors}.get)
    for text, words in (
        ("a embedding:shape here", "a red circle here"),
        ("a (embedding:shape:1.3) here", "a (red circle:1.3) here"),
        ("a embedding:shape, here", "a red circle, here"),
    ):
        expected = encode_text(pool, clip, words)
        torch.testing.assert_close(encode_text(pool, clip, text), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("vectors", [None, torch.zeros(2, WIDTH + 1), torch.zeros(WIDTH)])
def test_an_embedding_that_cannot_be_used_is_left_out_with_a_warning(
    vectors: Tensor | None, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    clip = make_clip(lambda _: vectors)
    with caplog.at_level(logging.WARNING):
        encoded = encode_text(pool, clip, "a embedding:shape here")
    assert "'shape'" in caplog.text
    torch.testing.assert_close(encoded, encode_text(pool, clip, "a here"), rtol=1e-5, atol=1e-5)


def test_a_network_with_fewer_positions_gets_smaller_chunks(pool: Pool) -> None:
    config = replace(CLIP_CONFIG, max_tokens=12)
    weights = make_weights("clip", lambda: ClipTextEncoder(config))
    clip = replace(make_clip(), config=config, weights=weights)
    assert encode_text(pool, clip, "red " * 11).tokens.shape == (1, 24, WIDTH)
