"""The pages of rights in a real browser: fit for everybody on a telephone, and a copy whose progress shows itself."""

import zipfile

import pytest

from portal.jobs import worker
from portal.privacy import service
from tests.browser import axe, follow, overflows, sign_in
from tests.privacy.conftest import link_of, start

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize("javascript", [True, False])
def test_a_copy_is_asked_for_watched_and_fetched(open_page, cast, run_jobs, javascript):
    page = open_page(javascript=javascript, device="phone")
    sign_in(page, cast.sign_in(cast.ada))
    page.goto("/settings/privacy")
    page.get_by_role("button", name="Prepare my download").click()
    page.get_by_label("Your download is being prepared").wait_for()
    if javascript:
        assert axe(page) == []
    run_jobs()
    if not javascript:
        follow(page.get_by_role("link", name="Reload this page"))
    page.get_by_text("Your download is ready").wait_for()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download (").click()
    assert any(name.endswith("/index.html") for name in zipfile.ZipFile(fetched.value.path()).namelist())


@ON_SQLITE
def test_the_pages_of_rights_are_fit_for_everybody(app, open_page, cast, outbox, run_jobs, clock):
    ada = cast.sign_in(cast.ada)
    cast.have_read(cast.ada)
    start(ada)
    page = open_page(device="phone")
    sign_in(page, ada)
    pages = [
        "/settings/privacy/who-looked",
        "/settings/privacy/requests",
        "/settings/privacy/delete",
        link_of(ada) + "/page",
    ]
    for address in pages:
        page.goto(address)
        assert axe(page) == [], address
        assert not overflows(page), address
    run_jobs()
    page.goto("/settings/privacy")
    assert axe(page) == []
    assert not overflows(page)
    ada.submit("/settings/privacy/delete", confirm="y")
    pages = ["/settings/privacy/delete/done", outbox.last(cast.ada.email).link("/delete/undo/")]
    for address in pages:
        page.goto(address)
        assert axe(page) == [], address
        assert not overflows(page), address
    clock.forward(days=15)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    page.goto(outbox.last(cast.ada.email).link("/privacy/receipt/"))
    assert axe(page) == []
    assert not overflows(page)
