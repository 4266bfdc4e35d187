"""Passwords: long ones are welcome, every character counts, and a storm of them queues."""

import threading
import time

import pytest
from argon2 import PasswordHasher

from portal.kit import passwords
from portal.kit.passwords import Hasher, PasswordTellsContext, PasswordTooCommon, PasswordTooShort
from portal.kit.refusals import Busy
from portal.kit.unit import unit_of_work

CONTEXT = ("ada.threadgold@example.com", "Ada Threadgold", "3 Clicks Cloud")


class TestChoosing:
    """Length, commonness, context; no other rule."""

    def test_fifteen_characters_are_enough_and_fourteen_are_not(self):
        passwords.check("blue looms wait")
        with pytest.raises(PasswordTooShort) as caught:
            passwords.check("blue looms wai")
        assert caught.value.values == {"least": 15}

    def test_characters_are_counted_and_not_bytes(self):
        passwords.check("🦊🌵🎷🧵🪡🧶👖👗🥾🧢👘🧤🧦🎩👛")
        with pytest.raises(PasswordTooShort):
            passwords.check("🦊🌵🎷🧵🪡🧶👖")

    @pytest.mark.parametrize(
        "password",
        ["tidy looms hum at dawn", "              x y z", "correct horse battery staple", "织布机在黎明时分轻轻地嗡嗡作响啊",
         "~" * 3 + "!?/\\" * 4 + "q", "abcdefgh ijk\0lmnop qrz", "a" + "0b" * 100 + "zebra lamp"],
    )  # fmt: skip
    def test_no_kind_of_character_is_asked_for_or_refused(self, password):
        passwords.check(password)

    @pytest.mark.parametrize(
        "password",
        [
            "passwordpassword",
            "123456789012345",
            "qwertyuiopasdfgh",
            "aaaaaaaaaaaaaaaa",
            "iloveyouiloveyou",
            "111111111111111111",
        ],
    )
    def test_what_everybody_tries_first_is_refused(self, password):
        with pytest.raises(PasswordTooCommon):
            passwords.check(password)

    @pytest.mark.parametrize(
        "password",
        ["ada.threadgold@example.com", "AdaThreadgold2026", "threadgold-ada-1", "3ClicksCloud2026!", "3 clicks cloud 1"],
    )
    def test_what_is_made_of_the_person_or_the_company_is_refused(self, password):
        with pytest.raises(PasswordTellsContext):
            passwords.check(password, least=8, context=CONTEXT)

    def test_a_word_of_the_context_among_others_is_fine(self):
        passwords.check("threadgold walks nine green dogs", context=CONTEXT)

    def test_judging_the_longest_one_is_quick(self):
        for password in (
            "a1" * 128,
            "passw0rd" * 32,
            "qwerty" * 43,
            "éß" * 128,
            "2026-11-23" * 25,
            "".join(map(chr, range(33, 289))),
        ):
            began = time.thread_time()
            passwords.is_common(password)
            assert time.thread_time() - began < 1


@pytest.fixture
def hasher(one_lab):
    """The app's hasher, with tests' cheap parameters."""
    with one_lab.app_context(), unit_of_work(write=False):
        yield passwords.hasher()


class TestVerifying:
    """The whole password, exactly."""

    @pytest.mark.parametrize(
        ("password", "almost"),
        [
            ("x" * 127 + "a", "x" * 127 + "b"),
            ("x" * 255 + "a", "x" * 255 + "b"),
            ("é" * 100 + "a", "é" * 100 + "b"),
            ("ends with a space ", "ends with a space"),
            (" begins with one", "begins with one"),
            ("Case Matters Here", "case matters here"),
            ("a\0b", "a\0c"),
            ("a\0b", "a"),
            ("ｆｕｌｌ width", "full width"),
            ("e\u0301", "\u00e9"),
        ],
    )
    def test_almost_right_is_wrong(self, hasher, password, almost):
        hashed = hasher.hash(password)
        assert hasher.verify(hashed, password)
        assert not hasher.verify(hashed, almost)

    def test_a_hash_is_argon2id_and_never_twice_the_same(self, hasher):
        one, two = hasher.hash("x"), hasher.hash("x")
        assert one != two
        assert one.startswith("$argon2id$v=19$")

    def test_a_stranger_costs_as_many_hashes_as_a_customer_and_is_refused(self, hasher):
        hashed = hasher.hash("right")
        before = hasher.count
        assert not hasher.verify(hashed, "wrong")
        customer = hasher.count - before
        assert not hasher.verify(None, "wrong")
        assert hasher.count - before == 2 * customer == 2

    @pytest.mark.parametrize("hashed", ["", "rubbish", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"])
    def test_a_broken_hash_lets_nobody_in(self, hasher, hashed):
        assert not hasher.verify(hashed, "x")

    def test_weaker_hashes_of_old_are_noticed(self, hasher):
        assert hasher.needs_rehash(PasswordHasher(memory_cost=16, time_cost=2, parallelism=1).hash("x"))
        assert not hasher.needs_rehash(hasher.hash("x"))


class TestStorm:
    """A fixed number at once; the others wait, then hear that we are busy."""

    @pytest.fixture
    def narrow(self, one_lab, monkeypatch):
        """A hasher for two at once whose work takes a moment, and the most that were at work together."""
        settings = one_lab.extensions["portal.settings"].model_copy(update={"hashes_at_once": 2, "hash_wait_seconds": 0.3})
        hasher, lock, at_work, most = Hasher(settings), threading.Lock(), [0], [0]

        def slow(_password: str) -> str:
            with lock:
                at_work[0] += 1
                most[0] = max(most[0], at_work[0])
            time.sleep(0.2)
            with lock:
                at_work[0] -= 1
            return "hash"

        monkeypatch.setattr(hasher, "_argon", type("Slow", (), {"hash": staticmethod(slow)}))
        return hasher, most

    def test_no_more_than_allowed_work_at_once_and_the_rest_is_told_so(self, one_lab, narrow):
        hasher, most = narrow
        ended = []

        def one() -> None:
            with one_lab.app_context(), unit_of_work(write=False):
                try:
                    ended.append(hasher.hash("x"))
                except Busy:
                    ended.append("busy")

        threads = [threading.Thread(target=one) for _each in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert most[0] == 2
        assert "busy" in ended
        assert ended.count("hash") >= 2
        assert len(ended) == 12

    def test_a_hash_that_fails_gives_its_place_back(self, one_lab, narrow, monkeypatch):
        hasher, _most = narrow
        monkeypatch.setattr(hasher, "_argon", type("Broken", (), {"hash": staticmethod(lambda _password: 1 / 0)}))
        for _each in range(5):
            with one_lab.app_context(), pytest.raises(ZeroDivisionError), unit_of_work(write=False):
                hasher.hash("x")
