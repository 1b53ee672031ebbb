"""Workflow x Registry -> every error at once, and the workflow as it will run.

One linear pass: literals become values of the declared types, missing widgets take their defaults, links are looked at
from both ends; then cycles, and which targets can run. A target can run if nothing upstream of it is wrong; errors
elsewhere are reported too. Reports in the wire codes of the HTTP protocol, in sentences for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.errors import InputError, ValidationError
from engine.graph.checks import Check
from engine.graph.reach import bad_targets, dependent_targets, find_cycles, readers_of
from engine.graph.registry import Registry
from engine.graph.workflow import Note, Workflow
from engine.settings import Settings


@dataclass(frozen=True, slots=True)
class Validated:
    """What validation found.

    Attributes:
        workflow: With values of the declared types and defaults filled in; what is wrong is left as it was.
        targets: Wanted nodes that can run, in the order of the file.
        refused: Wanted nodes that cannot, and nodes of unknown type that may have been outputs.
        errors: Everything that is wrong, in the order of the file.
        notes: What was filled in or guessed.
    """

    workflow: Workflow
    targets: tuple[str, ...]
    refused: tuple[str, ...]
    errors: tuple[InputError, ...]
    notes: tuple[Note, ...]

    def failure(self, *, partial: bool = False) -> ValidationError | None:
        """The error to raise, or None if the workflow can run.

        Args:
            partial: Run if any target can, as the HTTP protocol does.
        """
        if self.targets and (partial or not self.refused):
            return None
        if not self.targets and not self.refused:
            return ValidationError(
                self.errors,
                "Prompt has no outputs: no node of the workflow saves or shows anything.",
                code="prompt_no_outputs",
            )
        codes = {error.code for error in self.errors}
        is_one_kind = len(codes) == 1 and codes <= {"missing_node_type", "dependency_cycle"}
        return ValidationError(self.errors, code=codes.pop() if is_one_kind else None)


def output_ids(workflow: Workflow, registry: Registry) -> list[str]:
    """Ids of the nodes that are roots of execution, in the order of the file."""
    return [
        node.id
        for node in workflow.nodes.values()
        if (definition := registry.get(node.type)) is not None and definition.is_output
    ]


def validate(
    workflow: Workflow,
    registry: Registry,
    files: Callable[[str], Sequence[str]],
    targets: Iterable[str] | None = None,
    settings: Settings | None = None,
) -> Validated:
    """Find everything that is wrong with a workflow. Never raises because of what is in it.

    Args:
        workflow: As read.
        registry: The node types that there are.
        files: The choices of `ModelFile(folder)`, by folder; asked once a folder.
        targets: Ids of the wanted nodes; None means every output node. Unknown ones are ignored.
        settings: Given to the nodes' own `validate` where they ask for it.
    """
    check = Check(workflow, registry, files, settings or Settings())
    nodes = {node_id: check.node(node) for node_id, node in workflow.nodes.items()}
    checked = replace(workflow, nodes=nodes)
    readers = readers_of(checked)
    for cycle in find_cycles(checked, readers):
        check.cycle(checked, cycle)
    errors = check.errors
    wanted = set(output_ids(checked, registry)) if targets is None else {*targets} & nodes.keys()
    if errors:
        if targets is None:  # a node of unknown type that nobody reads may be an output
            wanted |= {error.node_id for error in errors if error.code == "missing_node_type"} - readers.keys()
        places = {node_id: place for place, node_id in enumerate(nodes)}
        errors.sort(key=lambda error: places[error.node_id])
        dependents = dependent_targets({error.node_id: None for error in errors}, readers, wanted)
        errors = [
            replace(error, dependent_outputs=found.ids, more_outputs=found.more)
            if (found := dependents.get(error.node_id)) is not None
            else error
            for error in errors
        ]
    refused = bad_targets((error.node_id for error in errors), readers, wanted)
    return Validated(
        workflow=checked,
        targets=tuple(node_id for node_id in nodes if node_id in wanted and node_id not in refused),
        refused=tuple(node_id for node_id in nodes if node_id in refused),
        errors=tuple(errors),
        notes=tuple(check.notes),
    )
