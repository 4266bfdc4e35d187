"""A guest by links alone, in a real browser: writes, opens the email's link, replies, reads our answer, closes."""

import pytest

from tests.browser import axe, follow, overflows

GUEST = "gus@example.com"


def looks_right(page, *, javascript):
    assert not javascript or axe(page) == [], page.url
    assert not overflows(page), page.url


@pytest.mark.parametrize(("javascript", "device", "scheme"), [(True, "phone", "dark"), (False, "desktop", "light")])
def test_a_guest_by_links_alone(open_page, cast, outbox, clock, javascript, device, scheme):
    page = open_page(javascript=javascript, device=device, scheme=scheme)
    page.goto("/contact")
    page.get_by_label("Your name").fill("Gus Bobbin")
    page.get_by_label("Email address").fill(GUEST)
    page.get_by_label("Subject").fill("Zips")
    page.get_by_label("Message").fill("Where are they?")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Message sent").wait_for()

    page.goto(outbox.last(GUEST).link("/ticket/"))
    page.get_by_role("heading", name="Zips", exact=True).wait_for()
    page.get_by_text("Waiting for our reply").wait_for()
    looks_right(page, javascript=javascript)
    page.get_by_label("Your reply").fill("The long ones.")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("Reply sent.").wait_for()

    staff = cast.sign_in_staff(cast.sam)
    desk = staff.get("/admin/tickets").soup.select_one("th a")["href"]
    staff.submit(desk, message="In the upper drawer.")
    answer = outbox.last(GUEST)
    assert answer.subject == "Re: Zips" and "> The long ones." in answer.text
    page.goto(answer.link("/ticket/"))
    page.get_by_text("In the upper drawer.").wait_for()
    looks_right(page, javascript=javascript)
    follow(page.get_by_role("button", name="Close ticket"))
    page.get_by_text("A reply opens it again.").wait_for()
    looks_right(page, javascript=javascript)

    clock.forward(days=30, minutes=1)
    page.goto(answer.link("/ticket/"))
    page.get_by_role("heading", name="This link no longer works").wait_for()
    looks_right(page, javascript=javascript)
    follow(page.locator("main").get_by_role("link", name="Contact support"))
    page.get_by_role("heading", name="Contact support").wait_for()
