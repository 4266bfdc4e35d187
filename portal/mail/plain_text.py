"""The text part of an email, written from its HTML part: the two say the same, and only here a link shows its address."""

import re
from html.parser import HTMLParser

_SPACE = re.compile(r"[ \t\r\n]+")
_HIDDEN = {"head", "style", "title"}
_VOID = {"br", "meta", "img", "hr"}
_BLOCKS = {"p", "div", "h1", "h2", "ul", "table", "blockquote"}
SIGNATURE = "-- "
"""The line after which mail programs take no more into an answer."""


class _Writer(HTMLParser):
    """Collects paragraphs; what is hidden from a reader's eyes or ears is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.line = ""
        self.href = ""
        self.quoted = 0
        self._open: list[tuple[str, str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a paragraph with each block and a line with each item."""
        values = dict(attrs)
        css = values.get("class") or ""
        if tag == "br":
            self.line = self.line.rstrip(" ") + "\n"
        if tag in _VOID:
            return
        hidden = tag in _HIDDEN or css == "preview" or "aria-hidden" in values or self._is_hidden()
        self._open.append((tag, css, hidden))
        if tag in _BLOCKS:
            self.end_paragraph()
        if css == "foot":
            self.paragraphs.append(SIGNATURE)
        if tag == "blockquote":
            self.quoted += 1
        elif tag == "li":
            self.line = f"{self.line.rstrip()}\n- ".lstrip("\n")
        elif tag == "a":
            self.href = values.get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        """Write a link's address on a line of its own under its words."""
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "a" and self.href.startswith("http"):
            self.line = f"{self.line.strip()}\n{self.href}\n"
        if tag in _BLOCKS:
            self.end_paragraph()
        if tag == "blockquote":
            self.quoted -= 1

    def handle_data(self, data: str) -> None:
        """Write words; what somebody typed keeps its spaces."""
        if self._is_hidden():
            return
        if any(css == "said" for _tag, css, _hidden in self._open):
            self.line += data.replace("\r", "").replace("\n", "")
            return
        words = _SPACE.sub(" ", data)
        self.line += words.lstrip(" ") if not self.line or self.line[-1] in " \n" else words

    def _is_hidden(self) -> bool:
        return bool(self._open) and self._open[-1][2]

    def end_paragraph(self) -> None:
        """Put what was written since the last paragraph beside it."""
        text, self.line = self.line.rstrip().strip("\n"), ""
        if text and self.quoted:
            text = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        if text:
            self.paragraphs.append(text)


def text_of(html: str) -> str:
    """Return an email's page as plain text, a paragraph a block."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    writer.end_paragraph()
    return "\n\n".join(writer.paragraphs).replace(f"{SIGNATURE}\n\n", f"{SIGNATURE}\n") + "\n"
