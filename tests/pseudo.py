"""A language that is none: a catalogue made of every string that can be translated, to see which ones cannot.

It is compiled as the Chinese catalogue, by the same extraction that a translator's file is made with. Each string is
marked and lengthened, its letters are no ASCII letters any more, its placeholders stay: `⟦Šîĝñ îñ ẋẋ⟧`. So an ASCII word on
a page was never translated, wherever it stands; and two marks side by side are two fragments that make up one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from flask import Flask

from portal.app import create_app
from portal.kit import i18n
from portal.kit.db import db
from tests.rules.source import ROOT

LANGUAGE = "zh_Hans"
SOURCES = {
    "portal": ([("**.py", "python")], {}),
    "templates": ([("**", "jinja2")], {"**": {"silent": "false", "extensions": "jinja2.ext.do"}}),
}
KEYWORDS = {"_": None, "_l": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"(%\(\w+\)[sd]|%%)")
OPENS, CLOSES = "⟦", "⟧"
ODD = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "ÂƁĈĎÊƑĜĤÎĴĶĻṀÑÔṔɊŘŠŤÛṼŴẊŶŽâɓĉďêƒĝĥîĵķļṁñôṕɋřšťûṽŵẋŷž"
)


def mark(text: str) -> str:
    """Return a string as the catalogue says it."""
    pieces = PLACEHOLDER.split(text)
    odd = "".join(piece if PLACEHOLDER.fullmatch(piece) else piece.translate(ODD) for piece in pieces)
    return f"{OPENS}{odd} {'ẋ' * (1 + len(text) // 4)}{CLOSES}"


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Yield every string that can be translated with the file it stands in; one of ngettext is a pair."""
    for folder, (methods, options) in SOURCES.items():
        found = extract_from_dir(ROOT / folder, methods, options, keywords=KEYWORDS)
        for name, _line, message, _comments, _context in found:
            yield f"{folder}/{name}", message


def write_catalogue(folder: Path) -> None:
    """Compile the catalogue into a folder of catalogues."""
    catalogue = Catalog(locale=LANGUAGE)
    for _file, message in messages():
        plain = message if isinstance(message, str) else message[1]
        catalogue.add(message, mark(plain) if isinstance(message, str) else (mark(plain),))
    target = folder / LANGUAGE / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalogue)


@pytest.fixture(scope="session")
def pseudo_app(workplace: Path) -> Flask:
    """The app, on SQLite, with the catalogue in place: a reader of Chinese gets this language."""
    from tests.conftest import make_settings

    folder = workplace / "pseudo"
    folder.mkdir()
    write_catalogue(folder / "translations")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "CATALOGUES", str(folder / "translations"))
        app = create_app(make_settings(folder, f"sqlite:///{folder / 'portal.db'}"))
    with app.app_context():
        db.create_all()
    return app
