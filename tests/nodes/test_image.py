"""Loading, making and combining pictures."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import Context, FileError, InputValueError
from engine.images.codec import encode_png
from engine.images.metadata import MAX_FILE_BYTES
from nodes.image import (
    empty_image,
    get_image_size,
    image_add_noise,
    image_batch,
    image_composite_masked,
    image_invert,
    image_pad_for_outpaint,
    load_image,
    load_image_output,
)
from tests.nodes.pictures import context, picture, row


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return context(tmp_path, max_image_pixels=10_000)


def put(ctx: Context, name: str, channels: int = 3) -> torch.Tensor:
    image = picture(channels=channels)
    (ctx.settings.base_directory / name).write_bytes(encode_png(image[0]))
    return image


def ask(companion: Callable[..., Any] | None, image: object, ctx: Context) -> Any:
    """What a node's `validate` or `fingerprint` says about a name."""
    assert companion is not None
    return companion(image=image, settings=ctx.settings)


# -- loading ---------------------------------------------------------------------------------------------------------


def test_a_picture_and_its_mask(ctx: Context) -> None:
    plain, clear = put(ctx, "input/plain.png"), put(ctx, "input/clear.png", channels=4)
    loaded = load_image(image="plain.png", ctx=ctx)
    assert torch.equal(loaded.image, plain)
    assert torch.equal(loaded.mask, torch.zeros(1, 64, 64))
    loaded = load_image(image="clear.png", ctx=ctx)
    assert torch.equal(loaded.image, clear[..., :3])
    assert torch.equal(loaded.mask, 1 - clear[..., 3])


def test_from_the_output_folder(ctx: Context) -> None:
    image = put(ctx, "output/made.png")
    assert torch.equal(load_image(image="made.png [output]", ctx=ctx).image, image)
    assert torch.equal(load_image_output(image="made.png", ctx=ctx).image, image)
    assert torch.equal(load_image_output(image="made.png [output]", ctx=ctx).image, image)
    assert ask(load_image_output.validate, "made.png", ctx) is True
    with pytest.raises(FileError, match="input"):
        load_image(image="made.png", ctx=ctx)


def test_what_is_missing_is_said_in_words(ctx: Context) -> None:
    for node in (load_image, load_image_output):
        said = ask(node.validate, "nope.png", ctx)
        assert isinstance(said, str)
        assert "'nope.png'" in said
        assert ask(node.validate, None, ctx) is True
    assert isinstance(ask(load_image.validate, 7, ctx), str)


def test_the_fingerprint_changes_with_the_file(ctx: Context) -> None:
    put(ctx, "input/a.png")
    path = ctx.settings.directory("input") / "a.png"
    first = ask(load_image.fingerprint, "a.png", ctx)
    assert first == ask(load_image.fingerprint, "a.png", ctx)
    times = path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    os.utime(path, ns=(times, times))
    assert ask(load_image.fingerprint, "a.png", ctx) != first
    assert ask(load_image.fingerprint, "missing.png", ctx) is None
    assert math.isnan(ask(load_image.fingerprint, None, ctx))


def test_bad_files(ctx: Context) -> None:
    put(ctx, "input/whole.png")
    folder = ctx.settings.directory("input")
    whole = (folder / "whole.png").read_bytes()
    (folder / "half.png").write_bytes(whole[: len(whole) // 2])
    (folder / "text.png").write_text("{}")
    (folder / "large.png").write_bytes(encode_png(torch.zeros(101, 100, 3)))
    with (folder / "endless.png").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    for name in ("half", "text", "large", "endless"):
        with pytest.raises(FileError, match=f"'{name}.png'"):
            load_image(image=f"{name}.png", ctx=ctx)


# -- making ----------------------------------------------------------------------------------------------------------


def test_one_colour(ctx: Context) -> None:
    image = empty_image(width=3, height=2, batch_size=2, color=0xFF8000, ctx=ctx)
    assert torch.equal(image, torch.tensor([1.0, 128 / 255, 0.0]).expand(2, 2, 3, 3))


@pytest.mark.parametrize("size", [(10_001, 1, 1), (101, 100, 1), (50, 50, 5), (16384, 16384, 4096)])
def test_too_large_is_refused(ctx: Context, size: tuple[int, int, int]) -> None:
    width, height, batch_size = size
    with pytest.raises(InputValueError, match="width, height, batch_size"):
        empty_image(width=width, height=height, batch_size=batch_size, color=0, ctx=ctx)


def test_noise_follows_its_seed() -> None:
    image = torch.full((1, 64, 64, 3), 0.5)
    noisy = image_add_noise(image=image, seed=2**64 - 1, strength=0.1)
    assert torch.equal(noisy, image_add_noise(image=image, seed=2**64 - 1, strength=0.1))
    assert not torch.equal(noisy, image_add_noise(image=image, seed=1, strength=0.1))
    assert float((noisy - image).std()) == pytest.approx(0.1, rel=0.05)
    assert torch.equal(image_add_noise(image=image, seed=1, strength=0.0), image)
    loud = image_add_noise(image=image, seed=1, strength=1.0)
    assert (float(loud.min()), float(loud.max())) == (0.0, 1.0)


# -- combining -------------------------------------------------------------------------------------------------------


def test_inverting_twice_is_nothing() -> None:
    image = picture(channels=4)
    inverted = image_invert(image=image)
    assert torch.equal(inverted[..., :3], 1 - image[..., :3])
    assert torch.equal(inverted[..., 3], image[..., 3])
    assert torch.allclose(image_invert(image=inverted), image, atol=1e-6)
    assert image._version == 0


def test_batches(ctx: Context) -> None:
    first, second = picture(batch=2), picture(width=9, height=9)
    batch = image_batch(image1=first, image2=second, ctx=ctx)
    assert batch.shape == (3, 4, 6, 3)
    assert torch.equal(batch[:2], first)
    with pytest.raises(InputValueError, match="image2"):
        image_batch(image1=picture(50, 50, batch=2), image2=picture(batch=3), ctx=ctx)


def test_padding(ctx: Context) -> None:
    image = picture(8, 8, batch=2)
    padded, mask = image_pad_for_outpaint(image=image, left=1, top=2, right=3, bottom=4, feathering=0, ctx=ctx)
    assert padded.shape == (2, 14, 12, 3)
    assert mask.shape == (1, 14, 12)
    assert torch.equal(padded[:, 2:10, 1:9], image)
    assert set(padded.movedim(-1, 0)[:, mask.bool().expand(2, -1, -1)].flatten().tolist()) == {0.5}
    with pytest.raises(InputValueError, match="left, top, right, bottom"):
        image_pad_for_outpaint(image=image, left=200, top=200, right=0, bottom=0, feathering=0, ctx=ctx)


def test_pasting() -> None:
    below, above = torch.zeros(1, 2, 4, 3), torch.ones(1, 1, 2, 3)
    pasted = image_composite_masked(destination=below, source=above, x=1, y=1, resize_source=False)
    assert pasted[0, :, :, 0].tolist() == [[0, 0, 0, 0], [0, 1, 1, 0]]
    masked = image_composite_masked(
        destination=below, source=above, x=1, y=1, resize_source=False, mask=torch.tensor([[[0.0, 1.0]]])
    )
    assert masked[0, 1, :, 0].tolist() == [0, 0, 1, 0]
    stretched = image_composite_masked(destination=below, source=above, x=0, y=0, resize_source=True)
    assert torch.equal(stretched, torch.ones(1, 2, 4, 3))
    clear = image_composite_masked(destination=picture(channels=4), source=above, x=0, y=0, resize_source=False)
    assert clear.shape == (1, 4, 6, 4)
    assert below._version == above._version == 0


def test_measures() -> None:
    assert get_image_size(image=picture(5, 3, batch=2)) == (5, 3, 2)
    assert get_image_size(image=row(1.0)) == (1, 1, 1)
