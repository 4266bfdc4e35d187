"""Wherever a customer reads a time by itself, it says how long ago that was, and the instant in full."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from portal.traffic.routes import recorder
from tests.browser import paths
from tests.people import Cast

INSTANT = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d")
AGO = re.compile(r"just now|\d+ (min|hours?|days?) ago|in \d+ (min|hours?|days?)")


def test_a_time_in_a_table_or_among_facts_is_told_both_ways(app: Flask, cast: Cast, run_jobs: Callable[[], int]) -> None:
    ada = cast.sign_in(cast.ada)
    ada.submit("/contact", subject="Markers", message="They come out too long.")
    (ticket,) = {link["href"] for link in ada.page("/support").soup.select("th a")}
    ada.submit("/confirm-identity", password="wrong wrong wrong")
    ada.submit("/settings/privacy", action="/settings/privacy/export")
    run_jobs()
    recorder(app).flush()
    told, bare = 0, []
    for path in [*paths(app, "signed in", "fresh"), ticket]:
        soup = ada.page(path).soup
        for place in soup.find_all(["td", "th", "dd", "li"]) if soup else ():
            text = place.get_text(" ", strip=True)
            if place.name != "li" and INSTANT.search(text) and not place.find("time"):
                bare.append(f"{path}: {text}")
        for time in soup.find_all("time"):
            told += 1
            assert INSTANT.search(time.get_text()) and AGO.search(time.get_text()), f"{path}: {time}"
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", time["datetime"])
    assert bare == []
    assert told > 20
