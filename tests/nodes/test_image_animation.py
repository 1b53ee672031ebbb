"""Moving pictures: frames, speed, workflow."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from engine import Context, NodeDef
from engine.images.codec import read_image
from engine.images.metadata import read_metadata
from nodes.image_animation import save_animated_png, save_animated_webp
from tests.nodes.pictures import context, picture


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return context(tmp_path)


@pytest.mark.parametrize(
    ("node", "suffix", "options"),
    [
        (save_animated_webp, ".webp", {"lossless": True, "quality": 80, "method": "fastest"}),
        (save_animated_png, ".png", {"compress_level": 4}),
    ],
)
def test_frames_come_back(ctx: Context, node: NodeDef, suffix: str, options: dict[str, object]) -> None:
    images = picture(batch=4)
    result = node(images=images, filename_prefix="a/film", fps=8.0, ctx=ctx, **options)
    assert result.ui == {
        "images": [{"filename": f"film_00001_{suffix}", "subfolder": "a", "type": "output"}],
        "animated": [True],
    }
    path = ctx.settings.directory("output") / "a" / f"film_00001_{suffix}"
    assert torch.equal(read_image(path, 1000).image, images)
    assert set(read_metadata(path)) == {"prompt", "workflow"}
    with Image.open(path) as file:
        file.seek(1)
        file.load()
        assert file.info["duration"] == 125


def test_lossy_files_are_smaller(ctx: Context) -> None:
    images = picture(64, 64, batch=2)
    for prefix, options in (
        ("large", {"lossless": True, "quality": 80}),
        ("small", {"lossless": False, "quality": 10}),
    ):
        save_animated_webp(images=images, filename_prefix=prefix, fps=6.0, method="default", ctx=ctx, **options)
    output = ctx.settings.directory("output")
    assert (output / "small_00001_.webp").stat().st_size < (output / "large_00001_.webp").stat().st_size / 4
    assert read_image(output / "small_00001_.webp", 2**20).image.shape == images.shape


@pytest.mark.parametrize("fps", [0.01, 1000.0])
def test_extreme_speeds(ctx: Context, fps: float) -> None:
    images = picture(batch=2)
    save_animated_webp(images=images, filename_prefix="w", fps=fps, lossless=True, quality=0, method="slowest", ctx=ctx)
    save_animated_png(images=images, filename_prefix="p", fps=fps, compress_level=9, ctx=ctx)
    assert sorted(path.name for path in ctx.settings.directory("output").iterdir()) == ["p_00001_.png", "w_00001_.webp"]
