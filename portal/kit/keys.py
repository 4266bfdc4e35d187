"""Keys: sealing under the portal's secret, keyed hashes, and one key per day that is destroyed to destroy data.

AES-256-GCM with associated data. Day keys stand outside the database and outside every backup (`PORTAL_KEYS_URL`).
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.kit.running import App, Installed
from portal.kit.settings import Settings, current_settings

NONCE = 12
TAG = 16
ID_BYTES = 4


class CannotOpen(Exception):
    """The sealed bytes do not open: another key, another context, or changed on the way."""


def secret_keys() -> list[str]:
    """Return the portal's secrets (PORTAL_SECRET_KEYS), newest first."""
    return [key.get_secret_value() for key in current_settings().secret_keys]


def key_id(secret: str) -> str:
    """Return the id of a secret: eight hex digits that tell it from others and say nothing else about it."""
    return derive(secret, "id")[:ID_BYTES].hex()


def key_ids() -> list[str]:
    """Return the ids of the portal's secrets, newest first."""
    return [key_id(secret) for secret in secret_keys()]


@lru_cache(maxsize=64)
def derive(secret: str, purpose: str) -> bytes:
    """Return the key that a secret gives for one purpose; nobody finds the way back to the secret."""
    # Kept where the secrets are: a signed-in page asks for several, and for the same each time.
    return hmac.digest(secret.encode(), f"portal.key.{purpose}".encode(), "sha256")


def _derived(purpose: str) -> list[bytes]:
    return [derive(secret, purpose) for secret in secret_keys()]


def seal(purpose: str, plain: bytes, *, context: bytes = b"", key: bytes | None = None) -> bytes:
    """Seal bytes under the portal's newest secret, or under `key`. `context` must be given again to open."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_derived(purpose)[0] if key is None else key).encrypt(
        nonce, plain, purpose.encode() + b"\0" + context
    )


def open_sealed(purpose: str, sealed: bytes, *, context: bytes = b"", key: bytes | None = None) -> bytes:
    """Open what `seal` sealed, trying older secrets too. Raises CannotOpen."""
    if len(sealed) < NONCE + TAG:
        raise CannotOpen
    for candidate in _derived(purpose) if key is None else [key]:
        try:
            return AESGCM(candidate).decrypt(sealed[:NONCE], sealed[NONCE:], purpose.encode() + b"\0" + context)
        except InvalidTag:
            continue
    raise CannotOpen


def mac(key: bytes, text: str) -> str:
    """Return the keyed hash of a text, in hex."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class DayKeys(Protocol):
    """A place for day keys; two exist, a folder and a database of its own."""

    def get_or_make(self, purpose: str, on: date) -> bytes: ...
    def find(self, purpose: str, on: date) -> bytes | None: ...
    def find_each(self, purpose: str, days: Iterable[date]) -> dict[date, bytes]: ...
    def destroy(self, purpose: str, on: date) -> None: ...
    def days(self, purpose: str) -> list[date]: ...


class FolderKeys:
    """Day keys as files, readable by the portal alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, purpose: str, on: date) -> Path:
        return self.folder / purpose / f"{on.isoformat()}.key"

    def get_or_make(self, purpose: str, on: date) -> bytes:
        """Return the key of a day; of several processes that make it at once, one wins and all get its key."""
        path = self._path(purpose, on)
        if (found := self.find(purpose, on)) is not None:
            return found
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(32))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        _sync_folder(path.parent)
        return path.read_bytes()

    def find(self, purpose: str, on: date) -> bytes | None:
        """Return the key of a day, or None when it was destroyed or never made."""
        try:
            return self._path(purpose, on).read_bytes()
        except FileNotFoundError:
            return None

    def find_each(self, purpose: str, days: Iterable[date]) -> dict[date, bytes]:
        """Return the keys of days; of one that was destroyed or never made there is none."""
        return {day: key for day in days if (key := self.find(purpose, day)) is not None}

    def destroy(self, purpose: str, on: date) -> None:
        """Overwrite and remove the key of a day."""
        path = self._path(purpose, on)
        try:
            with path.open("r+b") as stream:
                stream.write(secrets.token_bytes(32))
                stream.flush()
                os.fsync(stream.fileno())
            path.unlink()
            _sync_folder(path.parent)
        except FileNotFoundError:
            return

    def days(self, purpose: str) -> list[date]:
        """Return the days whose key still exists, oldest first."""
        return sorted(date.fromisoformat(path.stem) for path in (self.folder / purpose).glob("*.key"))


def _sync_folder(folder: Path) -> None:
    # A name is on the disk once its folder is: what was sealed must not outlive its key by a power cut, nor the reverse.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class DatabaseKeys:
    """Day keys in a PostgreSQL database of their own, for many machines. It is never part of a backup."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._run(
            "CREATE TABLE IF NOT EXISTS day_key (purpose text, day date, key bytea NOT NULL, PRIMARY KEY (purpose, day))"
        )

    def _run(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        # Here: whose keys lie in a folder never loads it.
        import psycopg

        with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def get_or_make(self, purpose: str, on: date) -> bytes:
        """Return the key of a day; the first insert wins."""
        self._run("INSERT INTO day_key VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", purpose, on, secrets.token_bytes(32))
        found = self.find(purpose, on)
        if found is None:
            raise CannotOpen
        return found

    def find(self, purpose: str, on: date) -> bytes | None:
        """Return the key of a day, or None."""
        rows = self._run("SELECT key FROM day_key WHERE purpose = %s AND day = %s", purpose, on)
        return bytes(cast(bytes, rows[0][0])) if rows else None

    def find_each(self, purpose: str, days: Iterable[date]) -> dict[date, bytes]:
        """Return the keys of days that have one, by one question."""
        rows = self._run("SELECT day, key FROM day_key WHERE purpose = %s AND day = ANY(%s)", purpose, list(days))
        return {cast(date, row[0]): bytes(cast(bytes, row[1])) for row in rows}

    def destroy(self, purpose: str, on: date) -> None:
        """Overwrite and remove the key of a day, then vacuum so that no dead row keeps it."""
        self._run("UPDATE day_key SET key = %s WHERE purpose = %s AND day = %s", secrets.token_bytes(32), purpose, on)
        self._run("DELETE FROM day_key WHERE purpose = %s AND day = %s", purpose, on)
        self._run("VACUUM day_key")

    def days(self, purpose: str) -> list[date]:
        """Return the days whose key still exists, oldest first."""
        return [cast(date, row[0]) for row in self._run("SELECT day FROM day_key WHERE purpose = %s ORDER BY 1", purpose)]


_DAY_KEYS = Installed[DayKeys]("day_keys")


def init_app(app: App, settings: Settings) -> None:
    """Open the place for day keys."""
    url = settings.keys_url.get_secret_value()
    _DAY_KEYS.install(app, FolderKeys(Path(urlsplit(url).path)) if url.startswith("file://") else DatabaseKeys(url))


def day_keys() -> DayKeys:
    """Return the place for day keys."""
    return _DAY_KEYS.get()
