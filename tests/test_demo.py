"""The demo company: what `make run` fills an empty database with."""

from click.testing import CliRunner
from flask import Flask

from portal.cli import demo
from portal.demo import COMPANY
from tests.conftest import Visitor


def test_it_prints_passwords_that_sign_in_and_fills_only_once(app: Flask, client: Visitor) -> None:
    with app.app_context():
        first, second = CliRunner().invoke(demo), CliRunner().invoke(demo)
    assert first.exit_code == 0
    assert second.exit_code == 1
    lines = [line.split(maxsplit=1) for line in first.output.splitlines()]
    assert [email for email, _rest in lines] == [email for _name, email, _role in COMPANY]
    email, rest = lines[0]
    assert client.submit("/login", email=email, password=rest.removesuffix("customer").strip()).path == "/home"
