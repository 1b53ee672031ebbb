"""Who is let in: hosts, origins, tokens. Laws on names, then each door."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from engine.server.gate import Gate, choose_token, is_loopback, is_open_to_others, split_host
from engine.server.refusal import Refusal
from engine.settings import ServerSettings

_NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{1,6}){0,3}", fullmatch=True)
_PORTS = st.none() | st.integers(0, 2**16 - 1)
_TOKEN = "correct-horse-battery"


def _check(
    headers: Mapping[str, str], method: str = "GET", path: str = "/queue", token: str | None = None, **settings: Any
) -> Refusal | None:
    """What the gate says to a request."""
    gate = Gate(ServerSettings(**settings), token)
    body = Mock(**{"at_eof.return_value": "Content-Length" not in headers})
    request = make_mocked_request(method, path, headers={"Host": "127.0.0.1:8188", **headers}, payload=body)
    try:
        gate.check_page(request)
        gate.check_token(request)
    except Refusal as refusal:
        return refusal
    return None


# -- laws ------------------------------------------------------------------------------------------------------------


@given(_NAMES, _PORTS)
def test_hosts_are_taken_apart(name: str, port: int | None) -> None:
    assert split_host(name if port is None else f"{name}:{port}") == (name, port)


@given(st.ip_addresses(v=6), _PORTS)
def test_addresses_of_version_6_stand_in_brackets(address: ipaddress.IPv6Address, port: int | None) -> None:
    written = f"[{address}]" if port is None else f"[{address}]:{port}"
    assert split_host(written) == (str(address), port)


@given(st.text(max_size=12))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    found = split_host(text)
    if found is not None:
        assert found[0]
        assert found[0] == found[0].lower()


@given(st.ip_addresses())
def test_loopback_is_what_the_system_says(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    assert is_loopback(str(address)) == (mapped or address).is_loopback


@given(_NAMES)
def test_only_loopback_names_open_a_loopback_server(name: str) -> None:
    refusal = _check({"Host": name})
    assert (refusal is None) == is_loopback(name)


@given(_NAMES, _PORTS, st.sampled_from(["http", "https"]))
def test_an_origin_is_ours_if_and_only_if_host_and_port_are(name: str, port: int | None, scheme: str) -> None:
    host = name if port is None else f"{name}:{port}"
    assert _check({"Host": host, "Origin": f"{scheme}://{host}"}, allowed_hosts=(name,)) is None
    other = f"{name}:{(port or 0) + 1 if (port or 0) not in (79, 442) else 1}"
    assert _check({"Host": host, "Origin": f"{scheme}://{other}"}, allowed_hosts=(name,)) is not None
    assert _check({"Host": host, "Origin": f"{scheme}://x{host}"}, allowed_hosts=(name,)) is not None


# -- hosts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:8188", "127.0.0.1", "127.0.0.1:1", "127.8.9.10", "[::1]", "[::1]:8188"]
)
def test_loopback_hosts(host: str) -> None:
    assert _check({"Host": host}) is None


@pytest.mark.parametrize(
    "host",
    [
        "localhost.",
        "localhost.evil.com",
        "127.0.0.1.evil.com",
        "evil.com",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0.0.0.0",
        "localhost:",
        "localhost:x",
        "localhost:99999",
        "a@localhost",
        "[::1",
        "::1",
        "[evil]",
        "",
        "localhost/x",
        "192.168.0.2",
        "127.0.0.1:8188, evil.com",
        "localhost%00",
        "localhost\u200b",
        "ｌocalhost",
        "[::1%lo]",
        "[::1]x",
    ],
)
def test_foreign_hosts(host: str) -> None:
    refusal = _check({"Host": host})
    assert refusal is not None
    assert refusal.status == 403
    assert refusal.wire_type == "foreign_host"


def test_other_names_are_allowed_by_hand() -> None:
    for name in ("Studio.example", "studio.example:8188"):
        assert _check({"Host": "studio.example:8188"}, allowed_hosts=(name,)) is None
    refusal = _check({"Host": "other.example"}, allowed_hosts=("studio.example",))
    assert refusal is not None
    assert "--allow-host" in str(refusal)


@pytest.mark.parametrize(
    ("host", "is_in"),
    [
        ("192.168.0.2:8188", True),
        ("[fd00::2]", True),
        ("workshop", True),
        ("localhost", True),
        ("rebound.evil.com", False),
        ("workshop.", False),
    ],
)
def test_open_without_a_token_only_names_that_nobody_can_register(host: str, is_in: bool) -> None:
    assert (_check({"Host": host}, listen=("0.0.0.0",), requires_token=False) is None) == is_in


def test_with_a_token_any_name_will_do() -> None:
    headers = {"Host": "my.tunnel.example", "Authorization": f"Bearer {_TOKEN}"}
    assert _check(headers, token=_TOKEN, listen=("0.0.0.0",)) is None


# -- origins ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.com",
        "http://127.0.0.1",
        "http://127.0.0.1:8189",
        "http://localhost:8188",
        "127.0.0.1:8188",
        "http://127.0.0.1:8188.evil.com",
        "http://127.0.0.1:8188@evil.com",
        "file://",
        "http://127.0.0.1:8188/",
        "",
        "http://[",
        "chrome-extension://127.0.0.1:8188",
    ],
)
def test_foreign_origins(origin: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        refusal = _check({"Origin": origin}, method)
        assert refusal is not None
        assert refusal.status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site"])
def test_requests_of_other_sites(site: str) -> None:
    for method, path in (("GET", "/queue"), ("GET", "/"), ("POST", "/prompt"), ("GET", "/ws")):
        assert _check({"Sec-Fetch-Site": site}, method, path) is not None


def test_a_link_from_elsewhere_opens_the_page_and_nothing_else() -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert _check(link, "GET", "/") is None
    assert _check(link, "GET", "/queue") is not None
    assert _check(link, "POST", "/") is not None
    assert _check({**link, "Sec-Fetch-Dest": "iframe"}, "GET", "/") is not None


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_without_an_origin_is_refused_from_browsers_only(kind: str) -> None:
    headers = {"Content-Type": kind, "Content-Length": "2"}
    # What `urllib` sends, and so the example scripts that people copy.
    assert _check(headers, "POST", "/prompt") is None
    refusal = _check({**headers, "Sec-Fetch-Site": "none"}, "POST", "/prompt")
    assert refusal is not None
    assert refusal.status == 415
    assert _check({**headers, "Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8188"}, "POST") is None


@pytest.mark.parametrize(
    ("allowed", "origin", "is_in"),
    [
        ("*", "http://a.example", True),
        ("*", "null", True),
        ("http://a.example", "http://a.example", True),
        ("http://a.example", "http://a.example.evil", False),
        ("http://a.example", "null", False),
    ],
)
def test_origins_that_the_user_allowed(allowed: str, origin: str, is_in: bool) -> None:
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    assert (_check(headers, "POST", "/prompt", cors_origin=allowed) is None) == is_in


@pytest.mark.parametrize(
    ("allowed", "headers", "is_in"),
    [
        ("*", {}, True),
        ("http://a.example", {}, False),
        ("http://a.example", {"Referer": "http://a.example/"}, True),
        ("http://A.example/", {"Referer": "http://a.example/page?x=1"}, True),
        ("http://a.example", {"Referer": "http://a.example:81/"}, False),
        ("http://a.example", {"Referer": "https://a.example/"}, False),
        ("http://a.example", {"Referer": "http://a.example.evil/"}, False),
        ("http://a.example", {"Referer": "http://a.example@evil/"}, False),
        ("http://a.example", {"Referer": "http://["}, False),
        ("http://a.example", {"Referer": "about:blank"}, False),
        ("", {"Referer": ""}, False),
        ("", {}, False),
    ],
)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_pages_fetch_without_an_origin(allowed: str, headers: dict[str, str], is_in: bool, site: str) -> None:
    headers = {**headers, "Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    for path in ("/queue", "/view?filename=a.png"):
        assert (_check(headers, path=path, cors_origin=allowed) is None) == is_in
    assert _check(headers, "POST", "/interrupt", cors_origin=allowed) is not None


# -- tokens ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "is_asked"),
    [
        ({}, False),
        ({"token": "x"}, True),
        ({"listen": ("0.0.0.0",)}, True),
        ({"listen": ("127.0.0.1", "::")}, True),
        ({"listen": ("0.0.0.0",), "requires_token": False}, False),
        ({"listen": ("localhost", "::1")}, False),
    ],
)
def test_who_is_asked_for_a_token(settings: dict[str, Any], is_asked: bool) -> None:
    made = choose_token(ServerSettings(**settings))
    assert (made is not None) == is_asked
    if is_asked:
        assert made == settings.get("token", made)
        assert len(made or "") >= 32 or "token" in settings


def test_open_to_others() -> None:
    assert is_open_to_others(ServerSettings(listen=("192.168.0.2",)))
    assert not is_open_to_others(ServerSettings(listen=("[::1]", "LOCALHOST")))


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": f"Bearer {_TOKEN}"}, {"Authorization": f"bearer  {_TOKEN} "}],
)
def test_the_right_token_in_a_header(headers: dict[str, str]) -> None:
    assert _check(headers, token=_TOKEN) is None


def test_the_right_token_in_the_address() -> None:
    assert _check({}, path=f"/view?filename=a.png&token={_TOKEN}", token=_TOKEN) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {_TOKEN}"},
        {"Authorization": f"Bearer {_TOKEN}x"},
        {"Cookie": f"skein-8188={_TOKEN}"},
        {"Authorization": "Bearer ä😀"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/queue", "/ws", "/view", "/api/v1/jobs", "/extensions/x.js"])
def test_without_the_token_every_door_is_closed(headers: dict[str, str], path: str) -> None:
    refusal = _check(headers, path=path, token=_TOKEN)
    assert refusal is not None
    assert refusal.status == 401
    assert _TOKEN not in str(refusal)


@pytest.mark.parametrize("path", ["/login", "/api/v1/health"])
def test_doors_that_are_open(path: str) -> None:
    assert _check({}, path=path, token=_TOKEN) is None


def test_too_many_wrong_tokens_close_the_door_for_a_while() -> None:
    now = 0.0
    gate = Gate(ServerSettings(), _TOKEN, clock=lambda: now)

    def show(token: str) -> int:
        try:
            gate.check_token(make_mocked_request("GET", "/", headers={"Authorization": f"Bearer {token}"}))
        except Refusal as refusal:
            return refusal.status
        return 200

    statuses = [show(f"guess {count}") for count in range(15)]
    assert statuses == [401] * 10 + [429] * 5
    assert show(_TOKEN) == 429, "a guess that is right must not be told apart from one that is wrong"
    now = 61.0
    assert show(_TOKEN) == 200


def test_showing_none_is_no_wrong_one() -> None:
    gate = Gate(ServerSettings(), _TOKEN)
    for _ in range(50):
        with pytest.raises(Refusal):
            gate.check_token(make_mocked_request("GET", "/"))
    gate.check_token(make_mocked_request("GET", "/", headers={"Authorization": f"Bearer {_TOKEN}"}))
