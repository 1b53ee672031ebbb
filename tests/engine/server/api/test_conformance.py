"""Schemathesis asks every route whatever the document allows, and much that it does not: no server error, no status or
body that is not documented, nothing accepted that should not be.
"""

from __future__ import annotations

import http.client
import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from engine.server.api import ROUTES
from engine.server.api.route import PREFIX
from engine.workers.notices import WorkerStatus
from tests.engine.server.api.checked import DOCUMENT
from tests.engine.server.fakes import VALUE
from tests.engine.server.nasty import NAMES
from tests.engine.server.raw import RawServer

load_all_checks()
schemathesis.serializer.alias("application/gzip", "application/octet-stream")
_ENDLESS = ("stream_events", "stream_job_events", "open_socket")
_MEANING = {"cancel_jobs", "list_jobs", "put_draft"} | {
    route.name for route in ROUTES if route.reader is not None or route.tag in ("workflow files", "gallery")
}
"""Whether they accept something depends on more than its form: workflows, names of files, searches."""
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    allow_header_conformance,
    unsupported_method,
    missing_required_header,
]
_schema = schemathesis.openapi.from_dict(json.loads(json.dumps(DOCUMENT))).exclude(operation_id=list(_ENDLESS))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("conformance")
    (directory / "output").mkdir()
    (directory / "output/a.png").write_bytes(b"not looked at")
    with RawServer(directory, automatic=True) as running:
        running.fake.dispatcher.statuses = [WorkerStatus(number=0, pid=1, state="idle")]
        yield f"http://127.0.0.1:{running.port}"


def _post(address: str, body: Any) -> Any:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


@_schema.parametrize()  # pyright: ignore[reportUntypedFunctionDecorator]
@settings(max_examples=12, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_every_route_keeps_to_the_document(case: schemathesis.Case[Any], server: str) -> None:
    if case.path_parameters.get("job_id") == "0":
        _post(f"{server}{PREFIX}/jobs?wait=5", {"workflow": VALUE, "id": "0"})  # one that is there
    checks = list(_CHECKS)
    if case.operation.definition.raw["operationId"] not in _MEANING:
        checks.append(positive_data_acceptance)
    case.call_and_validate(base_url=server, checks=checks, timeout=20)


_WORDS = (*NAMES, "-1", "1e999", "nan", "null", "9" * 400, "%22", "a,b", "a%00b", "x" * 7_000, "%F0%9F%98%80", "%26a=b")


def _targets(path: str, operation: dict[str, Any], word: str) -> Iterator[str]:
    """The path with this word in place of its parameters, or with it as each of the query's."""
    word = word.replace("\\", "%5C").replace("#", "%23")
    if "{" in path:
        yield re.sub(r"\{[^}]+\}", lambda _: word.replace("/", "%2F"), path)
    elif operation["operationId"] not in _ENDLESS:
        yield f"{path}?{word}"
        for parameter in operation.get("parameters", ()):
            yield f"{path}?{parameter['name']}={word}"


def test_no_word_in_a_path_or_query_breaks_anything(server: str) -> None:
    asked = [
        (method.upper(), target)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        for word in _WORDS
        for target in _targets(path, operation, word)
    ]
    with closing(http.client.HTTPConnection("127.0.0.1", int(server.rpartition(":")[2]), timeout=20)) as connection:
        for method, target in asked:
            connection.putrequest(method, target, skip_accept_encoding=True)
            connection.putheader("Content-Length", "0")
            connection.endheaders()
            reply = connection.getresponse()
            body = reply.read()
            assert reply.status < 500, (method, target[:100], body)
            if reply.status >= 400:
                assert set(json.loads(body)) == {"error", "node_errors"}, (method, target[:100], body[:100])
            if reply.will_close:
                connection.close()
