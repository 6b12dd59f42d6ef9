"""What must hold before the site starts; each refusal names the cause and the cure."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from qiupu.errors import N_, Conflict, InputError, PlatformError
from qiupu.wording import language_of_terminal, translate
from qiupu_web.parties.models import User

__all__ = ["is_loopback", "prepare_database", "require_database", "require_free_port", "require_no_demo_accounts", "warnings"]


def is_loopback(host: str) -> bool:
    """Return whether an address reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def require_free_port(host: str, port: int) -> None:
    """Raise when somebody else listens there, or when the port is not ours to take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            raise InputError(
                N_("Port {port} on {host} cannot be used: {reason}."),
                cure=N_("Stop the program that uses it, or choose another one: qiupu serve --port {other}"),
                code="port-in-use",
                port=port,
                host=host,
                reason=error.strerror or "?",
                other=port + 1 if port else 8000,
            ) from error


def require_database() -> None:
    """Raise when the database does not answer, or was written by a newer version."""
    try:
        loader = MigrationLoader(connection)
    except OperationalError as error:
        raise PlatformError(
            N_("The database does not answer: {reason}."),
            cure=N_("Start it, or correct DATABASE_URL."),
            code="database-away",
            reason=str(error).strip().splitlines()[0],
        ) from error
    ours = {app for app, _name in loader.disk_migrations}
    unknown = sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations if app in ours and (app, name) not in loader.disk_migrations
    )
    if unknown:
        raise Conflict(
            N_("The database was written by a newer version of Qiupu (it has {migration})."),
            cure=N_("Install that version, or restore a backup made by this one. Nothing was changed."),
            code="newer-database",
            migration=unknown[-1],
        )


def prepare_database() -> None:
    """Bring the database up to this version."""
    call_command("migrate", verbosity=0, interactive=False)


def require_no_demo_accounts(host: str) -> None:
    """Raise when the site would be public while accounts with known passwords exist."""
    if is_loopback(host) or not _has_demo_accounts():
        return
    raise Conflict(
        N_("Accounts of the demonstration exist, and their password is public: the site does not start on {host}."),
        cure=N_("Serve on 127.0.0.1, or remove them: qiupu manage remove_demo_accounts"),
        code="demo-public",
        host=host,
    )


def _has_demo_accounts() -> bool:
    if User._meta.db_table not in connection.introspection.table_names():
        return False
    return settings.CONFIG["QIUPU_DEMO"] or User.objects.filter(is_demo=True, is_active=True).exists()


def warnings(host: str) -> Iterator[str]:
    """Yield what the operator should know."""
    lang = language_of_terminal()
    if not is_loopback(host) and not settings.CONFIG["QIUPU_HTTPS"]:
        yield translate(N_("warning: the site is public without https; put a proxy with TLS before it and set QIUPU_HTTPS=1"), lang)
    if settings.DEBUG:
        yield translate(N_("warning: QIUPU_DEBUG is on"), lang)
