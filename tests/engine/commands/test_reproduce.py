"""Pictures made again: equal, different, or not to be made again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import Engine, Settings
from engine.images.codec import encode_jpeg, encode_png, encode_webp, read_image
from engine.images.metadata import read_metadata
from main import main

ROOT = Path(__file__).resolve().parents[3]


def solid(node_id: str, color: int, batch: int = 1, width: int = 24) -> dict[str, Any]:
    inputs = {"width": width, "height": 16, "batch_size": batch, "color": color}
    return {node_id: {"class_type": "EmptyImage", "inputs": inputs}}


def saved(node_id: str, source: str, **inputs: Any) -> dict[str, Any]:
    type_name = "SaveImageAs" if "format" in inputs else "SaveImage"
    return {node_id: {"class_type": type_name, "inputs": {"images": [source, 0], "filename_prefix": "a", **inputs}}}


def make(base: Path, prompt: dict[str, Any], **options: Any) -> list[Path]:
    """Run a workflow; the pictures that it saved."""
    engine = Engine(Settings(base_directory=base, device="cpu", **options))
    result = engine.run(engine.load(prompt))
    return [base / "output" / item["filename"] for ui in result.ui.values() for item in ui["images"]]


def reproduce(base: Path, picture: Path, *flags: str) -> int:
    return main(["reproduce", str(picture), "--base-directory", str(base), "--cpu", *flags])


def texts_of(picture: Path) -> dict[str, Any]:
    return {key: json.loads(text) for key, text in read_metadata(picture).items()}


@pytest.mark.parametrize("save_record", [False, True])
@pytest.mark.parametrize(
    "inputs", [{}, {"format": "jpeg", "quality": 50}, {"format": "webp"}, {"format": "webp", "lossless": True}]
)
def test_what_is_equal_is_said_to_be(
    save_record: bool, inputs: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    prompt = solid("1", 0x336699, batch=2) | saved("2", "1", **inputs)
    for index, picture in enumerate(make(tmp_path, prompt, save_record=save_record)):
        before = sorted(tmp_path.rglob("*.*"))
        assert reproduce(tmp_path, picture) == 0
        printed = capsys.readouterr().out
        assert printed.startswith("equal: node '2'")
        assert f"picture {index + 1 if save_record else 1}," in printed  # two of one kind, if nobody says which
        assert sorted(tmp_path.rglob("*.*")) == before


def test_without_a_record_the_output_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    prompt = solid("1", 0xFF0000) | saved("2", "1") | solid("3", 0x0000FF) | saved("4", "3") | solid("5", 0, 1, 8)
    pictures = make(tmp_path, prompt | saved("6", "5"))
    found: dict[str, Path] = {}
    for picture in pictures:
        assert reproduce(tmp_path, picture, "--json") == 0
        found[json.loads(capsys.readouterr().out)["node_id"]] = picture
    assert list(found) == ["2", "4", "6"]


def test_pixels_that_differ_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    [picture] = make(tmp_path, solid("1", 0x808080) | saved("2", "1"), save_record=True)
    image, texts = read_image(picture, 10_000).image[0], texts_of(picture)
    image[3, 5] += 10 / 255
    image[4, 7, 0] -= 20 / 255
    picture.write_bytes(encode_png(image, texts))
    assert reproduce(tmp_path, picture) == 1
    assert capsys.readouterr().out == (
        "differs: node '2' (SaveImage), picture 1: 2 of 384 pixels (0.52 %), by at most 20 of 255 and 0.0326 on"
        " average, between (5, 3) and (7, 4)\n"
    )
    assert reproduce(tmp_path, picture, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["status"], report["difference"]["pixels"], report["changes"]) == ("different", 2, [])


def test_another_size_is_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    [picture] = make(tmp_path, solid("1", 0) | saved("2", "1"))
    picture.write_bytes(encode_png(torch.zeros(16, 25, 3), texts_of(picture)))
    assert reproduce(tmp_path, picture) == 1
    assert "the picture has 25 x 16 pixels, this run made 24 x 16" in capsys.readouterr().out


def test_what_has_changed_since_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "input").mkdir()
    loaded = tmp_path / "input" / "in.png"
    loaded.write_bytes(encode_png(torch.zeros(4, 4, 3)))
    prompt = {"1": {"class_type": "LoadImage", "inputs": {"image": "in.png"}}} | saved("2", "1")
    [picture] = make(tmp_path, prompt, save_record=True)
    texts = texts_of(picture)
    assert [file["name"] for file in texts["skein"]["record"]["models"]] == ["in.png"]
    texts["skein"]["record"]["versions"]["torch"] = "1.0"
    picture.write_bytes(encode_png(torch.zeros(4, 4, 3), texts))
    loaded.write_bytes(encode_png(torch.ones(4, 4, 3)))
    assert reproduce(tmp_path, picture) == 1
    printed = capsys.readouterr().out
    assert "changed since: torch was 1.0, is " in printed
    assert "changed since: input/in.png has changed" in printed
    assert "16 of 16 pixels" in printed


def test_a_picture_that_loads_an_output_finds_it(tmp_path: Path):
    [first] = make(tmp_path, solid("1", 0x123456) | saved("2", "1", filename_prefix="folder/first"))
    first = tmp_path / "output" / "folder" / first.name
    prompt = {"1": {"class_type": "LoadImage", "inputs": {"image": f"folder/{first.name} [output]"}}}
    [picture] = make(tmp_path, prompt | saved("2", "1"))
    assert reproduce(tmp_path, picture) == 0


def test_it_computes_in_what_the_record_says_unless_told_otherwise(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    [picture] = make(tmp_path, solid("1", 0) | saved("2", "1"), save_record=True, dtype="bfloat16")
    assert reproduce(tmp_path, picture) == 0
    assert "changed" not in capsys.readouterr().out
    assert reproduce(tmp_path, picture, "--dtype", "float32") == 0
    assert "changed since: dtype was bfloat16, is float32" in capsys.readouterr().out


def test_moving_pictures_are_compared_frame_by_frame(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    inputs = {"filename_prefix": "a", "fps": 6.0, "images": ["1", 0]}
    webp = {"lossless": True, "quality": 80, "method": "default"}
    prompt = solid("1", 0x204060, batch=3) | {
        "2": {"class_type": "SaveAnimatedWEBP", "inputs": inputs | webp},
        "3": {"class_type": "SaveAnimatedPNG", "inputs": inputs | {"compress_level": 1}},
    }
    for picture in make(tmp_path, prompt, save_record=True):
        assert reproduce(tmp_path, picture) == 0
    assert capsys.readouterr().out.count("equal: ") == 2


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({}, "carries no workflow"),
        ({"parameters": "a cat"}, "carries no workflow"),
        ({"prompt": [1]}, "is no workflow"),
        ({"prompt": {"1": {"class_type": "Unheard", "inputs": {}}}}, "Unheard"),
        ({"prompt": solid("1", 0)}, "no output"),
    ],
)
def test_what_cannot_be_made_again_is_said(
    texts: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    picture = tmp_path / "picture.webp"
    picture.write_bytes(encode_webp(torch.zeros(1, 8, 8, 3), texts))
    assert reproduce(tmp_path, picture) == 2
    assert said in capsys.readouterr().err


def test_a_record_that_cannot_be_read_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    prompt = solid("1", 0) | saved("2", "1", format="jpeg")
    [picture] = make(tmp_path, prompt)
    for record in (1, None, {"node_id": "2"}, {"node_id": 2, "index": "a", "record": {}}):
        picture.write_bytes(encode_jpeg(read_image(picture, 10_000).image[0], {"prompt": prompt, "skein": record}))
        assert reproduce(tmp_path, picture) in (0, 1)
        assert "cannot be read" in capsys.readouterr().err


def test_no_picture_is_refused(tmp_path: Path):
    (tmp_path / "text.png").write_text("no picture")
    assert reproduce(tmp_path, tmp_path / "text.png") == 2
    assert reproduce(tmp_path, tmp_path / "missing.png") == 2
    assert reproduce(tmp_path, tmp_path) == 2


def test_the_small_model_makes_its_picture_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    workflow = str(ROOT / "workflows" / "text_to_image.json")
    flags = ["--cpu", "--output-directory", str(tmp_path / "out"), "--user-directory", str(tmp_path / "user")]
    assert main(["run", workflow, "--set", "KSampler.steps=2", "--seed", "3", "--save-record", "--json", *flags]) == 0
    [run] = json.loads(capsys.readouterr().out)["runs"]
    [picture] = (tmp_path / "out").iterdir()
    record = texts_of(picture)["skein"]["record"]
    assert record == run["record"]
    assert record["seeds"] == {"5.seed": 3}
    # All that came before the picture was saved, and how long it took.
    seconds = texts_of(picture)["skein"]["seconds"]
    assert set(seconds) == set(run["nodes"]) - {"7"}
    assert all(run["nodes"][node_id]["seconds"] == spent for node_id, spent in seconds.items())
    assert [(file["folder"], file["name"]) for file in record["models"]] == [("checkpoints", "postcards.safetensors")]
    assert {node["type"] for node in run["nodes"].values()} >= {"KSampler", "SaveImage"}
    # Sums depend on how many threads add up: the record says how many there were.
    assert record["threads"] == torch.get_num_threads()
    other = 2 if record["threads"] == 1 else 1
    torch.set_num_threads(other)
    try:
        assert main(["reproduce", str(picture), *flags]) == 0
        assert torch.get_num_threads() == other
    finally:
        torch.set_num_threads(record["threads"])
    assert capsys.readouterr().out == "equal: node '7' (SaveImage), picture 1, every pixel\n"
