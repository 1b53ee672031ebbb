"""Saved pictures: where they are, what they carry, and what happens when they cannot be written."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import re
from pathlib import Path
from typing import Literal

import pytest
import torch

from engine import Context, FileError, Interrupted
from engine.images.codec import read_image
from engine.images.metadata import read_metadata
from nodes.output import image_compare, mask_preview, preview_image, save_image, save_image_as, save_image_websocket
from tests.nodes.pictures import context, picture


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return context(tmp_path)


def test_a_batch_is_saved_with_its_workflow(ctx: Context) -> None:
    images = picture(batch=3)
    seen: list[tuple[int, int]] = []
    ctx = dataclasses.replace(ctx, on_progress=lambda value, total: seen.append((value, total)))
    result = save_image(images=images, filename_prefix="cats/%width%x%height%", ctx=ctx)
    assert result.outputs is None
    assert result.ui == {
        "images": [
            {"filename": f"6x4_0000{number}_.png", "subfolder": "cats", "type": "output"} for number in (1, 2, 3)
        ]
    }
    assert seen == [(1, 3), (2, 3), (3, 3)]
    for index, record in enumerate(result.ui["images"]):
        path = ctx.settings.directory("output") / record["subfolder"] / record["filename"]
        assert torch.equal(read_image(path, 1000).image[0], images[index])
        assert read_metadata(path) == {
            "prompt": '{"1": {"class_type": "SaveImage", "inputs": {}}}',
            "workflow": '{"nodes": [], "version": 0.4}',
        }
    again = save_image(images=images[:1], filename_prefix="cats/%width%x%height%", ctx=ctx)
    assert again.ui["images"][0]["filename"] == "6x4_00004_.png"


def test_pictures_can_be_sent_instead(ctx: Context, tmp_path: Path) -> None:
    images = picture(batch=2)
    sent: list[bytes] = []
    save_image_websocket(images=images, ctx=dataclasses.replace(ctx, on_picture=sent.append))
    for png, image in zip(sent, images, strict=True):
        (tmp_path / "sent.png").write_bytes(png)
        assert torch.equal(read_image(tmp_path / "sent.png", 1000).image[0], image)
        assert read_metadata(tmp_path / "sent.png") == {}
    assert save_image_websocket.fingerprint is not None
    assert save_image_websocket.fingerprint() != save_image_websocket.fingerprint(), "it is never done already"


def test_the_settings_may_forbid_metadata(tmp_path: Path) -> None:
    ctx = context(tmp_path, save_metadata=False)
    save_image(images=picture(), filename_prefix="a", ctx=ctx)
    assert read_metadata(tmp_path / "output/a_00001_.png") == {}


def test_without_a_workflow_there_is_none(tmp_path: Path, ctx: Context) -> None:
    ctx = dataclasses.replace(ctx, prompt={}, extra_pnginfo={"prompt": "mine"})
    save_image(images=picture(), filename_prefix="a", ctx=ctx)
    assert read_metadata(tmp_path / "output/a_00001_.png") == {"prompt": '"mine"'}


@pytest.mark.parametrize(("format_", "suffix"), [("png", ".png"), ("jpeg", ".jpg"), ("webp", ".webp")])
def test_every_format_carries_the_workflow(ctx: Context, format_: Literal["png", "jpeg", "webp"], suffix: str) -> None:
    workflow = {"nodes": [{"id": number, "title": "ä" * 50} for number in range(1000)], "version": 0.4}  # beyond 64 KB
    ctx = dataclasses.replace(ctx, extra_pnginfo={"workflow": workflow})
    images = picture(batch=2, width=16, height=16)
    result = save_image_as(images=images, filename_prefix="a", format=format_, quality=100, lossless=True, ctx=ctx)
    assert [record["filename"] for record in result.ui["images"]] == [f"a_0000{number}_{suffix}" for number in (1, 2)]
    for index in range(2):
        path = ctx.settings.directory("output") / f"a_0000{index + 1}_{suffix}"
        assert {key: json.loads(text) for key, text in read_metadata(path).items()} == {
            "prompt": ctx.prompt,
            "workflow": workflow,
        }
        # What is smooth survives JPEG; noise, as here, does so only roughly.
        difference = (read_image(path, 1000).image[0] - images[index]).abs().mean()
        assert difference < (0.02 if format_ == "jpeg" else 1e-7)


@pytest.mark.parametrize("format_", ["png", "jpeg", "webp"])
def test_the_record_is_in_the_picture_if_asked_for(tmp_path: Path, format_: Literal["png", "jpeg", "webp"]) -> None:
    record = {"versions": {"torch": "2"}, "seeds": {"3.seed": 2**64 - 1}}
    seconds = {"3": 1.5, "8": 0.25}
    ctx = dataclasses.replace(
        context(tmp_path, save_record=True), node_id="9", record=lambda: record, timings=lambda: seconds
    )
    save_image_as(images=picture(batch=2), filename_prefix="a", format=format_, ctx=ctx)
    for index, path in enumerate(sorted((tmp_path / "output").iterdir())):
        told = {"node_id": "9", "index": index, "record": record, "seconds": seconds}
        assert json.loads(read_metadata(path)["skein"]) == told


def test_alpha_is_left_out_where_the_format_has_none(ctx: Context) -> None:
    save_image_as(images=picture(channels=4), filename_prefix="a", format="jpeg", ctx=ctx)
    assert read_image(ctx.settings.directory("output") / "a_00001_.jpg", 1000).alpha is None


def test_previews_go_to_temp_under_names_of_their_own(ctx: Context) -> None:
    names = set[str]()
    for _ in range(2):
        result = preview_image(images=picture(batch=2), ctx=ctx)
        names.update(record["filename"] for record in result.ui["images"])
        assert {(record["type"], record["subfolder"]) for record in result.ui["images"]} == {("temp", "")}
    assert len(names) == 4
    assert all(re.fullmatch(r"preview_[a-z]{5}_0000[12]_\.png", name) for name in names)
    assert set(os.listdir(ctx.settings.directory("temp"))) == names


def test_pictures_to_compare_are_told_apart(ctx: Context) -> None:
    one, other = picture(batch=2), 1 - picture()
    ui = image_compare(image_a=one, image_b=other, ctx=ctx).ui
    assert {key: len(records) for key, records in ui.items()} == {"a_images": 2, "b_images": 1}
    records = [*ui["a_images"], *ui["b_images"]]
    assert all(re.fullmatch(r"compare_[a-z]{5}_0000[12]_\.png", record["filename"]) for record in records)
    assert {(record["type"], record["subfolder"]) for record in records} == {("temp", "")}
    shown = [read_image(ctx.settings.directory("temp") / record["filename"], 1000).image[0] for record in records]
    for image, expected in zip(shown, [*one, *other], strict=True):
        assert torch.allclose(image, expected, atol=1 / 255)


def test_what_is_not_linked_is_not_compared(ctx: Context) -> None:
    assert image_compare(ctx=ctx).ui == {"a_images": [], "b_images": []}
    assert [len(records) for records in image_compare(image_b=picture(), ctx=ctx).ui.values()] == [0, 1]


def test_masks_are_shown_in_grey(ctx: Context) -> None:
    mask = picture(channels=1)[..., 0]
    record = mask_preview(mask=mask[0], ctx=ctx).ui["images"][0]
    shown = read_image(ctx.settings.directory("temp") / record["filename"], 1000).image
    assert torch.equal(shown[..., 0], mask)


@pytest.mark.parametrize("prefix", ["../out", "/tmp/out", "a/../../b"])
def test_outside_the_output_folder_is_refused(ctx: Context, prefix: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="output"):
        save_image(images=picture(), filename_prefix=prefix, ctx=ctx)
    assert os.listdir(tmp_path / "output") == []


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file")
    ctx = context(tmp_path)
    settings = dataclasses.replace(ctx.settings, output_directory=tmp_path / "blocked/below")
    with pytest.raises(FileError, match="blocked"):
        save_image(images=picture(), filename_prefix="a", ctx=dataclasses.replace(ctx, settings=settings))


def test_an_interrupt_keeps_what_is_whole(ctx: Context) -> None:
    def stop(value: int, total: int) -> None:
        ctx.interrupted.set()

    stopped = dataclasses.replace(ctx, on_progress=stop)
    with pytest.raises(Interrupted):
        save_image(images=picture(batch=5), filename_prefix="a", ctx=stopped)
    assert sorted(os.listdir(ctx.settings.directory("output"))) == ["a_00001_.png", "a_00002_.png"]


def test_a_full_disk_is_an_error_and_leaves_no_half_picture(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real thing, with a limit of the system, is in the tests of `engine.files`."""

    def fail(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    output = ctx.settings.directory("output")
    with pytest.raises(FileError, match="No space left") as raised:
        save_image(images=picture(), filename_prefix="a", ctx=ctx)
    assert repr(str(output)) in str(raised.value)
    assert os.listdir(output) == []
