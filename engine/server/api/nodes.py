"""Node types: their inputs, outputs and help, as the workers declared them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Annotated, Any, Literal

from aiohttp import hdrs, web
from msgspec import Meta, Struct

from engine.graph.json_values import show
from engine.graph.object_info import choices_of
from engine.graph.registry import Registry
from engine.graph.schema import MISSING, Input, ModelFile, NodeDef
from engine.server.api.records import Limit, Offset, ShortText
from engine.server.api.route import Answer, Refused, route
from engine.server.api.writing import encode_json
from engine.server.keys import LISTINGS
from engine.server.pieces import send_json
from engine.server.refusal import Refusal
from engine.server.validation import renew_registry

_Integer = Annotated[int, Meta(extra_json_schema={"format": "uint64"})]
"""Bounds of seeds are more than a number of JavaScript holds."""
_NO_WORKER = Refused(503, "No worker can say yet which nodes there are.")


class InputView(Struct, frozen=True, kw_only=True):
    """An input of a node type.

    Attributes:
        name: Its name.
        type: `INT FLOAT STRING BOOLEAN COMBO`, or the type of what a link must bring; `*` takes anything.
        required: Whether a link or a value must be given.
        is_widget: Whether a value may be given; otherwise it must be a link.
        has_default: Whether there is a default.
        default: What the value starts with.
        choices: Of a COMBO: the values that may be chosen; null for other types.
        choices_from: The folder whose files are the choices; null if they are fixed.
        image_upload: Whether pictures can be uploaded to become choices.
        min: Smallest number.
        max: Largest number.
        step: What a widget adds or takes away.
        round: To what a widget rounds; false: not at all; null: it is not said.
        display: How a number is shown.
        multiline: Whether a text has several lines.
        dynamic_prompts: Whether `{a|b}` in a text is a choice.
        placeholder: What an empty text field says.
        seed_control: Whether it is a seed, which the canvas may change after each run.
        lazy: Whether it is computed only if the node asks for it.
        is_list: Whether the whole list is taken at once.
        tooltip: Help in a sentence.
        options: More for widgets; JSON values.
    """

    name: str
    type: str
    required: bool
    is_widget: bool
    has_default: bool
    default: Any
    choices: list[Any] | None
    choices_from: str | None
    image_upload: bool
    min: float | _Integer | None
    max: float | _Integer | None
    step: float | int | None
    round: float | bool | None
    display: Literal["number", "slider", "knob", "color"] | None
    multiline: bool
    dynamic_prompts: bool
    placeholder: str
    seed_control: bool
    lazy: bool
    is_list: bool
    tooltip: str
    options: dict[str, Any]


class OutputView(Struct, frozen=True, kw_only=True):
    """An output of a node type.

    Attributes:
        name: Its name.
        type: The type of what a link brings.
        is_list: Whether it is a list, whose elements the next node takes one by one.
        tooltip: Help in a sentence.
    """

    name: str
    type: str
    is_list: bool
    tooltip: str


class NodeTypeView(Struct, frozen=True, kw_only=True):
    """A node type.

    Attributes:
        type: Its name in workflow files.
        display_name: Its title on the canvas.
        category: Its place in the menu, `a/b/c`.
        description: Help in a paragraph.
        inputs: In the order of the canvas.
        outputs: In the order of their slots.
        is_output: Whether it is a root of execution: it saves or shows something.
        takes_lists: Whether every input is taken as a list.
        deprecated: Whether there is something better.
        experimental: Whether it may change.
        search_aliases: Other words to find it by.
        module: Where it comes from.
    """

    type: str
    display_name: str
    category: str
    description: str
    inputs: list[InputView]
    outputs: list[OutputView]
    is_output: bool
    takes_lists: bool
    deprecated: bool
    experimental: bool
    search_aliases: list[str]
    module: str


class NodeListParams(Struct, frozen=True, kw_only=True):
    """Which node types, and how many.

    Attributes:
        category: Only those of this place in the menu and below.
        text: Only those whose name, title, help or other words hold this text.
        offset: So many are skipped.
        limit: At most so many; by default all.
    """

    category: ShortText | None = None
    text: ShortText | None = None
    offset: Offset = 0
    limit: Limit | None = None


class NodePage(Struct, frozen=True, kw_only=True):
    """Some node types, in the order in which they were declared.

    Attributes:
        nodes: Those of this page.
        total: How many fit the filters.
    """

    nodes: list[NodeTypeView]
    total: int


_ETAG = {"ETag": "Changes with the content; send it as `If-None-Match` to be told whether it did."}


@route(
    "GET",
    "/nodes",
    answers=(
        Answer(200, NodePage, "The node types.", headers=_ETAG, names={"type": "/nodes/0/type"}),
        Answer(304, None, "What the client has is still so."),
    ),
    refusals=(_NO_WORKER,),
)
async def list_nodes(request: web.Request, params: NodeListParams) -> web.StreamResponse:
    """Every node type with its inputs, choices, outputs and help; all at once or page by page.

    The choices of model files and pictures are those of this moment. Waits for the first worker if it must.
    """
    registry = await renew_registry(request)
    body = await asyncio.to_thread(_write_page, registry, request.app[LISTINGS].choices, params)
    return await _answer_unless_known(request, body)


class NodePath(Struct, frozen=True, kw_only=True):
    """Which node type.

    Attributes:
        type: Its name in workflow files.
    """

    type: ShortText


@route(
    "GET",
    "/nodes/{type}",
    answers=(
        Answer(200, NodeTypeView, "The node type.", headers=_ETAG),
        Answer(304, None, "What the client has is still so."),
    ),
    refusals=(Refused(404, "There is no such node type; the message names the nearest."), _NO_WORKER),
)
async def show_node(request: web.Request, params: NodePath) -> web.StreamResponse:
    """One node type."""
    registry = await renew_registry(request)
    definition = registry.get(registry.current_name(params.type))
    if definition is None:
        hint = await asyncio.to_thread(registry.hint, params.type)
        raise Refusal(f"There is no node type {show(params.type)}.{hint}", status=404, code="missing_node_type")
    view = await asyncio.to_thread(view_node_type, definition, request.app[LISTINGS].choices)
    return await _answer_unless_known(request, encode_json(view))


def _write_page(registry: Registry, files: Callable[[str], Sequence[str]], params: NodeListParams) -> bytes:
    definitions = [definition for definition in registry if _fits(definition, params)]
    end = len(definitions) if params.limit is None else params.offset + params.limit
    known: dict[str, Sequence[str]] = {}

    def listed(folder: str) -> Sequence[str]:
        if folder not in known:
            known[folder] = files(folder)
        return known[folder]

    views = [view_node_type(definition, listed) for definition in definitions[params.offset : end]]
    return encode_json(NodePage(nodes=views, total=len(definitions)))


def _fits(definition: NodeDef, params: NodeListParams) -> bool:
    if params.category and not f"{definition.category}/".startswith(f"{params.category.rstrip('/')}/"):
        return False
    if not params.text:
        return True
    texts = (definition.type, definition.display_name, definition.description, *definition.search_aliases)
    wanted = params.text.casefold()
    return any(wanted in text.casefold() for text in texts)


async def _answer_unless_known(request: web.Request, body: bytes) -> web.StreamResponse:
    tag = blake2b(body, digest_size=16).hexdigest()
    headers: dict[str, str] = {hdrs.ETAG: f'"{tag}"', hdrs.CACHE_CONTROL: "private, no-cache"}
    known = request.if_none_match or ()
    if any(one.value in (tag, "*") for one in known):
        return web.Response(status=304, headers=headers)
    return await send_json(request, body, headers=headers)


def view_node_type(definition: NodeDef, files: Callable[[str], Sequence[str]]) -> NodeTypeView:
    """A node type as it is sent.

    Args:
        definition: Its declaration.
        files: The choices of `ModelFile(folder)`, by folder.
    """
    return NodeTypeView(
        type=definition.type,
        display_name=definition.display_name,
        category=definition.category,
        description=definition.description,
        inputs=[_view_input(declared, files) for declared in definition.inputs],
        outputs=[
            OutputView(name=output.name, type=output.type, is_list=output.is_list, tooltip=output.tooltip)
            for output in definition.outputs
        ],
        is_output=definition.is_output,
        takes_lists=definition.takes_lists,
        deprecated=definition.deprecated,
        experimental=definition.experimental,
        search_aliases=list(definition.search_aliases),
        module=definition.module,
    )


def _view_input(declared: Input, files: Callable[[str], Sequence[str]]) -> InputView:
    number, text = declared.number, declared.text
    folder = declared.choices if isinstance(declared.choices, ModelFile) else None
    has_default = declared.default is not MISSING
    return InputView(
        name=declared.name,
        type=declared.type,
        required=declared.kind == "required",
        is_widget=declared.is_widget,
        has_default=has_default,
        default=declared.default if has_default else None,
        choices=list(choices_of(declared, files)) if declared.type == "COMBO" else None,
        choices_from=None if folder is None else folder.folder,
        image_upload=folder is not None and folder.image_upload,
        min=None if number is None else number.min,
        max=None if number is None else number.max,
        step=None if number is None else number.step,
        round=None if number is None else number.round,
        display=None if number is None else number.display,
        multiline=text is not None and text.multiline,
        dynamic_prompts=text is not None and text.dynamic_prompts,
        placeholder="" if text is None else text.placeholder,
        seed_control=declared.seed_control,
        lazy=declared.lazy,
        is_list=declared.is_list,
        tooltip=declared.tooltip,
        options=dict(declared.options),
    )
