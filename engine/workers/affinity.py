"""Which of several idle workers should take a job: the one that has most of what the job needs.

Judged by the model files that a workflow names and by the content keys of its nodes, compared with those of the jobs
that a worker ran lately. A guess: a wrong one costs time, never a result. Nobody waits for a better worker.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.errors import EngineError
from engine.files import FOLDERS
from engine.graph.document import parse_json_text
from engine.graph.keys import content_keys
from engine.graph.registry import Registry
from engine.graph.schema import ModelFile
from engine.graph.workflow import Workflow

LARGEST_READ_BYTES = 2**20
_JOBS_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Needs:
    """What a job will have in memory: model files as `folder/name`, and results by content key."""

    models: frozenset[str] = frozenset()
    keys: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class Holdings:
    """What the last jobs of a worker needed."""

    jobs: deque[Needs] = field(default_factory=lambda: deque[Needs](maxlen=_JOBS_REMEMBERED))

    def score(self, needs: Needs) -> tuple[int, int, int]:
        """Higher is better: shared models, then shared results, then room."""
        models = {model for job in self.jobs for model in job.models}
        keys = {key for job in self.jobs for key in job.keys}
        return len(models & needs.models), len(keys & needs.keys), -len(models)


def read_needs(prompt: bytes, registry: Registry) -> Needs:
    """What a workflow needs; nothing if it is too large to look at or cannot be read."""
    if len(prompt) > LARGEST_READ_BYTES:
        return Needs()
    try:
        workflow = Workflow.from_api(parse_json_text(prompt))
        return Needs(frozenset(_models(workflow, registry)), frozenset(content_keys(workflow, registry, {}).values()))
    except (EngineError, KeyError, TypeError, ValueError):  # whatever is wrong with it is the run's to say
        return Needs()


def _models(workflow: Workflow, registry: Registry) -> Iterable[str]:
    for node in workflow.nodes.values():
        definition = registry.get(node.type)
        for declared in definition.inputs if definition is not None else ():
            value = node.inputs.get(declared.name)
            folder = declared.choices.folder if isinstance(declared.choices, ModelFile) else None
            if folder is not None and folder not in FOLDERS and isinstance(value, str):
                yield f"{folder}/{value}"


def choose(needs: Needs, holdings: Mapping[int, Holdings]) -> int:
    """The number of the worker, among these, that has most of it; the first of equals."""
    return max(holdings, key=lambda number: holdings[number].score(needs))
