"""The fixed cast: Ada (a customer), Ben (another customer), Mallory (a stranger with no account), Sam (support staff)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


class Cast:
    """The people of the tests."""

    def __init__(self, app: Flask) -> None:
        self.app = app
