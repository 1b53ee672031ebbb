"""Ten files that are damaged on purpose, and any number by chance: one clear message, or a workflow with a report."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.embedded.containers import read_texts
from engine.errors import EngineError, WorkflowError
from engine.graph.workflow import Workflow
from engine.images.exif import MAKE, build_exif
from engine.runtime import Engine
from engine.settings import Settings
from tests.engine.embedded.files import MAKERS, TEXTS, comments, example, glb, png, svg
from tests.engine.graph.examples import REGISTRY
from tests.engine.images.files import encode, noise, with_chunks

MIB = 2**20
Load = Callable[[bytes], Workflow]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    engine = Engine(Settings(base_directory=tmp_path, max_workflow_bytes=64 * MIB), registry=REGISTRY)

    def load_bytes(data: bytes) -> Workflow:
        path = tmp_path / "file"
        path.write_bytes(data)
        return engine.load(path)

    return load_bytes


def refused(load: Load, data: bytes, *words: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        load(data)
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message
    assert len(message) < 500


# -- ten -------------------------------------------------------------------------------------------------------------


def test_truncated_files_give_what_stands_before_the_cut_or_say_that_they_are_cut(load: Load) -> None:
    """1: PNG, WebP, JPEG, MP4, FLAC, and every other kind, cut at each fortieth of their length."""
    for name in MAKERS:
        data = example(name)
        for end in range(0, len(data), max(1, len(data) // 40)):
            with contextlib.suppress(WorkflowError):
                assert load(data[:end]).nodes["1"].type == "Value"
    for name in ("png", "webp", "jpeg", "mp4", "flac"):
        data = example(name)
        refused(load, data[: data.index(b"class_type")], "carries no workflow", "damaged")


def test_a_bomb_in_a_compressed_text(load: Load) -> None:
    """2: a hundred texts of 80 kB each that unpack to 80 MiB."""
    bomb = zlib.compress(bytes(80 * MIB), 9)
    chunks = [(b"zTXt", b"workflow\0\0" + bomb)] * 100
    refused(load, with_chunks(encode(noise(), "PNG"), *chunks), "'workflow'", "too large")


def test_exif_with_lying_offsets(load: Load) -> None:
    """3: a tag that says its value lies beyond the block; folders that follow one another in a circle."""
    block = build_exif({MAKE: "workflow:" + TEXTS["workflow"]})
    entry = 6 + 8 + 2
    beyond = block[: entry + 8] + struct.pack("<I", 2**31) + block[entry + 12 :]
    longer = block[: entry + 4] + struct.pack("<I", 2**32 - 1) + block[entry + 8 :]
    after = entry + 12
    circle = block[:after] + struct.pack("<I", 8) + block[after + 4 :]
    for kind in ("JPEG", "WEBP"):
        for lie in (beyond, longer):
            refused(load, encode(noise(), kind, exif=lie), "carries no workflow")
        assert load(encode(noise(), kind, exif=circle)).nodes["1"].type == "Value"


def test_a_scene_that_lies_about_lengths(load: Load) -> None:
    """4: GLB whose JSON is said to be longer than the file, shorter than it is, or something else."""
    data = glb({"asset": {"extras": TEXTS}})
    refused(load, data[:12] + struct.pack("<I", 2**20) + data[16:], "GLB scene", "damaged", "1048576 bytes")
    refused(load, data[:12] + struct.pack("<I", 40) + data[16:], "not JSON")
    refused(load, data[:16] + b"BIN\0" + data[20:], "damaged")
    refused(load, glb(b"[" * 100_000), "not JSON")


def test_a_header_longer_than_its_file(load: Load) -> None:
    """5: safetensors."""
    data = example("safetensors")
    refused(load, struct.pack("<Q", len(data)) + data[8:], "safetensors", "cut off")
    refused(load, struct.pack("<Q", 2**31) + data[8:], "safetensors", "cut off")
    refused(load, struct.pack("<Q", 40) + data[8:], "safetensors", "damaged")


def test_entities_that_multiply(load: Load) -> None:
    """6: SVG with a billion laughs, and with a file of the machine."""
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    before = f'<!DOCTYPE svg [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{laughs}]>'
    refused(load, svg("&l9;&f;", before), "carries no workflow")
    canvas = '{"nodes": [{"id": 1, "type": "Value", "title": "&l9;&f;"}]}'
    assert load(svg(f"<![CDATA[{canvas}]]>", before)).nodes["1"].title == "&l9;&f;"
    refused(load, svg("<![CDATA[{").replace(b"</metadata>", b""), "metadata do not end")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"1": {"class_type": "Value", "inputs": {"value": NaN}}}', ""),
        ('{"1": {"class_type": "Value", "inputs": {"value": "3"}}}', ""),
        ('{"1": {"class_type": "Value", "inputs": {"value": 1e999}}}', ""),
        ('{"1": {"class_type": "Nothing", "inputs": {}}, "1": {"class_type": "Value", "inputs": {}}}', ""),
        ('{"nodes": [{"id": "1", "type": "Value", "mode": "4", "widgets_values": [NaN]}], "links": [null, [1]]}', ""),
        (
            '{"nodes": [{"id": 1, "type": "Value"}, {"id": 1, "type": "Add"}], "nodes": [{"id": 1, "type": "Value"}]}',
            "",
        ),
        ('{"1": {"class_type": "Value", "inputs": {"value": ' + "9" * 5000 + "}}}", "too long"),
        ('{"1": ' + "[" * 100_000, "nested too deep"),
    ],
)
def test_json_that_is_not_quite_json(text: str, said: str, load: Load) -> None:
    """7: NaN, numbers as texts, keys twice, numbers without end, depth without end; in a file and in a picture."""
    for data in (text.encode(), png({"workflow": text})):
        if said:
            refused(load, data, said)
        else:
            assert load(data).nodes["1"].type == "Value"


def test_tens_of_thousands_of_nodes(load: Load) -> None:
    """8: a chain, in canvas format and in API format."""
    count = 30_000
    canvas: dict[str, Any] = {
        "nodes": [
            {
                "id": index,
                "type": "Add",
                "inputs": [{"name": "a", "type": "INT", "link": index}],
                "outputs": [{"name": "INT", "type": "INT", "links": [index + 1]}],
                "widgets_values": [index],
            }
            for index in range(count)
        ],
        "links": [[index, index - 1, 0, index, 0, "INT"] for index in range(1, count)],
    }
    workflow = load(json.dumps(canvas).encode())
    assert len(workflow.nodes) == count
    assert len(workflow.notes) == 1  # the first node's link leads nowhere
    assert len(load(json.dumps(workflow.to_api()).encode()).nodes) == count


def test_links_to_nowhere(load: Load) -> None:
    """9: rows that name nodes, slots and links that do not exist, or are no rows."""
    nodes = [
        {"id": 1, "type": "Show", "inputs": [{"name": "source", "type": "*", "link": 7}, None, 3]},
        {"id": 2, "type": "Show", "inputs": [{"name": "source", "type": "*", "link": 8}]},
        {"id": 3, "type": "Reroute", "inputs": [{"name": "", "type": "*", "link": 9}]},
        {"id": 4, "type": "Show", "inputs": [{"name": "source", "type": "*", "link": 10}]},
    ]
    links = [[8, 99, 0, 2, 0, "*"], [9, 3, 0, 3, 0, "*"], [10, 3, 0, 4, 0, "*"], "x", [], [None] * 6, {"id": 1}]
    workflow = load(json.dumps({"nodes": nodes, "links": links}).encode())
    assert [len(node.inputs) for node in workflow.nodes.values()] == [0, 0, 0]
    text = "\n".join(map(str, workflow.notes))
    for words in ("link 7 is not in the file", "node 99, which does not exist", "round in a circle"):
        assert words in text


def test_parts_that_say_nothing_true(load: Load) -> None:
    """10: boxes, elements, pages, frames and comments longer than what they stand in, and without any end."""
    mp4, webm, flac, mp3 = example("mp4"), example("webm"), example("flac"), example("mp3")
    moov = mp4.index(b"moov")
    refused(load, mp4[: moov - 4] + struct.pack(">I", 2**31) + mp4[moov:], "MP4", "damaged", "beyond byte")
    tags = webm.rindex(b"\x12\x54\xc3\x67")
    refused(load, webm[: tags + 4] + b"\x01" + b"\xfe" * 7 + webm[tags + 12 :], "WebM", "damaged", "beyond byte")
    refused(load, flac[:4] + b"\x84\xff\xff\xff" + flac[8:], "FLAC", "16777215 bytes")
    refused(load, mp3[:6] + b"\x7f" * 4 + mp3[10:], "MP3", "268435455 bytes")
    lying = comments({"prompt": "{}"})[:12] + struct.pack("<I", 2**32 - 1)
    refused(load, b"fLaC" + struct.pack(">I", 0x84000000 | len(lying)) + lying, "longer than the block")
    refused(load, b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 300_000, "more than 200000 parts")
    refused(load, b"\0\0\0\x08ftyp" + b"\0\0\0\x10moov\0\0\0\x08udta" * 1000, "carries no workflow")
    refused(load, b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67\xff" * 10_000, "damaged")
    refused(load, b"fLaC" + b"\x01\0\0\0" * 300_000, "more than 200000 parts")
    refused(load, b"OggS" + bytes(10) + b"abcd" + bytes(8) + b"\xff" + bytes(255), "carries no workflow")
    refused(load, b"OggS" + bytes(23) + b"junk" * 9, "no page of Ogg")


# -- by chance -------------------------------------------------------------------------------------------------------


@given(
    st.sampled_from(sorted(MAKERS)),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 4), st.binary(max_size=8)), min_size=1, max_size=6),
)
def test_whatever_happens_to_a_file_it_is_read_or_refused(name: str, changes: list[tuple[int, int, bytes]]) -> None:
    data = example(name)
    for place, length, bytes_there in changes:
        at = place % (len(data) + 1)
        data = data[:at] + bytes_there + data[at + length :]
    with contextlib.suppress(EngineError):
        read_texts(io.BytesIO(data), MIB)


@given(st.sampled_from(sorted(MAKERS)), st.integers(8, 64), st.binary(max_size=200))
def test_whatever_follows_the_begin_of_a_file_is_read_or_refused(name: str, keep: int, rest: bytes) -> None:
    with contextlib.suppress(EngineError):
        read_texts(io.BytesIO(example(name)[:keep] + rest), MIB)
