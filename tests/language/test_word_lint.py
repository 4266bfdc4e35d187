"""The lint of words finds what no translator can reach: each fault planted once."""

from __future__ import annotations

import pytest

from tests.pseudo import mark, messages
from tests.word_lint import lint, lint_text

GOOD = (
    f"<p>{mark('Sign in')}</p>",
    f"<p>{mark('Closed on %(day)s.').replace('%(day)s', '1')} {mark('Read it.')}</p>",
    f"<p>{mark('Ask us.')} <a href='/contact'>{mark('Contact support')}</a></p>",
    f"<p><a href='/a'>{mark('Terms')}</a> <a href='/b'>{mark('Cookies')}</a></p>",
    f"<p>{mark('Your email')} <bdi>ada@example.com</bdi></p>",
    "<p>3 Clicks Cloud · ABN 72 275 176 798</p>",
    "<script>let word = 1;</script>",
)
FAULTS = {
    "<p>Sign in</p>": "never translated",
    f"<p>{mark('Sent to')} your address</p>": "never translated",
    "<img alt='A photo'>": "never translated",
    "<td data-label='When'>2</td>": "never translated",
    "<head><meta name='description' content='All about you'></head>": "never translated",
    f"<p>1 {mark('browser signed in')}</p>": "a figure apart from what it counts",
    f"<p>{mark('Open tickets')} <strong>12</strong></p>": "a figure apart from what it counts",
    f"<p>{mark('Phone')}: <bdi>1300</bdi></p>": "punctuation after a translated text",
    f"<p>{mark('Read the')} <a href='/terms'>{mark('terms')}</a></p>": "two fragments side by side",
}


@pytest.mark.parametrize("html", GOOD)
def test_whole_translated_sentences_pass(html: str) -> None:
    assert lint(html) == []


@pytest.mark.parametrize("html", FAULTS)
def test_what_cannot_be_translated_is_a_fault(html: str) -> None:
    assert any(fault.startswith(FAULTS[html]) for fault in lint(html))


def test_an_email_is_linted_line_by_line() -> None:
    assert lint_text(f"{mark('Hello,')}\n\nhttp://localhost/x\n") == []
    assert lint_text(f"{mark('Hello,')}\nSee you\n") != []


def test_the_made_language_keeps_every_placeholder() -> None:
    for _file, message in messages():
        for text in [message] if isinstance(message, str) else message:
            assert mark(text).count("%(") == text.count("%(")
