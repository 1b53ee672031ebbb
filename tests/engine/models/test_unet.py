from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.config import UNetConfig
from engine.models.unet import UNet, plan_blocks
from tests.engine.models.networks import (
    SMALL_UNET,
    on_meta,
    random_state,
    relative_error,
    shapes_of,
    with_random_weights,
)
from tests.engine.models.published import SD15_UNET, UNETS, published

PREFIX = "model.diffusion_model."
SMALL_ADM = replace(SMALL_UNET, adm_in_channels=10)


@st.composite
def configs(draw: st.DrawFn) -> UNetConfig:
    """Any network of up to four levels."""
    levels = draw(st.integers(1, 4))

    def per_level(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.lists(st.integers(low, high), min_size=levels, max_size=levels)))

    is_linear = draw(st.booleans())
    return UNetConfig(
        in_channels=draw(st.integers(1, 9)),
        out_channels=draw(st.integers(1, 9)),
        model_channels=draw(st.sampled_from((64, 128))),
        channel_mult=(1, *per_level(1, 4)[1:]),
        num_res_blocks=per_level(1, 3),
        transformer_depth=per_level(0, 2),
        middle_depth=draw(st.integers(1, 3)),
        context_dim=draw(st.integers(1, 50)),
        num_heads=None if is_linear else 8,
        num_head_channels=64 if is_linear else None,
        use_linear_in_transformer=is_linear,
        adm_in_channels=draw(st.none() | st.integers(1, 20)),
    )


def inputs(config: UNetConfig, size: tuple[int, int] = (6, 4), batch: int = 2) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(batch, config.in_channels, *size, generator=generator)
    timesteps = torch.linspace(1, 999, batch).round()
    return x, timesteps, torch.randn(batch, 7, config.context_dim, generator=generator)


@pytest.mark.parametrize(("family", "config"), UNETS.items())
def test_keys_and_shapes_are_the_published_ones(family: str, config: UNetConfig) -> None:
    assert shapes_of(on_meta(lambda: UNet(config))) == published(family, PREFIX)


@given(configs())
@settings(max_examples=50, deadline=None)
def test_the_way_up_takes_every_skip_back(config: UNetConfig) -> None:
    down, up = plan_blocks(config)
    width, skips = config.widths[-1], [row.out_channels for row in down]
    assert len(up) == len(down)
    for row in up:
        assert row.in_channels == width + skips.pop()
        width = row.out_channels
    assert width == config.model_channels
    assert sum(row.upsample for row in up) == sum(row.first == "down" for row in down) == len(config.widths) - 1


@given(size=st.tuples(st.integers(1, 11), st.integers(1, 11)))
@settings(max_examples=12, deadline=None)
def test_latents_of_any_size_keep_it(size: tuple[int, int]) -> None:
    unet = with_random_weights(lambda: UNet(SMALL_UNET))
    output = unet(*inputs(SMALL_UNET, size))
    assert output.shape == (2, 4, *size)
    assert output.isfinite().all()


def test_rows_of_a_batch_do_not_see_each_other() -> None:
    unet = with_random_weights(lambda: UNet(SMALL_UNET))
    x, timesteps, context = inputs(SMALL_UNET, batch=3)
    together = unet(x, timesteps, context)
    alone = torch.cat([unet(x[i : i + 1], timesteps[i : i + 1], context[i : i + 1]) for i in range(3)])
    assert relative_error(together, alone) < 1e-5


def test_every_input_matters() -> None:
    unet = with_random_weights(lambda: UNet(SMALL_ADM))
    x, timesteps, context = inputs(SMALL_ADM)
    y = torch.randn(2, 10)
    reference = unet(x, timesteps, context, y)
    for changed in (
        unet(x + 0.1, timesteps, context, y),
        unet(x, timesteps + 100, context, y),
        unet(x, timesteps, context + 0.5, y),
        unet(x, timesteps, context, y + 1),
    ):
        assert relative_error(changed, reference) > 1e-4


def test_memory_format_changes_nothing() -> None:
    unet = with_random_weights(lambda: UNet(SMALL_UNET))
    x, timesteps, context = inputs(SMALL_UNET)
    expected = unet(x, timesteps, context)
    for parameter in unet.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    output = unet(x.contiguous(memory_format=torch.channels_last), timesteps, context)
    assert output.is_contiguous(memory_format=torch.channels_last)
    assert relative_error(output, expected) < 1e-5


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_close(dtype: torch.dtype) -> None:
    x, timesteps, context = inputs(SMALL_UNET)
    expected = with_random_weights(lambda: UNet(SMALL_UNET))(x, timesteps, context)
    output = with_random_weights(lambda: UNet(SMALL_UNET)).to(dtype)(x.to(dtype), timesteps, context.to(dtype))
    assert output.dtype == dtype
    assert relative_error(output.float(), expected) < 0.05


def test_trains_under_autocast() -> None:
    unet = UNet(SMALL_UNET)
    assert not unet(*inputs(SMALL_UNET)).any(), "a new network must predict nothing"
    unet.load_state_dict(random_state(shapes_of(unet)))
    with torch.autocast("cpu", torch.bfloat16):
        loss = unet(*inputs(SMALL_UNET)).float().square().mean()
    loss.backward()
    assert [name for name, p in unet.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_compiles_to_one_graph() -> None:
    unet = with_random_weights(lambda: UNet(SMALL_UNET))
    compiled = torch.compile(unet, backend="eager", fullgraph=True)
    assert relative_error(compiled(*inputs(SMALL_UNET)), unet(*inputs(SMALL_UNET))) < 1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": torch.zeros(1, 3, 4, 4)}, r"x must be \[b 4 h w\], not \[1, 3, 4, 4\]"),
        ({"x": torch.zeros(4, 4, 4)}, r"x must be"),
        ({"context": torch.zeros(1, 5, 25)}, r"context must be \[b t 24\], not \[1, 5, 25\]"),
        ({"y": None}, r"y must have 10 features, not None"),
        ({"y": torch.zeros(1, 9)}, r"y must have 10 features, not 9"),
    ],
)
def test_inputs_that_do_not_fit_are_named(change: dict[str, torch.Tensor], message: str) -> None:
    x, timesteps, context = inputs(SMALL_ADM, batch=1)
    fitting = {"x": x, "timesteps": timesteps, "context": context, "y": torch.zeros(1, 10)}
    with pytest.raises(ValueError, match=message):
        UNet(SMALL_ADM)(**fitting | change)


@torch.inference_mode()
def test_full_size_equals_diffusers() -> None:
    """SD 1.5, 860 million parameters, in float32; sizes that are no multiple of 8 included."""
    ours = with_random_weights(lambda: UNet(SD15_UNET))
    theirs = on_meta(lambda: UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8))
    converted = convert_ldm_unet_checkpoint(
        {PREFIX + key: value for key, value in ours.state_dict().items()}, theirs.config
    )
    theirs.load_state_dict(converted, strict=True, assign=True)
    x, timesteps, context = inputs(SD15_UNET, (16, 15))
    output = ours(x, timesteps, context)
    assert relative_error(output, theirs.eval()(x, timesteps, context).sample) < 1e-4
    assert output.std() > 0.01
