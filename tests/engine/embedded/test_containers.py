"""Workflows out of files of every kind, as FFmpeg and others write them; nothing else is read, and not too much."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from engine.embedded.containers import CONTAINERS, HEAD_BYTES, CarriedTexts, find_container, read_document, read_texts
from engine.errors import FileError, WorkflowError
from engine.graph.document import read_workflow
from engine.graph.workflow import Node
from tests.engine.embedded.files import CANVAS, MAKERS, TEXTS, comments, example, film, glb, id3, ogg, safetensors, svg
from tests.engine.graph.examples import REGISTRY

MIB = 2**20


class CountingFile(io.BytesIO):
    """A file that knows how much was read of it."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


def texts_of(data: bytes, max_bytes: int = MIB) -> CarriedTexts:
    carried = read_texts(io.BytesIO(data), max_bytes)
    assert carried is not None
    return carried


def load(data: bytes, tmp_path: Path, max_bytes: int = MIB) -> Any:
    path = tmp_path / "file"
    path.write_bytes(data)
    return read_document(path, max_bytes)


# -- what programs write ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKERS)
def test_every_kind_of_file_gives_the_same_workflow(name: str, tmp_path: Path) -> None:
    workflow = read_workflow(load(example(name), tmp_path), REGISTRY)
    assert workflow.nodes == {"1": Node("1", "Value", {"value": 3}, "grün 猫")}
    assert workflow.document == CANVAS


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("key", TEXTS)
def test_one_of_both_is_enough(name: str, key: str, tmp_path: Path) -> None:
    workflow = read_workflow(load(MAKERS[name]({key: TEXTS[key]}), tmp_path), REGISTRY)
    assert workflow.nodes["1"].type == "Value"


def test_every_entry_of_the_table_has_a_file_here() -> None:
    assert {find_container(example(name)[:HEAD_BYTES]) for name in MAKERS} == set(CONTAINERS)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"nodes": []}', json.dumps(TEXTS).encode("utf-16"), b"[" * 40, b"hello", b"<html>", b"\0" * 100],
)
def test_json_and_the_unknown_are_no_containers(data: bytes) -> None:
    assert find_container(data) is None
    assert read_texts(io.BytesIO(data), MIB) is None


def test_json_in_every_encoding_is_json(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-le", "utf-32-be"):
        assert load(json.dumps({"nodes": []}).encode(encoding), tmp_path) == {"nodes": []}


def test_a_text_file_of_parameters_is_read(tmp_path: Path) -> None:
    text = "a cat: nice\nSteps: 20, Sampler: Euler a, Seed: 7, Size: 512x512"
    assert load(b"\xef\xbb\xbf" + text.encode(), tmp_path) == {"parameters": text}
    with pytest.raises(WorkflowError, match="is not JSON"):
        load(b"a shopping list: milk", tmp_path)


# -- single kinds ----------------------------------------------------------------------------------------------------


def test_keys_of_comments_are_the_same_in_capitals() -> None:
    flac = b"fLaC" + struct.pack(">I", 0x84000000 | len(comments({"PROMPT": "{}"}))) + comments({"PROMPT": "{}"})
    assert texts_of(flac).texts == {"prompt": "{}"}
    assert texts_of(id3(3, (b"TXXX", b"\3Prompt\0{}")) + flac).texts == {"prompt": "{}"}


def test_an_id3_tag_before_flac_does_not_hide_it() -> None:
    flac = b"fLaC" + struct.pack(">I", 0x84000000 | len(comments({"a": "b"}))) + comments({"a": "b"})
    assert texts_of(id3(4, (b"TIT2", b"\3title")) + flac).texts == {"a": "b"}


@pytest.mark.parametrize(
    ("version", "frame", "content"),
    [
        (3, b"TXXX", b"\0prompt\0{\xfc}"),
        (3, b"TXXX", b"\1" + "prompt".encode("utf-16") + b"\0\0" + "{ü}".encode("utf-16")),
        (4, b"TXXX", b"\2" + "prompt".encode("utf-16-be") + b"\0\0" + "{ü}".encode("utf-16-be")),
        (4, b"TXXX", b"\3prompt\0" + "{ü}".encode()),
        (2, b"TXX", b"\0prompt\0{\xfc}"),
        (3, b"COMM", b"\0engprompt\0{\xfc}"),
    ],
)
def test_texts_in_every_encoding_of_id3(version: int, frame: bytes, content: bytes) -> None:
    assert texts_of(id3(version, (b"TIT", b"x") if version == 2 else (b"TIT2", b"\0x"), (frame, content))).texts == {
        "prompt": "{ü}"
    }


def test_a_nameless_comment_of_id3_is_the_comment() -> None:
    assert texts_of(id3(3, (b"COMM", b"\0eng\0{}"))).texts == {"comment": "{}"}


def test_unsynchronised_and_packed_frames_of_id3() -> None:
    plain = id3(3, (b"TXXX", b"\0a\0x\xffy"), flags=0x80)
    longer = plain.replace(b"\xff", b"\xff\0").replace(plain[6:10], bytes([0, 0, 0, plain[9] + 1]), 1)
    assert texts_of(longer).texts == {"a": "x\xffy"}
    packed = bytearray(id3(3, (b"TXXX", b"\0a\0b")))
    packed[19] = 0x80
    assert texts_of(bytes(packed)).texts == {}


def test_a_comment_of_ogg_may_span_many_pages() -> None:
    text = json.dumps({"1": {"class_type": "x" * 300_000}})
    assert texts_of(ogg(b"OpusHead", b"OpusTags" + comments({"prompt": text}), b"sound")).texts == {"prompt": text}


def test_only_headers_of_a_film_are_read() -> None:
    data = example("mp4")
    moov = data.index(b"moov") - 4
    size = 500 * 2**20
    picture = struct.pack(">I4sQ", 1, b"mdat", 16 + size)
    head, tail = data[:moov], data[moov:]

    class Sparse(CountingFile):
        def seek(self, at: int, whence: int = 0, /) -> int:
            if whence == 2:
                self.at = len(head) + 16 + size + len(tail)
            else:
                self.at = at
            return self.at

        def read(self, count: int | None = -1, /) -> bytes:
            assert count is not None
            assert count >= 0
            self.count += count
            before = head + picture
            if self.at < len(before):
                return (before[self.at :] + bytes(count))[:count]
            at = self.at - len(before) - size
            assert at >= 0, "the pictures of the film are not looked at"
            return tail[at : at + count]

    file = Sparse()
    carried = read_texts(file, MIB)
    assert carried is not None
    assert carried.texts["prompt"] == TEXTS["prompt"]
    assert file.count < 20_000


def test_free_form_items_of_mp4() -> None:
    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(content), kind) + content

    item = box(b"mean", bytes(4) + b"com.x") + box(b"name", bytes(4) + b"prompt") + box(b"data", bytes(8) + b"{}")
    meta = box(b"meta", bytes(4) + box(b"hdlr", bytes(25)) + box(b"ilst", box(b"----", item)))
    data = box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", box(b"udta", meta))
    assert texts_of(data).texts == {"prompt": "{}"}


def test_quicktime_user_data() -> None:
    text = b"\0\2\0\0{}"
    entry = struct.pack(">I4s", 8 + len(text), b"\xa9cmt") + text + bytes(4)
    udta = struct.pack(">I4s", 8 + len(entry), b"udta") + entry
    assert texts_of(struct.pack(">I4s", 8 + len(udta), b"moov") + udta).texts == {"comment": "{}"}


def test_svg_without_metadata_or_declaration(tmp_path: Path) -> None:
    assert texts_of(svg("<![CDATA[{}]]>", before="")).texts == {"metadata": "{}"}
    assert texts_of(svg("<![CDATA[{}]]>").decode().encode("utf-16")).texts == {"metadata": "{}"}
    assert texts_of(svg("<rdf:RDF/>")).texts == {}
    with pytest.raises(WorkflowError, match="carries no workflow"):
        load(b"<svg><rect/></svg>", tmp_path)


# -- what is no workflow ---------------------------------------------------------------------------------------------


def test_what_a_file_without_a_workflow_carries_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkflowError, match=r"'file' carries no workflow, only 'encoder', 'title'\.") as caught:
        load(film("mp4", "mpeg4", {"title": "holiday"}, movflags="use_metadata_tags"), tmp_path)
    assert caught.value.wire_type == "no_workflow"
    with pytest.raises(WorkflowError, match=r"carries no workflow\."):
        load(glb({"asset": {}}), tmp_path)
    with pytest.raises(WorkflowError, match="carries no workflow, only 'prompt'"):
        load(safetensors({"prompt": "a cat", "number": 3}), tmp_path)


@pytest.mark.parametrize("name", [name for name in MAKERS if "comment" not in name])
def test_texts_beyond_the_limit_are_not_read(name: str, tmp_path: Path) -> None:
    texts = {"workflow": json.dumps({"nodes": ["x" * 20_000]})}
    data = MAKERS[name](texts)
    with pytest.raises(WorkflowError, match=r"too large|no workflow"):
        load(data, tmp_path, max_bytes=10_000)
    assert "workflow" in load(data, tmp_path, max_bytes=40_000)


def test_a_json_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(WorkflowError, match="has 2000 bytes"):
        load(b" " * 2000, tmp_path, max_bytes=1000)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="folder"):
        read_document(tmp_path, MIB)
    with pytest.raises(FileError, match="Cannot read 'missing'"):
        read_document(tmp_path / "missing", MIB)
