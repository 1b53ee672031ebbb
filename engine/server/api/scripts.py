"""Workflows as Python scripts."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.graph.saving import name_nodes
from engine.graph.script import write_script
from engine.server.api.receiving import Received, WorkflowRequest, read_as
from engine.server.api.records import ShortText
from engine.server.api.route import Answer, Refused, route
from engine.server.api.submission import WorkflowWork, do_work
from engine.server.work import Body, Known


class ScriptParams(Struct, frozen=True, kw_only=True):
    """How the script is called.

    Attributes:
        name: What the user calls the workflow.
    """

    name: ShortText = ""


@route(
    "POST",
    "/workflows/script",
    reader=read_as(WorkflowRequest),
    answers=(Answer(200, {"type": "string"}, "The script.", "text/x-python"),),
    refusals=(Refused(503, "No worker can say yet which nodes there are."),),
)
async def write_workflow_script(request: web.Request, params: ScriptParams, body: Received) -> web.Response:
    """A workflow as a Python script that runs it, in its own process or by a server.

    Takes the same bodies as `POST /jobs`. The workflow need not be one that can run.
    """
    text = await do_work(request, _Write(source=body.source, name=params.name), body)
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=text, content_type="text/x-python", charset="utf-8", headers=headers)


class _Write(WorkflowWork[bytes], frozen=True, kw_only=True):
    name: str

    def do(self, known: Known, body: Body) -> bytes:
        """The script in UTF-8."""
        workflow, _, _ = self.read(known, self.open(known, body, WorkflowRequest))
        return write_script(name_nodes(workflow, known.registry), self.name).encode()
