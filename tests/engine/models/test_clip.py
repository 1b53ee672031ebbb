from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import CLIPTextConfig, CLIPTextModel

from engine.models.clip import ClipTextEncoder
from engine.models.config import SD1_CLIP
from tests.engine.models.networks import SMALL_CLIP, on_meta, relative_error, shapes_of, with_random_weights
from tests.engine.models.published import published

END = SMALL_CLIP.eos_token


@pytest.fixture(scope="module")
def small() -> ClipTextEncoder:
    return with_random_weights(lambda: ClipTextEncoder(SMALL_CLIP))


def some_tokens(batch: int = 2) -> torch.Tensor:
    generator = torch.Generator().manual_seed(3)
    tokens = torch.randint(0, END, (batch, SMALL_CLIP.max_tokens), generator=generator)
    tokens[:, 8:] = END
    return tokens


def test_keys_and_shapes_are_the_published_ones() -> None:
    expected = published("sd15", "cond_stage_model.transformer.")
    assert shapes_of(on_meta(lambda: ClipTextEncoder(SD1_CLIP))) == expected


def test_a_network_from_meta_leaves_nothing_there(small: ClipTextEncoder) -> None:
    assert all(not tensor.is_meta for tensor in (*small.parameters(), *small.buffers()))
    small.to("cpu")


def test_later_tokens_do_not_reach_earlier_ones(small: ClipTextEncoder) -> None:
    tokens = some_tokens()
    changed = tokens.clone()
    changed[:, 5] = 1
    before, after = small.encode(tokens).hidden, small.encode(changed).hidden
    torch.testing.assert_close(before[:, :5], after[:, :5])
    assert not torch.allclose(before[:, 5:], after[:, 5:])


def test_pooled_is_the_first_end_token_of_the_last_layer(small: ClipTextEncoder) -> None:
    tokens = some_tokens()
    features = small.encode(tokens)
    assert torch.equal(features.pooled, features.hidden[:, 8])
    assert torch.equal(small.encode(tokens, layer=-2).pooled, features.pooled)


def test_layers_count_from_the_end_and_missing_ones_mean_the_last(small: ClipTextEncoder) -> None:
    tokens = some_tokens()
    last, second, first = (small.encode(tokens, layer=layer).hidden for layer in (-1, -2, -3))
    assert not torch.allclose(last, second)
    assert not torch.allclose(second, first)
    assert torch.equal(small.encode(tokens, layer=-4).hidden, last)
    assert torch.equal(small.encode(tokens, layer=-24).hidden, last)


def test_embeddings_stand_in_for_tokens(small: ClipTextEncoder) -> None:
    tokens = some_tokens()
    embeddings = small.embed(tokens)
    assert torch.equal(small.encode(tokens, embeddings=embeddings).hidden, small.encode(tokens).hidden)
    embeddings[:, 2] += 1.0
    changed = small.encode(tokens, embeddings=embeddings)
    assert not torch.allclose(changed.hidden, small.encode(tokens).hidden)


def test_trains() -> None:
    encoder = ClipTextEncoder(SMALL_CLIP)
    with torch.autocast("cpu", torch.bfloat16):
        loss = encoder.encode(some_tokens()).hidden.float().square().mean()
    loss.backward()
    assert [name for name, p in encoder.named_parameters() if p.grad is None] == []


def test_inputs_that_do_not_fit_are_named(small: ClipTextEncoder) -> None:
    with pytest.raises(ValueError, match=r"t <= 12; not \[1, 13\]"):
        small.encode(torch.zeros(1, 13, dtype=torch.long))
    with pytest.raises(ValueError, match="must be negative, not 0"):
        small.encode(some_tokens(), layer=0)


@torch.inference_mode()
def test_full_size_equals_transformers() -> None:
    """ViT-L/14's text encoder, 123 million parameters, in float32."""
    ours = with_random_weights(lambda: ClipTextEncoder(SD1_CLIP))
    config = CLIPTextConfig(
        hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, eos_token_id=49407
    )
    theirs = on_meta(lambda: CLIPTextModel(config))
    inner: Any = getattr(theirs, "text_model", theirs)
    inner.embeddings.position_ids = torch.arange(77)[None]
    inner.load_state_dict(ours.text_model.state_dict(), strict=True, assign=True)
    theirs.eval()
    tokens = torch.randint(0, 49406, (2, 77))
    tokens[:, 0], tokens[0, 9:], tokens[1, 76] = 49406, 49407, 49407
    expected = theirs(input_ids=tokens, output_hidden_states=True)
    last, penultimate = ours.encode(tokens), ours.encode(tokens, layer=-2)
    assert relative_error(last.hidden, expected.last_hidden_state) < 1e-4
    assert relative_error(last.pooled, expected.pooler_output) < 1e-4
    assert relative_error(penultimate.hidden, inner.final_layer_norm(expected.hidden_states[-2])) < 1e-4
