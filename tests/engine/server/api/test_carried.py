"""Files that carry a workflow, as bodies: the same function as on the command line, refused in the same words."""

from __future__ import annotations

import json
import struct

from PIL.PngImagePlugin import PngInfo

from engine.server.keys import HEAVY
from engine.server.work import THREAD_BYTES
from tests.engine.embedded.files import CANVAS, MAKERS, PROMPT, example, film
from tests.engine.images.files import encode, noise
from tests.engine.server.api.checked import Api, form, with_api
from tests.engine.server.api.test_submit import picture

TYPES = {"png": "image/png", "flac": "audio/flac", "opus": "audio/ogg", "mp4": "video/mp4", "webm": "video/webm"} | {
    "glb": "model/gltf-binary",
    "svg": "image/svg+xml",
    "safetensors": "application/octet-stream",
}
PARAMETERS = "a cat, <lora:fur:0.5>\nSteps: 20, Sampler: DPM++ 2M Karras, Seed: 7, Size: 512x512, ENSD: 3"


@with_api()
async def test_every_kind_of_file_is_converted(api: Api) -> None:
    for name in MAKERS:
        converted = (await api.call("POST", "/convert", data=form(file=example(name)))).body
        assert converted["prompt"] == PROMPT, name
        assert converted["extra"] == {"workflow": CANVAS}
    for name, media_type in TYPES.items():
        reply = await api.call("POST", "/convert", data=example(name), headers={"Content-Type": media_type})
        assert reply.body["prompt"] == PROMPT, name


@with_api()
async def test_no_process_is_started_for_files_that_carry_little(api: Api) -> None:
    """Also for a picture of two megabytes, which are pixels; but for what is packed into a small one."""
    info = PngInfo()
    info.add_text("prompt", json.dumps(PROMPT))
    large = encode(noise(1000, 700), "PNG", pnginfo=info)
    info.add_text("note", "x" * THREAD_BYTES, zip=True)
    packed = encode(noise(2, 2), "PNG", pnginfo=info)
    assert len(packed) < 2**14 < 2 * THREAD_BYTES < len(large) < 3 * THREAD_BYTES
    processes = api.app[HEAVY]._processes
    for file in (*map(example, MAKERS), large, packed):
        assert not processes
        converted = (await api.call("POST", "/convert", data=form(file=file))).body
        assert converted["prompt"] == PROMPT
    assert len(processes) == 1


@with_api()
async def test_parameters_are_converted_and_what_is_not_understood_is_told(api: Api) -> None:
    for options in (
        {"data": form(file=picture(parameters=PARAMETERS))},
        {"data": picture(parameters=PARAMETERS), "headers": {"Content-Type": "image/png"}},
        {"json": {"workflow": PARAMETERS}},
    ):
        converted = (await api.call("POST", "/convert", **options)).body
        types = [node["class_type"] for node in converted["prompt"].values()]
        assert types[:2] == ["CheckpointLoaderSimple", "LoraLoader"]
        assert types[-1] == "SaveImage"
        assert [note["message"] for note in converted["notes"] if "ENSD" in note["message"]]


@with_api()
async def test_files_without_a_workflow_are_refused_in_words(api: Api) -> None:
    async def refused(data: bytes, media_type: str, *words: str) -> None:
        await api.refused("POST", "/jobs", 400, *words, data=data, headers={"Content-Type": media_type})

    await refused(film("mp4", "mpeg4", {"title": "x"}), "video/mp4", "carries no workflow", "'title'")
    await refused(example("mp4")[:100], "video/mp4", "carries no workflow", "damaged")
    await refused(b"junk" * 9, "video/mp4", "no file of a known format")
    await refused(struct.pack("<Q", 2**31) + b"{}", "application/octet-stream", "safetensors", "cut off")
    await refused(b"<svg><metadata>", "image/svg+xml", "do not end")


@with_api()
async def test_a_damaged_canvas_does_not_hide_the_prompt(api: Api) -> None:
    for canvas in ("{", "nothing"):
        data = form(file=picture(workflow=canvas, prompt=PROMPT))
        assert (await api.call("POST", "/convert", data=data)).body["prompt"] == PROMPT
