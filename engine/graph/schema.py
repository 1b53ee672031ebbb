"""Records that say what a node is: its inputs, outputs and how it is called. No behaviour, no torch.

`engine.graph.node` makes them from a function's signature, `engine.compat` from a class; canvas, validation,
`/object_info`, the executor and the documentation all read the same record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, TypeVar

T_co = TypeVar("T_co", covariant=True)

ANY_TYPE: Final = "*"
SEED_MAX: Final = 2**64 - 1


# -- metadata that a parameter's annotation may carry: Annotated[int, Number(min=1)] --------------------------------


@dataclass(frozen=True, slots=True)
class Socket:
    """The type of what crosses a link.

    Attributes:
        type: The name on the wire, upper case (`IMAGE`); `*` takes anything.
        shape: The legend of the tensor's dimensions, for people (`b h w c`).
        range: Smallest and largest value of the tensor's elements, for people.
    """

    type: str
    shape: str = ""
    range: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """Bounds and granularity of an `int` or `float`; `min` and `max` are checked, the rest is for the widget."""

    min: int | float | None = None
    max: int | float | None = None
    step: int | float | None = None
    round: float | None = None
    display: Literal["number", "slider", "knob", "color"] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """How a `str` is edited. `dynamic_prompts`: `{a|b}` is resolved before the run."""

    multiline: bool = False
    dynamic_prompts: bool = False
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class SeedControl:
    """The integer is a seed: the canvas offers to fix, increment, decrement or randomize it after each run."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A `str` that names a file in one of the folders of `Settings`: a model kind (`checkpoints`), or `input`.

    Attributes:
        folder: Which folder; its files are the choices.
        image_upload: The canvas offers to upload a picture.
        extra: Choices besides the files.
    """

    folder: str
    image_upload: bool = False
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Widget:
    """Options of the widget that have no meaning for the engine and are handed to the canvas as they are.

    Values are JSON: `Widget.of(advanced=True)`.
    """

    options: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, **options: Any) -> Widget:
        """The options as keyword arguments."""
        return cls(tuple(options.items()))


@dataclass(frozen=True, slots=True)
class Lazy:
    """The input is computed only if the node's `needs` asks for it."""


# -- the records -----------------------------------------------------------------------------------------------------


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""The default of an input that has none."""


@dataclass(frozen=True, slots=True)
class Input:
    """One declared input, in the order of the canvas.

    Attributes:
        name: The parameter's name.
        type: Wire type: `INT FLOAT STRING BOOLEAN COMBO` for widgets, else a socket type.
        kind: Required inputs must be given or have a default that the file format fills in; optional ones may be open.
        is_widget: A literal may stand here; otherwise it must be a link.
        default: What the widget starts with; MISSING if there is none. A required widget that a file leaves out
            takes it.
        choices: Of a COMBO: the values, or the folder whose files are the values.
        number: Bounds, of INT and FLOAT.
        text: Of STRING.
        seed_control: A control slot follows the value in `widgets_values`.
        lazy: Computed on demand.
        is_list: The parameter takes the whole list (`list[Image]`) instead of one call per element.
        tooltip: One sentence of help.
        options: Further options, handed to the canvas as they are.
    """

    name: str
    type: str
    kind: Literal["required", "optional"] = "required"
    is_widget: bool = False
    default: Any = MISSING
    choices: tuple[Any, ...] | ModelFile | None = None
    number: Number | None = None
    text: Text | None = None
    seed_control: bool = False
    lazy: bool = False
    is_list: bool = False
    tooltip: str = ""
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Output:
    """One declared output."""

    name: str
    type: str
    is_list: bool = False
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class ExecutionBlocker:
    """Returned in place of an output: what depends on it is not run. With a message, the user is told why."""

    message: str | None = None


@dataclass(frozen=True, slots=True)
class NodeResult(Generic[T_co]):
    """What a node returns when it has more to give than outputs.

    As a return annotation, the argument declares the outputs: `-> NodeResult[None]` has none, `-> NodeResult[Image]`
    has one, `-> NodeResult[SomeNamedTuple]` has several.

    Attributes:
        outputs: What the annotation's argument says: one value, a NamedTuple, or None.
        ui: Lists of JSON records shown on the canvas and kept in history, by key (`images`, `text`).
        expand: A sub-graph in API format that takes this node's place; `outputs` may then hold links into it.
    """

    outputs: T_co | None = None
    ui: Mapping[str, Sequence[Any]] | None = None
    expand: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NodeDef:
    """The declaration of a node type. Calling it calls the function, so that scripts can use nodes as functions.

    Attributes:
        type: The type name in workflow files; never changes.
        display_name: The title on the canvas.
        category: Menu path, `a/b/c`.
        description: First paragraph of the docstring.
        inputs: In canvas order, required and optional mixed as declared.
        outputs: In slot order.
        call: The function; takes the inputs as keyword arguments.
        context_name: The parameter that receives the `Context`, if there is one.
        is_output: A root of execution: it leaves something behind (a file, a preview).
        is_async: `call` is a coroutine function.
        is_io: Mostly waits for files; may run beside the compute thread.
        takes_lists: Every input is given as a list, one call (V1's INPUT_IS_LIST).
        needs: Which lazy inputs are wanted, given the inputs known so far (None where not computed yet).
        fingerprint: What else the content key must include; gets the literals (linked inputs are None) and, where it
            asks for one, the Settings as `settings`. A NaN never equals itself: the node always runs again.
        validate: Called with the literals it names; returns True or what is wrong.
        per_node: Equal nodes don't share results: the node's id joins its content key.
        takes_any_link: Links to inputs that it does not declare are handed to it as well (`call` takes `**inputs`).
        takes_any_value: So are values.
        raw_links: Inputs that receive the link itself, `[node id, output]`, instead of what comes through it.
        hidden: Inputs without a socket, by name: what the engine gives for them (`PROMPT`, `UNIQUE_ID`, ...).
        renew: Gives the declaration as it is now, where its choices change with the world (files, other packs).
        module: Where it comes from (`nodes.sampling`).
    """

    type: str
    display_name: str
    category: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    call: Callable[..., Any]
    description: str = ""
    context_name: str | None = None
    is_output: bool = False
    is_async: bool = False
    is_io: bool = False
    takes_lists: bool = False
    needs: Callable[..., Sequence[str]] | None = None
    fingerprint: Callable[..., Any] | None = None
    validate: Callable[..., bool | str] | None = None
    per_node: bool = False
    takes_any_link: bool = False
    takes_any_value: bool = False
    raw_links: frozenset[str] = frozenset()
    hidden: Mapping[str, str] = field(default_factory=dict[str, str])
    renew: Callable[[], NodeDef] | None = None
    deprecated: bool = False
    experimental: bool = False
    search_aliases: tuple[str, ...] = ()
    module: str = ""

    def __call__(self, **inputs: Any) -> Any:
        """The function itself, for scripts."""
        return self.call(**inputs)

    def input(self, name: str) -> Input | None:
        """The declared input of this name, or None."""
        return next((declared for declared in self.inputs if declared.name == name), None)
