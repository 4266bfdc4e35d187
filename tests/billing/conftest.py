"""The portal with a Stripe stand-in behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.conftest import changed_settings
from tests.standins.shop import Shop, opened


@pytest.fixture
def settings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change settings of the app, each by its text."""

    def change(**texts: object) -> None:
        monkeypatch.setitem(app.extensions, "portal.settings", changed_settings(app.extensions["portal.settings"], **texts))

    return change


@pytest.fixture
def shop(settings: Callable[..., None]) -> Iterator[Shop]:
    """A stand-in that the portal's settings name."""
    with opened() as made:
        account = made.account
        settings(
            stripe_api_key=account.api_key, stripe_webhook_secret="whsec_of_the_tests", stripe_api_base=account.state.url
        )
        yield made
