"""The development mailbox: for the developer at this machine, and for nobody else."""

import pytest

from portal.app import create_app
from portal.kit.unit import unit_of_work
from portal.mail import transport
from tests.conftest import Visitor, make_settings

ADDRESSES = ("/dev/mailbox", "/dev/mailbox.json")


def deliver(app, run_jobs, write, **how) -> None:
    """Post an email and let it leave."""
    with app.app_context(), unit_of_work():
        write(**how)
    run_jobs()


def test_an_email_is_shown_newest_first_and_to_programs_too(app, client, run_jobs, write):
    for number in range(2):
        deliver(app, run_jobs, write, subject=f"Email {number}")
    page = client.get("/dev/mailbox")
    assert page.text.index("Email 1") < page.text.index("Email 0")
    kept = client.client.get("/dev/mailbox.json").get_json()
    assert [email["subject"] for email in kept] == ["Email 1", "Email 0"]
    assert kept[0]["to"] == "ada@example.com"


def test_what_an_email_says_stays_text(app, client, run_jobs, write):
    deliver(
        app,
        run_jobs,
        write,
        subject="<script>alert(1)</script>",
        text='<img src=x onerror=alert(1)> javascript:alert(1) http://x"onx',
    )
    page = client.get("/dev/mailbox")
    assert "<script>alert" not in page.response.text
    assert page.soup.find("img", src="x") is None
    assert "<img src=x" in page.text
    assert all(link["href"].startswith(("http", "/", "#", "mailto:", "tel:")) for link in page.soup.find_all("a"))


@pytest.fixture
def shown(app, client, run_jobs, write):
    """The address of one email's page."""
    deliver(app, run_jobs, write, subject="One", text="Hello <b>Ada</b>: http://localhost/login <script>alert(1)</script>")
    return client.get("/dev/mailbox").soup.select_one("main h2 a")["href"]


def test_an_email_is_shown_in_html_and_as_text_wide_and_narrow(client, shown):
    page = client.get(shown)
    assert page.title == "One"
    seen = set()
    for link in [shown, *(each["href"] for each in page.soup.select("main nav a"))]:
        frame = client.get(link).soup.iframe
        seen.add((frame["src"].rpartition("/")[2], frame["width"]))
    assert seen == {("html", "720"), ("text", "720"), ("html", "360")}
    assert client.get(f"{shown}?part=text&width=narrow").soup.iframe["width"] == "360"
    assert client.get(f"{shown}?part=x&width=9999").soup.iframe["width"] == "720"
    assert client.client.get(f"{shown}/text").headers["Content-Type"].startswith("text/plain")


def test_an_email_in_its_frame_runs_nothing_fetches_nothing_and_stands_alone(client, shown):
    frame = client.get(shown).soup.iframe
    assert set(frame["sandbox"]) == {"allow-popups", "allow-popups-to-escape-sandbox"}
    for part in ("html", "text"):
        headers = client.client.get(f"{shown}/{part}").headers
        policy = dict(each.strip().partition(" ")[::2] for each in headers["Content-Security-Policy"].split(";"))
        assert policy == {
            "sandbox": "allow-popups allow-popups-to-escape-sandbox",
            "default-src": "'none'",
            "style-src": "'unsafe-inline'",
            "frame-ancestors": "'self'",
        }
        assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_page_around_it_stays_strict_and_no_other_page_may_show_a_frame(client, shown):
    policy = client.get(shown).response.headers["Content-Security-Policy"]
    assert "frame-src 'self'" in policy and "unsafe" not in policy and "require-trusted-types-for" in policy
    for path in ("/", "/dev/mailbox", "/login"):
        assert "frame-src" not in client.get(path).response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [*ADDRESSES, "/dev/mailbox/x", "/dev/mailbox/x/html"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.client.get(path).status_code == (200 if path in ADDRESSES else 404)


@pytest.mark.parametrize("path", ADDRESSES)
def test_others_find_nothing_here(app, path):
    client = app.test_client()
    for stranger in ("192.0.2.1", "10.0.0.1", "", "rubbish", "::ffff:10.0.0.1"):
        assert client.get(path, environ_base={"REMOTE_ADDR": stranger}).status_code == 404
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert client.get(path, headers={header: "127.0.0.1"}).status_code == 404
    for neighbour in ("127.0.0.1", "127.8.8.8", "::1"):
        assert client.get(path, environ_base={"REMOTE_ADDR": neighbour}).status_code == 200


def test_others_find_no_single_email_either(app, shown):
    client = app.test_client()
    for path in (shown, f"{shown}/html", f"{shown}/text"):
        assert client.get(path, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
        assert client.get(path, environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200


@pytest.mark.parametrize("path", ADDRESSES)
def test_another_site_cannot_read_it_through_the_developers_browser(app, path):
    answer = app.test_client().get(path, headers={"Host": "rebound.example"})
    assert answer.status_code == 400
    assert app.test_client().get(path).headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ADDRESSES)
def test_in_production_it_does_not_exist(sending, path):
    assert Visitor(sending).client.get(path, base_url="https://portal.example.com").status_code == 404


def test_in_production_no_copy_of_an_email_is_kept(sending, post_office, write):
    from portal.jobs import worker

    with sending.app_context(), unit_of_work():
        write()
    with sending.app_context():
        worker.drain()
        assert transport.mailbox() == []
    assert len(post_office.taken) == 1


def test_it_keeps_a_bounded_number(app, run_jobs, write, monkeypatch):
    monkeypatch.setattr(transport, "MAILBOX_MOST", 3)
    for number in range(5):
        deliver(app, run_jobs, write, subject=f"Email {number}")
    with app.app_context():
        assert [email["subject"] for _key, email in transport.mailbox()] == ["Email 4", "Email 3", "Email 2"]


def test_with_a_server_set_a_developer_gets_both(app, post_office, write, tmp_path):
    from portal.jobs import worker

    database = app.extensions["portal.settings"].database_url.get_secret_value()
    both = create_app(make_settings(tmp_path, database, smtp_url=f"smtp://127.0.0.1:{post_office.port}"))
    with both.app_context(), unit_of_work():
        write()
    with both.app_context():
        worker.drain()
        assert len(transport.mailbox()) == len(post_office.taken) == 1
