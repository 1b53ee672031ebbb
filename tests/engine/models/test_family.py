"""What people call a file of weights, from its tensors alone."""

from __future__ import annotations

import pytest

from engine.models.family import name_family
from tests.engine.models.published import published


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("sd15", "Stable Diffusion 1"),
        ("sd21", "Stable Diffusion 2"),
        ("sdxl_base", "Stable Diffusion XL"),
        ("sdxl_refiner", "Stable Diffusion XL refiner"),
    ],
)
def test_published_checkpoints_are_called_by_their_names(family: str, words: str) -> None:
    assert name_family(published(family, "")) == words


def test_a_model_that_paints_into_masks_says_so() -> None:
    shapes = {**published("sd15", ""), "model.diffusion_model.input_blocks.0.0.weight": (320, 9, 3, 3)}
    assert name_family(shapes) == "Stable Diffusion 1, for inpainting"


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ({"lora_unet_mid_block_attentions_0_attn2_to_k.lora_down.weight": (8, 768)}, "LoRA for Stable Diffusion 1"),
        ({"unet.mid_block.attn2.to_k.lora_A.weight": (8, 2048)}, "LoRA for Stable Diffusion XL"),
        ({"lora_te_text_model_encoder.lora_up.weight": (768, 8)}, "LoRA"),
        ({"control_model.input_hint_block.0.weight": (16, 3, 3, 3)}, "ControlNet"),
        ({"model.diffusion_model.joint_blocks.0.x": (1,)}, "Stable Diffusion 3"),
        ({"double_blocks.0.img_attn.qkv.weight": (1, 1)}, "Flux"),
        ({"decoder.conv_in.weight": (512, 4, 3, 3)}, "autoencoder"),
        ({"emb_params": (4, 768)}, "embedding"),
        ({"text_model.embeddings.token_embedding.weight": (49408, 768)}, "CLIP text encoder"),
        ({"something.else": (1,)}, ""),
        ({}, ""),
        ({"input_blocks.0.0.weight": ()}, "diffusion model"),
    ],
)
def test_other_files(shapes: dict[str, tuple[int, ...]], words: str) -> None:
    assert name_family(shapes) == words
