"""@node: a signature and a docstring become a declaration; authors' mistakes are told in words."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import pytest

from engine.graph.node import node
from engine.graph.schema import (
    MISSING,
    ExecutionBlocker,
    Input,
    Lazy,
    ModelFile,
    NodeDef,
    NodeResult,
    Number,
    Output,
    SeedControl,
    Socket,
    Text,
    Widget,
)

Image = Annotated[bytes, Socket("IMAGE")]
Mask = Annotated[bytes, Socket("MASK")]
Conditioning = Annotated[list[bytes], Socket("CONDITIONING")]
Seed = Annotated[int, Number(min=0, max=2**64 - 1), SeedControl()]


def _same(factor: float) -> float:
    return factor


def _no_lazy(lazy: bytes | None) -> list[str]:
    return []


def _of_nothing(nothing: int) -> bool:
    return True


def _of_image(image: bytes, settings: object) -> bool:
    return True


def _of_all(**values: Any) -> bool:
    return True


class FakeContext:
    is_node_context: ClassVar[bool] = True


class Parts(NamedTuple):
    """Both.

    Attributes:
        image: The image.
        masks: The masks.
    """

    image: Image
    masks: list[Mask]


def _declare(function: Callable[..., Any], **options: Any) -> NodeDef:
    return node("Test", category="test", **options)(function)


def _input(function: Callable[..., Any]) -> Input:
    """The only input of a function."""
    return _declare(function).inputs[0]


def test_the_whole_record() -> None:
    @node(
        "Blend",
        category="image/mix",
        display_name="Blend Two",
        is_output=True,
        is_io=True,
        per_node=True,
        deprecated=True,
        experimental=True,
        search_aliases=["mix"],
        fingerprint=_same,
    )
    def blend(*, image: Image, ctx: FakeContext, factor: Annotated[float, Number(min=0, max=1)] = 1) -> Image:
        """Blend.

        Args:
            image: The image.

        Returns:
            The blend.
        """
        return image

    assert blend.inputs == (
        Input("image", "IMAGE", tooltip="The image."),
        Input("factor", "FLOAT", is_widget=True, default=1.0, number=Number(min=0, max=1)),
    )
    assert blend.outputs == (Output("IMAGE", "IMAGE", tooltip="The blend."),)
    assert (blend.type, blend.display_name, blend.category) == ("Blend", "Blend Two", "image/mix")
    assert (blend.description, blend.context_name, blend.module) == ("Blend.", "ctx", __name__)
    assert (blend.is_output, blend.is_io, blend.per_node, blend.deprecated, blend.experimental) == (True,) * 5
    assert (blend.is_async, blend.takes_lists, blend.search_aliases) == (False, False, ("mix",))
    assert blend.fingerprint is not None
    assert blend(image=b"x", ctx=FakeContext(), factor=1.0) == b"x"


def test_widgets() -> None:
    def widgets(
        *,
        whole: int,
        seed: Seed = 3,
        number: float = 2,
        text: Annotated[str, Text(multiline=True)] = "",
        flag: bool = False,
        mode: Literal["a", "b"] = "b",
        file: Annotated[str, ModelFile("vae")],
        odd: Annotated[int, Number(min=1), Widget.of(optional=True, advanced=True)] = 3,
        wired: Annotated[int, Widget.of(forceInput=True)],
        maybe: int | None = None,
    ) -> None: ...

    found = {declared.name: declared for declared in _declare(widgets).inputs}
    assert {name: declared.type for name, declared in found.items()} == {
        "whole": "INT",
        "seed": "INT",
        "number": "FLOAT",
        "text": "STRING",
        "flag": "BOOLEAN",
        "mode": "COMBO",
        "file": "COMBO",
        "odd": "INT",
        "wired": "INT",
        "maybe": "INT",
    }
    assert [name for name, declared in found.items() if not declared.is_widget] == ["wired"]
    assert [name for name, declared in found.items() if declared.kind == "optional"] == ["odd", "maybe"]
    assert [name for name, declared in found.items() if declared.seed_control] == ["seed"]
    assert found["whole"].default is MISSING
    assert found["maybe"].default is MISSING
    assert isinstance(found["number"].default, float)
    assert found["mode"].choices == ("a", "b")
    assert found["file"].choices == ModelFile("vae")
    assert found["text"].text == Text(multiline=True)
    assert found["odd"].options == {"advanced": True}
    assert found["wired"].options == {"forceInput": True}


def test_sockets() -> None:
    def sockets(
        *,
        image: Image,
        images: list[Image],
        conditioning: Conditioning,
        many: list[Conditioning],
        mask: Mask | None = None,
        lazy: Annotated[Mask | None, Lazy] = None,
        lists: list[Mask] | None = None,
    ) -> None: ...

    found = {declared.name: declared for declared in _declare(sockets, needs=_no_lazy).inputs}
    assert [name for name, declared in found.items() if declared.is_list] == ["images", "many", "lists"]
    assert [name for name, declared in found.items() if declared.kind == "optional"] == ["mask", "lazy", "lists"]
    assert [name for name, declared in found.items() if declared.lazy] == ["lazy"]
    assert not any(declared.is_widget for declared in found.values())
    assert all(declared.default is MISSING for declared in found.values())


def _several(*, image: Image) -> Parts: ...
def _result(*, image: Image) -> NodeResult[Parts]: ...
def _single(*, image: Image) -> Image: ...
def _blocked(*, image: Image) -> Image | ExecutionBlocker: ...
def _listed(*, image: Image) -> list[Image]: ...
def _nothing(*, image: Image) -> None: ...
def _shown(*, image: Image) -> NodeResult[None]: ...
def _choice(*, image: Image) -> Literal["a", "b"]: ...


_PARTS = (Output("image", "IMAGE", tooltip="The image."), Output("masks", "MASK", is_list=True, tooltip="The masks."))


@pytest.mark.parametrize(
    ("function", "outputs"),
    [
        (_several, _PARTS),
        (_result, _PARTS),
        (_single, (Output("IMAGE", "IMAGE"),)),
        (_blocked, (Output("IMAGE", "IMAGE"),)),
        (_listed, (Output("IMAGE", "IMAGE", is_list=True),)),
        (_nothing, ()),
        (_shown, ()),
        (_choice, (Output("COMBO", "COMBO"),)),
    ],
)
def test_outputs(function: Callable[..., Any], outputs: tuple[Output, ...]) -> None:
    assert _declare(function).outputs == outputs


def test_outputs_may_be_renamed() -> None:
    assert [output.name for output in _declare(_several, output_names=("a", "b")).outputs] == ["a", "b"]


def test_coroutines_are_known() -> None:
    async def wait(*, seconds: float) -> float:
        return seconds

    assert _declare(wait).is_async
    assert inspect.iscoroutinefunction(wait)


def test_the_last_metadata_wins() -> None:
    def override(*, seed: Annotated[Seed, Number(min=5, max=9)] = 6) -> None: ...

    assert _input(override).number == Number(min=5, max=9)


# -- authors' mistakes -----------------------------------------------------------------------------------------------


def _positional(image: Image) -> None: ...
def _star_star(**images: Image) -> None: ...
def _foreign(*, image: bytes) -> None: ...
def _socket_default(*, image: Image = b"") -> None: ...
def _optional_default(*, image: Image | None = b"") -> None: ...
def _number_on_text(*, text: Annotated[str, Number(min=1)]) -> None: ...
def _text_on_number(*, number: Annotated[int, Text()]) -> None: ...
def _file_on_number(*, number: Annotated[int, ModelFile("vae")]) -> None: ...
def _seed_on_text(*, text: Annotated[str, SeedControl()]) -> None: ...
def _out_of_bounds(*, number: Annotated[int, Number(min=1)] = 0) -> None: ...
def _no_choice(*, mode: Literal["a", "b"] = "c") -> None: ...  # pyright: ignore[reportArgumentType]
def _wrong_default(*, number: int = "1") -> None: ...  # pyright: ignore[reportArgumentType]
def _boolean_default(*, number: int = True) -> None: ...
def _no_return(*, image: Image): ...
def _optional_output(*, image: Image) -> Image | None: ...
def _lazy_without_needs(*, image: Annotated[Image | None, Lazy()] = None) -> None: ...


def _wrong_help(*, image: Image) -> None:
    """Help.

    Args:
        picture: There is no such parameter.
    """


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (_positional, "begin the parameter list with '*'"),
        (_star_star, "keyword-only"),
        (_foreign, "Annotated[T, Socket('NAME')]"),
        (_socket_default, "a socket has no default"),
        (_optional_default, "default must be None"),
        (_number_on_text, "Number belongs"),
        (_text_on_number, "Text belongs"),
        (_file_on_number, "ModelFile belongs"),
        (_seed_on_text, "SeedControl belongs"),
        (_out_of_bounds, "outside 1..inf"),
        (_no_choice, "none of the choices"),
        (_wrong_default, "not a INT"),
        (_boolean_default, "not a INT"),
        (_no_return, "no return annotation"),
        (_optional_output, "an output is always given"),
        (_lazy_without_needs, "belong together"),
        (_wrong_help, "describes picture"),
    ],
)
def test_mistakes_name_the_node_and_the_remedy(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(TypeError) as caught:
        _declare(function)
    assert said in str(caught.value)
    assert "'Test'" in str(caught.value)
    assert function.__qualname__ in str(caught.value)


def test_an_annotation_that_is_defined_nowhere() -> None:
    def draw(*, image: bytes) -> None: ...

    draw.__annotations__["image"] = "Nowhere"
    with pytest.raises(TypeError, match="'Nowhere' is not defined; annotations must name"):
        _declare(draw)


def test_a_parameter_without_annotation() -> None:
    def draw(*, image: bytes) -> None: ...

    del draw.__annotations__["image"]
    with pytest.raises(TypeError, match="'image': has no annotation"):
        _declare(draw)


def test_companions_may_only_name_inputs() -> None:
    for role in ("fingerprint", "validate", "needs"):
        with pytest.raises(TypeError, match=r"(nothing|belong together)"):
            _declare(_single, **{role: _of_nothing})
    assert _declare(_single, fingerprint=_of_image).fingerprint
    assert _declare(_single, validate=_of_all).validate


def test_output_names_must_be_as_many_as_the_outputs() -> None:
    with pytest.raises(TypeError, match="2 names for 1 outputs"):
        _declare(_single, output_names=("a", "b"))
