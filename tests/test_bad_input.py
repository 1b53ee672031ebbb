"""Whatever is wrong with a request, its user gets one clear message and an exit status: no traceback, nothing lost."""

from __future__ import annotations

import io
import json
import pickle
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from main import main

ROOT = Path(__file__).resolve().parent.parent
CHECKPOINT = ROOT / "models" / "checkpoints" / "postcards.safetensors"


def text_to_image(**changes: Any) -> dict[str, Any]:
    """The text-to-image graph in API format; `changes` are `NODE__INPUT=value`."""
    graph: dict[str, Any] = {
        "ckpt": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "postcards.safetensors"}},
        "text": {"class_type": "CLIPTextEncode", "inputs": {"text": "a red circle", "clip": ["ckpt", 1]}},
        "size": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
        "sampler": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["ckpt", 0],
                "seed": 1,
                "steps": 1,
                "cfg": 2.0,
                "sampler_name": "euler",
                "scheduler": "normal",
                "positive": ["text", 0],
                "negative": ["text", 0],
                "latent_image": ["size", 0],
                "denoise": 1.0,
            },
        },
        "decode": {"class_type": "VAEDecode", "inputs": {"samples": ["sampler", 0], "vae": ["ckpt", 2]}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["decode", 0], "filename_prefix": "x"}},
    }
    for key, value in changes.items():
        node, _, name = key.partition("__")
        graph[node]["inputs"][name] = value
    return graph


def load_and_save(name: str) -> dict[str, Any]:
    return {
        "load": {"class_type": "LoadImage", "inputs": {"image": name}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["load", 0], "filename_prefix": "x"}},
    }


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a document, or the bytes of a file, below `tmp_path`; asserts a clean refusal and returns its message."""

    def run_and_read(content: object, *arguments: str, name: str = "file.json", status: int = 2) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        assert main(["run", str(path), "--base-directory", str(tmp_path), "--cpu", *arguments]) == status
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        assert not captured.out
        assert not list((tmp_path / "output").rglob("*"))
        return captured.err

    return run_and_read


def install_checkpoint(base: Path, content: bytes, name: str = "postcards.safetensors") -> None:
    directory = base / "models" / "checkpoints"
    directory.mkdir(parents=True)
    (directory / name).write_bytes(content)


@pytest.fixture
def with_checkpoint(tmp_path: Path) -> Path:
    directory = tmp_path / "models" / "checkpoints"
    directory.mkdir(parents=True)
    (directory / CHECKPOINT.name).symlink_to(CHECKPOINT)
    return tmp_path


# -- files that are not workflows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        b"not json",
        b'{"1": {"class_type"',
        b"[]",
        b"{}",
        b"7",
        b"null",
        b'"text"',
        b'{"nodes": 3}',
        b'{"nodes": [null, 3, "x"], "links": [null]}',
        b'{"1": {"class_type": 3, "inputs": []}}',
        b"\xff\xfe\xfd",
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b'{"1": {"class_type": "KSampler", "inputs": {"seed": ' + b"9" * 100_000 + b"}}}",
    ],
    ids=lambda content: repr(content[:24]),
)
def test_what_is_not_a_workflow(content: bytes, run: Callable[..., str]):
    assert run(content).strip()


def test_a_hundred_megabytes_of_nesting(run: Callable[..., str]):
    assert "100000000 bytes" in run(b"[" * 100_000_000)


def test_no_such_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["run", str(tmp_path / "missing.json")]) == 2
    assert "missing.json" in capsys.readouterr().err
    assert main(["run", str(tmp_path)]) == 2
    assert tmp_path.name in capsys.readouterr().err


def test_pictures_without_a_workflow(run: Callable[..., str]):
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG")
    assert "workflow" in run(buffer.getvalue(), name="plain.png")
    assert run(buffer.getvalue()[:20], name="cut.png")


# -- graphs that cannot run -------------------------------------------------------------------------------------------


def test_every_error_is_told_at_once(with_checkpoint: Path, run: Callable[..., str]):
    graph = text_to_image(
        sampler__cfg=float("nan"), sampler__sampler_name="eular", size__width=0, text__clip=["gone", 0]
    )
    del graph["save"]["inputs"]["images"]
    message = run(graph)
    for part in ("cfg", "eular", "width", "gone", "images"):
        assert part in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"size__width": 0}, "width"),
        ({"size__width": -1}, "width"),
        ({"size__width": 10**9}, "width"),
        ({"size__width": "wide"}, "width"),
        ({"size__width": float("inf")}, "width"),
        ({"sampler__cfg": float("nan")}, "cfg"),
        ({"sampler__seed": 2**64}, "seed"),
        ({"sampler__seed": -1}, "seed"),
        ({"sampler__steps": 0}, "steps"),
        ({"sampler__scheduler": "karas"}, "karras"),
        ({"sampler__model": ["text", 0]}, "CONDITIONING"),
        ({"sampler__model": ["ckpt", 9]}, "9"),
        ({"sampler__model": "ckpt"}, "model"),
        ({"ckpt__ckpt_name": "other.safetensors"}, "other.safetensors"),
        ({"ckpt__ckpt_name": "../../etc/passwd"}, "passwd"),
        ({"text__clip": ["save", 0]}, "save"),
        ({"text__text": {"not": "text"}}, "text"),
    ],
)
def test_values_that_cannot_be(change: dict[str, Any], expected: str, with_checkpoint: Path, run: Callable[..., str]):
    assert expected in run(text_to_image(**change))


def test_a_size_that_no_memory_holds(with_checkpoint: Path, run: Callable[..., str]):
    message = run(text_to_image(size__width=16384, size__height=16384, size__batch_size=4096), status=1)
    assert "batch_size" in message or "pixels" in message


def test_unknown_node_names_the_nearest(with_checkpoint: Path, run: Callable[..., str]):
    graph = text_to_image()
    graph["sampler"]["class_type"] = "KSamplr"
    assert "KSampler" in run(graph)


@pytest.mark.parametrize(
    "assignment", ["nope.seed=1", "sampler.sed=1", "sampler.seed=many", "sampler", "=", "sampler.seed"]
)
def test_wrong_assignments_say_what_exists(assignment: str, with_checkpoint: Path, run: Callable[..., str]):
    assert run(text_to_image(), "--set", assignment)


# -- checkpoints ------------------------------------------------------------------------------------------------------


def safetensors(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


BAD_CHECKPOINTS = {
    "empty": b"",
    "short": b"\1\2\3",
    "header longer than the file": safetensors({}, length=10**6),
    "absurd header": safetensors({}, length=2**63),
    "header is not JSON": struct.pack("<Q", 8) + b"{{{{{{{{",
    "header is a list": safetensors([1, 2]),
    "no tensors": safetensors({}),
    "other tensors": safetensors({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"\0" * 4),
    "data missing": safetensors({"w": {"dtype": "F32", "shape": [100], "data_offsets": [0, 400]}}),
    "unknown dtype": safetensors({"w": {"dtype": "F31", "shape": [1], "data_offsets": [0, 4]}}, b"\0" * 4),
    "shape and offsets disagree": safetensors({"w": {"dtype": "F32", "shape": [9], "data_offsets": [0, 4]}}, b"\0" * 4),
    "negative": safetensors({"w": {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]}}, b"\0" * 4),
}


@pytest.mark.parametrize("name", BAD_CHECKPOINTS)
def test_damaged_checkpoints(name: str, tmp_path: Path, run: Callable[..., str]):
    install_checkpoint(tmp_path, BAD_CHECKPOINTS[name])
    assert "postcards.safetensors" in run(text_to_image(), status=1)


def test_truncated_checkpoint(tmp_path: Path, run: Callable[..., str]):
    install_checkpoint(tmp_path, CHECKPOINT.read_bytes()[:-1000])
    assert "postcards.safetensors" in run(text_to_image(), status=1)


def rewrite_header(change: Callable[[dict[str, Any]], None]) -> bytes:
    content = CHECKPOINT.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    change(header)
    return safetensors(header, content[8 + length :])


def test_missing_tensors_are_named(tmp_path: Path, run: Callable[..., str]):
    key = "model.diffusion_model.time_embed.0.weight"

    def rename(header: dict[str, Any]) -> None:
        header["model.diffusion_model.other"] = header.pop(key)

    install_checkpoint(tmp_path, rewrite_header(rename))
    assert "time_embed.0.weight" in run(text_to_image(), status=1)


def test_wrong_shapes_are_named(tmp_path: Path, run: Callable[..., str]):
    key = "model.diffusion_model.time_embed.2.weight"

    def transpose(header: dict[str, Any]) -> None:
        shape = header[key]["shape"]
        header[key]["shape"] = [shape[0] * 2, shape[1] // 2]

    install_checkpoint(tmp_path, rewrite_header(transpose))
    assert "time_embed.2.weight" in run(text_to_image(), status=1)


def test_a_pickle_is_refused_and_not_executed(tmp_path: Path, run: Callable[..., str]):
    witness = tmp_path / "executed"

    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return (open, (str(witness), "w"))

    install_checkpoint(tmp_path, pickle.dumps({"state_dict": Payload()}), name="bad.ckpt")
    assert "bad.ckpt" in run(text_to_image(ckpt__ckpt_name="bad.ckpt"), status=1)
    assert not witness.exists()


# -- pictures and directories -----------------------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [b"", b"text", png(60_000, 60_000), png(100, 100), png(1, 1)[:40]],
    ids=["empty", "text", "bomb", "grey", "cut"],
)
def test_pictures_that_cannot_be_read(content: bytes, tmp_path: Path, run: Callable[..., str]):
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "picture.png").write_bytes(content)
    assert "picture.png" in run(load_and_save("picture.png"), status=1)


@pytest.mark.parametrize("name", ["missing.png", "../file.json", "/etc/passwd", "a\0b.png", ""])
def test_pictures_that_are_not_there(name: str, run: Callable[..., str]):
    assert "image" in run(load_and_save(name))


EMPTY_IMAGE = {
    "image": {"class_type": "EmptyImage", "inputs": {"width": 256, "height": 256, "batch_size": 1, "color": 0}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["image", 0], "filename_prefix": "x"}},
}


def test_an_output_directory_that_is_a_file(tmp_path: Path, run: Callable[..., str]):
    (tmp_path / "taken").write_text("")
    assert "taken" in run(EMPTY_IMAGE, "--output-directory", str(tmp_path / "taken"), status=1)


def test_a_prefix_that_leads_out(run: Callable[..., str]):
    graph = json.loads(json.dumps(EMPTY_IMAGE))
    graph["save"]["inputs"]["filename_prefix"] = "../../escaped"
    assert "escaped" in run(graph, status=1)


def test_a_full_disk(tmp_path: Path):
    """A limit on file sizes stands in for a full disk: writes fail half-way, as they would there."""
    workflow = tmp_path / "file.json"
    noise = {"image": ["image", 0], "seed": 1, "strength": 1.0}
    save = {"images": ["noise", 0], "filename_prefix": "x"}
    noisy = {
        **EMPTY_IMAGE,
        "noise": {"class_type": "ImageAddNoise", "inputs": noise},
        "save": {"class_type": "SaveImage", "inputs": save},
    }
    workflow.write_text(json.dumps(noisy))
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "from main import main; sys.exit(main(sys.argv[1:]))"
    )
    arguments = ["run", str(workflow), "--base-directory", str(tmp_path)]
    command = [sys.executable, "-B", "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "Cannot write" in done.stderr
    assert not list((tmp_path / "output").rglob("*"))
