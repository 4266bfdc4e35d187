"""Every email that the house writes, as its reader gets it: both parts say the same, one thing to do, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.clock import Clock
from tests.conftest import Outbox, ReceivedLetter, Visitor
from tests.journeys.test_links import a_whole_life, last
from tests.people import Cast

__all__ = ["last"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WAYS_OUT = ["Unsubscribe"]
"""Links that are neither the one thing to do nor the report: a quiet way out."""


@pytest.fixture
def emails(
    app: Flask, cast: Cast, client: Visitor, last: Callable[[str, str], str], clock: Clock, outbox: Outbox
) -> list[ReceivedLetter]:
    """Every email of a whole life."""
    found = {}
    for _step in a_whole_life(app, cast, client, last, clock):
        # An erasure empties the mailbox too.
        found |= {email.text: email for email in outbox.all()}
    assert len({email.subject for email in found.values()}) > 30
    return list(found.values())


def seen(html: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the words that a reader sees in a page, without spaces, and its links with their words."""
    page = BeautifulSoup(html, "html.parser")
    for hidden in page.select("head, .preview, [aria-hidden]"):
        hidden.decompose()
    links = [(link["href"], link.get_text()) for link in page.find_all("a")]
    return "".join(page.get_text().split()), links


def faults(email: ReceivedLetter) -> list[str]:
    """Return what is wrong with an email."""
    words, links = seen(email.html)
    lines = email.text.splitlines()
    addresses = [line for line in lines if line.startswith("http")]
    said = [re.sub(r"^(- |> )", "", line) for line in lines if not line.startswith("http") and line != "-- "]
    page = BeautifulSoup(email.html, "html.parser")
    ours = [href for href, _label in links if href.startswith("http")]
    quiet = [link.get_text() for link in page.select("a[href^=http]") if not link.find_parent(class_=["act", "report"])]
    wrong = {
        "the two parts differ": words != "".join("".join(said).split()),
        "the text lacks a link, or has another": addresses != ours,
        "a link in the open": "http" in words,
        "more than one thing to do": len(page.select(".act")) > 1 or len(page.select(".report")) > 1,
        "a second link": any(label not in WAYS_OUT for label in quiet) or len(set(ours)) != len(ours),
        "something is fetched": bool(
            page.select("img, link, script, iframe, [src], [background]") or re.search(r"url\(|@import", email.html)
        ),
        "no sign": page.select_one(".mark") is None,
    }
    return [fault for fault, is_so in wrong.items() if is_so]


def test_both_parts_say_the_same_with_one_thing_to_do_and_nothing_to_fetch(emails):
    assert {email.subject: found for email in emails if (found := faults(email))} == {}


@pytest.mark.parametrize(
    ("part", "now", "fault"),
    [
        ("text", lambda text: text + "One more thing.\n", "the two parts differ"),
        ("html", lambda html: html.replace("</h1>", "</h1><p>One more thing.</p>"), "the two parts differ"),
        ("text", lambda text: text + "https://example.com/else\n", "the text lacks a link, or has another"),
        ("html", lambda html: html.replace("</h1>", " http://localhost/x</h1>"), "a link in the open"),
        ("html", lambda html: html.replace("</h1>", '</h1><table class="act"></table>'), "more than one thing to do"),
        ("html", lambda html: html.replace("</h1>", '</h1><a href="http://localhost/x">Or this</a>'), "a second link"),
        ("html", lambda html: html.replace("</h1>", '</h1><img alt="" src="cid:1">'), "something is fetched"),
        ("html", lambda html: html.replace('class="mark"', ""), "no sign"),
    ],
)
def test_the_look_at_an_email_sees_what_it_should(client, outbox, part, now, fault):
    client.submit("/forgot-password", email="nobody@example.com")
    client.submit("/newsletter", email="mei@example.com")
    email = outbox.last("mei@example.com")
    assert faults(email) == []
    parts = {"text": email.text, "html": email.html} | {part: now(getattr(email, part))}
    assert fault in faults(ReceivedLetter(email.to, email.subject, parts["text"], parts["html"], email.headers))
