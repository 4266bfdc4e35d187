"""Settings from the environment: read once, checked whole, frozen.

Every name is `PORTAL_<FIELD>`; a secret may come from a file named in `PORTAL_<FIELD>_FILE`. What is wrong is
reported all at once and by name only, so that no secret is ever printed. pydantic checks; reading is done here, because
pydantic-settings takes an unknown name, knows no NAME_FILE, and does not see a setting that is given twice.
"""

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from portal.kit.running import Installed

PREFIX = "PORTAL_"
INSTANCE = Path(__file__).resolve().parents[2] / "instance"

Url = Annotated[str, Field(min_length=3, max_length=2000)]
Line = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]+$")]
MOST_AT_HASHES = 64
"""Requests that may be at a hash or wait for one: half of the server's threads."""
MAILBOX = re.compile(r'(?:"(?P<quoted>(?:[^"\\\r\n]|\\.)*)"|(?P<plain>[^"<>\r\n]*?)) ?<(?P<address>[^<>\s]+)>')


class SettingsError(Exception):
    """The settings are wrong; the message names every wrong one and prints no value."""


class Settings(BaseModel):
    """All that can be set from outside. Defaults suit development; production names its own (see `load`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    env: Literal["production", "development"] = "production"
    base_url: Url
    secret_keys: tuple[SecretStr, ...] = Field(min_length=1)
    database_url: SecretStr
    redis_url: SecretStr | None = None
    storage_url: Url
    keys_url: SecretStr
    smtp_url: SecretStr | None = None
    mail_from: Annotated[str, Field(max_length=254)]
    proxy_count: int = Field(default=0, ge=0, le=5)
    metrics_token: SecretStr | None = None
    ga_measurement_id: str | None = Field(default=None, pattern=r"^G-[A-Z0-9]{4,20}$")
    company_name: Line | None = None
    company_product: Line | None = None
    company_legal_entity: Line | None = None
    company_abn: Line | None = None
    company_privacy_email: str | None = None
    company_general_email: str | None = None
    company_phone: Line | None = None
    # Argon2id, RFC 9106 second recommended option. Tests lower the cost; a test holds these defaults.
    argon2_memory_kib: int = Field(default=65536, ge=8)
    argon2_time: int = Field(default=3, ge=1)
    argon2_lanes: int = Field(default=4, ge=1)
    hashes_at_once: int = Field(default=1, ge=1, le=64)
    hashes_waiting: int = Field(default=31, ge=0, le=100)
    hash_wait_seconds: float = Field(default=45, gt=0)

    @model_validator(mode="after")
    def _threads_left(self) -> "Settings":
        if self.hashes_at_once + self.hashes_waiting > MOST_AT_HASHES:
            raise ValueError(
                f"together with {PREFIX}HASHES_AT_ONCE at most {MOST_AT_HASHES}, or no thread is left for the rest"
            )
        return self

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("secret_keys")
    @classmethod
    def _long_keys(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < 32 for key in keys):
            raise ValueError("each key needs at least 32 characters")
        return keys

    @field_validator("base_url")
    @classmethod
    def _bare_origin(cls, value: str) -> str:
        parts = _split(value)
        bare = parts and parts.hostname and not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        if not parts or not bare or parts.scheme not in ("http", "https"):
            raise ValueError("needs to be an origin such as https://portal.example.com")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("needs to start with sqlite:/// or postgresql+psycopg://")
        try:
            make_url(url)
        except (ArgumentError, ValueError):
            raise ValueError("is not the address of a database") from None
        return value

    @field_validator("storage_url")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        if not value.startswith("file:///"):
            raise ValueError("needs to start with file:///")
        return value

    @field_validator("keys_url")
    @classmethod
    def _known_keys(cls, value: SecretStr, others: ValidationInfo) -> SecretStr:
        url = value.get_secret_value()
        if not url.startswith(("file:///", "postgresql://")):
            raise ValueError("needs to start with file:/// or postgresql://")
        if url.startswith("file://"):
            storage = others.data.get("storage_url")
            if storage and _folder(url).is_relative_to(_folder(storage)):
                raise ValueError("lies inside PORTAL_STORAGE_URL, so that destroyed keys would live on in backups")
            return value
        if not _reaches_postgresql(url):
            raise ValueError("is not the address of a database")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        parts = _split(value.get_secret_value())
        if not parts or parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("needs to look like smtp://host:587 or smtps://host:465")
        return value

    @field_validator("mail_from")
    @classmethod
    def _one_mailbox(cls, value: str) -> str:
        # Written with its name in quotation marks, which is right whatever the name holds: a comma, a colon, a bracket.
        found = MAILBOX.fullmatch(value.strip())
        name = (found["plain"] or "") if found and found["quoted"] is None else ""
        quoted = found["quoted"] if found and found["quoted"] else re.sub(r'(["\\])', r"\\\1", name)
        address = _address(found["address"] if found else value.strip())
        return f'"{quoted}" <{address}>' if quoted else address

    @field_validator("company_privacy_email", "company_general_email")
    @classmethod
    def _company_address(cls, value: str | None) -> str | None:
        return _address(value) if value else value

    @field_validator("company_product")
    @classmethod
    def _fit_for_apps(cls, value: str | None) -> str | None:
        if value and ":" in value:
            raise ValueError("must not hold a colon: authenticator apps refuse a product's name that has one")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: SecretStr | None) -> SecretStr | None:
        parts = _split(value.get_secret_value()) if value else None
        if value and (not parts or parts.scheme not in ("redis", "rediss") or not parts.hostname):
            raise ValueError("needs to look like redis://host:6379 or rediss://host:6379")
        return value

    @property
    def is_production(self) -> bool:
        """True unless the portal runs on a developer's machine."""
        return self.env == "production"

    @property
    def is_https(self) -> bool:
        """True when customers reach the portal over TLS: cookies are then Secure and named `__Host-`."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """The one host name (with port) under which the portal answers."""
        return urlsplit(self.base_url).netloc

    @property
    def host_name(self) -> str:
        """The host name without its port: links, cookies and Message-IDs bear it."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def smtp_host(self) -> str | None:
        """The host that emails leave through, without its credentials."""
        return urlsplit(self.smtp_url.get_secret_value()).hostname if self.smtp_url else None


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address, or None: the library's own words would quote what may be a password."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _reaches_postgresql(url: str) -> bool:
    # Here: whose keys lie in a folder never loads it.
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        make_url(url)
        conninfo_to_dict(url)
    except (ArgumentError, ValueError, psycopg.Error):
        return False
    return True


def _address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise ValueError("needs to look like name@example.com or Name <name@example.com>") from None


def _folder(url: str) -> Path:
    return Path(urlsplit(url).path).resolve()


def load(environ: Mapping[str, str] | None = None, *, instance: Path = INSTANCE) -> Settings:
    """Read the settings. Raises SettingsError naming everything that is wrong, values hidden (v5.0.0-13.3.1)."""
    environ = os.environ if environ is None else environ
    values, wrong = _collect(environ)
    if values.get("env", "production") == "development":
        values = _development(instance, values) | values
    else:
        if not values.get("smtp_url"):
            wrong.append(f"{PREFIX}SMTP_URL: missing")
        if str(values.get("base_url", "")).casefold().startswith("http:"):
            wrong.append(f"{PREFIX}BASE_URL: production needs https://")
    settings = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        wrong += [_name_fault(fault) for fault in error.errors(include_input=False, include_url=False)]
    if settings is None or wrong:
        raise SettingsError("The portal cannot start. Please fix these settings:\n  " + "\n  ".join(sorted(wrong)))
    return settings


def _collect(environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, value in environ.items():
        if not name.startswith(PREFIX) or not value:
            continue
        field = name.removeprefix(PREFIX).lower()
        if field.endswith("_file"):
            field = field.removesuffix("_file")
            try:
                value = Path(value).read_text().strip()
            except (OSError, ValueError):
                wrong.append(f"{name}: the file cannot be read")
                continue
        if field in values:
            wrong.append(f"{PREFIX}{field.upper()}: set twice, by itself and by a file")
        values[field] = value
    return values, wrong


def _name_fault(fault: Mapping[str, Any]) -> str:
    # What is wrong with several together is told by the one that can be made smaller.
    name = PREFIX + str(fault["loc"][0] if fault["loc"] else "hashes_waiting").upper()
    reason = {"missing": "missing", "extra_forbidden": "no such setting"}.get(fault["type"])
    return f"{name}: {reason or fault['msg'].removeprefix('Value error, ')}"


def _development(instance: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    defaults: dict[str, Any] = {
        "base_url": f"http://{_reachable(os.environ.get('HOST', ''))}:{os.environ.get('PORT', '8000')}",
        "database_url": f"sqlite:///{instance / 'portal.db'}",
        "storage_url": f"file://{instance / 'files'}",
        "keys_url": f"file://{instance / 'keys'}",
        "mail_from": "portal@example.com",
    }
    if "secret_keys" not in given:
        defaults["secret_keys"] = _kept_secret(instance / "secret_key")
    return defaults


def _kept_secret(path: Path) -> str:
    if not path.exists():
        draft = path.with_suffix(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(48))
        try:
            # Of several processes that start at once one wins, and nobody reads half a secret.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _reachable(host: str) -> str:
    """Return the name by which this machine reaches what listens on `host`."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or "127.0.0.1"
    if address.is_unspecified:
        return "127.0.0.1"
    return f"[{host}]" if address.version == 6 else host


SETTINGS = Installed[Settings]("settings")


def current_settings() -> Settings:
    """Return the settings of the running app."""
    return SETTINGS.get()
