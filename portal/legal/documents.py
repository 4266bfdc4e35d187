"""The documents and their versions (P42).

Each version carries a fingerprint of its words: the English sentences of its templates and the periods they name.
Laying a page out in another way leaves the fingerprint alone; changing a word or a figure without a new version breaks P42.
So does calling a version one of wording when its figures changed: a period, whom a clause concerns, or its promises.
The data table, the vendors and the company's particulars are annexes: they are drawn from their own registers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from hashlib import sha256
from itertools import pairwise
from typing import Any, cast

from jinja2 import BaseLoader, Environment, nodes
from jinja2.ext import extract_from_ast

from portal.kit.i18n import _l
from portal.legal.policy import PERIODS

NEWS_FOR = timedelta(days=30)
"""How long after it took effect a version is news to whoever signs in."""
_SEPARATOR = "\x1f"
_CLAUSE = "clause"
_WORDY = ("_", "ngettext", _CLAUSE)
"""What holds words in a template: the translated sentences, and whom a clause concerns with its promises."""


class Significance(Enum):
    """What a version changes, and so whether it asks for the prominent notice of P43.

    WORDING says the same in other words: nobody is told, and nobody is asked to accept again.
    """

    FIRST = "first"
    WORDING = "wording"
    SIGNIFICANT = "significant"


@dataclass(frozen=True, eq=False)
class Version:
    """One version of a document. `summary` says what changed.

    `fingerprint` is the SHA-256 of its words, `figures` that of what binds whatever the words: see `figures()`.
    """

    number: int
    effective_on: date
    significance: Significance
    summary: Any
    fingerprint: str
    figures: str


@dataclass(frozen=True, eq=False)
class Document:
    """A document and all its versions, the newest first. Its words stand in `legal/<key>.html` and `legal/<key>/`."""

    key: str
    title: Any
    versions: tuple[Version, ...]

    def in_force(self, today: date) -> Version:
        """Return the version that binds on that day; before the first one takes effect, the first."""
        return next((each for each in self.versions if each.effective_on <= today), self.versions[-1])


_FIRST_ON = date(2026, 11, 23)
_PLAIN_ON = date(2026, 11, 29)
_SUMMARY_ON = date(2026, 11, 30)
_RIGHTS_ON = date(2026, 11, 30)
_RIGHTS = _l(
    "It says how to use your rights without an account, and that someone else looks again if our answer doesn’t answer you. "
    "It says where you ask for a correction, and that your own statement can be shown with what you dispute. "
    "It says that a prepared copy is encrypted, and that we don’t keep its key. "
    "It says what you can have deleted automatically, and what our staff may write. No right, duty or period has changed."
)
_SUMMARY = _l(
    "A summary comes first, and a clause says who it applies to only where that isn’t everyone. It names where you see the "
    "IP addresses of sign-ins to your account. No right, duty or period has changed."
)
_ORGANISATIONS_ON = date(2026, 12, 1)
_ORGANISATIONS = _l(
    "It lists what others in an organisation see about you, role by role, drawn from the software itself. "
    "No right, duty or period has changed."
)
_ROLES = _l(
    "It says what an Owner, a Billing Administrator and a Member is, and lists what each sees about you, drawn from the "
    "software itself. No right, duty or period has changed."
)
_DISABLING = _l(
    "It says how an account is disabled: two senior members of our team must agree, you’re told why, you can appeal, and "
    "your rights over your data stay open. An Owner can disable an account in their organisation. It names the few changes "
    "that need no Owner’s approval. It says what happens to production data when someone leaves an organisation, or it is "
    "dissolved. No right of yours is smaller, and no duty or period has changed."
)
_OWNERS = _l(
    "It says how an account is disabled: two senior members of our team must agree, you’re told why, you can appeal, and "
    "your rights over your data stay open. An Owner can disable an account in their organisation. It names the few changes "
    "that need no Owner’s approval. It says that dissolving an organisation waits, so that any Owner can keep it, and how a "
    "Member can become an Owner where none comes any more."
)
_PLAIN = _l("Plainer English throughout. It says the same as before: no right, duty or period has changed.")

DOCUMENTS: Mapping[str, Document] = {
    document.key: document
    for document in (
        Document(
            "privacy",
            _l("Privacy policy"),
            (
                Version(
                    6,
                    _ORGANISATIONS_ON,
                    Significance.WORDING,
                    _DISABLING,
                    "d3de77ddfb41cac190f006c2464c41d6cbe11dd5b04973043f73465af8366b58",
                    "9b395fcd4e86a9fdfab3ecd3994b110faef23dad3c881d6eea95584963763230",
                ),
                Version(
                    5,
                    _ORGANISATIONS_ON,
                    Significance.WORDING,
                    _ORGANISATIONS,
                    "284b516e996b82c06b90808b74bf666376829c3109f0f3343e890a56313f7d58",
                    "9b395fcd4e86a9fdfab3ecd3994b110faef23dad3c881d6eea95584963763230",
                ),
                Version(
                    4,
                    _RIGHTS_ON,
                    Significance.WORDING,
                    _RIGHTS,
                    "9117b3d5cdcfcab86bef740746b7393bc9759bf17e30af75f4ebc31743d4d53f",
                    "9b395fcd4e86a9fdfab3ecd3994b110faef23dad3c881d6eea95584963763230",
                ),
                Version(
                    3,
                    _SUMMARY_ON,
                    Significance.WORDING,
                    _SUMMARY,
                    "4dfb6a7367b2ff29a42a0b205eda336307238e44259994b72ffec20e2f414cc0",
                    "9b395fcd4e86a9fdfab3ecd3994b110faef23dad3c881d6eea95584963763230",
                ),
                Version(
                    2,
                    _PLAIN_ON,
                    Significance.WORDING,
                    _PLAIN,
                    "b5f757206a60754df68c63d24812bcd1ec20d597356757ab198a42b2594ef5aa",
                    "9b395fcd4e86a9fdfab3ecd3994b110faef23dad3c881d6eea95584963763230",
                ),
                Version(
                    1,
                    _FIRST_ON,
                    Significance.FIRST,
                    _l("The first policy. Each clause names the promise behind it."),
                    "f7c342f410a32321b10c3063daf3f21c59103765e7a743552de39210ab27ed70",
                    "9b395fcd4e86a9fdfab3ecd3994b110faef23dad3c881d6eea95584963763230",
                ),
            ),
        ),
        Document(
            "terms",
            _l("Terms of use"),
            (
                Version(
                    4,
                    _ORGANISATIONS_ON,
                    Significance.WORDING,
                    _OWNERS,
                    "1f2535e7ce8d5f295f6f0cb45876a10206b96f0cc759bfbfd3b146930c539073",
                    "21b4f2787d11bcd169ec45e029d8f5e3b950bf8b9fb2727ca8abd0c22e7d9a9b",
                ),
                Version(
                    3,
                    _ORGANISATIONS_ON,
                    Significance.WORDING,
                    _ROLES,
                    "b46cc117b1a558dbb95c065b14eac1aada5f47f2f9fe39cdd02193eafd0d558a",
                    "21b4f2787d11bcd169ec45e029d8f5e3b950bf8b9fb2727ca8abd0c22e7d9a9b",
                ),
                Version(
                    2,
                    _PLAIN_ON,
                    Significance.WORDING,
                    _PLAIN,
                    "5c9e799f199ab5580220d388f37a35f9b9efa0d3e38dfe577989f53002042741",
                    "21b4f2787d11bcd169ec45e029d8f5e3b950bf8b9fb2727ca8abd0c22e7d9a9b",
                ),
                Version(
                    1,
                    _FIRST_ON,
                    Significance.FIRST,
                    _l("The first terms for the Online Services."),
                    "7d10127699b0eab8eacbb06db5efce039fd7efa93c10625ef18fd6915f8385a4",
                    "21b4f2787d11bcd169ec45e029d8f5e3b950bf8b9fb2727ca8abd0c22e7d9a9b",
                ),
            ),
        ),
        Document(
            "eula",
            _l("Licence agreement (EULA)"),
            (
                Version(
                    2,
                    _PLAIN_ON,
                    Significance.WORDING,
                    _PLAIN,
                    "0077cf28c9ace23cb58244f9346a3c8736175907fa8b0a210e91b823a65a6971",
                    "9e85708095ca0a30b9540820300c49517e068accc0b4a5bb9ec5a0478b33206e",
                ),
                Version(
                    1,
                    _FIRST_ON,
                    Significance.FIRST,
                    _l("The first agreement for the Licensed Products."),
                    "2db814ad1de25d4232acb35a54de8a36746fe6f0fe92fa4ec3d7679213dbd772",
                    "9e85708095ca0a30b9540820300c49517e068accc0b4a5bb9ec5a0478b33206e",
                ),
            ),
        ),
    )
}


def get(key: str) -> Document:
    """Return the document of that key. Raises KeyError when there is none."""
    return DOCUMENTS[key]


def news(today: date) -> Sequence[tuple[Document, Version]]:
    """Return what changed lately, or is announced: versions that mean something new, not those of wording alone (P43)."""
    return [
        (document, version)
        for document in DOCUMENTS.values()
        for version in document.versions
        if version.significance is Significance.SIGNIFICANT and version.effective_on > today - NEWS_FOR
    ]


def fingerprint(document: Document, environment: Environment) -> str:
    """Return the SHA-256 of the document's words, whatever language is spoken at the moment."""
    digest = sha256()
    for name in _templates(document, environment):
        for part in _words(name, environment):
            digest.update((part + _SEPARATOR).encode())
    return digest.hexdigest()


def figures(document: Document, environment: Environment) -> str:
    """Return the SHA-256 of the document's figures: each period's length, and whom each clause concerns and its promises."""
    parts = (part for name in _templates(document, environment) for part in _figures(name, environment))
    return sha256(_SEPARATOR.join(parts).encode()).hexdigest()


def changed_without_version(environment: Environment, *, today: date) -> list[str]:
    """Return the keys of the documents whose words or figures are not those of the version in force."""
    changed = []
    for document in DOCUMENTS.values():
        bound = document.in_force(today)
        if (fingerprint(document, environment), figures(document, environment)) != (bound.fingerprint, bound.figures):
            changed.append(document.key)
    return changed


def more_than_wording() -> list[str]:
    """Return the keys of the documents with a version that is said to change its wording only, and changed a figure."""
    return [
        document.key
        for document in DOCUMENTS.values()
        for version, before in pairwise(document.versions)
        if version.significance is Significance.WORDING and version.figures != before.figures
    ]


def source(name: str, environment: Environment) -> str:
    """Return a template's source as its author wrote it. Raises TemplateNotFound."""
    return cast(BaseLoader, environment.loader).get_source(environment, name)[0]


def _templates(document: Document, environment: Environment) -> list[str]:
    page, folder = f"legal/{document.key}.html", f"legal/{document.key}/"
    return [page, *sorted(environment.list_templates(filter_func=lambda name: name.startswith(folder)))]


def _words(name: str, environment: Environment) -> Iterator[str]:
    yield from _spoken(name, environment, _WORDY)
    yield from _periods(name, environment)


def _figures(name: str, environment: Environment) -> Iterator[str]:
    yield from _spoken(name, environment, (_CLAUSE,))
    yield from _periods(name, environment)


def _spoken(name: str, environment: Environment, functions: tuple[str, ...]) -> Iterator[str]:
    for _line, _function, message in extract_from_ast(environment.parse(source(name, environment)), functions):
        yield from (message,) if isinstance(message, str) else filter(None, message or ())


def _periods(name: str, environment: Environment) -> Iterator[str]:
    for call in environment.parse(source(name, environment)).find_all(nodes.Filter):
        if call.name == "period" and isinstance(call.node, nodes.Const):
            yield f"{PERIODS[call.node.value].length.total_seconds():.0f}s"
