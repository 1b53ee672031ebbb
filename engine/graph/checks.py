"""The checks of one node against its type: values, links, and the node's own opinion. `validate` puts them together."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import EngineError, InputError, text_of
from engine.graph.json_values import as_list, show
from engine.graph.object_info import choices_of, describe_input
from engine.graph.plan import describe_cycle
from engine.graph.registry import Registry
from engine.graph.schema import MISSING, SEED_MAX, Input, ModelFile, NodeDef
from engine.graph.sockets import types_fit
from engine.graph.values import (
    WIDGET_TYPES,
    Choices,
    UnusableValueError,
    coerce,
    default_of,
    describe_expected,
    takes_several,
)
from engine.graph.workflow import Link, Node, Note, Workflow
from engine.settings import Settings

_CHOICES_IN_CONFIG = 20
_TYPES_WITH_HINT = 20
_LONGEST_REPORTED = 1_000
_MEANINGLESS = frozenset(
    {"control_after_generate", "upload", "choose file to upload", "audioUI", "video-preview", "speak_and_recognation"}
    | {"Random seed after every gen", "is_changed"}
)
"""Inputs that other frontends write and no node reads."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the nodes of one type are held against; made once a type."""

    definition: NodeDef
    names: frozenset[str]
    validator: Callable[..., bool | str] | None
    validated_names: frozenset[str]
    wants_settings: bool
    wants_types: bool


def make_rules(definition: NodeDef) -> Rules:
    """What a declaration asks of its nodes."""
    names = frozenset(declared.name for declared in definition.inputs)
    asked = inspect.signature(definition.validate).parameters.values() if definition.validate else ()
    takes_all = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in asked)
    asked_names = frozenset(parameter.name for parameter in asked)
    return Rules(
        definition=definition,
        names=names,
        validator=definition.validate,
        validated_names=names if takes_all else names & asked_names,
        wants_settings="settings" in asked_names - names,
        wants_types="input_types" in asked_names - names,
    )


@dataclass(slots=True)
class Check:
    """One validation: `node` looks at a node, `errors` and `notes` hold what was found so far."""

    workflow: Workflow
    registry: Registry
    files: Callable[[str], Sequence[str]]
    settings: Settings
    errors: list[InputError] = field(default_factory=list[InputError])
    notes: list[Note] = field(default_factory=list[Note])
    rules: dict[str, Rules | None] = field(default_factory=dict[str, "Rules | None"])
    hints: dict[str, str] = field(default_factory=dict[str, str])
    choices: dict[int | ModelFile, Choices] = field(default_factory=dict[int | ModelFile, Choices])

    def node(self, node: Node) -> Node:
        """The node with its inputs as they will be given to it; appends what is wrong to `errors`."""
        rules = self.rules_of(node.type)
        if rules is None:
            self.unknown_type(node)
            return node
        before = len(self.errors)
        inputs: dict[str, Any] = {}
        for declared in rules.definition.inputs:
            value = node.inputs.get(declared.name)
            if type(value) is Link:
                inputs[declared.name] = value
                self.link(node, declared, value, rules)
            elif value is None:
                self.fill_in(node, declared, inputs)
            else:
                self.literal(node, declared, value, rules, inputs)
        if len(node.inputs) > len(inputs) or not node.inputs.keys() <= rules.names:
            self.undeclared(node, rules, inputs)
        if rules.validator is not None and len(self.errors) == before:
            self.ask_node(node, rules, inputs)
        return Node(node.id, node.type, inputs, node.title)

    def rules_of(self, type_name: str) -> Rules | None:
        """What nodes of this type are held against; None if the type is unknown."""
        if type_name not in self.rules:
            definition = self.registry.get(type_name)
            self.rules[type_name] = make_rules(definition) if definition is not None else None
        return self.rules[type_name]

    # -- values -----------------------------------------------------------------------------------------------------

    def fill_in(self, node: Node, declared: Input, inputs: dict[str, Any]) -> None:
        """An input that the file leaves out: the default where there is one, else an error if it is required."""
        if declared.kind == "optional":
            return
        default = default_of(declared) if declared.is_widget else MISSING
        if default is not MISSING:
            inputs[declared.name] = default
            self.note(node, declared, f"the file gives no value; the default {show(default)} was taken")
            return
        self.error(
            node,
            "required_input_missing",
            f"the required input {declared.name!r} is missing; it should be {self.expected_at(declared)}.",
            declared,
            details=declared.name,
        )

    def expected_at(self, declared: Input) -> str:
        """What an input takes, as the end of "should be ..."."""
        if not declared.is_widget:
            return f"a link to an output of type {declared.type}"
        choices = self.choices_of(declared)
        return describe_expected(declared) if choices is None else choices.describe(None)

    def literal(self, node: Node, declared: Input, value: Any, rules: Rules, inputs: dict[str, Any]) -> None:
        """A value written in the file."""
        inputs[declared.name] = value
        if not declared.is_widget and declared.type not in WIDGET_TYPES and declared.type != "*":
            self.bad_link(node, declared, value)
            return
        if as_list(value) is not None and declared.type in WIDGET_TYPES and not takes_several(declared):
            self.bad_link(node, declared, value)
            return
        try:
            is_checked_here = declared.name not in rules.validated_names
            coerced = coerce(declared, value, self.choices_of(declared), check=is_checked_here)
        except UnusableValueError as problem:
            self.error(
                node,
                problem.code,
                f"{declared.name!r} should be {problem.expected}, but is {show(value)}.",
                declared,
                details=f"{declared.name}: {problem.details}" if problem.details else declared.name,
                received_value=_reportable(value),
            )
            return
        inputs[declared.name] = coerced.value
        if coerced.note:
            self.note(node, declared, coerced.note)

    def choices_of(self, declared: Input) -> Choices | None:
        """What a COMBO may be; None where only the browser knows."""
        given = declared.choices
        if given is None or declared.type != "COMBO" or "remote" in declared.options:
            return None
        key = given if isinstance(given, ModelFile) else id(given)
        if key not in self.choices:
            self.choices[key] = Choices(choices_of(declared, self.files))
        return self.choices[key]

    # -- links ------------------------------------------------------------------------------------------------------

    def link(self, node: Node, declared: Input, link: Link, rules: Rules) -> None:
        """A link should lead to an output of a fitting type."""
        source = self.workflow.nodes.get(link.node_id)
        if source is None:
            self.error(
                node,
                "dangling_link",
                f"{declared.name!r} is linked to output {show(link.output)} of node {show(link.node_id)}, which does"
                " not exist.",
                declared,
                details=f"{declared.name}, node {link.node_id[:80]}",
                received_value=[link.node_id, link.output],
                linked_node=[link.node_id, link.output],
            )
            return
        source_rules = self.rules_of(source.type)
        if source_rules is None:
            return  # that its type is unknown is reported there
        outputs = source_rules.definition.outputs
        if not 0 <= link.output < len(outputs):
            self.error(
                node,
                "bad_linked_input",
                f"{declared.name!r} is linked to output {show(link.output)} of node {source.label}, which has"
                f" {len(outputs) or 'no'} output{'' if len(outputs) == 1 else 's'} (the first is 0).",
                declared,
                details=f"{declared.name}, output {show(link.output)}",
                received_value=[link.node_id, link.output],
            )
            return
        given = outputs[link.output].type
        if given == declared.type or rules.wants_types or types_fit(given, declared.type):
            return
        self.error(
            node,
            "return_type_mismatch",
            f"{declared.name!r} should be of type {declared.type}, but output {link.output} of node {source.label} is"
            f" of type {given}.",
            declared,
            details=f"{declared.name}, received_type({given}) mismatch input_type({declared.type})",
            received_type=given,
            linked_node=[link.node_id, link.output],
        )

    def bad_link(self, node: Node, declared: Input, value: Any) -> None:
        """Something that is neither a link nor a value that may stand there."""
        expected = describe_expected(declared) if declared.is_widget else f"a link to an output of type {declared.type}"
        items = as_list(value)
        came = f"[{', '.join(map(show, items))}]" if items is not None and len(items) <= 3 else show(value)
        self.error(
            node,
            "bad_linked_input",
            f"{declared.name!r} should be {expected} (a link is [node id, output number]), but is {came}.",
            declared,
            details=declared.name,
            received_value=_reportable(value),
        )

    def undeclared(self, node: Node, rules: Rules, inputs: dict[str, Any]) -> None:
        """Inputs that the type does not have: kept where the node takes any, all else is left out."""
        for name, value in node.inputs.items():
            if name in rules.names or name in _MEANINGLESS:
                continue
            definition = rules.definition
            if type(value) is Link:
                is_taken = definition.takes_any_link and value.node_id in self.workflow.nodes
            else:
                is_taken = definition.takes_any_value or name in definition.hidden
            if is_taken:
                inputs[name] = value
            else:
                self.notes.append(Note(node.id, f"{node.type} has no such input; it was left out", name))

    # -- whole nodes ------------------------------------------------------------------------------------------------

    def unknown_type(self, node: Node) -> None:
        """A node whose type nobody declares; the first few unknown types are compared to the known ones."""
        hint = self.hints.get(node.type)
        if hint is None:
            hint = self.registry.hint(node.type) if len(self.hints) < _TYPES_WITH_HINT else ""
            self.hints[node.type] = hint
        self.errors.append(
            InputError(
                node_id=node.id,
                node_type=node.type,
                code="missing_node_type",
                message=f"Node {node.label}: there is no node type {show(node.type)}.{hint}",
                details=f"Node ID '#{node.id}'",
                extra_info={"node_id": node.id, "class_type": node.type, "node_title": node.title or node.type},
            )
        )

    def ask_node(self, node: Node, rules: Rules, inputs: dict[str, Any]) -> None:
        """The node's own look at its literals (those linked are None)."""
        given = {name: None if type(value := inputs.get(name)) is Link else value for name in rules.validated_names}
        if rules.wants_settings:
            given["settings"] = self.settings
        if rules.wants_types:
            given["input_types"] = self.types_upstream(inputs)
        assert rules.validator is not None
        try:
            answer = rules.validator(**given)
        except EngineError as error:
            answer = str(error)
        except KeyboardInterrupt:  # the user's
            raise
        except BaseException as error:  # a node's own code, like its call: whatever it does, the others are checked
            answer = f"{type(error).__name__}: {text_of(error)}"
        if answer is True:
            return
        said = answer if isinstance(answer, str) else "its values are not accepted"
        names = [declared.name for declared in rules.definition.inputs if declared.name in rules.validated_names]
        self.error(
            node,
            "custom_validation_failed",
            f"{said.rstrip('.')}.",
            rules.definition.input(names[0]) if len(names) == 1 else None,
            details=f"{', '.join(names)} - {said}",
        )

    def types_upstream(self, inputs: dict[str, Any]) -> dict[str, str]:
        """By input, the type of the output that it is linked to."""
        types: dict[str, str] = {}
        for name, value in inputs.items():
            if type(value) is Link:
                rules = self.rules_of(self.workflow.nodes[value.node_id].type)
                types[name] = rules.definition.outputs[value.output].type if rules is not None else "*"
        return types

    def cycle(self, workflow: Workflow, cycle: Sequence[str]) -> None:
        """Nodes that wait for one another; reported at the first of them."""
        first = workflow.nodes[cycle[0]]
        self.errors.append(
            InputError(
                node_id=first.id,
                node_type=first.type,
                code="dependency_cycle",
                message=describe_cycle(workflow, cycle),
                extra_info={"cycle": list(cycle)},
            )
        )

    def describe_input(self, declared: Input) -> list[Any] | None:
        """The declaration as clients know it; None where its choices are many."""
        choices = self.choices_of(declared)
        values = choices.values if choices is not None else ()
        return describe_input(declared, values) if len(values) <= _CHOICES_IN_CONFIG else None

    # -- the records ------------------------------------------------------------------------------------------------

    def note(self, node: Node, declared: Input, message: str) -> None:
        """Something that was filled in or guessed."""
        self.notes.append(Note(node.id, message, declared.name))

    def error(
        self, node: Node, code: str, sentence: str, declared: Input | None, details: str = "", **extra_info: Any
    ) -> None:
        """Something that is wrong with a node, or with the input that is given."""
        if declared is not None:
            config = self.describe_input(declared)
            extra_info = {"input_name": declared.name, "input_config": config, **extra_info}
        self.errors.append(
            InputError(
                node_id=node.id,
                node_type=node.type,
                code=code,
                message=f"Node {node.label}: {sentence}",
                input_name=declared.name if declared is not None else None,
                details=details,
                extra_info=extra_info,
            )
        )


def _reportable(value: Any) -> Any:
    """A value as JSON that every client can read, short whatever its size."""
    if isinstance(value, str) and len(value) > _LONGEST_REPORTED:
        return f"{value[:_LONGEST_REPORTED]}... ({len(value)} characters)"
    is_scalar = isinstance(value, str | bool) or (isinstance(value, int | float) and abs(value) <= SEED_MAX)
    return value if is_scalar else show(value)
