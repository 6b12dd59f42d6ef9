"""The one way by which the platform speaks to another machine over HTTP: a POST of JSON to a configured address.

Only https, no redirects, never to the machine itself or its private network, so that nobody can use the site to reach what
stands behind it. The address is looked up once and the connection goes to exactly the address that was checked.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from qiupu.errors import N_, InputError, PlatformError

TIMEOUT_S = 8.0
ANSWER_BYTES = 64 * 1024
LONGEST_ADDRESS = 2000


class Unreachable(PlatformError):
    """The other side gave no answer: no such name, no connection, no time left, or a wrong certificate."""


@dataclass(frozen=True)
class Target:
    """An address in its parts, checked by its words only."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and the body when it was JSON (else None)."""

    status: int
    body: Any


def parse_target(address: str, *, allow_private: bool = False) -> Target:
    """Return the parts of an address that may be posted to.

    Parameters
    ----------
    allow_private : bool
        Also take http and addresses of this machine or its network; for closed networks and tests.

    Raises
    ------
    InputError
        When it is no https address, carries a name and password, or names a private address.
    """
    cure = N_("Copy the whole address from the chat's settings; it begins with https://")
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    is_plain = parts.scheme == "http" and allow_private
    if len(address) > LONGEST_ADDRESS or not host or not (parts.scheme == "https" or is_plain):
        raise InputError(N_("This is not an https address."), cure=cure, column="address", code="address")
    if parts.username or parts.password or any(ord(char) < 33 or ord(char) > 126 for char in address.strip()):
        raise InputError(
            N_("The address holds a password or signs that no address has."), cure=cure, column="address", code="address"
        )
    if not allow_private and (host == "localhost" or host.endswith(".localhost") or _is_private_literal(host)):
        raise _private()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def _private() -> InputError:
    return InputError(
        N_("This address leads to the machine itself or its private network."),
        cure=N_("Give a public address, or ask the operator about QIUPU_WEBHOOK_PRIVATE."),
        column="address",
        code="private-address",
    )


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False


def is_public(ip: str) -> bool:
    """Return whether an IP address is one of the open internet.

    Raises
    ------
    ValueError
        When it is no IP address.
    """
    found = ipaddress.ip_address(ip.split("%", 1)[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is not None:
            found = inner
        elif found in ipaddress.ip_network("64:ff9b::/96"):  # an IPv4 address behind a translator
            found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.is_global and not found.is_multicast


def _resolve(target: Target, *, allow_private: bool) -> list[str]:
    """Look the name up once; refuse it when any of its addresses is private."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(N_("There is no machine of the name {host}."), code="no-host", host=target.host) from error
    addresses = [str(where[0]) for _family, _kind, _proto, _name, where in found]
    if not allow_private and not all(is_public(ip) for ip in addresses):
        raise _private()
    return addresses


def _dial(target: Target, timeout_s: float, *, allow_private: bool) -> socket.socket:
    """Connect to the first of the checked addresses that answers."""
    problem = OSError("no address")
    for ip in _resolve(target, allow_private=allow_private):
        try:
            return socket.create_connection((ip, target.port), timeout=timeout_s)
        except OSError as error:
            problem = error
    raise problem


def _connect(target: Target, timeout_s: float, *, allow_private: bool) -> http.client.HTTPConnection:
    plain = _dial(target, timeout_s, allow_private=allow_private)
    connection = http.client.HTTPConnection(target.host, target.port, timeout=timeout_s)
    try:
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=target.host) if target.scheme == "https" else plain
        )
    except BaseException:
        plain.close()
        raise
    return connection


def _ask(connection: http.client.HTTPConnection, path: str, data: bytes, headers: dict[str, str], timeout_s: float) -> Answer:
    """Send and read; the connection is cut when the whole takes too long, so that a slow drip holds no worker."""
    line = connection.sock
    cut = threading.Event()

    def end() -> None:
        cut.set()
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(2 * timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", path, body=data, headers=headers)
        answer = connection.getresponse()
        body = answer.read(ANSWER_BYTES)
        if cut.is_set():
            raise TimeoutError
        return Answer(answer.status, _json_of(body))
    except (OSError, http.client.HTTPException) as error:
        if cut.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()


def post_json(
    address: str,
    data: bytes,
    *,
    headers: dict[str, str] | None = None,
    timeout_s: float = TIMEOUT_S,
    allow_private: bool = False,
) -> Answer:
    """Post ``data``, which is JSON, once and return the answer, whatever its status.

    Raises
    ------
    InputError
        When the address may not be posted to.
    Unreachable
        When no answer came.
    """
    target = parse_target(address, allow_private=allow_private)
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "qiupu", "Connection": "close", **(headers or {})}
    connection = None
    try:
        connection = _connect(target, timeout_s, allow_private=allow_private)
        return _ask(connection, target.path, data, sent, timeout_s)
    except TimeoutError as error:
        raise Unreachable(N_("{host} did not answer in time."), code="timeout", host=target.host) from error
    except ssl.SSLError as error:
        raise Unreachable(N_("{host} shows no certificate that holds."), code="certificate", host=target.host) from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(N_("{host} cannot be reached."), code="unreachable", host=target.host) from error
    finally:
        if connection is not None:
            connection.close()


def _json_of(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None
