from __future__ import annotations

import contextlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from engine.errors import CheckpointError
from engine.models.tensor_file import SafetensorsFile
from engine.models.tensor_header import MAX_HEADER_BYTES
from tests.engine.models.networks import write_checkpoint, write_header

ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        SafetensorsFile(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


def write_entries(path: Path, entries: Any, data: bytes = bytes(16)) -> Path:
    return write_header(path, json.dumps(entries).encode(), data)


@pytest.mark.parametrize("stored", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("wanted", [torch.float16, torch.bfloat16, torch.float32])
def test_numbers_come_back(tmp_path: Path, stored: torch.dtype, wanted: torch.dtype) -> None:
    tensors = {
        "a": torch.randn(3, 5).to(stored),
        "b": torch.randn(()).to(stored),
        "empty": torch.empty(0, 4).to(stored),
    }
    file = SafetensorsFile(write_checkpoint(tmp_path / "file", tensors, {"title": "a title"}))
    assert file.metadata == {"title": "a title"}
    assert {name: (info.dtype, info.shape) for name, info in file.tensors.items()} == {
        name: (stored, tuple(tensor.shape)) for name, tensor in tensors.items()
    }
    read = file.read(tensors, wanted)
    assert all(torch.equal(read[name], tensors[name].to(wanted)) for name in tensors)


def test_conversion_in_pieces_is_conversion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.models.tensor_file.CHUNK_BYTES", 4096)
    tensors = {"a": torch.randn(3333), "b": torch.randn(1, 5000), "c": torch.randn(1024)}
    read = SafetensorsFile(write_checkpoint(tmp_path / "file", tensors)).read(tensors, torch.bfloat16)
    assert all(torch.equal(read[name], tensors[name].to(torch.bfloat16)) for name in tensors)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_tensors_at_odd_places_are_read(tmp_path: Path, dtype: torch.dtype) -> None:
    values = torch.tensor([1.5, -2.0])
    data = b"\xff\xff\xff" + struct.pack("<2f", *values.tolist())
    for spaces in range(4):
        header = json.dumps({"x": {**ENTRY, "data_offsets": [3, 11]}}).encode() + b" " * spaces
        read = SafetensorsFile(write_header(tmp_path / "file", header, data)).read(["x"], dtype)
        assert torch.equal(read["x"], values.to(dtype))


def test_views_outlive_the_file_and_do_not_write_to_it(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path / "file", {"a": torch.ones(1000)})
    before = path.read_bytes()
    read = SafetensorsFile(path).read(["a"], torch.float32)["a"]
    path.unlink()
    path.write_bytes(before)
    read += 1
    assert read.sum() == 2000
    assert path.read_bytes() == before


def test_missing_directory_and_empty(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in refusal(tmp_path / "nothing")
    assert "cannot be read: Is a directory" in refusal(tmp_path)
    (tmp_path / "empty").touch()
    assert "is empty" in refusal(tmp_path / "empty")


def test_any_cut_is_noticed(tmp_path: Path) -> None:
    whole = save({"a": torch.randn(4), "b": torch.randn(3)})
    path = tmp_path / "cut"
    for length in range(1, len(whole)):
        path.write_bytes(whole[:length])
        assert "is cut off" in refusal(path)


def test_cut_after_opening_is_noticed(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path / "file", {"a": torch.ones(1000)})
    file = SafetensorsFile(path)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(CheckpointError, match="has changed since it was opened"):
        file.read(["a"], torch.float32)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (struct.pack("<Q", 1000) + b"{}", "header would be 1000 bytes long; the file has 10"),
        (struct.pack("<Q", 2**63) + b"{}", "header would be 9223372036854775808 bytes long"),
        (struct.pack("<Q", 0) + b"{}", "header would be 0 bytes long"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "Git LFS pointer"),
        (b"<!DOCTYPE html><title>Sign in</title>", "web page"),
        (b"GGUF\x03\x00\x00\x00" + bytes(20), "GGUF"),
        (b"PK\x03\x04" + bytes(30), "zip archive"),
    ],
)
def test_other_files_are_told_apart(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "file").write_bytes(content)
    assert words in refusal(tmp_path / "file")


def test_absurd_header_is_not_read(tmp_path: Path) -> None:
    with (path := tmp_path / "file").open("wb") as file:
        file.write(struct.pack("<Q", MAX_HEADER_BYTES + 1))
        file.truncate(2 * MAX_HEADER_BYTES)
    assert f"headers have 2 to {MAX_HEADER_BYTES}" in refusal(path)


@pytest.mark.parametrize(
    "header",
    [
        b"{ ",
        b'{"a":}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
        b"[]",
        b'"{}"',
    ],
)
def test_headers_that_are_no_object(tmp_path: Path, header: bytes) -> None:
    assert "its header is damaged" in refusal(write_header(tmp_path / "file", header))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dtype": "F31"}, "has the type 'F31', known are BOOL, U8"),
        ({"dtype": None}, "has the type 'None'"),
        ({"dtype": ["F32"]}, "has the type"),
        ({"shape": [-2]}, "must have a shape"),
        ({"shape": [2.0]}, "must have a shape"),
        ({"shape": [True, 2]}, "must have a shape"),
        ({"shape": "2"}, "must have a shape"),
        ({"shape": [1] * 100}, "must have a shape"),
        ({"shape": [3]}, "takes 12 bytes, but 8 are set aside"),
        ({"shape": [2**64, 2**64]}, "bytes, but 8 are set aside"),
        ({"data_offsets": [8, 0]}, "two data_offsets"),
        ({"data_offsets": [-8, 0]}, "two data_offsets"),
        ({"data_offsets": [0]}, "two data_offsets"),
        ({"data_offsets": None}, "two data_offsets"),
        ({"data_offsets": [16, 24]}, "ends at byte 24 of the data, of which there are 16"),
        ({"data_offsets": [2**70, 2**70 + 8]}, "is cut off"),
    ],
)
def test_entries_that_cannot_be(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    message = refusal(write_entries(tmp_path / "file", {"weight": {**ENTRY, **change}}))
    assert words in message
    assert "'weight'" in message


def test_more_entries_that_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert "must be described by an object" in refusal(write_entries(path, {"weight": [1]}))
    assert "'__metadata__' must be an object" in refusal(write_entries(path, {"__metadata__": [1]}))
    overlapping = {"a": ENTRY, "b": {**ENTRY, "data_offsets": [4, 12]}}
    assert "'a' and 'b' overlap" in refusal(write_entries(path, overlapping))


def test_whole_numbers_are_no_weights(tmp_path: Path) -> None:
    file = SafetensorsFile(write_checkpoint(tmp_path / "file", {"a": torch.arange(4)}))
    with pytest.raises(CheckpointError, match=r"'a' holds torch\.int64"):
        file.read(["a"], torch.float16)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_damage_gives_anything_but_a_refusal(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(save({"a": torch.zeros(4), "b": torch.zeros(2, 3, dtype=torch.float16)}, {"k": "v"}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    with contextlib.suppress(CheckpointError):
        file = SafetensorsFile(path)
        file.read([name for name, info in file.tensors.items() if info.dtype.is_floating_point], torch.float32)
