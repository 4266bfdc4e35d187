"""What the tests of this area do again and again."""

import re

import pyotp

from portal.accounts import service as accounts

SET_UP = "/settings/second-factor"
NEW_CODES = "/settings/second-factor/codes"
LOST = "/login/lost-phone"
GONE = "/login/lost-factor"
CONFIRM = "/lost-factor/confirm/"
STOP = "/lost-factor/stop/"
CODE_PAGE = "Two-step verification"
INSIDE = "/confirm-identity"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def is_in(visitor):
    """Tell whether a browser is signed in."""
    return visitor.get(INSIDE).path == INSIDE


def sign_in(visitor, person, *, password=None, remember=None, path="/login", agent=FIREFOX):
    """Sign in by the page, as a person does."""
    visitor.client.environ_base["HTTP_USER_AGENT"] = agent
    return visitor.submit(path, email=person.email, password=password or person.password, remember=remember)


def cookie_of(visitor):
    """Return the portal's cookie as the browser keeps it."""
    return visitor.client.get_cookie("portal")


def same(page):
    """Return what a page says, without what differs from page to page by nature: tokens and nonces."""
    return re.sub(r'(nonce="[^"]*"|value="[^"]{40,}")', "", page.response.text)


def enrol(visitor):
    """Set up a second factor by its pages; return the app's secret, the recovery codes and the last page."""
    page = visitor.page(SET_UP)
    secret = page.soup.find(id="key").get_text()
    page = visitor.send(page, code=pyotp.TOTP(secret).now())
    codes = codes_on(page)
    return secret, codes, visitor.send(page, action=form_with(page, "code"), code=codes[0])


def codes_on(page):
    """Return the recovery codes that a page shows."""
    return [item.get_text() for item in page.soup.select("#codes code")]


def form_with(page, name):
    """Return where the form with a field of that name points."""
    return page.soup.find("input", attrs={"name": name}).find_parent("form")["action"]


def proven(visitor):
    """Return the page that comes after the app's first code."""
    page = visitor.page(SET_UP)
    return visitor.send(page, code=pyotp.TOTP(page.soup.find(id="key").get_text()).now())


def use_code(visitor, person, code):
    """Sign in by the password and a recovery code."""
    page = sign_in(visitor, person)
    return visitor.send(visitor.send(page, action=LOST), code=code)


def left(unit, person):
    with unit():
        return accounts.count_codes(person.account_id)


def make_new(visitor):
    """Make new codes by the page; return them and the last page."""
    page = visitor.page(NEW_CODES)
    codes = codes_on(page)
    return codes, visitor.send(page, action=form_with(page, "code"), code=codes[3])


def request_removal(visitor, person, *, password=None):
    """Sign in by the password and ask, without phone and codes, that the factor be removed; return the last page."""
    return visitor.send(visitor.send(sign_in(visitor, person, password=password), action=GONE))


def removal_link(outbox, person):
    """Return the newest link by which a person's mailbox confirms that."""
    emails = [email for email in outbox.to(person.email) if CONFIRM in email.text]
    return emails[-1].link(CONFIRM)


def confirm_removal(visitor, outbox, person):
    """Confirm it by that link; return the last page."""
    return visitor.submit(removal_link(outbox, person))


def stop_link(outbox, person):
    """Return the newest link by which a person's mailbox stops it."""
    emails = [email for email in outbox.to(person.email) if STOP in email.text]
    return emails[-1].link(STOP)
