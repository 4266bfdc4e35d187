"""What the tests of this area do again and again."""

import re

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
