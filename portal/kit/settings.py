"""Settings from the environment: read once, checked whole, frozen.

Every name is `PORTAL_<FIELD>`; a secret may come from a file named in `PORTAL_<FIELD>_FILE`. What is wrong is
reported all at once and by name only, so that no secret is ever printed. Checked by our own readers: a library that does
(pydantic) weighs 10 MB, which every process would hold for life for what it looks at once.
"""

import base64
import ipaddress
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints
from urllib.parse import urlsplit

from portal.kit import setting_stripe
from portal.kit import setting_values as values_of
from portal.kit.running import Installed
from portal.kit.setting_products import ProductSystem
from portal.kit.setting_products import products as read_products
from portal.kit.setting_values import Secret

PREFIX = "PORTAL_"
INSTANCE = Path(__file__).resolve().parents[2] / "instance"
MOST_AT_HASHES = 64
"""Requests that may be at a hash or wait for one: half of the server's threads."""


class SettingsError(Exception):
    """The settings are wrong; the message names every wrong one and prints no value."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that can be set from outside. Defaults suit development; production names its own (see `load`)."""

    env: Annotated[Literal["production", "development"], values_of.one_of("production", "development")] = "production"
    base_url: Annotated[str, values_of.origin]
    secret_keys: Annotated[tuple[Secret, ...], values_of.keys]
    signing_keys: Annotated[tuple[Secret, ...], values_of.seeds]
    licence_keys: Annotated[tuple[bytes, ...], values_of.public_keys] = ()
    """Old public keys by which licences are checked, beside those that the portal has noted itself."""
    database_url: Annotated[Secret, values_of.database]
    redis_url: Annotated[Secret | None, values_of.server("redis", "rediss", port=6379)] = None
    storage_url: Annotated[str, values_of.folder]
    keys_url: Annotated[Secret, values_of.place_of_keys]
    smtp_url: Annotated[Secret | None, values_of.server("smtp", "smtps", port=587)] = None
    mail_from: Annotated[str, values_of.mailbox]
    proxy_count: Annotated[int, values_of.whole(least=0, most=5)] = 0
    products: Annotated[tuple[ProductSystem, ...], read_products] = ()
    """From a file: PORTAL_PRODUCTS_FILE."""
    sendgrid_api_key: Annotated[Secret | None, Secret] = None
    sendgrid_api_base: Annotated[str, values_of.origin] = "https://api.sendgrid.com"
    stripe_api_key: Annotated[Secret | None, setting_stripe.api_key] = None
    stripe_webhook_secret: Annotated[Secret | None, setting_stripe.webhook_secret] = None
    stripe_api_base: Annotated[str, setting_stripe.api_base] = setting_stripe.HOME
    alarm_email: Annotated[str | None, values_of.address] = None
    metrics_token: Annotated[Secret | None, Secret] = None
    ga_measurement_id: Annotated[str | None, values_of.measurement_id] = None
    company_name: Annotated[str | None, values_of.line] = None
    company_product: Annotated[str | None, values_of.product] = None
    company_legal_entity: Annotated[str | None, values_of.line] = None
    company_abn: Annotated[str | None, values_of.line] = None
    company_privacy_email: Annotated[str | None, values_of.address] = None
    company_general_email: Annotated[str | None, values_of.address] = None
    company_phone: Annotated[str | None, values_of.line] = None
    # Argon2id, RFC 9106 second recommended option. Tests lower the cost; a test holds these defaults.
    argon2_memory_kib: Annotated[int, values_of.whole(least=8)] = 65536
    argon2_time: Annotated[int, values_of.whole(least=1)] = 3
    argon2_lanes: Annotated[int, values_of.whole(least=1)] = 4
    hashes_at_once: Annotated[int, values_of.whole(least=1, most=64)] = 1
    hashes_waiting: Annotated[int, values_of.whole(least=0, most=100)] = 31
    hash_wait_seconds: Annotated[float, values_of.seconds] = 45

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
    def sendgrid_host(self) -> str | None:
        """The host that SendGrid is asked at to erase, when it may be."""
        return urlsplit(self.sendgrid_api_base).hostname if self.sendgrid_api_key else None

    @property
    def stripe_host(self) -> str | None:
        """The host that payments are asked of, when they are on."""
        return urlsplit(self.stripe_api_base).hostname if self.stripe_api_key else None

    @property
    def smtp_host(self) -> str | None:
        """The host that emails leave through, without its credentials."""
        return urlsplit(self.smtp_url.get_secret_value()).hostname if self.smtp_url else None


_READERS: Mapping[str, Callable[[str], Any]] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()
}
_REQUIRED = {field.name for field in fields(Settings) if field.default is MISSING}


def load(environ: Mapping[str, str] | None = None, *, instance: Path = INSTANCE) -> Settings:
    """Read the settings. Raises SettingsError naming everything that is wrong, values hidden (v5.0.0-13.3.1)."""
    environ = os.environ if environ is None else environ
    values, wrong = _collect(environ)
    if values.get("env", "production") == "development":
        values = _development(instance, values) | values
    else:
        if not values.get("smtp_url"):
            wrong.append(f"{PREFIX}SMTP_URL: missing")
        if values.get("base_url", "").casefold().startswith("http:"):
            wrong.append(f"{PREFIX}BASE_URL: production needs https://")
    return check(values, wrong=wrong)


def check(texts: Mapping[str, str], *, wrong: Iterable[str] = ()) -> Settings:
    """Make settings of what each says, by its field. Raises SettingsError naming whatever is wrong, and what was before."""
    faults, values = [*wrong], {}
    faults += [f"{PREFIX}{name.upper()}: no such setting" for name in texts.keys() - _READERS.keys()]
    faults += [f"{PREFIX}{name.upper()}: missing" for name in _REQUIRED - texts.keys()]
    for name in texts.keys() & _READERS.keys():
        try:
            values[name] = _READERS[name](texts[name])
        except ValueError as error:
            faults.append(f"{PREFIX}{name.upper()}: {error}")
    faults += _wrong_together(values)
    if faults:
        raise SettingsError("The portal cannot start. Please fix these settings:\n  " + "\n  ".join(sorted(faults)))
    return Settings(**values)


def _wrong_together(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with several that are each right, by the one that can be changed."""
    at_once, waiting = (values.get(name, getattr(Settings, name)) for name in ("hashes_at_once", "hashes_waiting"))
    if at_once + waiting > MOST_AT_HASHES:
        yield (
            f"{PREFIX}HASHES_WAITING: together with {PREFIX}HASHES_AT_ONCE at most {MOST_AT_HASHES}, "
            "or no thread is left for the rest"
        )
    yield from (f"{PREFIX}{name.upper()}: {reason}" for name, reason in setting_stripe.wrong_together(values))
    if "keys_url" in values and "storage_url" in values:
        keys, files = values["keys_url"].get_secret_value(), values["storage_url"]
        if keys.startswith("file://") and _folder(keys).is_relative_to(_folder(files)):
            yield f"{PREFIX}KEYS_URL: lies inside {PREFIX}STORAGE_URL, so that destroyed keys would live on in backups"


def _folder(url: str) -> Path:
    return Path(urlsplit(url).path).resolve()


def _collect(environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    values: dict[str, str] = {}
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
            if not value:
                continue
        if field in values:
            wrong.append(f"{PREFIX}{field.upper()}: set twice, by itself and by a file")
        values[field] = value
    return values, wrong


def _development(instance: Path, given: Mapping[str, str]) -> dict[str, str]:
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    defaults = {
        "base_url": f"http://{_reachable(os.environ.get('HOST', ''))}:{os.environ.get('PORT', '8000')}",
        "database_url": f"sqlite:///{instance / 'portal.db'}",
        "storage_url": f"file://{instance / 'files'}",
        "keys_url": f"file://{instance / 'keys'}",
        "mail_from": "portal@example.com",
    }
    if "secret_keys" not in given:
        defaults["secret_keys"] = _kept_secret(instance / "secret_key")
    if "signing_keys" not in given:
        defaults["signing_keys"] = _kept_secret(instance / "signing_key")
    return defaults


def _kept_secret(path: Path) -> str:
    if not path.exists():
        draft = path.with_suffix(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(base64.b64encode(secrets.token_bytes(32)).decode())
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
