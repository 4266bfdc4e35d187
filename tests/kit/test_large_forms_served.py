"""The portal as it is served reads what is too large to its end: the connection is not reset before the answer is read."""

import re
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from portal.app import create_app
from portal.kit.db import db
from tests.conftest import make_settings
from tests.kit.processes import FAST_HASH, environment, free_port, started, wait_for
from tests.kit.test_commands import answers

pytestmark = pytest.mark.xdist_group("processes")
MB = 1024 * 1024


@pytest.fixture
def port(tmp_path: Path):
    """The port of a portal as it is served."""
    database = f"sqlite:///{tmp_path / 'portal.db'}"
    with create_app(make_settings(tmp_path, database)).app_context():
        db.create_all()
    port = free_port()
    env = {**environment(tmp_path, database, **FAST_HASH), "PORT": str(port)}
    with started("serve", "--no-worker", "--port", str(port), env=env, log=tmp_path / "log"):
        wait_for(lambda: answers(port))
        yield port


def send(port: int, path: str, kind: str, make) -> tuple[int, str]:
    """Open a page and send its form, all of it before a byte of the answer is read; return status and page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    cookie, page = answer.headers["Set-Cookie"].split(";")[0], answer.read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    body = make(token[1])
    connection.request("POST", path, body=body, headers={"Content-Type": kind, "Cookie": cookie})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def parts(token: str, size: int) -> bytes:
    """Make a form with a file of so many bytes, and a text after it."""
    head = 'Content-Disposition: form-data; name="'
    fields = f'--x\r\n{head}csrf_token"\r\n\r\n{token}\r\n--x\r\n{head}files"; filename="a.pdf"\r\n\r\n'
    return fields.encode() + b"x" * size + f'\r\n--x\r\n{head}message"\r\n\r\nStill here\r\n--x--\r\n'.encode()


def test_a_form_with_a_large_file_comes_back(port):
    for size in (40 * MB, 60 * MB):
        status, page = send(port, "/contact", "multipart/form-data; boundary=x", lambda token, size=size: parts(token, size))
        assert status == 413
        assert "Still here" in page and "Together these files are larger" in page


def test_so_does_one_with_a_large_text(port):
    kind = "application/x-www-form-urlencoded"
    status, page = send(
        port,
        "/newsletter",
        kind,
        lambda token: urlencode({"csrf_token": token, "email": "m@example.com", "more": "x" * 9 * MB}),
    )
    assert status == 413
    assert "m@example.com" in page
