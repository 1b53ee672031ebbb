"""Names stay inside and headers stay headers, whatever characters a name has."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.delivery import file_headers, find_file, find_regular, is_regular, resolve_name
from engine.server.refusal import Refusal


@given(st.text(max_size=40), st.booleans())
def test_a_name_in_a_header_is_quoted_and_can_be_read_again(name: str, is_shown: bool) -> None:
    header = file_headers(name, is_shown=is_shown)["Content-Disposition"]
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("inline" if is_shown else "attachment")
    plain = header.split('"')[1]
    if "filename*" in header:
        assert unquote(header.rpartition("UTF-8''")[2]) == name.encode(errors="replace").decode()
    else:
        assert plain == name


@given(st.none() | st.integers() | st.lists(st.text()) | st.text())
def test_a_name_leads_inside_or_is_refused(name: object) -> None:
    root = Path("/nowhere/at all")
    try:
        path = resolve_name(root, name, "The file")
    except Refusal as refusal:
        path, said = None, str(refusal)
    else:
        said = ""
    assert str(root) not in said
    assert path is None or (path.is_relative_to(root) and path != root)


def test_only_regular_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert find_file(tmp_path, "file", "The file") == (tmp_path / "file").resolve()
    assert find_regular(tmp_path, "file") == (tmp_path / "file").resolve()
    assert is_regular(tmp_path / "link")
    for name in ("folder", "pipe", "none", "file/x", "x" * 500):
        assert find_regular(tmp_path, name) is None
        with pytest.raises(Refusal) as refused:
            find_file(tmp_path, name, "The file")
        assert refused.value.status == 404
    assert find_regular(tmp_path / "folder", "../file") is None
