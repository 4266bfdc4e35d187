"""Passwords: long ones are welcome, every character counts, and a storm of them queues."""

import threading
import time
import unicodedata
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from portal.kit import password_strength, passwords
from portal.kit.passwords import Hasher, Match, PasswordTellsContext, PasswordTooCommon, PasswordTooShort
from portal.kit.refusals import Busy
from portal.kit.unit import unit_of_work
from tests.kit.processes import wait_for

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

    def test_emails_are_counted_as_they_are_read(self):
        apart = unicodedata.normalize("NFD", "é" * 8)
        passwords.check_length(apart, least=8)
        with pytest.raises(PasswordTooShort):
            passwords.check_length(apart, least=9)

    @pytest.mark.parametrize(
        "hostile",
        [
            "4@({[<6931!|17$5+70%24@({[<6931!|17$5+70",
            "$!%![!<|4+87%8%%$!%![!<|4+87%8%%",
            "0{9<649(07{<57164<4141(6+9<1(76[",
            "p4s5w0rd" * 4,
            "(1)[7]{4}<$>" * 3,
        ],
    )
    def test_a_password_of_many_marks_costs_no_more_than_a_few_usual_ones(self, hostile):
        def cost(password: str) -> float:
            began = time.thread_time()
            for _each in range(5):
                password_strength.is_common(password)
            return time.thread_time() - began

        usual = max(cost("tidy looms hum at dawn and again"), cost("seven seams of indigo denim"))
        assert cost(hostile) < 20 * usual

    def test_what_follows_many_marks_is_judged_no_more_and_what_comes_first_is(self):
        assert password_strength.is_common("passwordpassword")
        assert password_strength.is_common("p455w0rdp455w0rd")
        assert not password_strength.is_common("4@({[<6931!|17$5+70%24@({[<6931!|17$5+70")

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
            password_strength.is_common(password)
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
            ("ﬁne", "fine"),
            ("e\u0301", "e"),
        ],
    )
    def test_almost_right_is_wrong(self, hasher, password, almost):
        hashed = hasher.hash(password)
        assert hasher.verify(hashed, password)
        assert not hasher.verify(hashed, almost)

    @pytest.mark.parametrize(("one", "other"), [("e\u0301", "\u00e9"), ("\u1112\u1161\u11ab", "한"), ("\u212b", "Å")])
    def test_code_points_that_are_one_character_are_one_password(self, hasher, one, other):
        assert hasher.verify(hasher.hash(one), other)
        assert hasher.verify(hasher.hash(other), one)

    def test_a_hash_of_code_points_as_they_were_sent_still_verifies(self, hasher):
        old = hasher._argon.hash("e\u0301")
        assert hasher.verify(old, "e\u0301") is Match.AS_SENT
        assert not hasher.verify(old, "e\u0300")

    @pytest.mark.parametrize(("sent", "hashes"), [("wrong", 1), ("wro\u0308ng", 2)])
    def test_only_what_was_sent_decides_how_many_hashes_a_wrong_one_costs(self, hasher, sent, hashes):
        costs = []
        for hashed in (hasher.hash("right"), hasher._argon.hash("ri\u0308ght"), None, "rubbish"):
            before = hasher.count
            assert not hasher.verify(hashed, sent)
            costs.append(hasher.count - before)
        assert costs == [hashes] * 4

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
        settings = replace(one_lab.extensions["portal.settings"], hashes_at_once=2, hash_wait_seconds=0.3)
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

    def test_who_finds_the_queue_full_is_told_so_at_once(self, one_lab, monkeypatch):
        settings = replace(one_lab.extensions["portal.settings"], hashes_at_once=1, hashes_waiting=2, hash_wait_seconds=60)
        hasher, go_on, ended = Hasher(settings), threading.Event(), []
        slow = staticmethod(lambda _password: "hash" if go_on.wait(60) else "")
        monkeypatch.setattr(hasher, "_argon", type("Slow", (), {"hash": slow}))

        def one() -> None:
            with one_lab.app_context(), unit_of_work(write=False):
                try:
                    ended.append(hasher.hash("x"))
                except Busy:
                    ended.append("busy")

        threads = [threading.Thread(target=one) for _each in range(10)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(ended) == 7, seconds=20)
        assert ended == ["busy"] * 7, "one is at work, two wait, nobody else does"
        go_on.set()
        for thread in threads:
            thread.join()
        assert ended.count("hash") == 3

    def test_a_hash_that_fails_gives_its_place_back(self, one_lab, narrow, monkeypatch):
        hasher, _most = narrow
        monkeypatch.setattr(hasher, "_argon", type("Broken", (), {"hash": staticmethod(lambda _password: 1 / 0)}))
        for _each in range(5):
            with one_lab.app_context(), pytest.raises(ZeroDivisionError), unit_of_work(write=False):
                hasher.hash("x")
