"""Settings: everything wrong is named at once, no secret is ever printed, and nothing starts half-configured."""

import os
import threading
from dataclasses import FrozenInstanceError, asdict, fields
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.app import create_app
from portal.kit.setting_values import Secret
from portal.kit.settings import Settings, SettingsError, load

SECRET = "k9-very-secret-and-long-enough-to-be-one"
SEED = "c2VlZHMgYXJlIHRoaXJ0eS10d28gYnl0ZXMgbG9uZyE="
GOOD = {
    "PORTAL_BASE_URL": "https://portal.example.com",
    "PORTAL_SECRET_KEYS": SECRET,
    "PORTAL_SIGNING_KEYS": SEED,
    "PORTAL_DATABASE_URL": "postgresql+psycopg://portal:pw@db.example.com/portal",
    "PORTAL_STORAGE_URL": "file:///srv/portal/files",
    "PORTAL_KEYS_URL": "file:///srv/portal/keys",
    "PORTAL_SMTP_URL": "smtp://portal:pw@smtp.sendgrid.net:587",
    "PORTAL_MAIL_FROM": "3 Clicks Cloud <portal@example.com>",
}


def wrong(tmp_path, **changed: str | None) -> str:
    """Return what `load` complains of when the good settings are changed."""
    environ = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    with pytest.raises(SettingsError) as caught:
        load(environ, instance=tmp_path)
    return str(caught.value)


def test_good_settings_start(tmp_path):
    assert load(GOOD, instance=tmp_path).host_name == "portal.example.com"


def test_an_empty_production_names_everything_that_is_missing(tmp_path):
    with pytest.raises(SettingsError) as caught:
        load({}, instance=tmp_path)
    assert [line.strip() for line in str(caught.value).splitlines()[1:]] == [f"{name}: missing" for name in sorted(GOOD)]
    assert list(tmp_path.iterdir()) == []


def test_all_that_is_wrong_is_named_at_once(tmp_path):
    told = wrong(
        tmp_path,
        PORTAL_BASE_URL="http://portal.example.com",
        PORTAL_SECRET_KEYS="short",
        PORTAL_DATABASE_URL="mysql://x",
        PORTAL_KEYS_URL="file:///srv/portal/files/keys",
        PORTAL_REDIS_URL="http://x",
        PORTAL_MAIL_FROM="nobody",
        PORTAL_PROXY_COUNT="many",
        PORTAL_SMTP_URL=None,
        PORTAL_COLOUR="blue",
    )
    for name in ("BASE_URL", "SECRET_KEYS", "DATABASE_URL", "KEYS_URL", "REDIS_URL", "MAIL_FROM", "PROXY_COUNT", "SMTP_URL"):
        assert f"PORTAL_{name}:" in told
    assert "PORTAL_COLOUR: no such setting" in told


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORTAL_ENV", "staging", "'production' or 'development'"),
        ("PORTAL_BASE_URL", "http://portal.example.com", "needs https"),
        ("PORTAL_BASE_URL", "HTTP://portal.example.com", "needs https"),
        ("PORTAL_BASE_URL", "https://portal.example.com/app", "origin"),
        ("PORTAL_BASE_URL", "https://user:pw@portal.example.com", "origin"),
        ("PORTAL_BASE_URL", "https://portal.example.com#x", "origin"),
        ("PORTAL_BASE_URL", "https://[::1", "origin"),
        ("PORTAL_BASE_URL", "portal.example.com", "origin"),
        ("PORTAL_SECRET_KEYS", f"{SECRET},short", "32 characters"),
        ("PORTAL_SECRET_KEYS", ",", "at least 1"),
        ("PORTAL_SIGNING_KEYS", ",", "32 random bytes"),
        ("PORTAL_SIGNING_KEYS", f"{SEED},{SEED[4:]}", "32 random bytes"),
        ("PORTAL_SIGNING_KEYS", SEED.replace("=", "$"), "32 random bytes"),
        ("PORTAL_LICENCE_KEYS", SEED[4:], "32 bytes of a public key"),
        ("PORTAL_DATABASE_URL", "sqlite://", "sqlite:///"),
        ("PORTAL_DATABASE_URL", "postgresql+psycopg://u:p@h:port/x", "address of a database"),
        ("PORTAL_STORAGE_URL", "s3://bucket", "file:///"),
        ("PORTAL_KEYS_URL", "file:///srv/portal/files/keys", "lies inside"),
        ("PORTAL_KEYS_URL", "file:///srv/portal/x/../files/keys", "lies inside"),
        ("PORTAL_KEYS_URL", "file:///srv/portal/files", "lies inside"),
        ("PORTAL_KEYS_URL", "postgresql://u:p@h:port/x", "address of a database"),
        ("PORTAL_SMTP_URL", "https://smtp.example.com", "smtp://"),
        ("PORTAL_SMTP_URL", "smtp://host:port", "smtp://"),
        ("PORTAL_REDIS_URL", "redis://host:port", "redis://"),
        ("PORTAL_MAIL_FROM", "a@example.com\r\nBcc: b@example.com", "PORTAL_MAIL_FROM"),
        ("PORTAL_MAIL_FROM", "Three Clicks, Inc.", "PORTAL_MAIL_FROM: needs to look like"),
        ("PORTAL_MAIL_FROM", "a@example.com, b@example.com", "needs to look like"),
        ("PORTAL_MAIL_FROM", "Portal <a@example.com> <b@example.com>", "needs to look like"),
        ("PORTAL_MAIL_FROM", '"Portal <portal@example.com>', "needs to look like"),
        ("PORTAL_MAIL_FROM", "Portal <portal@example>", "needs to look like"),
        ("PORTAL_COMPANY_PRODUCT", "Acme: Portal", "PORTAL_COMPANY_PRODUCT: must not hold a colon"),
        ("PORTAL_COMPANY_NAME", "Acme\nInc.", "PORTAL_COMPANY_NAME"),
        ("PORTAL_COMPANY_PRIVACY_EMAIL", "privacy at example.com", "PORTAL_COMPANY_PRIVACY_EMAIL: needs to look like"),
        ("PORTAL_COMPANY_GENERAL_EMAIL", "a@example.com, b@example.com", "needs to look like"),
        ("PORTAL_PROXY_COUNT", "-1", "a whole number from 0 to 5"),
        ("PORTAL_PROXY_COUNT", "6", "a whole number from 0 to 5"),
        ("PORTAL_PROXY_COUNT", "٣", "a whole number from 0 to 5"),
        ("PORTAL_ARGON2_LANES", "1.5", "a whole number, 1 or more"),
        ("PORTAL_ARGON2_TIME", "9" * 5000, "a whole number, 1 or more"),
        ("PORTAL_HASH_WAIT_SECONDS", "0", "more than 0"),
        ("PORTAL_HASH_WAIT_SECONDS", "nan", "more than 0"),
        ("PORTAL_HASH_WAIT_SECONDS", "inf", "more than 0"),
        ("PORTAL_MAIL_FROM", f"{'a' * 60} <{'b' * 60}@{'c' * 60}.{'d' * 60}.{'e' * 60}.com>", "at most 254"),
        ("PORTAL_COMPANY_PHONE", "1" * 101, "at most 100"),
        ("PORTAL_HASHES_WAITING", "64", "PORTAL_HASHES_WAITING: together with PORTAL_HASHES_AT_ONCE at most 64"),
        ("PORTAL_GA_MEASUREMENT_ID", "G-x'; script-src *", "PORTAL_GA_MEASUREMENT_ID"),
        ("PORTAL_SMTP_HOST", "x", "no such setting"),
    ],
)
def test_a_wrong_one_is_named_with_its_reason(tmp_path, name, value, words):
    told = wrong(tmp_path, **{name: value})
    assert name in told
    assert words in told
    assert len(told.splitlines()) == 2


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("portal@example.com", ""),
        ("<portal@example.com>", ""),
        ("Portal <portal@example.com>", "Portal"),
        ("Three Clicks, Inc. <portal@example.com>", "Three Clicks, Inc."),
        ('"Three Clicks, Inc." <portal@example.com>', "Three Clicks, Inc."),
        ("Clicks: Three (Inc.); @home <portal@example.com>", "Clicks: Three (Inc.); @home"),
        ("Ünsere 王 <portal@example.com>", "Ünsere 王"),
        ("a\\b <portal@example.com>", "a\\b"),
    ],
)
def test_the_senders_name_is_taken_whole_whatever_signs_it_holds(tmp_path, given, name):
    sender = load({**GOOD, "PORTAL_MAIL_FROM": given}, instance=tmp_path).mail_from
    assert parseaddr(sender) == (name, "portal@example.com")


class TestFiles:
    """A secret may come from a file."""

    def test_it_is_read_from_there(self, tmp_path):
        (tmp_path / "key").write_text(f"{SECRET}\n")
        environ = {**GOOD, "PORTAL_SECRET_KEYS_FILE": str(tmp_path / "key")}
        del environ["PORTAL_SECRET_KEYS"]
        assert load(environ, instance=tmp_path).secret_keys[0].get_secret_value() == SECRET

    def test_twice_is_once_too_often(self, tmp_path):
        (tmp_path / "key").write_text(SECRET)
        told = wrong(tmp_path, PORTAL_SECRET_KEYS_FILE=str(tmp_path / "key"))
        assert "PORTAL_SECRET_KEYS: set twice" in told
        assert SECRET not in told

    @pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "no text"])
    def test_an_unreadable_one_is_named_without_its_place(self, tmp_path, content):
        path = tmp_path / "the-place"
        if content:
            path.write_bytes(content)
        told = wrong(tmp_path, PORTAL_SECRET_KEYS=None, PORTAL_SECRET_KEYS_FILE=str(path))
        assert "PORTAL_SECRET_KEYS_FILE: the file cannot be read" in told
        assert "the-place" not in told

    def test_one_that_holds_what_no_path_may_is_named(self, tmp_path):
        (tmp_path / "keys").write_text("file:///srv/\0keys")
        told = wrong(tmp_path, PORTAL_KEYS_URL=None, PORTAL_KEYS_URL_FILE=str(tmp_path / "keys"))
        assert "PORTAL_KEYS_URL: needs to start with file:///" in told

    def test_an_empty_one_is_none(self, tmp_path):
        (tmp_path / "key").write_text(" \n")
        assert "PORTAL_SECRET_KEYS" in wrong(
            tmp_path, PORTAL_SECRET_KEYS=None, PORTAL_SECRET_KEYS_FILE=str(tmp_path / "key")
        )


SECRET_NAMES = ["PORTAL_SECRET_KEYS", "PORTAL_SIGNING_KEYS",
                "PORTAL_DATABASE_URL", "PORTAL_SMTP_URL", "PORTAL_REDIS_URL", "PORTAL_KEYS_URL",
                "PORTAL_METRICS_TOKEN", "PORTAL_PASSWORD"]  # fmt: skip
HEADS = ["", "smtp://u:", "smtps://", "redis://:", "postgresql://u:", "postgresql+psycopg://u:", "sqlite:///", "file:///"]
MARK = "zq7Xw9"


@given(
    name=st.sampled_from(SECRET_NAMES),
    head=st.sampled_from(HEADS),
    before=st.text(max_size=8),
    after=st.text(max_size=8) | st.sampled_from(["@h:p/x", "@h", "\u2100@h", "[", "%zz@h/db?x=%", "@[::1"]),
    other=st.sampled_from(["http://x", "ftp://x", ""]),
)  # fmt: skip
def test_no_secret_is_ever_printed(tmp_path_factory, name, head, before, after, other):
    value = f"{head}{before}{MARK}{after}".replace("\0", "")
    environ = {**GOOD, "PORTAL_BASE_URL": other, name: value}
    with pytest.raises(SettingsError) as caught:
        load(environ, instance=tmp_path_factory.getbasetemp())
    assert MARK not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_settings_do_not_print_their_secrets(tmp_path):
    shown = load({**GOOD, "PORTAL_METRICS_TOKEN": "tell-nobody"}, instance=tmp_path)
    for text in (repr(shown), str(shown), f"{asdict(shown)}"):
        assert SECRET not in text
        assert ":pw@" not in text
        assert "tell-nobody" not in text


def test_what_bears_a_password_or_a_key_is_kept_from_being_printed():
    secret = {field.name for field in fields(Settings) if "Secret" in str(field.type)}
    keys = {"stripe_api_key", "stripe_webhook_secret", "secret_keys", "signing_keys", "sendgrid_api_key"}
    assert secret == {*keys, "database_url", "redis_url", "keys_url", "smtp_url", "metrics_token"}
    assert (Secret("a"), repr(Secret("a"))) == (Secret("a"), "Secret(…)")
    assert Secret("a") != Secret("b") != "b"


def test_settings_cannot_be_changed(tmp_path):
    with pytest.raises(FrozenInstanceError):
        load(GOOD, instance=tmp_path).env = "development"


class TestDevelopment:
    """A developer types nothing."""

    ENVIRON = {"PORTAL_ENV": "development"}

    def test_secrets_are_made_once_and_are_for_the_owner_alone(self, tmp_path):
        first, again = (load(self.ENVIRON, instance=tmp_path / "instance") for _each in range(2))
        assert (first.secret_keys, first.signing_keys) == (again.secret_keys, again.signing_keys)
        assert len(first.secret_keys[0].get_secret_value()) >= 32
        assert (tmp_path / "instance").stat().st_mode & 0o777 == 0o700
        made = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "instance").iterdir()}
        assert made == {"secret_key": 0o600, "signing_key": 0o600}

    def test_whoever_starts_at_the_same_moment_gets_the_same_secret(self, tmp_path):
        found: list[Settings] = []
        threads = [
            threading.Thread(target=lambda: found.append(load(self.ENVIRON, instance=tmp_path / "new")))
            for _each in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 16
        assert len({one.secret_keys[0].get_secret_value() for one in found}) == 1

    @pytest.mark.parametrize(("host", "base"), [("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("box", "box")])
    def test_links_name_a_host_that_can_be_opened(self, tmp_path, monkeypatch, host, base):
        monkeypatch.setenv("HOST", host)
        monkeypatch.delenv("PORT", raising=False)
        assert load(self.ENVIRON, instance=tmp_path).base_url == f"http://{base}:8000"

    def test_a_wrong_setting_is_wrong_here_too(self, tmp_path):
        with pytest.raises(SettingsError, match="PORTAL_COLOUR"):
            load({**self.ENVIRON, "PORTAL_COLOUR": "blue"}, instance=tmp_path)


def test_a_provider_that_is_no_vendor_stops_the_boot(tmp_path):
    changed = {"PORTAL_SMTP_URL": "smtp://u:hidden@mail.stranger.example", "PORTAL_DATABASE_URL": "sqlite:////tmp/never.db"}
    with pytest.raises(SettingsError) as caught:
        create_app(load({**GOOD, **changed}, instance=tmp_path))
    assert "mail.stranger.example" in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_the_defaults_of_password_hashing_are_rfc_9106s_second(tmp_path):
    found = load(GOOD, instance=tmp_path)
    assert (found.argon2_memory_kib, found.argon2_time, found.argon2_lanes) == (64 * 1024, 3, 4)
    assert found.hashes_at_once * found.argon2_memory_kib <= 200 * 1024


def test_the_environment_of_the_tests_says_nothing():
    assert [name for name in os.environ if name.startswith("PORTAL_")] == []
