"""What a pack imports, opens and runs, read from its source: nothing of it is executed.

Finds what stands there in plain words; whoever wants to hide something can. It helps to look, it is no guard.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.compat.packs import Pack

Kind = Literal[
    "runs programs", "runs text as code", "opens the network", "writes files", "reads pickles", "installs packages"
]
_MOST_FILES = 2_000
_MOST_BYTES = 4 * 2**20

_CALLS: dict[str, Kind] = {
    "os.system": "runs programs",
    "os.popen": "runs programs",
    "os.startfile": "runs programs",
    "pty.spawn": "runs programs",
    "eval": "runs text as code",
    "exec": "runs text as code",
    "compile": "runs text as code",
    "importlib.import_module": "runs text as code",
    "runpy.run_path": "runs text as code",
    "runpy.run_module": "runs text as code",
    "pickle.load": "reads pickles",
    "pickle.loads": "reads pickles",
    "joblib.load": "reads pickles",
    "torch.load": "reads pickles",
    "pip.main": "installs packages",
    "os.remove": "writes files",
    "os.unlink": "writes files",
    "os.rename": "writes files",
    "os.replace": "writes files",
    "shutil.rmtree": "writes files",
    "shutil.move": "writes files",
    "shutil.copy": "writes files",
    "shutil.copytree": "writes files",
    "socket.socket": "opens the network",
    "socket.create_connection": "opens the network",
}
_MODULES: dict[str, Kind] = {
    "subprocess": "runs programs",
    "urllib.request": "opens the network",
    "urllib3": "opens the network",
    "requests": "opens the network",
    "httpx": "opens the network",
    "aiohttp": "opens the network",
    "websocket": "opens the network",
    "websockets": "opens the network",
    "ftplib": "opens the network",
    "smtplib": "opens the network",
    "huggingface_hub": "opens the network",
    "ctypes": "runs programs",
    "pip": "installs packages",
}
_WRITING_METHODS = frozenset({"write_text", "write_bytes", "unlink", "rmdir", "touch"})


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A place in the source that does something worth knowing.

    Attributes:
        kind: What it does.
        what: In the pack's own words: `subprocess.run`.
        file: Relative to the pack.
        line: From 1.
    """

    kind: Kind
    what: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """What was found.

    Attributes:
        imports: Top-level names of packages that do not come with Python, sorted.
        findings: In the order of files and lines.
        unreadable: Files that are no valid Python, with the reason.
        file_count: How many files were read.
    """

    imports: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    unreadable: tuple[str, ...] = ()
    file_count: int = 0


def read_source(pack: Pack) -> Source:
    """Read all modules of a pack."""
    root = pack.path if pack.path.is_dir() else pack.path.parent
    files = sorted(pack.path.rglob("*.py"))[:_MOST_FILES] if pack.path.is_dir() else [pack.path]
    imports: set[str] = set()
    findings: list[Finding] = []
    unreadable: list[str] = []
    for file in files:
        name = file.relative_to(root).as_posix()
        try:
            tree = ast.parse(file.read_bytes()[:_MOST_BYTES], name)
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError) as error:
            unreadable.append(f"{name}: {type(error).__name__}: {error}")
            continue
        own, found = _read_module(tree, name)
        imports |= own
        findings += found
    return Source(
        tuple(sorted(name for name in imports if name not in sys.stdlib_module_names)),
        tuple(findings),
        tuple(unreadable),
        len(files),
    )


def _read_module(tree: ast.Module, file: str) -> tuple[set[str], list[Finding]]:
    imports: set[str] = set()
    aliases: dict[str, str] = {}
    findings: list[Finding] = []
    for node in ast.walk(tree):
        for module, alias in _imported(node):
            imports.add(module.partition(".")[0])
            if alias:
                aliases[alias[0]] = alias[1]
            kind = _MODULES.get(module) or _MODULES.get(module.partition(".")[0])
            if kind is not None:
                findings.append(Finding(kind, f"import {module}", file, getattr(node, "lineno", 0)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _name_of(node.func, aliases)
            kind = _kind_of(name, node)
            if kind is not None:
                findings.append(Finding(kind, name, file, node.lineno))
    return imports, sorted(findings, key=lambda finding: finding.line)


def _imported(node: ast.AST) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """Modules that a statement imports, and the name under which something is known afterwards."""
    if isinstance(node, ast.Import):
        for each in node.names:
            yield each.name, (each.asname, each.name) if each.asname else None
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        for each in node.names:
            yield node.module, (each.asname or each.name, f"{node.module}.{each.name}")


def _name_of(function: ast.expr, aliases: dict[str, str]) -> str:
    """The dotted name of what is called; empty if it has none."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if not isinstance(function, ast.Name):
        return f".{parts[0]}" if parts else ""
    return ".".join([aliases.get(function.id, function.id), *reversed(parts)])


def _kind_of(name: str, call: ast.Call) -> Kind | None:
    if name == "torch.load" and any(
        keyword.arg == "weights_only" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    ):
        return None
    if name in _CALLS:
        return _CALLS[name]
    root = name.partition(".")[0]
    if root in ("subprocess", "requests", "httpx"):
        return _MODULES[root]
    if name in ("open", "io.open") and _writes(call):
        return "writes files"
    return "writes files" if name.rpartition(".")[2] in _WRITING_METHODS else None


def _writes(call: ast.Call) -> bool:
    mode = next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), None)
    mode = call.args[1] if mode is None and len(call.args) > 1 else mode
    return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and not set(mode.value).isdisjoint("wax+")
