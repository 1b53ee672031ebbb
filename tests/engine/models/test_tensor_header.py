"""Headers read by themselves; what is wrong with whole files is told in `test_tensor_file`."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import CheckpointError
from engine.models.tensor_header import read_header, take_metadata

PATH = Path("x.safetensors")


def write(header: object) -> io.BytesIO:
    text = json.dumps(header).encode()
    return io.BytesIO(len(text).to_bytes(8, "little") + text + b"data")


def test_it_needs_no_torch() -> None:
    code = "import sys, engine.models.tensor_header; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3]).returncode == 0


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.none(), max_size=5))
def test_texts_of_the_metadata_come_back(metadata: dict[str, Any]) -> None:
    file = write({"__metadata__": metadata, "x": {}})
    header, data_begin, size = read_header(PATH, file)
    assert (data_begin, size) == (len(file.getvalue()) - 4, len(file.getvalue()))
    assert take_metadata(PATH, header) == {key: text for key, text in metadata.items() if isinstance(text, str)}
    assert header == {"x": {}}


def test_a_limit_may_be_lower() -> None:
    file = write({"x": "y" * 100})
    assert read_header(PATH, file)[0]
    with pytest.raises(CheckpointError, match="2 to 50"):
        read_header(PATH, file, 50)


@pytest.mark.parametrize("metadata", [[1], "text", 3])
def test_metadata_are_an_object(metadata: object) -> None:
    with pytest.raises(CheckpointError, match="__metadata__"):
        take_metadata(PATH, {"__metadata__": metadata})
