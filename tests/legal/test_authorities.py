"""The authorities that one may complain to: one for each country that the form offers, with where that comes from."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from portal.legal.authorities import AUTHORITIES, FALLBACK, TABLE, authority_in
from portal.privacy.forms import AskForRight


def test_each_country_of_the_form_has_an_authority_and_a_way_to_it(app):
    with app.test_request_context():
        offered = {choice.value for choice in AskForRight().country.choices} - {"", "other"}
    assert offered == set(AUTHORITIES) and FALLBACK in offered
    for country in offered:
        assert authority_in(country).name.strip() and urlsplit(authority_in(country).url).scheme == "https", country
    assert authority_in("other") == authority_in("") == AUTHORITIES[FALLBACK]


def test_the_table_says_where_it_comes_from_and_of_which_day_it_is():
    assert urlsplit(TABLE.source).scheme == "https"
    assert date(2026, 1, 1) <= TABLE.as_of
