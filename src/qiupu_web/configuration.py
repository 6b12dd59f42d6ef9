"""Every setting: its name in the environment, type, default and what it is for. docs/operate.md lists them; a test compares."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qiupu.errors import N_, InputError
from qiupu.wording import Term, add_catalogues

add_catalogues(Path(__file__).parent / "locale/configuration")  # read before Django knows of any catalogue


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(text)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


@dataclass(frozen=True)
class Setting:
    """One environment variable."""

    name: str
    parse: Callable[[str], Any]
    default: str
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "QIUPU_HOME",
        Path,
        "~/.local/share/qiupu",
        N_("Folder of the embedded database, uploaded files, the vault and the keys."),
    ),
    Setting("DATABASE_URL", str, "", N_("PostgreSQL address (postgres://user@host/name); empty means SQLite in QIUPU_HOME.")),
    Setting(
        "EMAIL_URL",
        str,
        "console://",
        N_("Mail server (smtp://user:password@host:25); the default prints mails to the log."),
    ),
    Setting("QIUPU_EMAIL_FROM", str, "qiupu@localhost", N_("Sender of mails.")),
    Setting(
        "QIUPU_SECRET_KEY",
        str,
        "",
        N_("Signs sessions and links; empty means one made at first start, kept in QIUPU_HOME/keys."),
        True,
    ),
    Setting(
        "QIUPU_KEYS",
        str,
        "",
        N_("Folder of the keys (secret, vault, receipts); empty means QIUPU_HOME/keys. Never in the backup."),
    ),
    Setting("QIUPU_DEBUG", _flag, "0", N_("Show tracebacks; never on a public address.")),
    Setting("QIUPU_ALLOWED_HOSTS", _words, "localhost,127.0.0.1,[::1]", N_("Names under which the site answers, by commas.")),
    Setting("QIUPU_BASE_URL", str, "http://127.0.0.1:8000", N_("Address of the site, for links in mails and printed forms.")),
    Setting(
        "QIUPU_HTTPS",
        _flag,
        "0",
        N_("The site is reached by https only: secure cookies, HSTS, trust X-Forwarded-Proto of the proxy."),
    ),
    Setting("QIUPU_LANGUAGE", str, "zh-hans", N_("Language for readers whose browser states none: zh-hans or en.")),
    Setting("QIUPU_TIME_ZONE", str, "Asia/Shanghai", N_("Time zone of dates and deadlines.")),
    Setting("QIUPU_SITE_NAME", str, "Qiupu · Chizhou", N_("Name in the header (English).")),
    Setting("QIUPU_SITE_NAME_ZH", str, "秋浦 · 池州", N_("Name in the header (Chinese).")),
    Setting("QIUPU_UPLOAD_MAX_MB", int, "50", N_("Largest upload in megabytes.")),
    Setting(
        "QIUPU_FONTS", str, "", N_("Folder of fonts for PDF files, one with Chinese characters; empty means the machine's fonts.")
    ),
    Setting("QIUPU_LINK_DAYS", int, "14", N_("Days after which a one-time link expires.")),
    Setting("QIUPU_RUNTIME", str, "", N_("Folder of the sandbox's own environment; empty means .venv-runtime beside the project.")),
    Setting("QIUPU_WORKERS", int, "1", N_("Worker processes that `qiupu serve` starts and watches.")),
    Setting("QIUPU_PROCESSES", int, "2", N_("Processes that answer pages; one for each core (about 140 MB each).")),
    Setting("QIUPU_THREADS", int, "4", N_("Threads of each of these processes.")),
    Setting("QIUPU_POOL", int, "2", N_("Processes for heavy maps.")),
    Setting(
        "QIUPU_READER",
        str,
        "",
        N_("A second reader of texts: a folder of local weights, or https://host/v1#model with its key in QIUPU_ENDPOINT_KEY."),
    ),
    Setting(
        "QIUPU_VECTORS",
        str,
        "auto",
        N_(
            "Where vectors for matching come from: auto (bundled models when installed), bundled, none, a model folder, or https://host/v1#model."
        ),
    ),
    Setting("QIUPU_DIGEST", str, "daily", N_("Digest by mail for accounts that chose no rhythm: daily, weekly or off.")),
    Setting("QIUPU_DIGEST_HOUR", int, "8", N_("Hour of the day from which the worker sends digests.")),
    Setting(
        "QIUPU_WEBHOOK_PRIVATE",
        _flag,
        "0",
        N_("Webhooks may lead to http and to private addresses; for a closed network only."),
    ),
    Setting(
        "QIUPU_API_PER_TOKEN",
        int,
        "300",
        N_("Requests to the API a minute for each token; more are answered with 429 and Retry-After. 0 means no limit."),
    ),
    Setting(
        "QIUPU_API_PER_ADDRESS",
        int,
        "600",
        N_("Requests to the API a minute for each address, with or without a token, wrong tokens too. 0 means no limit."),
    ),
    Setting(
        "QIUPU_PROXIES",
        int,
        "0",
        N_(
            "Proxies in front of the site that add to X-Forwarded-For; the reader's address is taken that many places from its end."
        ),
    ),
    Setting("QIUPU_LEASE_S", int, "120", N_("Seconds after which a scoring attempt that gave no sign of life is taken over.")),
    Setting(
        "QIUPU_HIDDEN_TICK_S",
        int,
        "10",
        N_("A program's run on hidden data ends for its author at a multiple of so many seconds only. 0 tells the end at once."),
    ),
    Setting("QIUPU_DEMO", _flag, "0", N_("Demo accounts may sign in; a public address refuses to start with it.")),
)


@dataclass(frozen=True)
class Configuration:
    """The values, read once."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def home(self) -> Path:
        """Folder of everything that is kept."""
        return Path(self["QIUPU_HOME"]).expanduser()

    @property
    def keys(self) -> Path:
        """Folder of the keys, apart from what a backup holds."""
        return Path(self["QIUPU_KEYS"]).expanduser() if self["QIUPU_KEYS"] else self.home / "keys"


def load(environment: Mapping[str, str] | None = None) -> Configuration:
    """Read the environment.

    Raises
    ------
    InputError
        When a value is of the wrong type; it names the variable.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environment.get(setting.name) or setting.default
        try:
            values[setting.name] = setting.parse(text)
        except ValueError as error:
            raise InputError(
                N_("The setting {name} cannot be {value}."),
                cure=N_("See docs/operate.md: {help}"),
                name=setting.name,
                value="…" if setting.secret else repr(text),
                help=Term(setting.help),
            ) from error
    return Configuration(values)


def secret_of(configuration: Configuration, name: str, make: Callable[[], str]) -> str:
    """Return the secret kept in the keys' folder under ``name``, made at the first call, readable by its owner only."""
    path = configuration.keys / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = None
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(handle, make().encode())
        except FileExistsError:
            pass  # another process made it in this moment
        finally:
            if handle is not None:
                os.close(handle)
    return path.read_text(encoding="utf-8")
