"""What the tests about products share: a product that is served, and the portal that knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from standins.product import Product, listing, new_secret, serving
from tests.conftest import changed_settings


@pytest.fixture
def settings(app, monkeypatch) -> Callable[..., None]:
    """Change settings of the app, each by its text."""

    def change(**texts: object) -> None:
        monkeypatch.setitem(app.extensions, "portal.settings", changed_settings(app.extensions["portal.settings"], **texts))

    return change


@pytest.fixture
def product(settings) -> Iterator[Product]:
    """A product on loopback that confirms by its answer, listed in the settings."""
    made = Product(new_secret())
    with serving(made) as url:
        settings(products=listing(url, made.secret))
        yield made
