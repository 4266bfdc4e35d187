"""Who meets in the console."""

import pytest

from tests.conftest import Visitor
from tests.people import Cast


@pytest.fixture
def sam(cast: Cast) -> Visitor:
    """Sam's browser, signed in with both factors."""
    return cast.sign_in_staff(cast.sam)


@pytest.fixture
def ada(cast: Cast) -> Visitor:
    """Ada's browser."""
    return cast.sign_in(cast.ada)
