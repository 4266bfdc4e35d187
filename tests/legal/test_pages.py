"""Cookies, safeguards and the well-known addresses."""

from datetime import UTC, datetime, timedelta

from portal.legal import cookies, policy, safeguards


def test_the_page_on_cookies_names_each_with_its_time(client):
    page = client.page("/cookies").soup
    own, google = (page.find(id=name).get_text() for name in ("own", "google"))
    assert "30 days with “Remember me”" in own
    assert "182 days" in own
    assert all(name in google for name in cookies.GOOGLE_NAMES)


def test_google_sets_four_cookies_at_most_and_each_is_known():
    assert len(cookies.GOOGLE_NAMES) == 4
    assert all(cookies.is_google(name) for name in ("_ga", "_ga_ABC123", "_gid", "_gat"))
    assert not any(cookies.is_google(name) for name in ("portal", "consent", "_game", "ga"))


def test_every_safeguard_leads_to_its_evidence(client):
    page = client.page("/security").soup
    for kind in safeguards.KINDS:
        rows = page.find(id=kind.key).tbody.find_all("tr")
        assert len(rows) == len(kind.safeguards)
        assert all("/promises#P" in row.a["href"] for row in rows)


def test_a_finder_reads_whom_to_tell_about_a_weakness(client):
    response = client.client.get("/.well-known/security.txt")
    assert response.mimetype == "text/plain"
    lines = [line.partition(": ") for line in response.text.splitlines()]
    fields = {name: value for name, _colon, value in lines}
    assert ("Contact", ": ", f"mailto:{policy.COMPANY.privacy_email}") in lines
    assert fields["Canonical"].endswith("/.well-known/security.txt")
    assert fields["Policy"].endswith("/security#report")
    assert fields["Preferred-Languages"] == "en, zh"
    assert client.page("/security").soup.find(id="report")


def test_security_txt_is_never_expired_nor_valid_for_more_than_a_year(client):
    text = client.client.get("/.well-known/security.txt").text
    [expires] = [line.partition(": ")[2] for line in text.splitlines() if line.startswith("Expires")]
    left = datetime.fromisoformat(expires) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)


def test_a_password_manager_finds_the_page_that_changes_a_password(client):
    response = client.client.get("/.well-known/change-password")
    assert response.status_code == 302
    assert response.location == "/settings/password"
