"""The lint of pages finds what it is for: each fault, put into a good page, is named."""

from dataclasses import dataclass, field

import pytest

from tests.page_lint import check, lint, parse

GOOD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/css/portal.css">
<script nonce="n0nceN0NCE" src="/static/js/portal.js" defer></script>
</head>
<body>
<main>
<h1>Sign in</h1>
<form method="post">
<input type="hidden" name="csrf_token" value="abc">
<label for="email">E-mail address</label><input id="email" name="email" type="email" autocomplete="username">
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<a href="/privacy">Privacy policy</a>
<button>Sign in</button>
</form>
<h2>More</h2>
<p><a href="#email">To the form</a> <img src="/static/img/a.png" alt=""></p>
</main>
</body>
</html>"""


@dataclass
class Answer:
    """A response as the lint reads it."""

    data: bytes
    status_code: int = 200
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": "default-src 'none'; script-src 'nonce-n0nceN0NCE'; base-uri 'none'; "
            "frame-ancestors 'none'; object-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
    )


def faults(html: str) -> list[str]:
    """Lint a page of text."""
    return lint(html.encode(), Answer(html.encode()))


def test_a_good_page_has_no_fault():
    assert faults(GOOD) == []


def test_a_list_that_begins_empty_may_be_required_and_a_section_have_a_heading_of_any_depth():
    select = '<label>Zone <select name="zone" required><option value="">Choose</option><option>UTC</option></select></label>'
    page = GOOD.replace("<button>", f"{select}<button>").replace(
        "<h2>More</h2>", "<section><div><h2>More</h2></div></section>"
    )
    assert faults(page) == []


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ("<!doctype html>", "", "Expected DOCTYPE"),
        ("</form>", "", "line"),
        ('<html lang="en">', "<html>", "no language"),
        ("<title>Sign in</title>", "<title> </title>", "no title"),
        ("initial-scale=1", "maximum-scale=1", "forbids zooming"),
        ("<h2>More</h2>", "<h1>More</h1>", "2 <h1>"),
        ("<h2>More</h2>", "<h3>More</h3>", "skips a level"),
        ('<label for="email">E-mail address</label>', "", "has no label"),
        ('<label for="email">', '<label for="e-mail">', "which is not there"),
        ('href="#email"', 'href="#elsewhere"', "which is not there"),
        ('<h2>More</h2>', '<h2 id="email">More</h2>', "stands 2 times"),
        ('nonce="n0nceN0NCE"', 'nonce="other"', "nonce"),
        (" defer", "", "blocks the page"),
        ("<h2>", '<h2 style="color: red">', "style attribute"),
        ("<h2>", '<h2 onclick="go()">', "inline handler"),
        ('<a href="/privacy">', '<a href="javascript:go()">', "runs its address"),
        ('<a href="/privacy">Privacy policy</a>', "", "without a link to the privacy policy"),
        ('<input type="hidden" name="csrf_token" value="abc">', "", "without csrf_token"),
        ('<form method="post">', "<form>", "into the address"),
        ('<form method="post">', '<form method="post" action="https://example.net/">', "another host"),
        (' alt=""', "", "has no alt"),
        ('src="/static/img/a.png"', 'src="https://cdn.example.net/a.png"', "loads from cdn.example.net"),
        ('<a href="#email">', '<a href="/terms" target="_blank">', "noopener"),
        (' autocomplete="current-password"', "", "password managers what it is"),
        (' autocomplete="username"', "", "password managers whose password"),
        ("<button>Sign in</button>", "<button></button>", "no text to be called by"),
        ("<button>", '<button class="button danger outlined">', "outlined and acts"),
        ('method="post">', 'method="post" action="/files/1/delete"><button type="submit">Delete</button>', "is not red"),
        ('<a href="#email">', '<a class="button danger" href="#email">', "filled red and only leads there"),
        ("To the form", "None", "not filled in"),
        ("<main>", '<main tabindex="1">', "Tab key"),
        ("<h2>More</h2>", "<section>More</section>", "has no heading"),
        ("<h2>", '<select aria-label="Zone" required><option value="UTC">UTC</select><h2>', "no empty first"),
        ("<h2>More</h2>", "<table><tr><th>x</th></tr></table>", "no caption"),
    ],
)  # fmt: skip
def test_each_fault_is_named(good, bad, says):
    assert good in GOOD
    found = faults(GOOD.replace(good, bad, 1))
    assert any(says in fault for fault in found), found


@pytest.mark.parametrize("name", list(Answer(b"").headers))
def test_a_missing_header_is_named(name):
    answer = Answer(GOOD.encode())
    del answer.headers[name]
    assert any(name in fault for fault in lint(GOOD.encode(), answer))


@pytest.mark.parametrize("weakness", ["'unsafe-inline'", "'unsafe-eval'"])
def test_a_weak_policy_is_named(weakness):
    answer = Answer(GOOD.encode())
    answer.headers["Content-Security-Policy"] += f"; style-src {weakness}"
    assert any(weakness in fault for fault in lint(GOOD.encode(), answer))


def test_a_host_of_the_pages_own_policy_may_be_loaded_from():
    page = GOOD.replace('src="/static/js', 'src="https://tags.example.net/static/js')
    answer = Answer(page.encode())
    assert lint(page.encode(), answer)
    answer.headers["Content-Security-Policy"] += "; script-src-elem https://tags.example.net 'nonce-n0nceN0NCE'"
    assert lint(page.encode(), answer) == []


def test_checking_a_page_returns_it_parsed_or_names_every_fault():
    assert check(Answer(GOOD.encode())).h1.get_text() == "Sign in"
    with pytest.raises(AssertionError, match="no language"):
        check(Answer(GOOD.replace(' lang="en"', "").encode()))


def test_a_page_that_was_good_once_is_looked_at_again_when_its_nonce_is_wrong():
    assert faults(GOOD) == []
    assert faults(GOOD.replace('value="abc"', 'value="another"')) == []
    assert faults(GOOD.replace('nonce="n0nceN0NCE"', 'nonce="another"')) != []


def test_an_empty_token_is_never_taken_for_a_changed_one():
    assert faults(GOOD) == []
    assert faults(GOOD.replace('value="abc"', 'value=""')) != []


ROW = (
    '<p><a href="/tickets/0b9d2f3c-1111-4222-8333-444455556666" title="Zip">Zip</a> <time datetime="2026-01-01">x</time></p>'
)


def with_row(row):
    return GOOD.replace("<h2>More</h2>", f"<h2>More</h2>{row}")


@pytest.mark.parametrize(
    ("other", "is_new"),
    [
        (ROW.replace("Zip", "A seam &amp; more"), False),
        (ROW.replace("0b9d2f3c", "aaaabbbb").replace("2026", "2027"), False),
        (ROW.replace(">Zip<", "><"), True),
        (ROW.replace(">Zip<", ">None<"), True),
        (ROW.replace(">Zip<", "><b>Zip</b><"), True),
        (ROW.replace('title="Zip"', 'tabindex="1"'), True),
        (ROW.replace("/tickets/0b9d2f3c-1111-4222-8333-444455556666", "#gone"), True),
        (ROW.replace("/tickets/0b9d2f3c-1111-4222-8333-444455556666", "javascript:go()"), True),
    ],
)
def test_of_a_good_page_only_what_no_rule_reads_may_change_without_another_look(monkeypatch, other, is_new):
    assert faults(with_row(ROW)) == []
    looks = []
    monkeypatch.setattr("tests.page_lint.parse", lambda html: looks.append(html) or parse(html))
    faults(with_row(other))
    assert bool(looks) == is_new
