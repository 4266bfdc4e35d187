"""What is asked of the portal and of the bare app, by whom, and what is to come back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Protocol

from flask import Flask

from benchmarks.crowd import Customer
from benchmarks.servers import BROWSER, HOST, Answer, form_headers

Prepared = tuple[str, str, Mapping[str, str] | None]
"""A request before it is sent: its path, its cookies, and the fields of its form if it is one."""


class Asker(Protocol):
    """Takes requests: a server, or an app in this process."""

    def ask(self, path: str, *, cookie: str = "", fields: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page, or send a form."""
        ...


class Inside:
    """An app in this process, asked as its server would ask it."""

    def __init__(self, app: Flask, *, host: str = HOST) -> None:
        self._app, self._host = app, host

    def ask(self, path: str, *, cookie: str = "", fields: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page, or send a form."""
        headers = {**BROWSER, "Host": self._host, "X-Forwarded-For": "10.255.0.1", "Cookie": cookie}
        if fields is not None:
            headers |= form_headers(path, host=self._host)
        client = self._app.test_client(use_cookies=False)
        method = client.get if fields is None else client.post
        answer = method(path, base_url=f"https://{self._host}", headers=headers, data=fields)
        return Answer(answer.status_code, [*answer.headers], answer.data)


@dataclass(frozen=True)
class Kind:
    """One kind of request: how one is made ready, by the number of who asks, and how it is answered."""

    name: str
    prepare: Callable[[Asker, int], Prepared]
    status: int = 200

    def ask(self, asker: Asker, prepared: Prepared) -> Answer:
        """Send what was prepared. Raises RuntimeError for another answer than a good one."""
        path, cookie, fields = prepared
        answer = asker.ask(path, cookie=cookie, fields=fields)
        if answer.status != self.status:
            raise RuntimeError(f"{self.name} was answered with {answer.status}")
        return answer


def visit(name: str, path: str | Sequence[str], cookies: Sequence[str] = ()) -> Kind:
    """Make the kind of a page that is opened, at one path or at each person's own: by visitors, or with these cookies."""
    return Kind(
        name,
        lambda _asker, number: (path if isinstance(path, str) else path[number], cookies[number] if cookies else "", None),
    )


def send(name: str, path: str, crowd: Sequence[Customer], **fields: str) -> Kind:
    """Make the kind of a form with an email address that a browser opens, fills in and sends; the page is not counted."""

    def prepare(asker: Asker, number: int) -> Prepared:
        page = asker.ask(path)
        return path, page.cookie, {**hidden_fields(page.text), "email": crowd[number].email, **fields}

    return Kind(name, prepare, status=303)


def hidden_fields(html: str) -> dict[str, str]:
    """Return the hidden fields of the form that asks for an email address. Raises ValueError when there is not one."""
    (form,) = (each for each in html.split("<form")[1:] if 'name="email"' in each)
    tags = re.findall(r'<input [^>]*type="hidden"[^>]*>', form)
    attributes = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]
    return {each["name"]: unescape(each["value"]) for each in attributes}
