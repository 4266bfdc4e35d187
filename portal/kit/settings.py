"""Settings from the environment: read once, checked whole, frozen.

Every name is `PORTAL_<FIELD>`; a secret may come from a file named in `PORTAL_<FIELD>_FILE`. What is wrong is
reported all at once and by name only, so that no secret is ever printed.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit

from flask import current_app
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

PREFIX = "PORTAL_"
INSTANCE = Path(__file__).resolve().parents[2] / "instance"

Url = Annotated[str, Field(min_length=3, max_length=2000)]


class SettingsError(Exception):
    """The settings are wrong; the message names every wrong one and prints no value."""


class Settings(BaseModel):
    """All that can be set from outside. Defaults suit development; production names its own (see `_production`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    env: Literal["production", "development"] = "production"
    base_url: Url
    secret_keys: tuple[SecretStr, ...] = Field(min_length=1)
    database_url: SecretStr
    redis_url: SecretStr | None = None
    storage_url: Url
    keys_url: SecretStr
    smtp_url: SecretStr | None = None
    mail_from: Annotated[str, Field(pattern=r"^[^\r\n<>]*<?[^\s<>@]+@[^\s<>@]+>?$", max_length=254)]
    proxy_count: int = Field(default=0, ge=0, le=5)
    metrics_token: SecretStr | None = None
    ga_measurement_id: str | None = Field(default=None, pattern=r"^G-[A-Z0-9]{4,20}$")
    company_name: str | None = None
    company_product: str | None = None
    company_legal_entity: str | None = None
    company_abn: str | None = None
    company_privacy_email: str | None = None
    company_general_email: str | None = None
    company_phone: str | None = None
    # Argon2id, RFC 9106 second recommended option. Tests lower the cost; a test holds these defaults.
    argon2_memory_kib: int = Field(default=65536, ge=8)
    argon2_time: int = Field(default=3, ge=1)
    argon2_lanes: int = Field(default=4, ge=1)
    hashes_at_once: int = Field(default=2, ge=1, le=64)
    hash_wait_seconds: float = Field(default=30, gt=0)

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
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("needs to be an origin such as https://portal.example.com")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("needs to start with sqlite:/// or postgresql+psycopg://")
        return value

    @field_validator("storage_url")
    @classmethod
    def _known_storage(cls, value: str) -> str:
        if not value.startswith("file:///"):
            raise ValueError("needs to start with file:///")
        return value

    @field_validator("keys_url")
    @classmethod
    def _known_keys(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("file:///", "postgresql://")):
            raise ValueError("needs to start with file:/// or postgresql://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        parts = urlsplit(value.get_secret_value())
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("needs to look like smtp://host:587 or smtps://host:465")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://")):
            raise ValueError("needs to start with redis:// or rediss://")
        return value

    @model_validator(mode="after")
    def _keys_outside_storage(self) -> "Settings":
        keys = self.keys_url.get_secret_value()
        storage = Path(urlsplit(self.storage_url).path)
        if keys.startswith("file://") and Path(urlsplit(keys).path).is_relative_to(storage):
            raise ValueError("PORTAL_KEYS_URL lies inside PORTAL_STORAGE_URL: destroyed keys would live on in backups")
        return self

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
    def smtp_host(self) -> str | None:
        """The host that letters leave through, without its credentials."""
        return urlsplit(self.smtp_url.get_secret_value()).hostname if self.smtp_url else None


def load(environ: Mapping[str, str] | None = None, *, instance: Path = INSTANCE) -> Settings:
    """Read the settings. Raises SettingsError naming everything that is wrong, values hidden (v5.0.0-13.3.1)."""
    environ = os.environ if environ is None else environ
    values, wrong = _collect(environ)
    if values.get("env", "production") == "development":
        values = _development(instance, values) | values
    else:
        if not values.get("smtp_url"):
            wrong.append(f"{PREFIX}SMTP_URL: missing")
        if str(values.get("base_url", "")).startswith("http://"):
            wrong.append(f"{PREFIX}BASE_URL: production needs https://")
    settings = None
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        wrong += [_name_fault(fault) for fault in error.errors(include_input=False, include_url=False)]
    if settings is None or wrong:
        raise SettingsError("The portal cannot start. Please mend these settings:\n  " + "\n  ".join(sorted(wrong)))
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
            except (OSError, UnicodeDecodeError):
                wrong.append(f"{name}: the file cannot be read")
                continue
        if field in values:
            wrong.append(f"{PREFIX}{field.upper()}: set twice, by itself and by a file")
        values[field] = value
    return values, wrong


def _name_fault(fault: Mapping[str, Any]) -> str:
    name = PREFIX + str(fault["loc"][0]).upper() if fault["loc"] else "together"
    reason = {"missing": "missing", "extra_forbidden": "no such setting"}.get(fault["type"])
    return f"{name}: {reason or fault['msg'].removeprefix('Value error, ')}"


def _development(instance: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    instance.mkdir(parents=True, exist_ok=True)
    defaults: dict[str, Any] = {
        "base_url": f"http://{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}",
        "database_url": f"sqlite:///{instance / 'portal.db'}",
        "storage_url": f"file://{instance / 'files'}",
        "keys_url": f"file://{instance / 'keys'}",
        "mail_from": "portal@example.com",
    }
    if "secret_keys" not in given:
        defaults["secret_keys"] = _kept_secret(instance / "secret_key")
    return defaults


def _kept_secret(path: Path) -> str:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as stream:
        stream.write(secret := secrets.token_urlsafe(48))
    return secret


def current_settings() -> Settings:
    """Return the settings of the running app."""
    return cast(Settings, current_app.extensions["portal.settings"])
