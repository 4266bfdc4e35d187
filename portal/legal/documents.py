"""The documents and their versions (P42).

Each version carries a fingerprint of its words: the English sentences of its templates and the periods they name.
Laying a page out anew leaves the fingerprint alone; changing a word or a figure without a new version breaks P42.
The data table, the vendors and the company's particulars are annexes: they are drawn from their own registers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from hashlib import sha256
from typing import Any, cast

from jinja2 import BaseLoader, Environment, nodes
from jinja2.ext import extract_from_ast

from portal.kit.i18n import _l
from portal.legal.policy import PERIODS

_SEPARATOR = "\x1f"
_WORDY = ("_", "ngettext", "clause")
"""What holds words in a template: the translated sentences, and whom a clause concerns with its promises."""


class Significance(Enum):
    """Whether a change asks for the prominent notice of P43."""

    FIRST = _l("First version")
    SMALL = _l("Small change")
    SIGNIFICANT = _l("Significant change")


@dataclass(frozen=True)
class Version:
    """One version of a document. `summary` says what changed; `fingerprint` is the SHA-256 of its words."""

    number: int
    effective_on: date
    significance: Significance
    summary: Any
    fingerprint: str


@dataclass(frozen=True)
class Document:
    """A document and all its versions, the newest first. Its words stand in `legal/<key>.html` and `legal/<key>/`."""

    key: str
    title: Any
    versions: tuple[Version, ...]

    def in_force(self, today: date) -> Version:
        """Return the version that binds on that day; before the first one takes effect, the first."""
        return next((each for each in self.versions if each.effective_on <= today), self.versions[-1])


_FIRST_ON = date(2026, 11, 23)

DOCUMENTS: Mapping[str, Document] = {
    document.key: document
    for document in (
        Document(
            "privacy",
            _l("Privacy policy"),
            (
                Version(
                    1,
                    _FIRST_ON,
                    Significance.FIRST,
                    _l("The policy as the portal's own rules: every clause names the promise that is checked."),
                    "4b683e0c031fe9af555bd1710eb5e71a22bfd474d80ef420df4118dcf5a1f824",
                ),
            ),
        ),
        Document(
            "terms",
            _l("Terms of use"),
            (
                Version(
                    1,
                    _FIRST_ON,
                    Significance.FIRST,
                    _l("The first terms for the Online Services."),
                    "c4e9c3f85b68204b821e58ca98862f7a5b7d702a46ad912bbfccd3ca8c667956",
                ),
            ),
        ),
        Document(
            "eula",
            _l("Licence agreement (EULA)"),
            (
                Version(
                    1,
                    _FIRST_ON,
                    Significance.FIRST,
                    _l("The first agreement for the Licensed Products."),
                    "97d73b3971876773e6376ee9d6dd23853c2beba808b7f30272763df1a6bdf6ce",
                ),
            ),
        ),
    )
}


def get(key: str) -> Document:
    """Return the document of that key. Raises KeyError when there is none."""
    return DOCUMENTS[key]


def fingerprint(document: Document, environment: Environment) -> str:
    """Return the SHA-256 of the document's words, whatever language is spoken at the moment."""
    digest = sha256()
    for name in _templates(document, environment):
        for part in _words(name, environment):
            digest.update((part + _SEPARATOR).encode())
    return digest.hexdigest()


def changed_without_version(environment: Environment, *, today: date) -> list[str]:
    """Return the keys of the documents whose words are not those of the version in force."""
    return [
        document.key
        for document in DOCUMENTS.values()
        if fingerprint(document, environment) != document.in_force(today).fingerprint
    ]


def source(name: str, environment: Environment) -> str:
    """Return a template's source as its author wrote it. Raises TemplateNotFound."""
    return cast(BaseLoader, environment.loader).get_source(environment, name)[0]


def _templates(document: Document, environment: Environment) -> list[str]:
    page, folder = f"legal/{document.key}.html", f"legal/{document.key}/"
    return [page, *sorted(environment.list_templates(filter_func=lambda name: name.startswith(folder)))]


def _words(name: str, environment: Environment) -> Iterator[str]:
    tree = environment.parse(source(name, environment))
    for _line, _function, message in extract_from_ast(tree, _WORDY):
        yield from (message,) if isinstance(message, str) else filter(None, message or ())
    for call in tree.find_all(nodes.Filter):
        if call.name == "period" and isinstance(call.node, nodes.Const):
            named = PERIODS[call.node.value]
            yield f"{named.name}={named.length.total_seconds():.0f}s"
