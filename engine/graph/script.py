"""A workflow as a Python script that can be read, changed and run: with the library, or by a server.

Whatever stands in the workflow comes into the script as a literal, never as code.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping
from typing import Any

from engine.errors import WorkflowError
from engine.graph.workflow import Link, Node, Workflow

_WIDTH = 100
_OWN_NAMES = frozenset({"add", "argparse", "json", "main", "os", "run_here", "run_there", "sys", "time", "urllib"})
_MOST_TITLE = 80

_HEAD = '''#!/usr/bin/env python3
"""{name}: a workflow of Skein as a script.

    python {file}                                    runs it in this process
    python {file} --set NODE.INPUT=VALUE             with another value; NODE is an id or a title
    python {file} --server http://127.0.0.1:8188     has a server run it; needs nothing but Python

To run it in this process, Skein's folder must be the current one, or stand in PYTHONPATH.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

NODES = {{}}


class Outputs:
    """The outputs of a node, by number: `node[0]` is the first."""

    def __init__(self, node_id):
        self.node_id = node_id

    def __getitem__(self, number):
        return [self.node_id, number]


def add(node_id, node_type, title, /, **inputs):
    """A node of the workflow."""
    NODES[node_id] = {{"class_type": node_type, "inputs": inputs, "_meta": {{"title": title}}}}
    return Outputs(node_id)


'''

_TAIL = '''

def run_here(values, output_directory):
    """Run it in this process; the paths of the files that it leaves."""
    sys.path.append(os.getcwd())
    from pathlib import Path

    from engine import Engine, Settings

    settings = Settings(output_directory=Path(output_directory).resolve()) if output_directory else Settings()
    engine = Engine(settings)
    engine.load_packs()
    result = engine.run(engine.load(NODES), values)
    for shown in result.ui.values():
        for items in shown.values():
            for item in items:
                if isinstance(item, dict) and item.get("type") in ("output", "temp"):
                    yield settings.directory(item["type"]) / item.get("subfolder", "") / item["filename"]


def run_there(values, output_directory, server):
    """Have a server run it, and fetch the files; their paths. A token stands in SKEIN_TOKEN."""

    def ask(path, body=None):
        request = urllib.request.Request(urllib.parse.urljoin(server, path))
        if os.environ.get("SKEIN_TOKEN"):
            request.add_header("Authorization", "Bearer " + os.environ["SKEIN_TOKEN"])
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request) as reply:
                return reply.read()
        except urllib.error.HTTPError as error:
            sys.exit(json.loads(error.read())["error"]["message"])

    job = json.loads(ask("/api/v1/jobs", {"workflow": NODES, "inputs": values}))
    while job["state"] in ("queued", "running"):
        time.sleep(0.5)
        job = json.loads(ask("/api/v1/jobs/" + job["id"]))
    if job["state"] != "succeeded":
        sys.exit((job["error"] or {}).get("message", job["state"]))
    os.makedirs(output_directory or ".", exist_ok=True)
    for output in job["outputs"]:
        for asset in output["assets"]:
            path = os.path.join(output_directory or ".", os.path.basename(asset["filename"]))
            with open(path, "wb") as file:
                file.write(ask(asset["url"]))
            yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", action="append", default=[], metavar="NODE.INPUT=VALUE", help="another value")
    parser.add_argument("--output-directory", metavar="DIR", help="where files go")
    parser.add_argument("--server", metavar="URL", help="has this server run it")
    options = parser.parse_args()
    values = dict(each.split("=", 1) for each in options.set)
    if options.server:
        paths = run_there(values, options.output_directory, options.server)
    else:
        paths = run_here(values, options.output_directory)
    for path in paths:
        print(path)


if __name__ == "__main__":
    main()
'''


def write_script(workflow: Workflow, name: str = "") -> str:
    """The script that runs a workflow.

    Args:
        workflow: As loaded; nodes with titles are called by them (`engine.graph.saving.name_nodes`).
        name: What the user calls it.

    Raises:
        WorkflowError: A node needs what it makes itself.
    """
    prompt = workflow.to_api()
    variables: dict[str, str] = {}
    lines: list[str] = []
    for node in _in_order(workflow):
        variables[node.id] = _variable(node, set(variables.values()))
        lines.append(_call(node, prompt[node.id]["inputs"], variables))
    head = _HEAD.format(name=_plain(name) or "Workflow", file=f"{_identifier(name) or 'workflow'}.py")
    return head + "\n".join(lines) + "\n" + _TAIL


def _plain(text: str) -> str:
    """A text that may stand in a docstring."""
    kept = "".join(character if character.isprintable() and character not in '\\"' else " " for character in text)
    return " ".join(kept.encode(errors="ignore").decode().split())[:_MOST_TITLE]


def _identifier(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:40]


def _variable(node: Node, taken: set[str]) -> str:
    wanted = _identifier(node.title) or _identifier(node.type) or "node"
    if wanted[0].isdigit() or keyword.iskeyword(wanted) or hasattr(builtins, wanted) or wanted in _OWN_NAMES:
        wanted = f"node_{wanted}"
    number = 2
    name = wanted
    while name in taken:
        name = f"{wanted}_{number}"
        number += 1
    return name


def _in_order(workflow: Workflow) -> list[Node]:
    """Every node after those that it needs; else in the order of the file."""
    ordered: dict[str, Node] = {}
    for start in workflow.nodes:
        path: dict[str, None] = {}
        pending = [(start, False)]
        while pending:
            node_id, is_done = pending.pop()
            node = workflow.nodes.get(node_id)
            if node is None or (node_id in ordered and not is_done):
                continue
            if is_done:
                path.pop(node_id, None)
                ordered.setdefault(node_id, node)
                continue
            if node_id in path:
                raise WorkflowError(f"Node {node.label} needs what it makes itself: that is no script.")
            path[node_id] = None
            pending.append((node_id, True))
            needed = [value.node_id for value in node.inputs.values() if isinstance(value, Link)]
            pending += [(each, False) for each in reversed(needed)]
    return list(ordered.values())


def _call(node: Node, literals: Mapping[str, Any], variables: Mapping[str, str]) -> str:
    plain: list[str] = []
    others: dict[str, str] = {}
    for name, value in node.inputs.items():
        is_known = isinstance(value, Link) and value.node_id in variables
        text = f"{variables[value.node_id]}[{value.output}]" if is_known else repr(literals[name])
        if name.isidentifier() and name.isascii() and not keyword.iskeyword(name):
            plain.append(f"{name}={text}")
        else:
            others[name] = text
    if others:
        plain.append("**{" + ", ".join(f"{name!r}: {text}" for name, text in others.items()) + "}")
    start = f"{variables[node.id]} = add("
    arguments = [repr(node.id), repr(node.type), repr(node.title), *plain]
    line = f"{start}{', '.join(arguments)})"
    if len(line) <= _WIDTH:
        return line
    return f"{start}\n    {', '.join(arguments[:3])},\n" + "".join(f"    {each},\n" for each in arguments[3:]) + ")"
