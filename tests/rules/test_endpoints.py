"""Every address says who may come in, and changes nothing when it is only looked at."""

import re

import pytest
from flask import Flask
from jinja2 import nodes
from werkzeug.routing import Rule

from tests.rules.source import areas, dotted, modules, pages, templates

# A GET that keeps a book, by its endpoint, with its reason (rule 7). Each is idempotent.
READING_KEEPS_A_BOOK: dict[str, str] = {
    "admin.ticket": "a staff read is on record before it is shown (P37)",
    "admin.redact_message": "the same for a text that may be removed",
    "admin.redact_file": "the same for a file that may be removed",
    "admin.answer_and_next": "the same, where a reply comes back",
    "admin.answer_and_close": "the same, where a reply comes back",
    "admin.tickets": "the same for a list, whose one entry names every ticket in it",
    "admin.attachment": "the same for a file",
    "admin.read_request": "the same for a request about data",
    "admin.evidence": "the same for a file that shows what a request says",
    "admin.decide_corrections": "the entry that staff have read it, before it is shown",
    "admin.choose_entry": "the same for the dates of what can be corrected",
    "admin.propose_correction": "the same for what it says",
    "admin.erasure_step": "the same for what a vendor is to erase",
    "admin.erasure_of_organisation": "the same for whose data a product is to delete",
    "admin.holdable": "the same for what kinds of records there are of somebody",
    "admin.holdable_records": "the same for the dates of such records",
    "admin.disabling_case": "the same for an account that is to be disabled",
    "admin.uphold_disabling": "the same",
    "admin.lift_disabling": "the same",
    "admin.hold": "the same for the reason of a hold",
    "admin.read_kept": "the same, and for what it keeps",
    "privacy.leaving_pack_file": "who downloads a pack is written down once a download, so that every Owner hears of it",
    "privacy.export_file": "that a copy was fetched is noted once, so that its person would see a stranger's fetch",
    "privacy.copy_file": "the same for whoever has no account",
}

# A POST that proves itself by something else than the token of our own page.
PROVED_OTHERWISE: dict[str, str] = {
    "products.confirm": "the product's signature over the whole of it (Standard Webhooks)",
    "licences.activate": "the signed file in it is the proof of right; no session is asked for",
    "licences.deactivate": "the signed file in it is the proof of right; no session is asked for",
    "newsletter.unsubscribe": "the signed token in its address: a mail program that presses has no cookie (RFC 8058)",
}

# An endpoint that manages its own units of work, with its reason (rule 5).
OWN_UNITS: dict[str, str] = {
    "products.confirm": "a signature is checked before the database is asked for anything",
    "licences.activate": "a refusal is answered as JSON, once its unit is rolled back",
    "licences.deactivate": "a refusal is answered as JSON, once its unit is rolled back",
}

# A page that several endpoints answer with, with its reason.
PAGES_OF_SEVERAL = {
    "errors/error.html": "every error, whichever endpoint met it",
}

# The tools' own addresses.
TOOL_BLUEPRINTS = {"probes": "portal.kit.probes"}

# What CONTRACT.md promises to bookmarks, scripts and outside checks: address -> methods.
CONTRACT = {
    "/": "GET",
    "/privacy": "GET",
    "/privacy/history": "GET",
    "/terms": "GET",
    "/eula": "GET",
    "/vendors": "GET",
    "/promises": "GET",
    "/cookies": "GET",
    "/contact": "GET POST",
    "/signup": "GET POST",
    "/verify-email/<token>": "GET POST",
    "/login": "GET POST",
    "/logout": "POST",
    "/forgot-password": "GET POST",
    "/reset-password/<token>": "GET POST",
    "/home": "GET",
    "/settings/profile": "GET POST",
    "/settings/avatar": "GET POST",
    "/settings/email": "GET POST",
    "/settings/password": "GET POST",
    "/settings/security": "GET",
    "/settings/sessions/<id>/revoke": "POST",
    "/settings/sessions/revoke-others": "POST",
    "/settings/privacy": "GET",
    "/settings/privacy/export": "POST",
    "/settings/privacy/export/<id>": "GET",
    "/settings/privacy/export/<id>/<secret>": "GET",
    "/settings/privacy/delete": "GET POST",
    "/settings/privacy/delete/undo/<token>": "GET POST",
    "/settings/communication": "GET POST",
    "/report-misuse": "GET POST",
    "/security": "GET",
    "/newsletter": "GET POST",
    "/newsletter/confirm/<token>": "GET POST",
    "/newsletter/unsubscribe/<token>": "GET POST",
    "/consent": "POST",
    "/ticket/<token>": "GET POST",
    "/admin/": "GET",
    "/healthz": "GET",
    "/readyz": "GET",
    "/metrics": "GET",
    "/.well-known/security.txt": "GET",
    "/.well-known/change-password": "GET",
    "/.well-known/portal-keys.json": "GET",
    "/webhooks/products/<name>": "POST",
    "/proof/verify_receipt.py": "GET",
    "/proof/verify_licence.py": "GET",
    "/api/v1/licences/activate": "POST",
    "/api/v1/licences/deactivate": "POST",
    "/dev/mailbox": "GET",
    "/dev/mailbox.json": "GET",
}


@pytest.fixture
def portal(apps) -> Flask:
    """The app as a developer runs it; these rules read no data, so one database is enough."""
    return apps("sqlite")


def rules(app: Flask) -> list[Rule]:
    """Return every address of the app."""
    found = list(app.url_map.iter_rules())
    assert len(found) > 10
    return found


def shape(address: str) -> str:
    """Write an address with its variable parts unnamed and untyped."""
    return re.sub(r"<[^>]+>", "<>", address)


def test_every_endpoint_says_who_may_come_in(portal):
    assert [name for name, view in portal.view_functions.items() if not hasattr(view, "access_tag")] == []


def test_a_get_that_keeps_a_book_is_listed_with_its_reason(portal):
    declared = {name for name, view in portal.view_functions.items() if hasattr(view, "side_effect_reason")}
    assert declared == set(READING_KEEPS_A_BOOK)


def test_a_post_that_proves_itself_otherwise_is_listed_with_its_reason(portal):
    declared = {name for name, view in portal.view_functions.items() if hasattr(view, "csrf_exempt_reason")}
    assert declared == set(PROVED_OTHERWISE)


def test_an_endpoint_with_units_of_its_own_is_listed_with_its_reason(portal):
    declared = {name for name, view in portal.view_functions.items() if hasattr(view, "own_units_reason")}
    assert declared == set(OWN_UNITS)


def test_a_blueprint_is_called_as_its_folder_and_its_pages_live_in_its_routes(portal):
    astray = []
    for endpoint, view in portal.view_functions.items():
        blueprint = endpoint.partition(".")[0]
        home = TOOL_BLUEPRINTS.get(blueprint, f"portal.{blueprint}.routes")
        if "." in endpoint and not (view.__module__ == home or view.__module__.startswith(f"{home}.")):
            astray.append(f"{endpoint} lives in {view.__module__}")
    assert astray == []
    assert set(portal.blueprints) <= {*areas(), *TOOL_BLUEPRINTS}


def test_every_endpoint_has_one_address(portal):
    seen: dict[str, str] = {}
    for rule in rules(portal):
        seen[rule.endpoint] = f"{seen.get(rule.endpoint, '')} {rule.rule}".strip()
    assert {endpoint: addresses for endpoint, addresses in seen.items() if " " in addresses} == {}


def test_no_address_deletes_or_replaces_by_a_method_that_forms_do_not_know(portal):
    known = {"GET", "HEAD", "OPTIONS", "POST"}
    assert {rule.rule: rule.methods for rule in rules(portal) if not (rule.methods or set()) <= known} == {}


def test_the_contract_is_kept(portal):
    methods: dict[str, set[str]] = {}
    for rule in rules(portal):
        methods.setdefault(shape(rule.rule), set()).update(rule.methods or ())
    broken = {
        address: needed
        for address, needed in CONTRACT.items()
        if not set(needed.split()) <= methods.get(shape(address), set())
    }
    assert broken == {}


def linked() -> dict[str, str]:
    """Return every endpoint that a template or a module links to by its name, with where."""
    found: dict[str, str] = {}
    for template in templates():
        for call in template.tree.find_all(nodes.Call):
            named = isinstance(call.node, nodes.Name) and call.node.name in {"url_for", "to"}
            if named and call.args and isinstance(call.args[0], nodes.Const) and "." in str(call.args[0].value):
                endpoint = str(call.args[0].value)
                own = f"{template.path.parts[0]}{endpoint}" if endpoint.startswith(".") else endpoint
                found[own] = f"{template.name}:{call.lineno}"
    for module in modules():
        for call in module.calls():
            endpoint = getattr(call.args[0], "value", None) if call.args else None
            if dotted(call.func).split(".")[-1] in {"url_for", "external_url"} and isinstance(endpoint, str):
                own = f"{module.area}{endpoint}" if endpoint.startswith(".") else endpoint
                found[own] = module.at(call)
    assert found
    return found


def test_no_link_leads_nowhere(portal):
    known = set(portal.view_functions)
    assert {endpoint: place for endpoint, place in linked().items() if endpoint not in known} == {}


def test_a_page_is_called_as_its_endpoint(portal):
    known = set(portal.view_functions)
    strangers = [page.name for page in pages() if f"{page.path.parts[0]}.{page.path.stem}" not in known]
    assert sorted(strangers) == sorted(PAGES_OF_SEVERAL)
