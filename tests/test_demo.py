"""The demo company: what `make run` fills an empty database with."""

from collections.abc import Callable

from click.testing import Result

from portal.demo import COMPANY
from tests.conftest import Outbox, Visitor


def test_it_prints_passwords_that_sign_in_and_fills_only_once(
    command: Callable[..., Result], client: Visitor, outbox: Outbox
) -> None:
    first, second = command("demo"), command("demo")
    assert first.exit_code == 0
    assert second.exit_code == 1
    assert len(outbox.to("ada@example.com")) == 1, "her question was received"
    assert "Broken: 0 Not checked lately: 0" in client.get("/promises").text
    lines = [line.split(maxsplit=1) for line in first.output.splitlines()[1:]]
    assert [email for email, _rest in lines] == [email for _name, email, _role in COMPANY]
    email, rest = lines[0]
    assert client.submit("/login", email=email, password=rest.removesuffix("customer").strip()).path == "/home"
