"""Who is let in: decided from the headers of a request, before any of its body is read.

Bound to loopback, the danger is a page of somebody else's in the user's own browser: Host, Origin and Sec-Fetch-Site
tell it apart (DNS rebinding, cross-site requests and websockets). Bound elsewhere, a token is asked for besides.
Programs send none of these headers but Host, and are not bothered.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from engine.server.refusal import Refusal
from engine.settings import ServerSettings

LOGGER = logging.getLogger(__name__)

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "text/plain", "multipart/form-data"})
"""What a form of a foreign page can send without asking first."""
OPEN_PATHS = frozenset({"/login", "/api/v1/health", "/api/v1/ready"})
"""Answered without a token."""
_MOST_FAILURES = 10
_FAILURES_WINDOW_S = 60.0
_MOST_ADDRESSES = 4096
_COOKIE_AGE_S = 30 * 24 * 3600
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


# -- hosts and origins -----------------------------------------------------------------------------------------------


def split_host(host: str) -> tuple[str, int | None] | None:
    """Name and port of a Host header; None if it is not one. `[::1]` loses its brackets, names become lower case."""
    if host.startswith("["):
        name, bracket, rest = host[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            return None
        digits = rest[1:]
        if _address(name) is None:
            return None
    else:
        name, colon, digits = host.partition(":")
        rest = colon
    if rest and not (digits.isascii() and digits.isdigit() and len(digits) <= 5 and int(digits) < 2**16):
        return None
    is_name = name != "" and all(sign.isascii() and (sign.isalnum() or sign in "-._:") for sign in name)
    return (name.lower(), int(digits) if rest else None) if is_name else None


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def is_loopback(name: str) -> bool:
    """Whether a host name, as `split_host` gives it, can only be this machine."""
    address = _address(name)
    if address is None:
        return name == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def is_open_to_others(settings: ServerSettings) -> bool:
    """Whether the server listens on an address that other machines reach."""
    return not all(is_loopback(address.strip("[]").lower()) for address in settings.listen)


def choose_token(settings: ServerSettings) -> str | None:
    """The token that is asked for; None if nobody is asked for one."""
    if not settings.requires_token:
        return None
    return settings.token or (secrets.token_urlsafe(32) if is_open_to_others(settings) else None)


class Gate:
    """Decides about each request from its headers alone, before any of its body is read.

    Args:
        settings: Where the server listens and whom it trusts.
        token: Asked for, if not None.
        clock: For the window of failures.
    """

    def __init__(
        self, settings: ServerSettings, token: str | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._token = token
        self._clock = clock
        # What the cookie holds is not made from the token: who guesses cookies learns nothing about it.
        self._session = secrets.token_urlsafe(32)
        self._failures: dict[str, deque[float]] = {}
        self._is_open = is_open_to_others(settings)
        self._trusted = {(split_host(name) or (name.strip("[]").lower(),))[0] for name in settings.allowed_hosts}
        if self._is_open:
            self._trusted |= {socket.gethostname().lower()}

    @property
    def requires_token(self) -> bool:
        """Whether a token is asked for."""
        return self._token is not None

    # -- whose page ------------------------------------------------------------------------------------------------

    def check_page(self, request: web.Request) -> None:
        """Refuse what a page of others made the browser send.

        Raises:
            Refusal: saying which header was wrong.
        """
        host = self._check_host(request)
        origin = request.headers.get(hdrs.ORIGIN)
        site = request.headers.get("Sec-Fetch-Site", "").lower()
        if origin is not None:
            if _is_own_origin(origin, host) or self.allows_origin(origin):
                return
            raise Refusal(
                f"A page of {origin[:200]!r} may not use this server; --enable-cors-header ORIGIN would allow it.",
                status=403,
                code="foreign_origin",
            )
        if site in ("cross-site", "same-site") and not self._is_harmless(request):
            raise Refusal(
                "A page of another site may not use this server; --enable-cors-header ORIGIN would allow it, if the"
                " browser says by Origin or Referer that it is that page.",
                status=403,
                code="foreign_origin",
            )
        # Browsers name the origin of whatever may change something. One that does not cannot be told from a form on a
        # foreign page, so it has to send what a form cannot.
        is_browser = "Sec-Fetch-Site" in request.headers and request.method not in _SAFE_METHODS
        if is_browser and request.can_read_body and request.content_type in _FORM_TYPES:
            raise Refusal(
                f"A browser without an Origin header may not send {request.content_type}, only JSON.", status=415
            )

    def _check_host(self, request: web.Request) -> tuple[str, int | None]:
        written = request.headers.get(hdrs.HOST, "")
        host = split_host(written)
        if host is None or len(request.headers.getall(hdrs.HOST, [])) != 1:
            raise Refusal(
                f"The Host header {written[:100]!r} is not a host name with a port.", status=403, code="foreign_host"
            )
        if not self._trusts(host[0]):
            raise Refusal(
                f"This server does not answer under the name {host[0][:100]!r}; --allow-host NAME would allow it.",
                status=403,
                code="foreign_host",
            )
        return host

    def _trusts(self, name: str) -> bool:
        """Whether a page that the browser got under this name can only be ours.

        A name that anybody may register can be made to lead here (DNS rebinding), so it has to be allowed by hand, but
        where a token is asked for, which such a page does not have.
        """
        if is_loopback(name) or name in self._trusted:
            return True
        if not self._is_open:
            return False
        return self._token is not None or _address(name) is not None or "." not in name

    def allows_origin(self, origin: str) -> bool:
        """Whether the user allowed pages of this origin (`--enable-cors-header`)."""
        allowed = self._settings.cors_origin
        return allowed is not None and (allowed == "*" or allowed.rstrip("/").lower() == origin.lower())

    def _is_harmless(self, request: web.Request) -> bool:
        """Requests from other sites that give their pages nothing: following a link to our page, showing a picture."""
        headers = request.headers
        if request.method not in ("GET", "HEAD") or headers.get(hdrs.UPGRADE):
            return False
        if self._settings.cors_origin == "*":
            return True
        # A page that may use this server shows its pictures without an Origin; that it is the page, its Referer says.
        page = _origin_of(headers.get(hdrs.REFERER, ""))
        if page and self.allows_origin(page):
            return True
        is_link = headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
        return is_link and request.path in ("/", "/login")

    # -- whose token -----------------------------------------------------------------------------------------------

    def check_token(self, request: web.Request) -> None:
        """Refuse who shows no token, or a wrong one.

        Raises:
            Refusal: 401, or 429 after too many wrong ones from the same address.
        """
        if self._token is None or request.path in OPEN_PATHS or self._has_cookie(request):
            return
        shown = _bearer(request) or request.query.get("token")
        if shown is None:
            raise Refusal(
                "This server asks for a token: as 'Authorization: Bearer TOKEN', or as /?token=TOKEN in a browser.",
                status=401,
                headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="Skein"'},
            )
        self.check_shown(request, shown)

    def check_shown(self, request: web.Request, shown: str) -> None:
        """Refuse a wrong token.

        Raises:
            Refusal: as `check_token`.
        """
        address = _who(request)
        now = self._clock()
        failures = self._failures.get(address)
        while failures and now - failures[0] > _FAILURES_WINDOW_S:
            failures.popleft()
        if failures and len(failures) >= _MOST_FAILURES:
            wait_s = int(failures[0] + _FAILURES_WINDOW_S - now) + 1
            raise Refusal(
                f"{_MOST_FAILURES} wrong tokens came from this address within {_FAILURES_WINDOW_S:g} seconds, a fixed"
                f" limit; try again in {wait_s} seconds.",
                status=429,
                headers={hdrs.RETRY_AFTER: str(wait_s)},
            )
        if self.is_token(shown):
            return
        if failures is None:
            while len(self._failures) >= _MOST_ADDRESSES:
                del self._failures[next(iter(self._failures))]
            failures = self._failures[address] = deque()
        failures.append(now)
        LOGGER.warning("A wrong token was shown from %s.", address)
        raise Refusal("The token is wrong.", status=401, headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="Skein"'})

    def is_token(self, shown: str) -> bool:
        """Whether this is the token that is asked for."""
        return self._token is not None and _is_same(shown, self._token)

    def _has_cookie(self, request: web.Request) -> bool:
        value = request.cookies.get(self._cookie_name)
        return value is not None and _is_same(value, self._session)

    @property
    def _cookie_name(self) -> str:
        # Cookies know no ports: two servers on one machine would overwrite each other's.
        return f"skein-{self._settings.port}"

    def give_cookie(self, request: web.Request, response: web.StreamResponse) -> None:
        """Let the browser in from now on."""
        response.set_cookie(
            self._cookie_name,
            self._session,
            httponly=True,
            samesite="Strict",
            secure=request.secure,
            max_age=_COOKIE_AGE_S,
            path="/",
        )


def _is_own_origin(origin: str, host: tuple[str, int | None]) -> bool:
    """Whether a page of this origin came from the host that is asked now."""
    try:
        parts = urlsplit(origin)
        scheme, place = parts.scheme.lower(), split_host(parts.netloc)
    except ValueError:
        return False
    if place is None or scheme not in ("http", "https") or parts.path or parts.query or parts.fragment:
        return False
    # A proxy in front of us may speak HTTPS where we speak HTTP: only host and port are compared, and where
    # neither names a port, both mean the usual one of whatever scheme the browser used.
    usual = _PORTS[scheme]
    return place[0] == host[0] and (place[1] or usual) == (host[1] or usual)


def _origin_of(address: str) -> str:
    """The origin of a page; empty if that is not the address of one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def _is_same(shown: str, expected: str) -> bool:
    """Compare in a time that says neither where the two differ nor how long the right one is."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (shown, expected)]
    return hmac.compare_digest(*digests)


def _bearer(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _who(request: web.Request) -> str:
    """The address that failures are counted for; of IPv6 the network, as everybody has 2**64 addresses."""
    address = _address(request.remote or "")
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
