"""Files of model directories, as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands.model_paths import read_model_paths
from engine.errors import FileError

PUBLISHED = """
# comments
comfyui:
  base_path: {base}/comfyui/
  is_default: true
  checkpoints: models/checkpoints/
  clip: models/clip/
  loras: |
    models/loras/
    models/lycoris

  custom_nodes: my_nodes/
a111:
    base_path: {base}/webui
    t2i_adapter: models/ControlNet
    controlnet: models/More
    vae:
empty:
"""


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "paths.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_sections_older_names_and_several_lines(tmp_path: Path):
    paths = read_model_paths([write(tmp_path, PUBLISHED.format(base=tmp_path))])
    own, other = tmp_path / "comfyui", tmp_path / "webui"
    assert paths.first == {
        "checkpoints": (own / "models/checkpoints",),
        "text_encoders": (own / "models/clip",),
        "loras": (own / "models/loras", own / "models/lycoris"),
    }
    assert paths.more == {"controlnet": (other / "models/ControlNet", other / "models/More")}
    assert paths.packs == (own / "my_nodes",)


def test_home_variables_absolute_and_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STORE", str(tmp_path / "store"))
    text = """
        a: {base_path: ~/ai, vae: v, loras: $STORE/l, clip: /elsewhere}
        b: {vae: [x, ../y]}
        c: {base_path: sub, vae: z}
    """
    paths = read_model_paths([write(tmp_path, text)])
    assert paths.more == {
        "vae": (tmp_path / "home/ai/v", tmp_path / "x", tmp_path / "../y", tmp_path / "sub/z"),
        "loras": (tmp_path / "store/l",),
        "text_encoders": (Path("/elsewhere"),),
    }


def test_several_files_add_up(tmp_path: Path):
    one = write(tmp_path, "a: {vae: x}")
    assert read_model_paths([one, one]).more == {"vae": (tmp_path / "x", tmp_path / "x")}
    assert not read_model_paths([write(tmp_path, "# nothing\n")]).more


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {", "is not YAML"),
        (b"\xff\xfe\x00", "is not YAML"),
        ("a: !!python/object/apply:os.system ['touch x']", "is not YAML"),
        ("- a", "should hold sections"),
        ("just text", "should hold sections"),
        ("a: [x]", "a: expected directories by kind"),
        ("a: {vae: 3}", r"a\.vae: expected directories, one a line, not a"),
        ("a: {vae: true}", r"a\.vae: expected directories"),
        ("a: {vae: [1]}", r"a\.vae: expected directories"),
        ("a: {vae: {b: c}}", r"a\.vae: expected directories, one a line, not an object"),
        ("a: {base_path: [x, y]}", r"a\.base_path: expected one directory"),
        ("a: {vae: 2025-99-99x, loras: 2025-13-45}", "is not YAML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str | bytes, said: str, tmp_path: Path):
    with pytest.raises(FileError, match=said) as raised:
        read_model_paths([write(tmp_path, text)])
    assert "\n" not in str(raised.value)
    assert "paths.yaml" in str(raised.value)


def test_what_is_no_file_or_too_large_is_said(tmp_path: Path):
    for path in (tmp_path, tmp_path / "none.yaml"):
        with pytest.raises(FileError, match="Cannot read"):
            read_model_paths([path])
    with pytest.raises(FileError, match="larger"):
        read_model_paths([write(tmp_path, "#" * 2**21)])
