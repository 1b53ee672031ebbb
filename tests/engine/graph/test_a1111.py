"""Parameters of A1111 to a workflow: the graph that made the picture, and a note on all that was not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WorkflowError
from engine.graph.a1111 import read_parameters
from engine.graph.core_types import core_registry
from engine.graph.document import choose_texts, read_workflow
from engine.graph.validate import validate
from engine.graph.workflow import Link, Workflow
from engine.settings import Settings
from tests.engine.graph.examples import REGISTRY

PLAIN = (
    "a cat, soft light\nNegative prompt: ugly\nSteps: 30, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 42,"
    " Size: 512x768, Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, Version: v1.6.0"
)
HIRES = (
    "a cat\nSteps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7, Seed: 1, Size: 512x512,"
    " Model: m, Denoising strength: 0.4"
)
FILES: dict[str, Sequence[str]] = {
    "checkpoints": ["SD15/v1-5-pruned-emaonly.safetensors", "other.ckpt"],
    "loras": ["style/Fur.safetensors", "a/twin.safetensors", "b/twin.safetensors"],
    "vae": ["vae-ft-mse-840000.ckpt"],
    "embeddings": ["EasyNegative.safetensors", "sub/bad-hands-5.pt"],
    "upscale_models": ["4x_Ultra.pth", "RealESRGAN_x4plus.pth"],
}


def read(text: str, hashes: Mapping[str, tuple[str, str]] | None = None) -> Workflow:
    return read_parameters(text, lambda kind: FILES.get(kind, ()), lambda: hashes or {})


def only(workflow: Workflow, type_name: str, place: int = 0) -> Mapping[str, Any]:
    """The inputs of a node of this type."""
    return [node.inputs for node in workflow.nodes.values() if node.type == type_name][place]


def types(workflow: Workflow) -> list[str]:
    return [node.type for node in workflow.nodes.values()]


def said(workflow: Workflow) -> str:
    return "\n".join(map(str, workflow.notes))


# -- the graph -------------------------------------------------------------------------------------------------------


def test_a_plain_picture() -> None:
    workflow = read(PLAIN)
    assert workflow.to_api() == {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "SD15/v1-5-pruned-emaonly.safetensors"}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat, soft light", "clip": ["1", 1]}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "ugly", "clip": ["1", 1]}},
        "4": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
        "5": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["1", 0],
                "seed": 42,
                "steps": 30,
                "cfg": 6.5,
                "sampler_name": "dpmpp_2m",
                "scheduler": "karras",
                "positive": ["2", 0],
                "negative": ["3", 0],
                "latent_image": ["4", 0],
                "denoise": 1.0,
            },
        },
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "ComfyUI"}},
    }
    assert not workflow.notes


def test_loras_stand_between_the_checkpoint_and_everything_else() -> None:
    text = PLAIN.replace("a cat,", "a cat, <lora:fur:0.8>, <lora:unknown:0.5:1.2>, <hypernet:h:1> <b>,")
    workflow = read(text + ", Clip skip: 2")
    assert only(workflow, "LoraLoader") == {
        "model": Link("1", 0),
        "clip": Link("1", 1),
        "lora_name": "style/Fur.safetensors",
        "strength_model": 0.8,
        "strength_clip": 0.8,
    }
    assert only(workflow, "LoraLoader", 1) == {
        "model": Link("2", 0),
        "clip": Link("2", 1),
        "lora_name": "unknown.safetensors",
        "strength_model": 1.2,
        "strength_clip": 0.5,
    }
    assert only(workflow, "CLIPSetLastLayer") == {"clip": Link("3", 1), "stop_at_clip_layer": -2}
    assert only(workflow, "CLIPTextEncode") == {"text": "a cat, <b>, soft light", "clip": Link("4", 0)}
    assert only(workflow, "KSampler")["model"] == Link("3", 0)
    assert "<hypernet:h:1>" in said(workflow)


@pytest.mark.parametrize(
    ("size", "expected"),
    [("512x512", (512, 512)), ("500x513", (512, 576)), ("8x8", (64, 64)), ("1 x 99999", (64, 16384))],
)
def test_sizes_are_multiples_of_64(size: str, expected: tuple[int, int]) -> None:
    workflow = read(PLAIN.replace("512x768", size))
    latent = only(workflow, "EmptyLatentImage")
    assert (latent["width"], latent["height"]) == expected
    assert ("became" in said(workflow)) == (size != "512x512")


@pytest.mark.parametrize(
    ("upscaler", "method"), [("Latent", "bilinear"), ("Latent (nearest-exact)", "nearest-exact"), (None, "bilinear")]
)
def test_a_second_pass_on_the_latent(upscaler: str | None, method: str) -> None:
    named = f", Hires upscaler: {upscaler}" if upscaler else ""
    workflow = read(f"{HIRES}, Hires upscale: 1.5, Hires steps: 10{named}")
    assert types(workflow)[3:] == [
        "EmptyLatentImage",
        "KSampler",
        "LatentUpscale",
        "KSampler",
        "VAEDecode",
        "SaveImage",
    ]
    assert only(workflow, "LatentUpscale") == {
        "samples": Link("5", 0),
        "upscale_method": method,
        "width": 768,
        "height": 768,
        "crop": "disabled",
    }
    first, second = only(workflow, "KSampler"), only(workflow, "KSampler", 1)
    assert second == {**first, "steps": 10, "denoise": 0.4, "latent_image": Link("6", 0)}
    assert first["denoise"] == 1.0
    assert not workflow.notes


@pytest.mark.parametrize(
    ("name", "file"), [("4x_Ultra", "4x_Ultra.pth"), ("R-ESRGAN 4x+", "RealESRGAN_x4plus.pth"), ("mine", "mine.pth")]
)
def test_a_second_pass_through_a_model(name: str, file: str) -> None:
    workflow = read(f"{HIRES}, Hires resize: 0x1024, Hires upscaler: {name}")
    assert types(workflow)[4:] == [
        *("KSampler", "VAEDecode", "UpscaleModelLoader", "ImageUpscaleWithModel", "ImageScale", "VAEEncode"),
        *("KSampler", "VAEDecode", "SaveImage"),
    ]
    assert only(workflow, "UpscaleModelLoader") == {"model_name": file}
    scaled = only(workflow, "ImageScale")
    assert (scaled["width"], scaled["height"], scaled["upscale_method"]) == (1024, 1024, "lanczos")
    assert only(workflow, "KSampler", 1)["steps"] == 20


def test_a_second_pass_on_pixels_and_with_settings_of_its_own() -> None:
    text = (
        f'{HIRES}, Hires upscale: 2, Hires upscaler: Lanczos, Hires sampler: LMS, Hires prompt: "a dog, <lora:fur:1>",'
        " Hires CFG Scale: 3"
    )
    workflow = read(text)
    assert "UpscaleModelLoader" not in types(workflow)
    second = only(workflow, "KSampler", 1)
    assert (second["sampler_name"], second["cfg"]) == ("lms", 3.0)
    assert workflow.nodes[second["positive"].node_id].inputs["text"] == "a dog"
    assert second["negative"] == only(workflow, "KSampler")["negative"]


def test_the_oldest_form_of_a_second_pass() -> None:
    workflow = read(PLAIN.replace("512x768", "1024x1536") + ", First pass size: 512x768, Denoising strength: 0.7")
    assert only(workflow, "EmptyLatentImage")["width"] == 512
    assert only(workflow, "LatentUpscale")["height"] == 1536
    assert "LatentUpscale" not in types(read(PLAIN + ", First pass size: 0x0"))


def test_a_picture_made_from_a_picture_starts_from_noise_and_says_so() -> None:
    workflow = read(PLAIN + ", Denoising strength: 0.5")
    assert only(workflow, "KSampler")["denoise"] == 1.0
    assert "made from another one" in said(workflow)


def test_every_graph_is_one_of_core_nodes_and_valid() -> None:
    text = PLAIN.replace("a cat", "a <lora:fur:1> cat") + ", Clip skip: 2, VAE: vae-ft-mse-840000.ckpt"
    for more in ("", ", Hires upscale: 2, Hires upscaler: Latent", ", Hires upscale: 2, Hires upscaler: 4x_Ultra"):
        found = validate(read(text + more), core_registry(), lambda kind: FILES.get(kind, ()), None, Settings())
        assert not found.errors


# -- files -----------------------------------------------------------------------------------------------------------


def test_models_are_found_by_hash_then_by_name_else_as_written() -> None:
    hashes = {"6ce0161689" + "0" * 54: ("checkpoints", "other.ckpt"), "6ce0161689" + "1" * 54: ("loras", "x")}
    assert only(read(PLAIN, hashes), "CheckpointLoaderSimple") == {"ckpt_name": "other.ckpt"}
    named = PLAIN.replace("v1-5-pruned-emaonly", "SD15_V1-5-pruned-emaonly")
    assert only(read(named), "CheckpointLoaderSimple") == {"ckpt_name": "SD15/v1-5-pruned-emaonly.safetensors"}
    unknown = PLAIN.replace("v1-5-pruned-emaonly", "dreams.v2")
    assert only(read(unknown), "CheckpointLoaderSimple") == {"ckpt_name": "dreams.v2.safetensors"}
    assert only(read(PLAIN.replace("<", "")), "CheckpointLoaderSimple")
    nameless = read(PLAIN.replace(", Model: v1-5-pruned-emaonly", ""))
    assert only(nameless, "CheckpointLoaderSimple") == {}
    assert "only the hash '6ce0161689'" in said(nameless)
    ambiguous = read(PLAIN.replace("a cat", "<lora:twin:1>"))
    assert only(ambiguous, "LoraLoader")["lora_name"] == "twin.safetensors"


def test_a_vae_by_its_name() -> None:
    workflow = read(PLAIN + ", VAE hash: 735e4c3a44, VAE: vae-ft-mse-840000.ckpt")
    assert only(workflow, "VAELoader") == {"vae_name": "vae-ft-mse-840000.ckpt"}
    assert workflow.nodes[only(workflow, "VAEDecode")["vae"].node_id].type == "VAELoader"
    assert "VAELoader" not in types(read(PLAIN + ", VAE: Automatic"))


def test_embeddings_that_are_there_are_marked() -> None:
    workflow = read(PLAIN.replace("ugly", "(easynegative:1.2), bad-hands-5, easynegatively, embedding:EasyNegative"))
    text = only(workflow, "CLIPTextEncode", 1)["text"]
    assert text == "(embedding:EasyNegative:1.2), embedding:sub/bad-hands-5, easynegatively, embedding:EasyNegative"
    assert workflow.notes[0].kind == "by_name"


# -- what is not understood ------------------------------------------------------------------------------------------


def test_everything_else_becomes_a_note() -> None:
    text = (
        f'{PLAIN}, ENSD: 31337, ADetailer model: face_yolov8n.pt, ControlNet 0: "preprocessor: canny, weight: 1",'
        ' Lora hashes: "fur: 1234"\nTemplate: {a|b}'
    )
    notes = read(text).notes
    assert [note.kind for note in notes] == ["dropped"] * 4
    for word in ("'ENSD'", "'31337'", "'ADetailer model'", "preprocessor: canny, weight: 1", "Template"):
        assert word in said(read(text))


@pytest.mark.parametrize(
    ("old", "new", "name", "value"),
    [
        ("Steps: 30", "Steps: many", "steps", 20),
        ("Steps: 30", "Steps: 99999999", "steps", 20),
        ("CFG scale: 6.5", "CFG scale: nan", "cfg", 7.0),
        ("CFG scale: 6.5", "CFG scale: 1e999", "cfg", 7.0),
        ("Seed: 42", "Seed: -1", "seed", 0),
        ("Seed: 42", "Seed: 18446744073709551615", "seed", 2**64 - 1),
        ("Seed: 42", "Seed: 18446744073709551616", "seed", 0),
        ("DPM++ 2M Karras", "Magic", "sampler_name", "euler"),
        ("DPM++ 2M Karras", "Restart", "sampler_name", "heun"),
    ],
)
def test_values_that_cannot_be_used_are_replaced_and_noted(old: str, new: str, name: str, value: Any) -> None:
    workflow = read(PLAIN.replace(old, new))
    assert only(workflow, "KSampler")[name] == value
    assert bool(workflow.notes) == (value != 2**64 - 1)


def test_syntax_that_means_something_only_there_is_noted() -> None:
    assert "square brackets" in said(read(PLAIN.replace("soft light", "[soft] light")))
    assert "square brackets" in said(read(PLAIN.replace("soft light", "soft BREAK light")))
    assert not read(PLAIN.replace("soft light", r"\[soft] light")).notes
    assert "negative text" in said(read(PLAIN.replace("ugly", "ugly <lora:fur:1>")))


def test_documents_with_parameters() -> None:
    assert types(read_workflow({"parameters": PLAIN}, REGISTRY)) == types(read(PLAIN))
    assert types(read_workflow(PLAIN, REGISTRY)) == types(read(PLAIN))
    api = {"1": {"class_type": "Value", "inputs": {}}}
    assert types(read_workflow({"parameters": PLAIN, "prompt": api}, REGISTRY)) == ["Value"]
    assert choose_texts({"parameters": PLAIN, "prompt": "a cat"}) == {"parameters": PLAIN}
    assert choose_texts({"parameters": "a cat"}) is None


def test_texts_that_are_too_long_are_refused() -> None:
    with pytest.raises(WorkflowError, match="1048577 characters"):
        read_parameters("x" * (2**20 + 1))


PIECES = st.sampled_from(
    [*'aS:,"{}[]<>\n 1.x()|\\', "Steps: 2,", "\nNegative prompt:", "<lora:", "Size: ", "Hires upscale: "]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_raises_anything(text: str) -> None:
    read(text)
