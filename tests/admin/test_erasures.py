"""Deletions at products and vendors: what waits there, and the privacy officer's word that it is done."""

from __future__ import annotations

import pytest

from portal.kit.db import db
from portal.privacy.models import ErasureStep, StepState
from tests.privacy.desk import plant_step

pytestmark = pytest.mark.both_databases
OF = "gone@example.com"


@pytest.fixture
def pia(cast):
    """The privacy officer's browser."""
    return cast.sign_in_staff(cast.pia)


@pytest.fixture
def waiting(unit):
    """A step that a vendor is to be asked for by hand."""
    with unit():
        return plant_step(OF, number="D7").id


def test_what_waits_is_listed_without_whose_it_is_and_confirmed_with_the_evidence(pia, waiting, unit):
    page = pia.get("/admin/erasures")
    assert "D7" in page.text
    assert OF not in page.text
    path = f"/admin/erasures/{waiting}"
    assert OF in pia.get(path).text
    assert pia.submit(path, evidence="").status == 422
    assert "Confirmed." in pia.submit(path, evidence="Their reply of today").text
    with unit():
        step = db.session.get(ErasureStep, waiting)
        assert (step.state, step.sealed, step.evidence) == (StepState.CONFIRMED, None, "Their reply of today")
    assert "Nothing waits" in pia.get("/admin/erasures").text
    assert pia.get(path).status == 404


def test_support_staff_and_customers_see_none_of_it(sam, ada, waiting):
    for browser in (sam, ada):
        assert [browser.get(path).status for path in ("/admin/erasures", f"/admin/erasures/{waiting}")] == [404, 404]
