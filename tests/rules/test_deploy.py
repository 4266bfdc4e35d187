"""The samples in deploy/ keep what the portal promises: no address kept, no token logged, no limit that disagrees."""

import re

from portal.app import LARGEST_REQUEST
from portal.legal.policy import period
from tests.rules.source import ROOT

NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
LOGROTATE = (ROOT / "deploy" / "logrotate").read_text()


def test_the_proxy_masks_every_address_that_carries_a_token(apps):
    masks = [re.compile(pattern.replace("?<", "?P<")) for pattern in re.findall(r"^\s+~(\^\S+)", NGINX, re.MULTILINE)]
    assert masks
    carrying = [rule.rule for rule in apps("sqlite").url_map.iter_rules() if "token" in rule.arguments]
    assert carrying
    assert [address for address in carrying if not any(mask.match(address) for mask in masks)] == []


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
    assert megabytes * 1024 * 1024 == LARGEST_REQUEST


def test_the_proxy_leaves_it_to_the_portal_which_answers_are_compressed():
    served = NGINX[NGINX.index("listen 443") :]
    assert "    gzip off;" in served
    assert "brotli" not in NGINX
