"""A Stripe stand-in for each test, or one for a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.standins.shop import Shop, opened


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A stand-in of this test's own."""
    with opened() as made:
        yield made


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Shop]:
    """A stand-in that the tests of a file share."""
    with opened() as made:
        yield made
