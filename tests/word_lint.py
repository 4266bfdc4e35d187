"""Lint of what a reader reads, under the made language of `tests/pseudo.py`: what was never translated, and what cannot be.

`lint(html)` and `lint_text(text)` return faults as sentences. A word of ASCII letters was never translated, wherever it
stands, also inside a sentence that was. Two marked sentences that run into each other, a mark with punctuation after it or
a figure beside it are fragments put together: no translator can put them in another order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, NavigableString, Tag

BOXES = frozenset({"badge", "full"})
"""Classes of what stands by itself in a line: a box, and the instant in full beside how long ago it was."""
SILENT = frozenset({"script", "style", "template"})
VERBATIM = {
    "code": "names of files, keys, methods and addresses of pages, as programs spell them",
    "pre": "the text of an email in the development mailbox, which is linted as an email",
    "bdi": "what somebody typed, and stored values in the archive, which are the same as in the CSV beside it",
}
"""Elements whose text is data, each with its reason."""
INLINE = frozenset({"a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time", "u"})
WHOLE = frozenset({"a", "button"})
SPOKEN = ("alt", "aria-label", "aria-description", "title", "placeholder", "label", "data-label")
NAMES = {
    r"[\w.+-]+@[\w.-]+": "email addresses",
    r"https?://\S+": "links",
    r"\b[\w-]+\.(com|org|io|txt|json|csv|zip|html|png|jpg|exe)\b(/\S*)?": "hosts and file names",
    r"\bP\d\d\b": "ids of promises",
    r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b": "ids",
    r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b|\b[0-9A-Z]{10}\b": "references of tickets, requests and receipts",
    r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b": "codes to type",
    r"\b(ABN|UTC|ZIP|CSV|JSON|PDF|PNG|JPEG|WebP|kB|MB|GB|EULA|OpenID Connect|argon2id)\b": "the same in every language",
    r"\b(Firefox|Chrome|Safari|Edge|Linux|Windows|macOS|iPhone|iPad|Android)\b": "names of browsers and systems",
    r"3 Clicks Cloud|Loggia Corp Pty Ltd": "the company's names, which are settings",
    r"\bEnglish\b": "a language's own name in the choice of languages",
}
"""What may stand in ASCII letters on any page, each with its reason."""
WORD = re.compile(r"[A-Za-z]{2,}")
ENDED = re.compile(r"[.?!:…][’”»)]*\s*ẋ+⟧$")
FIGURE = re.compile(r"[\W_]*\d[\d\W_]*")
OBJECT = "\ufffc"


def lint(html: str, *, names: tuple[str, ...] = ()) -> list[str]:
    """Return the faults of a page; `names` are further patterns of what is data on it."""
    soup = BeautifulSoup(html, "html.parser")
    faults: list[str] = []
    for run in _runs(soup):
        faults += _of_run(run, names)
    for tag in soup.find_all(True):
        for attribute in SPOKEN:
            if tag.get(attribute) and not _is_verbatim(tag):
                faults += _of_run([(str(tag[attribute]), False)], names)
    description = soup.find("meta", attrs={"name": "description"})
    if description:
        faults += _of_run([(str(description["content"]), False)], names)
    return faults


def lint_text(text: str, *, names: tuple[str, ...] = ()) -> list[str]:
    """Return the faults of a plain text, such as that of an email; each line is a run of its own."""
    return [fault for line in text.splitlines() for fault in _of_run([(line, False)], names)]


def _runs(tag: Tag) -> Iterator[list[tuple[str, bool]]]:
    """Yield what stands in one line of writing: (text, whether it is the whole of a link or button)."""
    runs: list[list[tuple[str, bool]]] = [[]]

    def walk(node: Tag, whole: bool) -> None:
        for child in node.children:
            if isinstance(child, Tag):
                if child.name in SILENT:
                    continue
                if child.name in VERBATIM:
                    runs[-1].append((OBJECT, True))
                elif child.name in INLINE and not BOXES & set(child.get("class") or ()):
                    walk(child, whole or child.name in WHOLE)
                else:
                    runs.append([])
                    walk(child, child.name in WHOLE)
                    runs.append([])
            elif type(child) is NavigableString and child.strip():
                runs[-1].append((" ".join(str(child).split()), whole))

    walk(tag, False)
    yield from (run for run in runs if run)


def _is_verbatim(tag: Tag) -> bool:
    return tag.name in VERBATIM or any(parent.name in VERBATIM for parent in tag.parents)


def _of_run(run: list[tuple[str, bool]], names: tuple[str, ...]) -> Iterator[str]:
    text = " ".join(piece for piece, _whole in run)
    bare = text
    for pattern in (*NAMES, *names):
        bare = re.sub(pattern, OBJECT, bare)
    if found := WORD.findall(bare):
        yield f"never translated: {found} in {text!r}"
    pieces = list(_split(run))
    for (before, before_whole), (after, after_whole) in zip(pieces, pieces[1:], strict=False):
        if _is_mark(before) and re.match(r"[,.:;!?]", after):
            yield f"punctuation after a translated text: {text!r}"
        if _is_mark(before) and _is_mark(after) and not ENDED.search(before) and not (before_whole and after_whole):
            yield f"two fragments side by side: {text!r}"
        if (_is_mark(after) and FIGURE.fullmatch(before)) or (_is_mark(before) and FIGURE.fullmatch(after)):
            yield f"a figure apart from what it counts: {text!r}"


def _split(run: list[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Yield the run as marked texts, each whole with the marks inside it, and what stands between them."""
    depth, current = 0, ""
    for text, whole in run:
        for char in text:
            if char == "⟦" and depth == 0 and current.strip():
                yield current.strip(), whole
                current = ""
            depth += (char == "⟦") - (char == "⟧")
            current += char
            if char == "⟧" and depth == 0:
                yield current, whole
                current = ""
        if depth == 0 and current.strip():
            yield current.strip(), whole
            current = ""


def _is_mark(piece: str) -> bool:
    return piece.startswith("⟦")
