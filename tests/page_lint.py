"""Lint of every page that any test opens (rule 9): what a page must be, whoever wrote it and whichever test came by.

`check(response)` parses a page once and returns it as BeautifulSoup; it raises AssertionError with every fault found.
`lint(html, response)` returns the faults as sentences. Both take a response of Flask's test client, or anything with
`status_code`, `headers` and `data`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag, builder_registry
from html5lib.constants import E as PARSE_ERRORS

HTML5LIB_BUILDER: Any = builder_registry.lookup("html5lib")

# Names of fields that ask a person about themselves: their form carries the link to the policy (P01).
PERSONAL_FIELDS = frozenset({"name", "email", "phone", "message", "photo", "files", "address"})
NOT_TYPED_IN = frozenset({"hidden", "submit", "button", "reset", "image"})
PASSWORD_AUTOCOMPLETE = frozenset({"current-password", "new-password", "one-time-code"})
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-details", "aria-errormessage", "list")
LOADING_ATTRIBUTES = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "iframe": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "link": ("href",),
    "use": ("href", "xlink:href"),
}
LINKS_THAT_LOAD_NOTHING = frozenset({"canonical", "alternate", "author", "license", "help", "next", "prev", "search"})
NONCE = re.compile(r"'nonce-([^']{8,})'")
# What no rule reads: which words a text has, which value, name or date an attribute, which row or token an address.
CHARACTER = re.compile(rb"&(?:amp|lt|gt|quot|nbsp|#\d+);")
TEXT = re.compile(rb"(?<=>)[^<>&]+(?=<)")
SAID = re.compile(rb'(?<= value=")[^"&]+|(?<= title=")[^"&]+|(?<= datetime=")[^"&]+|(?<= aria-label=")[^"&]+')
NAMED = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)[\w.-]{24,}")
LEFT_OVER = frozenset({"None", "Undefined", "[]", "{}"})
RUNNING_ADDRESS = re.compile(r"\s*(javascript|data|vbscript):", re.IGNORECASE)
NEEDED_HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
)


class Response(Protocol):
    """What the lint reads of a response."""

    status_code: int
    headers: Any
    data: bytes


class _Builder(HTML5LIB_BUILDER):  # type: ignore[misc]
    """Build the soup and keep the parse errors of the same, single parse."""

    def feed(self, markup: bytes) -> None:
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        self.underlying_builder.parser = parser
        parser.parse(markup, override_encoding="utf-8")
        self.underlying_builder.parser = None
        self.errors = parser.errors


def parse(html: bytes) -> tuple[BeautifulSoup, list[str]]:
    """Parse a page as a browser would, once, and return it with its parse errors as sentences."""
    builder = _Builder(store_line_numbers=False)
    soup = BeautifulSoup(html, builder=builder)
    return soup, [_parse_error(*error) for error in builder.errors]


def _parse_error(position: tuple[int, int], code: str, values: dict[str, Any]) -> str:
    return f"line {position[0]}: {PARSE_ERRORS.get(code, code) % (values or {})}"


def check(response: Response) -> BeautifulSoup:
    """Return the parsed page of a response. Raises AssertionError naming every fault."""
    soup, faults = parse(response.data)
    faults += _faults(soup, response)
    assert not faults, f"{len(faults)} faults in the page {_title(soup)!r}:\n  " + "\n  ".join(faults)
    return soup


def lint(html: bytes, response: Response) -> list[str]:
    """Return every fault of a page as a sentence; an empty list for a good page.

    A page that was found good is not looked at again in this process when only what no rule reads is new.
    """
    seen = _fingerprint(html, response)
    if seen in _good:
        return []
    soup, faults = parse(html)
    faults += _faults(soup, response)
    if not faults:
        _good.add(seen)
    return faults


_good: set[bytes] = set()


def _fingerprint(html: bytes, response: Response) -> bytes:
    headers = "\n".join(str(response.headers.get(name, "")) for name in (*NEEDED_HEADERS, "Content-Type"))
    nonce = NONCE.search(headers)
    page = (headers.encode() + b"\n\n" + html).replace(nonce[1].encode() if nonce else b"\0", b"nonce")
    for unread, shown in ((CHARACTER, b"x"), (SAID, _folded), (NAMED, b"x"), (TEXT, _folded)):
        page = unread.sub(shown, page)
    return sha256(page).digest()


def _folded(said: re.Match[bytes]) -> bytes:
    """Return a text as the rules see it: none, a value that was missing, or some words."""
    words = said[0].strip()
    return words if words.decode() in LEFT_OVER or not words else b"x"


def _faults(soup: BeautifulSoup, response: Response) -> list[str]:
    faults = list(_headers(response))
    tags = [tag for tag in soup.find_all(True) if isinstance(tag, Tag)]
    page = _Page(soup, tags, str(response.headers.get("Content-Security-Policy", "")))
    for rule in RULES:
        faults.extend(rule(page))
    return faults


class _Page:
    """A parsed page, sorted once so that each rule looks only at the tags that concern it."""

    def __init__(self, soup: BeautifulSoup, tags: list[Tag], policy: str) -> None:
        self.soup = soup
        self.tags = tags
        self.policy = policy
        self.ids = Counter(str(tag["id"]) for tag in tags if tag.has_attr("id"))
        self.by_name: dict[str, list[Tag]] = {}
        for tag in tags:
            self.by_name.setdefault(tag.name, []).append(tag)

    def all(self, *names: str) -> Iterator[Tag]:
        """Yield the tags of these names."""
        for name in names:
            yield from self.by_name.get(name, ())


def _show(tag: Tag) -> str:
    """Show a tag as it opens, short enough for a message."""
    attributes = " ".join(f'{name}="{_text_of(value)}"' for name, value in list(tag.attrs.items())[:5])
    return f"<{tag.name}{' ' + attributes if attributes else ''}>"[:160]


def _text_of(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _attribute(tag: Tag, name: str) -> str:
    return _text_of(tag.get(name) or "").strip()


def _title(soup: BeautifulSoup) -> str:
    return soup.title.get_text(strip=True) if soup.title else ""


def _headers(response: Response) -> Iterator[str]:
    for name in NEEDED_HEADERS:
        if not response.headers.get(name):
            yield f"the header {name} is missing"
    policy = str(response.headers.get("Content-Security-Policy", ""))
    for directive in ("default-src", "script-src", "frame-ancestors 'none'", "base-uri", "object-src 'none'"):
        covered = directive.startswith("object") and "default-src 'none'" in policy
        if policy and directive not in policy and not covered:
            yield f"the Content-Security-Policy has no {directive}"
    for weakness in ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'"):
        if weakness in policy:
            yield f"the Content-Security-Policy allows {weakness}"
    if str(response.headers.get("Content-Type", "")).replace(" ", "").lower() != "text/html;charset=utf-8":
        yield "the Content-Type is not text/html; charset=utf-8"


def _skeleton(page: _Page) -> Iterator[str]:
    if page.soup.html is None or not _attribute(page.soup.html, "lang"):
        yield "<html> says no language"
    if not _title(page.soup):
        yield "the page has no title"
    if len(page.by_name.get("title", [])) - len(page.soup.select("svg title")) > 1:
        yield "the page has several titles"
    if len(page.by_name.get("main", [])) != 1:
        yield f"the page has {len(page.by_name.get('main', []))} <main>, not one"
    viewport = page.soup.find("meta", attrs={"name": "viewport"})
    if not isinstance(viewport, Tag):
        yield "the page says no viewport: it is unreadable on a phone"
    elif re.search(r"user-scalable\s*=\s*no|maximum-scale", _attribute(viewport, "content")):
        yield "the viewport forbids zooming"


def _headings(page: _Page) -> Iterator[str]:
    firsts = len(page.by_name.get("h1", []))
    if firsts != 1:
        yield f"the page has {firsts} <h1>, not one"
    last = 1
    for tag in page.tags:
        if re.fullmatch(r"h[1-6]", tag.name):
            level = int(tag.name[1])
            if level > last + 1:
                yield f"{_show(tag)} {tag.get_text(strip=True)!r} skips a level after h{last}"
            last = level
            if not tag.get_text(strip=True):
                yield f"{_show(tag)} is an empty heading"


def _sections(page: _Page) -> Iterator[str]:
    """What has no heading is a `div`: a section without one is a place without a name (so the Nu validator)."""
    for tag in page.all("section", "article"):
        if tag.find(re.compile(r"h[1-6]")) is None:
            yield f"{_show(tag)} has no heading"


def _selects(page: _Page) -> Iterator[str]:
    """A list that must be chosen from begins with an empty option (HTML, 4.10.7), which html-validate does not ask for."""
    for tag in page.all("select"):
        first = tag.find("option")
        is_empty = isinstance(first, Tag) and not (first["value"] if first.has_attr("value") else first.get_text())
        if tag.has_attr("required") and not tag.has_attr("multiple") and not is_empty:
            yield f"{_show(tag)} is required and has no empty first option"


def _identifiers(page: _Page) -> Iterator[str]:
    for name, count in page.ids.items():
        if count > 1:
            yield f"the id {name!r} stands {count} times"
    for tag in page.tags:
        for attribute in REFERRING:
            for target in _attribute(tag, attribute).split():
                if target not in page.ids:
                    yield f"{_show(tag)} points with {attribute} to {target!r}, which is not there"
    for link in page.all("a"):
        address = _attribute(link, "href")
        if address.startswith("#") and len(address) > 1 and address[1:] not in page.ids:
            yield f"{_show(link)} jumps to {address!r}, which is not there"


def _labels(page: _Page) -> Iterator[str]:
    labelled = {_attribute(label, "for"): label for label in page.all("label") if label.has_attr("for")}
    for field in page.all("input", "select", "textarea"):
        if field.name == "input" and _attribute(field, "type").lower() in NOT_TYPED_IN:
            continue
        around = field.find_parent("label")
        label = labelled.get(_attribute(field, "id")) if field.has_attr("id") else None
        spoken = any(tag is not None and tag.get_text(strip=True) for tag in (around, label))
        if not spoken and not _aria_name(field, page):
            yield f"{_show(field)} has no label"
        if _attribute(field, "type") == "password" and _attribute(field, "autocomplete") not in PASSWORD_AUTOCOMPLETE:
            yield f"{_show(field)} does not tell password managers what it is (autocomplete)"


def _aria_name(tag: Tag, page: _Page) -> str:
    if _attribute(tag, "aria-label"):
        return _attribute(tag, "aria-label")
    targets = (page.soup.find(id=name) for name in _attribute(tag, "aria-labelledby").split())
    return " ".join(target.get_text(strip=True) for target in targets if isinstance(target, Tag))


def _names(page: _Page) -> Iterator[str]:
    for tag in page.all("a", "button", "summary"):
        if tag.name == "a" and not tag.has_attr("href"):
            continue
        pictures = any(_attribute(image, "alt") for image in tag.find_all("img") if isinstance(image, Tag))
        if not tag.get_text(strip=True) and not _aria_name(tag, page) and not pictures:
            yield f"{_show(tag)} has no text to be called by"
    for image in page.all("img"):
        if not image.has_attr("alt"):
            yield f"{_show(image)} has no alt"
    for table in page.all("table"):
        if table.caption is None and not _aria_name(table, page):
            yield f"{_show(table)} has no caption"
    for heading in page.all("th"):
        if not heading.has_attr("scope"):
            yield f"{_show(heading)} does not say its scope"


def _scripts(page: _Page) -> Iterator[str]:
    for tag in page.all("script", "style"):
        nonce = _attribute(tag, "nonce")
        if not nonce or f"'nonce-{nonce}'" not in page.policy:
            yield f"{_show(tag)} does not carry the nonce of the Content-Security-Policy"
    for tag in page.all("script"):
        classic = _attribute(tag, "type") in {"", "text/javascript"}
        if classic and not tag.has_attr("defer") and not tag.has_attr("async"):
            yield f"{_show(tag)} blocks the page: it is neither deferred nor a module"
    for tag in page.tags:
        for name, value in tag.attrs.items():
            if name == "style":
                yield f"{_show(tag)} has a style attribute"
            elif name.lower().startswith("on"):
                yield f"{_show(tag)} has an inline handler"
            elif name in {"href", "src", "action", "formaction"} and RUNNING_ADDRESS.match(_text_of(value)):
                yield f"{_show(tag)} runs its address"


def _third_parties(page: _Page) -> Iterator[str]:
    for name, attributes in LOADING_ATTRIBUTES.items():
        for tag in page.all(name):
            if name == "link" and set(_attribute(tag, "rel").lower().split()) <= LINKS_THAT_LOAD_NOTHING:
                continue
            for attribute in attributes:
                for address in re.split(r"\s*,\s*", _attribute(tag, attribute)):
                    host = urlsplit(address).netloc
                    # A host that the policy of this very page names is there by consent or by setting (P22).
                    if host and not re.search(rf"[ /]{re.escape(host)}[ ;/]", page.policy + " "):
                        yield f"{_show(tag)} loads from {host}"


def _links(page: _Page) -> Iterator[str]:
    for tag in page.all("a", "area", "form"):
        rel = set(_attribute(tag, "rel").lower().split())
        if _attribute(tag, "target") == "_blank" and not rel & {"noopener", "noreferrer"}:
            yield f'{_show(tag)} opens a new window without rel="noopener"'
    for tag in page.tags:
        if re.fullmatch(r"[1-9]\d*", _attribute(tag, "tabindex")):
            yield f"{_show(tag)} changes the order of the Tab key"


def _forms(page: _Page) -> Iterator[str]:
    for form in page.all("form"):
        inside = form.find_all(["input", "textarea", "select"])
        fields = {_attribute(field, "name"): field for field in inside if isinstance(field, Tag)}
        method = _attribute(form, "method").lower() or "get"
        token = fields.get("csrf_token")
        if method == "post" and (token is None or not _attribute(token, "value")):
            yield f"{_show(form)} posts without csrf_token"
        if method == "get" and token is not None:
            yield f"{_show(form)} would put its csrf_token into the address"
        if method == "get" and any(_attribute(field, "type") in {"password", "email"} for field in fields.values()):
            yield f"{_show(form)} would put personal data into the address"
        if urlsplit(_attribute(form, "action")).netloc:
            yield f"{_show(form)} posts to another host"
        known = {_attribute(field, "autocomplete") for field in fields.values() if _attribute(field, "type") != "hidden"}
        if known & {"current-password", "new-password"} and not known & {"username", "email"}:
            yield f"{_show(form)} does not tell password managers whose password it is (autocomplete)"
        asks = {name for name in fields if name in PERSONAL_FIELDS and _attribute(fields[name], "type") != "hidden"}
        if (asks or form.has_attr("data-personal")) and not _links_to_policy(form):
            what = ", ".join(sorted(asks)) or "personal data"
            yield f"{_show(form)} asks for {what} without a link to the privacy policy (P01)"


def _links_to_policy(form: Tag) -> bool:
    addresses = (_attribute(link, "href") for link in form.find_all("a") if isinstance(link, Tag))
    return any(urlsplit(address).path == "/privacy" for address in addresses)


def _colours(page: _Page) -> Iterator[str]:
    """What takes something away at once is a red button; what leads there is outlined."""
    for tag in page.all("a", "button"):
        classes = set(_attribute(tag, "class").split())
        if {"button", "danger"} <= classes and ("outlined" in classes) != (tag.name == "a"):
            yield f"{_show(tag)} is {'outlined and acts' if 'outlined' in classes else 'filled red and only leads there'}"
    for form in page.all("form"):
        deletes = re.search(r"/(delete|remove)$", urlsplit(_attribute(form, "action")).path)
        for tag in form.find_all("button", type="submit") if deletes else ():
            if isinstance(tag, Tag) and "danger" not in _attribute(tag, "class").split():
                yield f"{_show(tag)} deletes and is not red"


def _leftovers(page: _Page) -> Iterator[str]:
    """Traces of a value that was missing when the page was made."""
    body = page.soup.body
    for text in body.stripped_strings if body else ():
        if text in LEFT_OVER:
            yield f"the text {text!r} looks like a value that was not filled in"
    for tag in page.all("a", "img", "form"):
        for name in ("href", "src", "action", "alt"):
            if re.search(r"(^|[/=?&])None([/?&]|$)", _attribute(tag, name)):
                yield f"{_show(tag)} carries the word None"


RULES: tuple[Callable[[_Page], Iterator[str]], ...] = (
    _skeleton,
    _headings,
    _sections,
    _identifiers,
    _labels,
    _names,
    _scripts,
    _third_parties,
    _links,
    _selects,
    _forms,
    _colours,
    _leftovers,
)
