"""Recovery codes: made with the factor, proven to be saved, each good once, told of, made anew."""

import re

import pytest
from sqlalchemy import func, select, update

from portal.accounts import service as accounts
from portal.accounts.models import RecoveryCode, TotpFactor
from portal.accounts.service import recovery_codes
from portal.kit import passwords
from portal.kit.db import db
from tests.accounts.walk import (
    INSIDE,
    LOST,
    NEW_CODES,
    SET_UP,
    codes_on,
    enrol,
    form_with,
    is_in,
    left,
    make_new,
    proven,
    same,
    sign_in,
    use_code,
)

pytestmark = pytest.mark.both_databases

SAVE = "/settings/second-factor/save-codes"
FILE = "/settings/second-factor/codes/file"
USE = "/login/recovery-code"
SAVED = "Save your recovery codes"


@pytest.fixture
def ada(cast):
    """Ada, without a factor yet."""
    return cast.ada


@pytest.fixture
def codes(ada, cast, clock):
    """The recovery codes of Ada, who has set up a factor."""
    return enrol(cast.sign_in(ada))[1]


def test_ten_codes_are_shown_once_and_one_of_them_is_typed_before_the_factor_counts(client, ada, cast, unit):
    browser = cast.sign_in(ada)
    page = proven(browser)
    assert page.title == SAVED
    codes = codes_on(page)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}(-[2-9A-HJKMNP-TV-Z]{4}){2}", code) for code in codes)
    with unit():
        assert db.session.get(TotpFactor, ada.account_id) is None
    browser.send(page, action=form_with(page, "code"), code=codes[7])
    with unit():
        assert db.session.get(TotpFactor, ada.account_id) is not None
    assert left(unit, ada) == 10, "typing one proves that it was saved and does not use it"
    for path in (SET_UP, SAVE, "/settings/security"):
        assert not set(codes) & set(re.findall(r"[\w-]{14}", browser.page(path).response.text))


@pytest.mark.parametrize("typed", ["", "2222-2222-2222", "nonsense", "x" * 41, "\x00", "😀"])
def test_whoever_has_not_saved_them_is_as_before_and_may_go_on(client, ada, cast, unit, typed):
    browser = cast.sign_in(ada)
    page = proven(browser)
    codes = codes_on(page)
    page = browser.send(page, action=form_with(page, "code"), code=typed)
    assert page.status == 422
    assert codes_on(page) == codes
    with unit():
        assert db.session.get(TotpFactor, ada.account_id) is None
    assert sign_in(client, ada).path == "/home", "nobody is locked out half way"
    browser.send(page, action=form_with(page, "code"), code=codes[0])
    assert sign_in(client, ada).title == "Two-step verification"


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code.replace('-', '')} "]
)
def test_a_code_is_read_however_it_is_typed(client, ada, codes, write):
    assert use_code(client, ada, write(codes[0])).path == "/home"


def test_nothing_is_turned_on_without_the_apps_first_code(client, ada, cast, unit):
    browser = cast.sign_in(ada)
    page = browser.page(SET_UP)
    answer = browser.post(
        SAVE, csrf_token=page.fields()["csrf_token"], sealed=page.fields()["sealed"], code="2222-2222-2222"
    )
    assert answer.path == SET_UP
    with unit():
        assert db.session.get(TotpFactor, ada.account_id) is None


def test_codes_of_another_person_turn_nothing_on(new_client, ada, cast, unit):
    page = proven(cast.sign_in(ada))
    ben = cast.sign_in(cast.ben)
    token = ben.page("/settings/profile").fields()["csrf_token"]
    sealed = page.fields(form_with(page, "code"))["sealed"]
    ben.post(SAVE, csrf_token=token, sealed=sealed, code=codes_on(page)[0])
    assert ben.post(FILE, csrf_token=token, sealed=sealed).path == "/settings/security"
    with unit():
        assert db.session.scalars(select(RecoveryCode)).all() == []


def test_a_page_left_open_too_long_turns_nothing_on(ada, cast, clock, unit):
    browser = cast.sign_in(ada)
    page = proven(browser)
    clock.forward(minutes=31)
    assert browser.send(page, action=form_with(page, "code"), code=codes_on(page)[0]).path == INSIDE
    browser.submit(INSIDE, password=ada.password)
    assert browser.send(page, action=form_with(page, "code"), code=codes_on(page)[0]).path == SET_UP
    with unit():
        assert db.session.get(TotpFactor, ada.account_id) is None


def test_of_two_tabs_that_set_up_a_factor_one_does(new_client, ada, cast):
    browser = cast.sign_in(ada)
    first, second = proven(browser), proven(browser)
    browser.send(first, action=form_with(first, "code"), code=codes_on(first)[0])
    page = browser.send(second, action=form_with(second, "code"), code=codes_on(second)[0])
    assert page.status == 422, "the session has another token since: the page comes back"
    page = browser.send(page, action=form_with(page, "code"), code=codes_on(second)[0])
    assert page.path == "/settings/security"
    assert "already on" in page.text
    assert use_code(new_client(), ada, codes_on(second)[1]).status == 422
    assert use_code(new_client(), ada, codes_on(first)[1]).path == "/home"


def test_the_codes_stand_hashed_and_each_person_has_a_salt_of_their_own(ada, codes, cast, unit):
    enrol(cast.sign_in(cast.ben))
    with unit():
        rows = db.session.scalars(select(RecoveryCode)).all()
        assert len(rows) == 20
        assert all(row.code_hash.startswith("$argon2id$") for row in rows)
        assert len({row.code_hash.split("$")[-2] for row in rows}) == 2
        assert not any(code.replace("-", "") in row.code_hash for row in rows for code in codes)


def test_a_try_costs_one_hash_with_codes_and_without(app, client, ada, codes, cast, unit):
    cast.give_factor(cast.ben)
    with app.app_context():
        hasher = passwords.hasher()
    costs = []
    for person in (ada, cast.ben):
        page = client.send(sign_in(client, person), action=LOST)
        before = hasher.count
        pages = client.send(page, code="2222-2222-2222")
        costs.append((hasher.count - before, pages.status, same(pages)))
    assert costs[0] == costs[1]
    assert costs[0][0] == 1


def test_a_code_signs_in_once_and_the_person_is_told(client, new_client, ada, codes, outbox, unit):
    page = use_code(client, ada, codes[0])
    assert page.path == "/home"
    assert "You have 9 recovery codes left." in page.text
    told = outbox.last(ada.email)
    assert told.subject == "A recovery code was used"
    assert "You have 9 codes left." in told.text
    assert "/wasnt-me/" in told.text
    other = new_client()
    assert use_code(other, ada, codes[0]).status == 422
    assert not is_in(other)
    assert left(unit, ada) == 9


def test_one_of_two_who_use_a_code_at_the_same_moment_gets_in(unit, ada, codes, monkeypatch):
    with unit():
        code_id = recovery_codes.find_code(ada.account_id, code=codes[0].replace("-", ""))
    with unit():
        assert recovery_codes.spend_code(accounts.get_person(ada.account_id), code_id=code_id) == 9
    with unit():
        assert recovery_codes.spend_code(accounts.get_person(ada.account_id), code_id=code_id) is None


def test_few_left_are_warned_of_on_pages_and_by_email(client, new_client, ada, codes, outbox, clock):
    for code in codes[:6]:
        browser = new_client()
        assert "Create new ones" not in use_code(browser, ada, code).text
        assert "That’s not many" not in outbox.last(ada.email).text
        assert "quickest way back" not in browser.page("/settings/security").text
    page = use_code(client, ada, codes[6])
    assert "You have 3 recovery codes left. Create new ones" in page.text
    assert "That’s not many" in outbox.last(ada.email).text
    assert "quickest way back" in client.page("/settings/security").text
    for code in codes[7:]:
        use_code(new_client(), ada, code)
    assert "You have no recovery codes" in client.page("/settings/security").text


def test_a_factor_from_before_there_were_codes_is_told_of(cast, ada):
    cast.give_factor(ada)
    browser = cast.sign_in(ada)
    assert "You have no recovery codes" in browser.page("/settings/security").text
    _codes, page = make_new(browser)
    assert "You have 10 recovery codes left" in page.text


def test_recovery_codes_and_codes_of_the_app_share_one_count(client, new_client, cast, ada, codes):
    page = client.send(sign_in(client, ada), action=LOST)
    for _try in range(5):
        assert client.send(page, code="2222-2222-2222").status == 422
    assert client.send(page, code=codes[0]).status == 429
    other = new_client()
    sign_in(other, ada)
    assert other.fill_in(code="123456").status == 429
    third = new_client()
    assert use_code(third, ada, codes[0]).status == 429, "another browser does not help"


def test_the_code_alone_opens_nothing(client, ada, codes):
    for path in (LOST, USE):
        assert client.page(path).path == "/login"
    token = client.page("/login").fields()["csrf_token"]
    assert client.post(USE, csrf_token=token, code=codes[0]).path == "/login"
    assert not is_in(client)


@pytest.mark.parametrize("step", ["", "x", "é", "A" * 600])
def test_a_first_half_that_is_not_ours_opens_nothing(client, ada, codes, step):
    token = client.page("/login").fields()["csrf_token"]
    page = client.post(LOST, csrf_token=token, step=step)
    assert client.post(USE, csrf_token=token, step=step, code=codes[0]).path == "/login"
    assert page.status in (200, 422)
    assert not is_in(client)


def test_two_tabs_are_two_sign_ins(client, ada, codes, cast):
    ben_codes = enrol(cast.sign_in(cast.ben))[1]
    adas = client.send(sign_in(client, ada), action=LOST)
    bens = client.send(sign_in(client, cast.ben), action=LOST)
    assert client.send(adas, code=ben_codes[0]).status == 422
    client.send(bens, code=ben_codes[0])
    assert client.page("/settings/profile").fields()["name"] == "Ben Selvedge"
    page = client.send(adas, code=codes[0])
    assert page.status == 422, "the page was another visitor's: it comes back, and nobody is in by mistake"
    client.send(page, code=codes[0])
    assert client.page("/settings/profile").fields()["name"] == "Ada Threadgold"


def test_a_session_that_lacks_the_code_takes_a_recovery_code(ada, codes, cast, clock):
    browser = cast.sign_in(ada)
    clock.forward(minutes=31)
    page = browser.page(NEW_CODES)
    assert page.path == INSIDE
    (link,) = [a["href"] for a in page.soup.find_all("a") if "Lost your phone" in a.get_text()]
    page = browser.send(browser.page(link), code=codes[0])
    assert page.title == SAVED


def test_staff_get_in_by_a_recovery_code(client, cast):
    sam = cast.make("Sam Helper", "sam2@example.com", "sam answers before the tea is cold")
    cast.give_role(sam, "support")
    codes = enrol(cast.sign_in(sam))[1]
    use_code(client, sam, codes[0])
    assert client.page("/admin/").path == "/admin/"


def test_a_code_works_although_the_apps_secret_does_not_open(client, ada, codes, unit):
    with unit():
        stranger = bytes.fromhex("0badcafe") + bytes(60)
        db.session.execute(update(TotpFactor).values(secret_sealed=stranger))
    assert use_code(client, ada, codes[0]).path == "/home"


def test_the_codes_come_as_a_text_file(ada, cast):
    browser = cast.sign_in(ada)
    page = proven(browser)
    answer = browser.send(page, action=FILE).response
    assert answer.mimetype == "text/plain"
    assert "attachment; filename=recovery-codes.txt" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert [line for line in answer.text.splitlines() if line in codes_on(page)] == codes_on(page)
    assert ada.email in answer.text


def test_a_copy_says_which_codes_are_used_and_never_a_hash(ada, codes, client, unit, outbox):
    use_code(client, ada, codes[0])
    with unit():
        from portal.kit.claims import register

        subject = accounts.subject_of(accounts.get_person(ada.account_id))
        (copy,) = [each for each in register().export(subject) if each.table.model is RecoveryCode]
        rows = list(copy)
        assert sum(row["used_at"] is None for row in rows) == 9
        assert len(rows) == 10
        assert not any("argon2" in str(row) for row in rows)
        assert copy.withheld["code_hash"]


def test_no_code_stands_in_a_log_or_an_audit_row(ada, codes, client, unit, capfd):
    use_code(client, ada, codes[0])
    from portal.kit.audit import AuditEntry

    with unit():
        rows = [str(vars(row)) for row in db.session.scalars(select(AuditEntry))]
        assert any("recovery_code_used" in row for row in rows)
        count = db.session.scalar(select(func.count()).select_from(RecoveryCode))
    assert count == 10
    said = capfd.readouterr().out + "".join(rows)
    assert not [code for code in codes if code in said or code.replace("-", "") in said]
