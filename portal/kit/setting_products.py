"""The product systems of PORTAL_PRODUCTS_FILE: each with a name, a title for people, an address and a secret."""

import base64
import json
import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from portal.kit.setting_values import CONTROL, LONGEST, LONGEST_LINE, Secret, split

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
MOST = 50
SHORTEST_SECRET, LONGEST_SECRET = 24, 64
"""Bytes of a secret (Standard Webhooks)."""
FORM = 'needs to be a JSON list of {"name", "title", "url", "secret"}'


@dataclass(frozen=True)
class ProductSystem:
    """A product system that is told of deletions. Its newest secret comes first; each signs, so that one can be changed."""

    name: str
    title: str
    url: str
    secrets: tuple[Secret, ...]
    copy_url: str = ""
    """Where it hands out what it holds of somebody, if it does: another address, so that no call is taken for another."""

    @property
    def host(self) -> str:
        """The host that it is called at."""
        parts = split(self.url)
        return (parts.hostname or "") if parts else ""


def products(text: str) -> tuple[ProductSystem, ...]:
    """Return the product systems that a file lists."""
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(FORM) from None
    if not isinstance(listed, list) or len(listed) > MOST:
        raise ValueError(FORM)
    found = tuple(_product(each) for each in listed)
    if len({each.name for each in found}) != len(found):
        raise ValueError("needs a name of its own for each product")
    return found


def _product(listed: Any) -> ProductSystem:
    if not isinstance(listed, dict) or set(listed) - {"copy_url"} != {"name", "title", "url", "secret"}:
        raise ValueError(FORM)
    name, title, url = (listed[key] if isinstance(listed[key], str) else "" for key in ("name", "title", "url"))
    if not NAME.fullmatch(name):
        raise ValueError("needs names of at most 32 small letters, digits and hyphens")
    if not 0 < len(title.strip()) <= LONGEST_LINE or CONTROL.search(title):
        raise ValueError(f"needs titles of one line and at most {LONGEST_LINE} characters")
    if not _may_be_called(url):
        raise ValueError("needs addresses that start with https:// (http:// on this machine), without a user or fragment")
    return ProductSystem(name, title.strip(), url, _secrets(listed["secret"]), _copy_url(listed.get("copy_url"), beside=url))


def _copy_url(given: Any, *, beside: str) -> str:
    if given is None:
        return ""
    there, here = split(given) if isinstance(given, str) and _may_be_called(given) else None, split(beside)
    if there is None or here is None or there.hostname != here.hostname or given == beside:
        raise ValueError("needs a copy_url at the same host as the url, and another address than that")
    return str(given)


def _may_be_called(url: str) -> bool:
    parts = split(url) if len(url) <= LONGEST and url.isascii() and not CONTROL.search(url) and " " not in url else None
    if parts is None or not parts.hostname or parts.username or parts.password or parts.fragment:
        return False
    try:
        address = ip_address(parts.hostname)
    except ValueError:
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")
    # Where a cloud answers its machines' questions about their own keys, nobody's product stands.
    if address.is_link_local or address.is_unspecified or address.is_multicast:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and address.is_loopback)


def _secrets(given: Any) -> tuple[Secret, ...]:
    texts = given if isinstance(given, list) else [given]
    if not texts or not all(isinstance(text, str) and _is_secret(text) for text in texts):
        raise ValueError(f"needs secrets of {SHORTEST_SECRET} to {LONGEST_SECRET} bytes in base64, after whsec_")
    return tuple(map(Secret, texts))


def _is_secret(text: str) -> bool:
    kind, _, written = text.partition("_")
    try:
        length = len(base64.b64decode(written, validate=True))
    except ValueError:
        return False
    return kind == "whsec" and SHORTEST_SECRET <= length <= LONGEST_SECRET
