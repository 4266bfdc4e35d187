"""Large requests are counted before they are read, and strangers never have all the places."""

import io
import threading

import pytest

from portal.kit import large_forms, uploads
from portal.kit.places import Places
from portal.kit.refusals import Busy
from portal.kit.settings import MOST_AT_HASHES
from portal.kit.uploads import Uploads
from portal.server import THREADS
from tests.kit.processes import wait_for
from tests.rules.source import ROOT
from tests.support import samples

LARGE = (b"x" * 300_000, "notes.txt")


def places_of(app) -> Uploads:
    """Return the places for uploads of an app."""
    return app.extensions["portal.uploads"]


class Unread(io.RawIOBase):
    """A body that fails the test when a byte of it is read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        pytest.fail("the body was read")


def send_unread(visitor, path: str, length: int | None):
    """Send a form with files of which nothing may be read; its length is said, or not."""
    body = {"wsgi.input": Unread(), "wsgi.input_terminated": True, "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    told = {"HTTP_TRANSFER_ENCODING": "chunked"} if length is None else {"CONTENT_LENGTH": str(length)}
    return visitor.client.post(path, environ_overrides={**body, **told})


@pytest.fixture
def full(app):
    """Take every place of a kind; they are free again after the test."""
    taken: list[Places] = []

    def fill(places: Places, at_once: int) -> None:
        places._patience = 0
        for _each in range(at_once):
            places.take()
            taken.append(places)

    yield fill
    for places in taken:
        places.give_back()


class TestPlaces:
    """Exactly as many as said are at work, exactly as many wait, and the next is told so at once."""

    def test_of_ten_two_are_at_work_three_wait_and_five_are_refused_at_once(self):
        places, go_on, ended = Places(at_once=2, waiting=3, patience=60), threading.Event(), []

        def one() -> None:
            try:
                places.take()
            except Busy:
                ended.append("busy")
                return
            ended.append("at work")
            go_on.wait(60)
            places.give_back()

        threads = [threading.Thread(target=one) for _each in range(10)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(ended) == 7, seconds=20)
        assert sorted(ended) == ["at work"] * 2 + ["busy"] * 5
        go_on.set()
        for thread in threads:
            thread.join()
        assert ended.count("at work") == 5

    def test_who_waited_in_vain_leaves_no_place_taken(self):
        places = Places(at_once=1, waiting=1, patience=0)
        places.take()
        for _each in range(3):
            with pytest.raises(Busy):
                places.take()
        places.give_back()
        places.take()


class TestCounting:
    """Before a byte is read."""

    @pytest.mark.parametrize("length", [300_000, 10_000_000, None])
    def test_a_stranger_whose_share_is_taken_is_told_to_come_back_and_nothing_is_read(self, app, client, full, length):
        full(places_of(app).strangers, uploads.STRANGERS_AT_ONCE)
        answer = send_unread(client, "/contact", length)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")

    @pytest.mark.parametrize("path", ["/contact", "/login", "/privacy"])
    def test_what_is_larger_than_any_form_is_read_to_its_end_is_not_read(self, client, path):
        assert send_unread(client, path, large_forms.MOST_READ + 1).status_code in (405, 413)

    @pytest.mark.parametrize("path", ["/contact", "/login", "/signup", "/newsletter"])
    def test_one_that_is_read_only_to_be_refused_takes_a_place_too(self, app, client, full, path):
        full(places_of(app).strangers, uploads.STRANGERS_AT_ONCE)
        assert send_unread(client, path, 13 * 1024 * 1024).status_code == 503

    def test_whoever_is_signed_in_sends_files_while_strangers_have_all_of_their_places(self, app, cast, full):
        full(places_of(app).strangers, uploads.STRANGERS_AT_ONCE)
        ada = cast.sign_in(cast.ada)
        page = ada.submit("/contact", subject="S", message="M", files=samples.chosen((LARGE[1], LARGE[0])))
        assert page.status == 200
        assert "Message sent" in page.text

    def test_a_message_without_files_needs_no_place(self, app, client, full):
        full(places_of(app).strangers, uploads.STRANGERS_AT_ONCE)
        full(places_of(app).everyone, uploads.AT_ONCE)
        assert client.submit("/contact", name="M", email="m@example.com", subject="S", message="M").status == 200

    def test_a_place_is_free_again_whatever_came_of_the_request(self, app, client):
        for _each in range(2 * uploads.AT_ONCE):
            page = client.submit("/contact", name="", email="m@example.com", subject="S", message="M",
                                 files=samples.chosen((LARGE[1], LARGE[0])))  # fmt: skip
            assert page.status == 422
        free = [places._at_work._value for places in (places_of(app).strangers, places_of(app).everyone)]
        assert free == [uploads.STRANGERS_AT_ONCE, uploads.AT_ONCE]


def test_exactly_the_pages_with_files_take_large_requests(apps):
    views = apps("sqlite").view_functions
    tagged = {endpoint for endpoint, view in views.items() if hasattr(view, "takes_files")}
    texts = {
        path.relative_to(ROOT / "templates").as_posix(): path.read_text() for path in (ROOT / "templates").glob("*/*.html")
    }
    uploading = {name for name, text in texts.items() if "upload=true" in text}
    shared = {name for name in uploading if "/_" in name}
    pages = uploading - shared | {
        name for name, text in texts.items() if any(f'include "{part}"' in text for part in shared)
    }
    assert tagged == {name.removesuffix(".html").replace("/", ".") for name in pages}
    assert tagged


def test_those_who_wait_never_hold_every_thread_of_the_server():
    assert MOST_AT_HASHES + uploads.AT_ONCE + uploads.WAITING <= THREADS - 32
