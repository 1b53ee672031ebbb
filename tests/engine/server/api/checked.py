"""A server whose every reply is held against the OpenAPI document that it serves."""

from __future__ import annotations

import asyncio
import io
import json
import re
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from jsonschema_rs import Draft202012Validator

from engine.graph.registry import Registry
from engine.server.api import ROUTES, VERSION
from engine.server.api.openapi import make_document
from engine.server.api.route import PREFIX
from tests.engine.graph.examples import REGISTRY
from tests.engine.server.fakes import FakeServer

DOCUMENT = make_document(ROUTES, VERSION)
_COMPONENTS = {"components": {"schemas": DOCUMENT["components"]["schemas"]}}


class Reply(NamedTuple):
    """An answer that is as documented."""

    status: int
    body: Any
    headers: Any


def find_operation(method: str, path: str) -> dict[str, Any]:
    """What the document says of a request; the most literal path wins."""
    bare = path.partition("?")[0]
    for template in sorted(DOCUMENT["paths"], key=lambda template: template.count("{")):
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), bare):
            methods = DOCUMENT["paths"][template]
            if method.lower() in methods:
                return methods[method.lower()]
    raise AssertionError(f"{method} {path} is not documented")


def check(schema: dict[str, Any], value: Any) -> None:
    """See to it that a value is as a schema of the document says."""
    Draft202012Validator({**schema, **_COMPONENTS}).validate(value)


def check_reply(method: str, path: str, status: int, media_type: str, body: bytes) -> Any:
    """See to it that an answer is one of those documented; its JSON value, or its bytes."""
    responses = find_operation(method, path)["responses"]
    assert str(status) in responses, f"{method} {path}: {status} is not documented: {body[:500]!r}"
    content = responses[str(status)].get("content")
    if content is None:
        assert not body
        return None
    assert media_type in content or "*/*" in content, f"{method} {path}: {media_type} is not documented"
    if media_type != "application/json" or "*/*" in content:
        return body
    value = json.loads(body)
    check(content[media_type]["schema"], value)
    return value


class Api(FakeServer):
    """A server over a fake dispatcher, asked through its documented routes."""

    async def call(self, method: str, path: str, **options: Any) -> Reply:
        """Ask, and check the answer against the document."""
        async with self.client.request(method, PREFIX + path, **options) as response:
            body = await response.read()
            value = check_reply(method, PREFIX + path, response.status, response.content_type, body)
            return Reply(response.status, value, response.headers)

    async def get(self, path: str, **options: Any) -> Any:
        """The body of an answer of status 200."""
        reply = await self.call("GET", path, **options)
        assert reply.status == 200, reply
        return reply.body

    async def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        """Send JSON."""
        return await self.call("POST", path, json=body, **options)

    async def refused(self, method: str, path: str, status: int, *words: str, **options: Any) -> dict[str, Any]:
        """The error of a refusal whose message holds these words."""
        reply = await self.call(method, path, **options)
        assert reply.status == status, reply
        error = reply.body["error"]
        for word in words:
            assert word in error["message"], error
        return error

    async def submit(self, workflow: Any, **fields: Any) -> Any:
        """The job that a workflow became."""
        reply = await self.post("/jobs", {"workflow": workflow, **fields})
        assert reply.status == 201, reply
        return reply.body


def with_api(
    *, automatic: bool = False, registry: Registry = REGISTRY, **server: Any
) -> Callable[[Callable[[Api], Awaitable[None]]], Callable[[], None]]:
    """Make a test of a coroutine function that wants an `Api`."""

    def decorate(test: Callable[[Api], Awaitable[None]]) -> Callable[[], None]:
        def run() -> None:
            async def with_server(directory: Path) -> None:
                api = Api(directory, automatic=automatic, registry=registry, **server)
                async with api:
                    await test(api)

            with tempfile.TemporaryDirectory() as directory:
                asyncio.run(asyncio.wait_for(with_server(Path(directory)), 60))

        run.__doc__ = test.__doc__
        return run

    return decorate


def form(**parts: Any) -> aiohttp.FormData:
    """A form: bytes become files, other values JSON."""
    data = aiohttp.FormData(default_to_multipart=True)
    for name, value in parts.items():
        if isinstance(value, bytes):
            data.add_field(name, io.BytesIO(value), filename="workflow.bin", content_type="application/octet-stream")
        else:
            data.add_field(name, value if isinstance(value, str) else json.dumps(value))
    return data
