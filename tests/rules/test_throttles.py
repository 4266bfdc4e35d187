"""Limits per client count connections and not addresses: a home has 2^64 of those (IPv6)."""

import ast

import pytest
from limits import parse_many

from portal.accounts.service import sign_ins, sign_ups
from portal.consent import routes as consent
from portal.newsletter import service as newsletter
from portal.privacy.service.requests import intake
from portal.recovery import service as recovery
from portal.support.service import tickets
from tests.rules.source import dotted, modules

pytestmark = pytest.mark.both_databases

RAW = {"client_ip", "remote_addr", "REMOTE_ADDR", "access_route"}
MAY_SEE_ADDRESSES = {
    "portal.kit.web": "finds the address, and makes the key that limits use",
    "portal.traffic.routes": "writes visits down, sealed and for 14 days (P23)",
}

MESSAGE = {"name": "Mallory", "subject": "Sizes", "message": "Which one?"}
LIMITED = {
    "/contact": (tickets.TICKETS, {**MESSAGE, "email": "m%s@example.com"}),
    "/signup": (
        sign_ups.PER_CLIENT,
        {"name": "Mallory", "email": "m%s@example.com", "password": "tidy looms hum at dawn", "accept_terms": "y"},
    ),
    "/login": (sign_ins.FAILURES_PER_CLIENT, {"email": "m%s@example.com", "password": "tidy looms hum at dawn"}),
    "/forgot-password": (recovery.REQUESTS_PER_CLIENT, {"email": "m%s@example.com"}),
    "/report-misuse": (recovery.REQUESTS_PER_CLIENT, {"email": "m%s@example.com", "message": "Somebody is in."}),
    "/privacy/request": (intake.REQUESTS_PER_CLIENT, {"kind": "copy", "email": "m%s@example.com"}),
    "/newsletter": (newsletter.REQUESTS_PER_CLIENT, {"email": "m%s@example.com"}),
    "/consent": (consent.CHOICES_PER_CLIENT, {"analytics": "denied", "mechanism": "banner"}),
}


def names_of_addresses(tree: ast.AST) -> set[str]:
    """Return the names in a tree by which a visitor's raw address can be had."""
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    chains = {dotted(node).rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)}
    imported = {each.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for each in node.names}
    return (texts | chains | imported) & RAW


def test_only_the_log_of_visits_takes_the_raw_address():
    seen = {module.name for module in modules() if names_of_addresses(module.tree)}
    assert seen == set(MAY_SEE_ADDRESSES)


@pytest.mark.parametrize(
    "planted",
    [
        "from portal.kit.web import client_ip",
        "throttle.consume('x', web.client_ip(), '1 per hour')",
        "throttle.consume('x', request.remote_addr, '1 per hour')",
        "throttle.consume('x', request.environ['REMOTE_ADDR'], '1 per hour')",
    ],
)
def test_the_rule_finds_a_planted_address(planted):
    assert names_of_addresses(ast.parse(planted))


@pytest.mark.parametrize("path", LIMITED)
def test_changing_the_lower_half_of_an_ipv6_address_buys_no_further_try(client, path):
    limit, fields = LIMITED[path]
    (most,) = [each.amount for each in parse_many(limit)]
    token = client.get("/contact").fields()["csrf_token"]

    def send(number: int, address: str) -> int:
        fresh = {name: value.replace("%s", str(number)) for name, value in fields.items()}
        answer = client.client.post(path, data={"csrf_token": token, **fresh}, environ_overrides={"REMOTE_ADDR": address})
        return answer.status_code

    statuses = [send(number, f"2001:db8:1:2::{number:x}") for number in range(most + 2)]
    assert 429 not in statuses[:most] and statuses[most:] == [429, 429], statuses
    assert send(most + 2, "2001:db8:1:3::1") != 429, "the neighbours have a limit of their own"
