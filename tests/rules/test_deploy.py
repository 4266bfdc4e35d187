"""The samples in deploy/ keep what the portal promises: no address kept, no token logged, no limit that disagrees."""

import re

import pytest

from portal.kit.large_forms import MOST_READ
from portal.legal.policy import period
from tests.rules.source import ROOT

NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
UNITS = {name: (ROOT / "deploy" / name).read_text() for name in ("portal.service", "portal-worker.service")}
LOGROTATE = (ROOT / "deploy" / "logrotate").read_text()


def test_the_proxy_masks_every_address_that_carries_a_token(apps):
    masks = [re.compile(pattern.replace("?<", "?P<")) for pattern in re.findall(r"^\s+~(\^\S+)", NGINX, re.MULTILINE)]
    assert masks
    carrying = [rule.rule for rule in apps("sqlite").url_map.iter_rules() if "token" in rule.arguments]
    assert carrying
    assert [address for address in carrying if not any(mask.match(address) for mask in masks)] == []


def test_the_proxy_writes_nothing_of_whoever_registers_a_product():
    (where, inside) = re.findall(r"location ~ (\S+) \{(.*?)\}", NGINX, re.DOTALL)[0]
    for path in (
        "/api/v1/licences/activate",
        "/api/v1/licences/deactivate",
        "/licences/1/activate",
        "/licences/1/machines/2/file",
    ):
        assert re.match(where, path)
    assert not re.match(where, "/licences/1")
    assert re.findall(r"^ *(\w+_log) +(\S+?)[ ;]", inside, re.MULTILINE) == [
        ("access_log", "off"),
        ("error_log", "/dev/null"),
    ]
    # What the server sets for every address holds here too: a location with one of its own would lose all others.
    assert "proxy_set_header" not in inside


def test_the_proxy_logs_no_address():
    assert "log_format portal" in NGINX
    log_format = NGINX[NGINX.index("log_format portal") :].split(";")[0]
    told = set(re.findall(r"\$\w+", log_format))
    assert told & {"$remote_addr", "$http_x_forwarded_for", "$request", "$request_uri", "$args", "$http_referer"} == set()
    assert set(re.findall(r"access_log (\S+?)[ ;]", NGINX)) == {"off", "/var/log/nginx/portal.log"}


def test_a_log_that_names_addresses_is_gone_before_the_promised_day():
    kept = int(re.search(r"maxage (\d+)", LOGROTATE)[1])
    rotated = int(re.search(r"rotate (\d+)", LOGROTATE)[1])
    assert max(kept, rotated) < period("visits").days


def test_the_proxy_replaces_what_a_visitor_says_about_himself():
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX


def test_the_proxy_takes_as_much_as_the_portal_does():
    megabytes = int(re.search(r"client_max_body_size (\d+)m", NGINX)[1])
    assert megabytes * 1024 * 1024 == MOST_READ, "what is too large comes back with its form"


def test_the_proxy_leaves_it_to_the_portal_which_answers_are_compressed():
    served = NGINX[NGINX.index("listen 443") :]
    assert "    gzip off;" in served
    assert "brotli" not in NGINX


def bounds_a_body(nginx: str) -> bool:
    """Tell whether a proxy takes a body whole before it passes it on, and gives up one that pauses."""
    pause = re.search(r"^ *client_body_timeout +(\d+)s;", nginx, re.MULTILINE)
    whole = re.findall(r"^ *proxy_request_buffering +(\w+);", nginx, re.MULTILINE)
    return pause is not None and int(pause[1]) <= 30 and whole == ["on"]


def is_behind_the_proxy(unit: str, nginx: str) -> bool:
    """Tell whether the unit listens on the loopback only, where the proxy looks for it."""
    address = re.search(r"^Environment=HOST=(\S+) PORT=(\d+)$", unit, re.MULTILINE)
    return address is not None and address[1] == "127.0.0.1" and f"server 127.0.0.1:{address[2]};" in nginx


def test_a_body_that_drips_reaches_no_thread_of_the_portal():
    assert bounds_a_body(NGINX)
    assert is_behind_the_proxy(UNITS["portal.service"], NGINX)
    assert "A proxy must stand in front." in (ROOT / "deploy" / "README.md").read_text()


def test_the_rule_sees_a_body_that_is_passed_on_as_it_drips():
    assert not bounds_a_body(NGINX.replace("proxy_request_buffering on;", "proxy_request_buffering off;"))
    assert not bounds_a_body(re.sub(r"client_body_timeout.*", "", NGINX))
    assert not bounds_a_body(NGINX.replace("client_body_timeout  20s", "client_body_timeout  600s"))
    assert not is_behind_the_proxy(UNITS["portal.service"].replace("HOST=127.0.0.1", "HOST=0.0.0.0"), NGINX)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_bounds_its_memory_and_keeps_uploads_on_disk(unit):
    # As much as `make prove WHAT=memory` shows to be enough: it reads the number here.
    assert "\nMemoryMax=512M\n" in UNITS[unit]
    folder = re.search(r"^Environment=TMPDIR=/var/lib/(\S+)$", UNITS[unit], re.MULTILINE)[1]
    kept = re.search(r"^StateDirectory=(.*)$", UNITS[unit], re.MULTILINE)[1].split()
    assert folder in kept
