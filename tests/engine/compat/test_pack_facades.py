"""The modules that packs import: files, models, tensors, and every name that was counted (3.5, 3.7)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.compat import shims
from engine.errors import FileError, PackError
from tests.engine.compat.workshop import Workshop, node
from tests.small_models import write_small_checkpoint

Make = Callable[..., Workshop]


def _write(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


# -- names -----------------------------------------------------------------------------------------------------------


def test_every_counted_name_is_there(workshop: Make) -> None:
    shop = workshop("names")
    assert shop.reports["names"].error == ""
    graph = {
        "1": node("EmptyImage", width=8, height=8, batch_size=1, color=255),
        "2": node("Uses", image=["1", 0], value=["1", 0]),
    }
    assert shop.run(graph, "2").outputs["2"][1] == 38


def test_every_module_can_be_imported(workshop: Make) -> None:
    workshop("names")
    names = [found.name for found in pkgutil.walk_packages(shims.__path__, "")]
    assert len(names) > 60
    for name in names:
        module = importlib.import_module(name)
        assert module.__doc__


def test_a_part_that_is_not_there_is_reported_as_such(workshop: Make, tmp_path: Path) -> None:
    _write(tmp_path / "custom_nodes" / "deep.py", b"import comfy.ldm.flux.layers\nNODE_CLASS_MAPPINGS = {}\n")
    _write(tmp_path / "custom_nodes" / "other.py", b"from comfy.utils import no_such_thing\nNODE_CLASS_MAPPINGS = {}\n")
    reports = workshop("names").reports
    assert "comfy.ldm.flux, that this engine does not offer" in str(reports["deep"])
    assert "no_such_thing" in str(reports["other"])
    assert "line 1" in str(reports["other"])
    assert reports["names"].error == ""


@pytest.mark.parametrize(
    "use",
    [
        "comfy.sd:load_lora_for_models",
        "comfy.controlnet:load_controlnet",
        "comfy.controlnet:ControlNet",
        "comfy.clip_vision:load",
        "comfy.lora:load_lora",
        "comfy.model_base:SDXL",
        "comfy_extras.nodes_upscale_model:ImageUpscaleWithModel",
        "nodes:LoraLoader",
        "execution:validate_prompt",
    ],
)
def test_what_is_not_offered_yet_says_so_in_one_sentence(workshop: Make, use: str) -> None:
    workshop("names")
    module, _, name = use.partition(":")
    with pytest.raises(PackError, match=r"is not offered by this engine yet\.$"):
        getattr(importlib.import_module(module), name)()


# -- files -----------------------------------------------------------------------------------------------------------


def test_folders_that_packs_add(workshop: Make, tmp_path: Path) -> None:
    write_small_checkpoint(tmp_path / "elsewhere" / "far.safetensors")
    _write(tmp_path / "models" / "own" / "sub" / "a.own")
    _write(tmp_path / "models" / "own" / "b.txt")
    _write(tmp_path / "elsewhere" / "l.safetensors")
    _write(tmp_path / "first" / "v.safetensors")
    shop = workshop("paths")
    assert shop.engine.object_info("CheckpointLoaderSimple")["input"]["required"]["ckpt_name"][0] == [
        "far.safetensors",
        "l.safetensors",
    ]
    assert shop.run({"1": node("CheckpointLoaderSimple", ckpt_name="far.safetensors")}, "1").outputs["1"]
    assert shop.engine.object_info("VAELoader")["input"]["required"]["vae_name"][0] == ["v.safetensors"]
    assert shop.engine.settings.model_directories("vae")[0] == tmp_path / "first"
    shown = shop.engine.object_info("Loads")["input"]["required"]
    assert shown["name"][0] == ["sub/a.own"]
    assert shown["lora"][0] == ["None", "far.safetensors", "l.safetensors"]
    own, lora = shop.values("Loads", name="sub/a.own", lora="None")
    assert (own, lora) == (str(tmp_path / "models" / "own" / "sub" / "a.own"), "None")
    assert shop.errors("Loads", name="../b.txt", lora="None")
    _write(tmp_path / "models" / "own" / "new.bin")  # a file that comes later is a choice at the next run
    assert shop.values("Loads", name="new.bin", lora="l.safetensors")[1] == str(tmp_path / "elsewhere/l.safetensors")


def test_saved_files_are_counted_and_stay_inside(workshop: Make, tmp_path: Path) -> None:
    shop = workshop("paths")
    names = [shop.run({"1": node("Writes", prefix=prefix)}).outputs["1"][0] for prefix in ("a/b", "a/b_%width%", "c")]
    assert names == ["a/b_00001_.txt", "a/b_64_00001_.txt", "c_00001_.txt"]
    _write(tmp_path / "output" / "c_00041_.png")
    assert shop.run({"2": node("Writes", prefix="C")}, "2").outputs["2"] == ("C_00042_.txt",)
    for prefix in ("../x", "/etc/x", "a/../../x"):
        assert "outside" in str(shop.failure({"3": node("Writes", prefix=prefix)}))


def test_annotated_names(workshop: Make, tmp_path: Path) -> None:
    shop = workshop("paths")
    _write(tmp_path / "input" / "in.txt", b"in")
    _write(tmp_path / "output" / "sub" / "out.txt", b"out")
    assert shop.value("Reads", file="in.txt") == "in"
    assert shop.value("Reads", file="sub/out.txt [output]") == "out"
    for name in ("out.txt", "../secret", "/etc/passwd", "sub/out.txt [temp]"):
        assert shop.errors("Reads", file=name)


def test_folder_paths_by_itself(workshop: Make, tmp_path: Path) -> None:
    workshop("paths")
    paths: Any = importlib.import_module("folder_paths")
    assert paths.base_path == str(tmp_path)
    assert paths.models_dir == str(tmp_path / "models")
    assert paths.get_folder_paths("unet") == paths.get_folder_paths("diffusion_models")
    with pytest.raises(KeyError):
        paths.get_filename_list("no such folder")
    with pytest.raises(FileNotFoundError):
        paths.get_full_path_or_raise("loras", "nothing")
    assert paths.get_full_path("loras", "../paths.py") is None
    assert paths.filter_files_content_types(["a.png", "b.mp4", "c.wav", "d.glb"], ["image", "model"]) == [
        "a.png",
        "d.glb",
    ]
    assert paths.filter_files_extensions(["b.x", "a.x", "c.y"], [".x"]) == ["a.x", "b.x"]
    assert paths.recursive_search(str(tmp_path / "custom_nodes"), ["__pycache__"])[0] == ["paths.py"]
    assert paths.get_directory_by_type("temp") == str(tmp_path / "temp")
    assert paths.get_directory_by_type("other") is None
    with pytest.raises(PackError):
        paths.set_output_directory("/tmp/elsewhere")
    with pytest.raises(FileError):
        paths.get_annotated_filepath("../x")


def test_tensor_files(workshop: Make, tmp_path: Path) -> None:
    workshop("names")
    utils: Any = importlib.import_module("comfy.utils")
    tensors = {"a": torch.arange(3), "b.c": torch.rand(2, 2).half()}
    utils.save_torch_file(tensors, str(tmp_path / "x.safetensors"), metadata={"k": "v"})
    loaded, metadata = utils.load_torch_file(str(tmp_path / "x.safetensors"), return_metadata=True)
    assert metadata == {"k": "v"}
    assert utils.safetensors_header(str(tmp_path / "x.safetensors")).startswith(b"{")
    torch.save({"state_dict": tensors}, tmp_path / "x.pt")
    for state in (loaded, utils.load_torch_file(str(tmp_path / "x.pt"), safe_load=True)):
        assert {name: (value.dtype, value.tolist()) for name, value in state.items()} == {
            name: (value.dtype, value.tolist()) for name, value in tensors.items()
        }
        state["a"] += 1  # a pack's own
    torch.save({"nested": {"deep": torch.zeros(1)}}, tmp_path / "y.pt")
    assert utils.load_torch_file(tmp_path / "y.pt")["nested"]["deep"].tolist() == [0]
    torch.save({"run": _Runs()}, tmp_path / "evil.pt")
    with pytest.raises(FileError, match="was not run"):
        utils.load_torch_file(str(tmp_path / "evil.pt"))


class _Runs:
    def __reduce__(self) -> Any:
        raise_it: Any = exec
        return raise_it, ("raise SystemExit",)


def test_tensors(workshop: Make) -> None:
    workshop("names")
    utils: Any = importlib.import_module("comfy.utils")
    x = torch.rand(2, 3, 8, 12)
    assert utils.common_upscale(x, 6, 8, "nearest-exact", "center").shape == (2, 3, 8, 6)
    assert utils.common_upscale(x, 6, 8, "nearest", "disabled").shape == (2, 3, 8, 6)
    assert utils.common_upscale(x.unsqueeze(2).repeat(1, 1, 5, 1, 1), 6, 4, "lanczos", "disabled").shape == (
        2,
        3,
        5,
        4,
        6,
    )
    assert torch.equal(utils.repeat_to_batch_size(x, 5), torch.cat([x, x, x])[:5])
    assert torch.equal(utils.resize_to_batch_size(x, 3)[1], (x[0] + x[1]) / 2)
    tiled = utils.tiled_scale(x, lambda tile: tile * 2, 4, 4, 2, 1)
    torch.testing.assert_close(tiled, x * 2)
    assert utils.string_to_seed("a") == utils.string_to_seed(b"a")
    state = {"a.x": torch.zeros(2), "a.y": torch.zeros(3, dtype=torch.half), "b": torch.zeros(1)}
    assert utils.calculate_parameters(state, "a.") == 5
    assert utils.weight_dtype(state, "a.") == torch.half
    assert set(utils.state_dict_prefix_replace(dict(state), {"a.": "c."}, filter_keys=True)) == {"c.x", "c.y"}


def test_node_helpers_and_models_own_functions(workshop: Make) -> None:
    workshop("names")
    helpers: Any = importlib.import_module("node_helpers")
    given = [[torch.zeros(1), {"a": [1]}]]
    assert helpers.conditioning_set_values(given, {"a": [2], "b": 3}, append=True)[0][1] == {"a": [1, 2], "b": 3}
    assert given[0][1] == {"a": [1]}
    one, two = helpers.image_alpha_fix(torch.zeros(1, 2, 2, 4), torch.zeros(1, 2, 2, 3))
    assert one.shape == two.shape
    management: Any = importlib.import_module("comfy.model_management")
    device = management.get_torch_device()
    assert (str(device), management.is_device_cpu(device), management.should_use_fp16(device)) == ("cpu", True, False)
    assert management.get_free_memory(device) > 0
    assert management.get_total_memory(device) >= management.get_free_memory(device)
    assert management.vram_state.name == "DISABLED"


# -- models ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shop(workshop: Make) -> Workshop:
    made = workshop("models")
    write_small_checkpoint(made.base / "models" / "checkpoints" / "small.safetensors")
    return made


_CHECKPOINT = {"1": node("CheckpointLoaderSimple", ckpt_name="small.safetensors")}


def test_text_encoders(shop: Workshop) -> None:
    graph = {"0": node("LoadsAll", name="small.safetensors"), **_CHECKPOINT}
    graph |= {
        "2": node("Encodes", clip=["0", 1], text="a (cat:1.2)"),
        "3": node("CLIPTextEncode", clip=["1", 1], text="a (cat:1.2)"),
    }
    done = shop.run(graph, "2", "3")
    for conditioning in done.outputs["2"]:
        torch.testing.assert_close(conditioning[0][0], done.outputs["3"][0][0][0])
        torch.testing.assert_close(conditioning[0][1]["pooled_output"], done.outputs["3"][0][0][1]["pooled_output"])


def test_autoencoders(shop: Workshop) -> None:
    latent = node("EmptyLatentImage", width=32, height=32, batch_size=1)
    graph = {**_CHECKPOINT, "2": latent, "3": node("Pictures", vae=["1", 2], latent=["2", 0])}
    graph["4"] = node("VAEDecode", vae=["1", 2], samples=["2", 0])
    done = shop.run(graph, "3", "4")
    image, other, back, also = done.outputs["3"]
    torch.testing.assert_close(image, done.outputs["4"][0])
    torch.testing.assert_close(image, other)
    torch.testing.assert_close(back["samples"], also["samples"])


def test_a_network_of_a_packs_own(shop: Workshop) -> None:
    graph = {"1": node("EmptyImage", width=20, height=12, batch_size=1, color=0x336699)}
    graph["2"] = node("OwnModule", image=["1", 0])
    image = shop.run(graph, "2").outputs["2"][0]
    assert image.shape == (1, 24, 40, 3)
    torch.testing.assert_close(image[0, 5, 5], torch.tensor([0x33, 0x66, 0x99]) / 255)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("lora", "comfy.sd.load_lora_for_models"),
        ("patch", "MODEL.set_model_unet_function_wrapper"),
        ("controlnet", "comfy.controlnet.load_controlnet"),
    ],
)
def test_nodes_that_use_what_is_not_offered_fail_by_name(shop: Workshop, what: str, said: str) -> None:
    graph = {**_CHECKPOINT, "2": node("WantsLora", model=["1", 0], what=what)}
    assert f"{said} is not offered by this engine yet." in str(shop.failure(graph, "2"))
    assert shop.run({**_CHECKPOINT, "2": node("WantsLora", model=["1", 0], what="size")}, "2").outputs["2"][0] == 16384


def test_previews_as_packs_make_them_of_save_image(shop: Workshop) -> None:
    graph = {"1": node("EmptyImage", width=8, height=8, batch_size=1, color=0)}
    graph["2"] = node("PreviewsLikeSave", images=["1", 0])
    (shown,) = shop.run(graph).ui["2"]["images"]
    assert shown["type"] == "temp"
    assert (shop.base / "temp" / shown["filename"]).is_file()
    assert not (shop.base / "output").exists()
