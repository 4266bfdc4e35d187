"""The demo company: what `make run` fills an empty database with."""

import re
from collections.abc import Callable

import pyotp
import pytest
from click.testing import Result
from flask import Flask

from portal import demo
from portal.demo import COMPANY
from portal.kit import clock
from tests.conftest import Outbox, Visitor
from tests.people import Cast

pytestmark = pytest.mark.both_databases

NEW_PASSWORD = "nine other looms at noon"


def test_it_prints_passwords_that_sign_in_and_fills_only_once(
    command: Callable[..., Result], client: Visitor, outbox: Outbox
) -> None:
    first, second = command("demo"), command("demo")
    assert first.exit_code == 0
    assert second.exit_code == 1
    subjects = [email.subject for email in outbox.to("ada@example.com")]
    assert len(subjects) == 3, "her question was received, her organisation made, and a licence bought for it"
    assert "Broken: 0 Not checked recently: 0" in client.get("/promises").text
    lines = [line.split(maxsplit=1) for line in first.output.splitlines()[1:]]
    assert [email for email, _rest in lines] == [email for _name, email, _role in COMPANY]
    email, rest = lines[0]
    assert client.submit("/login", email=email, password=rest.removesuffix("customer").strip()).path == "/home"


@pytest.mark.parametrize("made", [1, 4])
def test_a_run_that_was_stopped_half_way_is_made_whole_by_the_next(
    command: Callable[..., Result], new_client: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch, made: int
) -> None:
    add, left = demo.add, iter(range(made))

    def stopped(person: demo.DemoPerson) -> None:
        next(left)
        add(person)

    monkeypatch.setattr(demo, "add", stopped)
    first = command("demo")
    monkeypatch.setattr(demo, "add", add)
    second = command("demo")
    assert (first.exit_code, second.exit_code) == (1, 0)
    drawn = dict(re.findall(r"(\S+@example\.com)\s+(\S+)", first.output + second.output))
    assert list(drawn) == [email for _name, email, _role in COMPANY]
    for email, password in drawn.items():
        assert new_client().submit("/login", email=email, password=password).path != "/login"


def test_a_database_with_anybody_elses_account_is_left_alone(command: Callable[..., Result], cast: Cast) -> None:
    cast.make("Eve Other", "eve@example.com", "eve looks through every keyhole")
    assert command("demo").exit_code == 1


def test_who_lost_a_password_gets_in_again_as_the_second_run_says(
    command: Callable[..., Result], app: Flask, new_client: Callable[[], Visitor], outbox: Outbox
) -> None:
    command("demo")
    with app.app_context():
        said = demo.how_to_get_in_again("")
    for email in re.findall(r"\S+@example\.com", said.replace(",", "")):
        client = new_client()
        client.submit("/forgot-password", email=email)
        client.submit(outbox.last(email).link("/reset-password/"), password=NEW_PASSWORD)
        assert client.submit("/login", email=email, password=NEW_PASSWORD).path == "/home"


def test_the_demo_companys_staff_get_their_code_as_both_runs_say(
    command: Callable[..., Result], app: Flask, client: Visitor, outbox: Outbox
) -> None:
    drawn = re.search(r"sam@example\.com\s+(\S+)", command("demo").output)[1]
    with app.app_context():
        said = demo.how_staff_get_in("")
    assert said.startswith("Staff (sam@example.com, sena@example.com, pia@example.com): open /admin/")
    client.submit("/login", email="sam@example.com", password=drawn)
    page = client.get("/admin/")
    key = page.soup.find(id="key").get_text().replace(" ", "")
    code = pyotp.TOTP(key).at(clock.now())
    page = client.send(page, code=code)
    form = page.soup.find("input", attrs={"name": "code"}).find_parent("form")
    client.send(page, action=form["action"], code=page.soup.select_one("#codes code").get_text())
    assert client.get("/admin/").path == "/admin/"
