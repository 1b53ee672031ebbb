"""How a route is declared: one function, whose signature is the contract and whose docstring is the help.

`@route("GET", "/jobs/{job_id}")` turns a coroutine function into a `Route`. Its parameters say what it reads:
`request`, `params` (a Struct: what stands in path, query and headers) and `body` (a Struct, read from JSON or by a
`Reader`). The return annotation is the reply of status 200; other replies and the refusals are named in the decorator.
Reading, checking, writing and the OpenAPI document (`openapi`) all come from the same record.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from aiohttp import web
from msgspec import Struct

from engine.server.api.reading import Parameters, read_body
from engine.server.api.writing import write_json
from engine.server.pieces import send_json

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that a route may give.

    Attributes:
        status: Of HTTP.
        content: What the body is: a type, a JSON schema, or None if there is no body. A type under another media type
            than JSON is that of each record of a stream.
        when: In which case, for people.
        media_type: Of the body.
        headers: What each header that clients need says.
        names: Parameters of other routes' paths that the body has values for, and where (a JSON pointer).
    """

    status: int
    content: Any
    when: str
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Refused:
    """A status with which a route may refuse, always with the error object; and in which case."""

    status: int
    when: str


@dataclass(frozen=True, slots=True)
class Reader:
    """How a body that is more than one JSON record is read.

    Attributes:
        read: Gives the record of a request; raises `Refusal`s.
        kind: The record.
        content: By media type, what the OpenAPI document says of it: a JSON schema.
    """

    read: Callable[[web.Request], Awaitable[Struct]]
    kind: type[Struct]
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a route's function returns when a Struct with status 200 does not say it all."""

    body: Struct | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Call = Callable[..., Awaitable[Struct | Reply | web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path.

    Attributes:
        method: Of HTTP.
        path: Below `PREFIX`, parameters in braces.
        call: The function.
        takes_request: Whether it is given the request itself.
        tag: The group it belongs to.
        summary: First line of its docstring; `description` is the rest.
        parameters: What is read from path, query and headers.
        takes_params: Whether there is anything to read there.
        body: What is read from the body, if anything.
        reader: How, if not as one JSON record.
        answers: Every reply that is no refusal.
        refusals: Every refusal besides those that any route may give.
        is_open: Whether it needs no token.
    """

    method: str
    path: str
    call: Call
    takes_request: bool
    tag: str
    summary: str
    description: str
    parameters: Parameters
    takes_params: bool
    body: Any
    reader: Reader | None
    answers: tuple[Answer, ...]
    refusals: tuple[Refused, ...]
    is_open: bool = False

    @property
    def name(self) -> str:
        """The name of its function: the operation's id."""
        return self.call.__name__

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Read, call, write: the handler that aiohttp gets."""
        given: dict[str, Any] = {"request": request} if self.takes_request else {}
        params = self.parameters.read(request)  # also where there are none: unknown ones are refused
        if self.takes_params:
            given["params"] = params
        if self.reader is not None:
            given["body"] = await self.reader.read(request)
        elif self.body is not None:
            given["body"] = await read_body(request, self.body)
        result = await self.call(**given)
        if isinstance(result, web.StreamResponse):
            return result
        reply = result if isinstance(result, Reply) else Reply(result)
        if reply.body is None:
            return web.Response(status=reply.status, headers=reply.headers)
        return await send_json(request, await write_json(reply.body), reply.status, reply.headers)


def route(
    method: str,
    path: str,
    *,
    answers: Sequence[Answer] = (),
    refusals: Sequence[Refused] = (),
    reader: Reader | None = None,
    tag: str | None = None,
    is_open: bool = False,
) -> Callable[[Call], Route]:
    """Declare a route.

    Args:
        method: Of HTTP.
        path: Below `PREFIX`, parameters in braces.
        answers: Replies besides (or, for the same status, instead of) the return annotation with status 200.
        refusals: With which statuses it may refuse, besides those that any route may.
        reader: How the body is read if it is not one JSON record.
        tag: The group it belongs to; by default the first part of its path.
        is_open: It needs no token.
    """

    def declare(call: Call) -> Route:
        hints = typing.get_type_hints(call, include_extras=True)
        given = tuple(answers)
        if not any(answer.status < 300 for answer in given):
            given = (Answer(200, hints["return"], "Done."), *given)
        summary, _, description = inspect.cleandoc(call.__doc__ or "").partition("\n")
        return Route(
            method=method,
            path=path,
            call=call,
            takes_request="request" in hints,
            tag=tag or path.split("/")[1],
            summary=summary,
            description=description.strip(),
            parameters=Parameters(hints.get("params", Struct), path),
            takes_params="params" in hints,
            body=hints.get("body"),
            reader=reader,
            answers=given,
            refusals=tuple(refusals),
            is_open=is_open,
        )

    return declare


def collect_routes(*modules: ModuleType) -> tuple[Route, ...]:
    """Every `Route` at module level in these modules, in the order in which they were written."""
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Route))
