"""Who may enter: gates, hosts, addresses of visitors, and where a person is sent."""

import pytest
from flask import Blueprint, Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.kit import access, web
from portal.kit.unit import unit_of_work
from tests.conftest import Visitor

LOGIN, IDENTITY, FACTOR = "accounts.login", "accounts.confirm_identity", "accounts.second_factor"


def sent_to(lab, answer, endpoint) -> bool:
    """Tell whether the answer sends the browser to the page of an endpoint."""
    with lab.test_request_context():
        from flask import url_for

        return answer.status_code == 303 and answer.location.split("?")[0] == url_for(endpoint)


class TestTags:
    """Every endpoint says who may enter."""

    def test_an_endpoint_without_a_tag_stops_the_boot(self):
        app = Flask("bare")
        bp = Blueprint("bare", __name__)
        bp.add_url_rule("/open", view_func=access.public(lambda: "x"), endpoint="tagged")
        bp.add_url_rule("/bare", view_func=lambda: "x", endpoint="forgotten")
        app.register_blueprint(bp)
        access.public(app.view_functions["static"])
        with pytest.raises(RuntimeError, match=r"bare\.forgotten"):
            access.check_all_tagged(app)

    def test_two_tags_on_one_endpoint_stop_the_boot(self):
        with pytest.raises(RuntimeError):
            access.public(access.fresh(lambda: "x"))

    def test_an_endpoint_that_slipped_in_untagged_is_closed(self, one_lab):
        app = Flask("late")
        app.add_url_rule("/late", view_func=lambda: "x", endpoint="late")
        with pytest.raises(RuntimeError):
            access.tag_of(app, "late")


class TestGates:
    """Each gate, seen from each side."""

    def test_a_visitor_is_sent_to_sign_in_and_back_afterwards(self, visitor, lab):
        answer = visitor.client.get("/lab/signed-in?page=2")
        assert sent_to(lab, answer, LOGIN)
        assert "next=/lab/signed-in?page%3D2" in answer.location or "next=%2Flab%2Fsigned-in%3Fpage%3D2" in answer.location

    def test_a_customer_enters(self, people):
        assert people.sign_in(people.ada).client.get("/lab/signed-in").text == "Ada Threadgold"

    def test_a_customer_whose_proof_is_old_gives_another_where_a_fresh_one_is_asked(self, people, lab, clock):
        browser = people.sign_in(people.ada).client
        assert browser.get("/lab/fresh").text == browser.post("/lab/fresh").text == "fresh"
        clock.forward(minutes=31)
        assert browser.get("/lab/signed-in").status_code == 200
        assert sent_to(lab, browser.get("/lab/fresh"), IDENTITY)
        assert sent_to(lab, browser.post("/lab/fresh"), IDENTITY)

    def test_what_was_posted_is_never_replayed_by_the_way_back(self, visitor):
        assert "next" not in visitor.client.post("/lab/fresh").location

    def test_the_console_does_not_exist_for_customers(self, people):
        browser = people.sign_in(people.ada).client
        assert browser.get("/lab/staff").status_code == 404
        assert browser.get("/lab/staff").text.count("Page not found")

    def test_staff_without_their_second_factor_in_this_session_stay_outside(self, people, lab):
        assert sent_to(lab, people.sign_in(people.sam).client.get("/lab/staff"), FACTOR)
        assert people.sign_in_staff(people.sam).client.get("/lab/staff").text == "staff"

    def test_a_role_taken_away_counts_at_the_next_request(self, people):
        browser = people.sign_in_staff(people.sam).client
        assert browser.get("/lab/staff").status_code == 200
        with people.app.app_context(), unit_of_work():
            from sqlalchemy import delete

            from portal.accounts.models import StaffRole
            from portal.kit.db import db

            db.session.execute(delete(StaffRole))
        assert browser.get("/lab/staff").status_code == 404

    @pytest.mark.parametrize("cookie", ["rubbish", "", "a.b.c", "x" * 4000, "é", '"'])
    def test_a_forged_cookie_is_nobody(self, visitor, lab, cookie):
        visitor.client.set_cookie("portal", cookie)
        assert sent_to(lab, visitor.client.get("/lab/signed-in"), LOGIN)

    def test_many_tabs_do_not_fill_up_the_cookie(self, visitor):
        for _each in range(60):
            answer = visitor.client.get("/lab/signed-in")
        assert all(len(cookie) < 1000 for cookie in answer.headers.getlist("Set-Cookie"))
        assert visitor.get("/lab/page").text.count("Please sign in first.") == 1


class TestMethods:
    """What an address does not know, it refuses."""

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO"])
    def test_an_unknown_method_is_refused(self, one_lab, method):
        answer = one_lab.test_client().open("/lab/page", method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}

    def test_a_method_cannot_be_put_on_like_a_coat(self, one_lab, visitor, recorded):
        answer = visitor.client.get("/lab/page?_method=POST", headers={"X-HTTP-Method-Override": "POST"})
        assert (answer.status_code, recorded()) == (200, [])
        assert one_lab.test_client().get("/lab/press", headers={"X-HTTP-Method-Override": "POST"}).status_code == 405

    def test_head_answers_as_get_without_its_body(self, one_lab):
        answer = one_lab.test_client().head("/lab/page")
        assert (answer.status_code, answer.data) == (200, b"")

    def test_head_and_options_pass_no_gate_that_get_does_not(self, visitor, lab):
        assert sent_to(lab, visitor.client.head("/lab/signed-in"), LOGIN)
        assert visitor.client.options("/lab/staff").status_code == 303


class TestHost:
    """The portal has one name; what a request calls it decides nothing."""

    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost.evil.example", "evil.example:80", "a@localhost", "", "[::1"]
    )
    def test_another_name_is_refused_with_every_header(self, one_lab, host):
        answer = one_lab.test_client().get("/lab/page", headers={"Host": host})
        assert answer.status_code == 400
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "evil" not in answer.text

    def test_in_production_loopback_is_another_name(self, production):
        assert production.test_client().get("/lab/page", base_url="https://127.0.0.1").status_code == 400
        assert production.test_client().get("/lab/page", base_url="https://portal.example.com").status_code == 200

    def test_links_in_emails_are_built_from_the_setting(self, production, one_lab):
        forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-Prefix": "/evil"}
        answer = production.test_client().get("/lab/link", base_url="https://portal.example.com:8443", headers=forwarded)
        assert answer.text == "https://portal.example.com/lab/done"
        assert one_lab.test_client().get("/lab/link", base_url="http://127.0.0.1:81").text == "http://localhost/lab/done"


class TestAddress:
    """The visitor's address is what the connection says, unless we know our proxies."""

    HEADERS = {"X-Forwarded-For": "203.0.113.5, 198.51.100.7", "X-Real-IP": "203.0.113.6", "Forwarded": "for=203.0.113.8"}

    def test_forwarded_headers_count_for_nothing_without_a_proxy(self, one_lab):
        assert one_lab.test_client().get("/lab/who", headers=self.HEADERS).text == "127.0.0.1 False"

    @pytest.mark.parametrize(("count", "seen"), [(1, "198.51.100.7"), (2, "203.0.113.5")])
    def test_exactly_the_configured_proxies_are_believed(self, apps, make_lab, count, seen):
        lab = make_lab(apps("sqlite"), proxy_count=count)
        assert lab.test_client().get("/lab/who", headers=self.HEADERS).text == f"{seen} False"

    def test_this_machine_is_a_neighbour_and_others_are_not(self, one_lab):
        assert one_lab.test_client().get("/lab/who").text == "127.0.0.1 True"
        for address in ("192.0.2.1", "", "rubbish", "::ffff:192.0.2.1"):
            answer = one_lab.test_client().get("/lab/who", environ_base={"REMOTE_ADDR": address})
            assert answer.text.endswith("False")

    def test_numbers_are_for_neighbours_and_holders_of_the_token(self, apps, make_lab):
        lab = make_lab(apps("sqlite"), metrics_token="a token for the metrics")
        client, stranger = lab.test_client(), {"REMOTE_ADDR": "192.0.2.1"}
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
        assert client.get("/metrics", environ_base=stranger).status_code == 404
        for token in ("", "Bearer ", "Bearer x", "Bearer \xe9", "Bearer a token for the metric"):
            assert client.get("/metrics", environ_base=stranger, headers={"Authorization": token}).status_code == 404
        good = {"Authorization": "Bearer a token for the metrics"}
        answer = client.get("/metrics", environ_base=stranger, headers=good)
        assert answer.status_code == 200
        assert "192.0.2" not in answer.text


class TestInternalPath:
    """A way back leads nowhere else."""

    @pytest.mark.parametrize(
        "target",
        ["//evil.example", "/\\evil.example", "/\t/evil.example", "/%09/evil\n", "https:evil.example", "https://evil.example",
         "javascript:alert(1)", "@evil.example", "evil.example", "\\\\evil", "/\r\nSet-Cookie: x=1", "", None, " /x", "/\0"],
    )  # fmt: skip
    def test_what_leads_elsewhere_is_no_path(self, target):
        assert web.internal_path(target) is None

    @pytest.mark.parametrize("target", ["/", "/home", "/settings/privacy?after=1&x=2", "/@evil", "/%2F%2Fevil", "/é"])
    def test_a_path_of_ours_is_one(self, target):
        assert web.internal_path(target) == target

    @pytest.mark.parametrize("target", ["/support?" + "a=1&" * 1300, "/" + "x" * 1000, "/" + "布" * 200])
    def test_one_that_a_proxy_may_refuse_in_a_header_is_none(self, target):
        assert web.internal_path(target) is None

    def test_a_long_way_back_from_the_gate_leads_home(self, visitor, people):
        long = "/lab/signed-in?" + "after=1&" * 1300
        answer = visitor.client.get(long)
        assert (answer.status_code, answer.location) == (303, "/login")
        ada = people.sign_in(people.ada).client
        assert ada.get("/login", query_string={"next": long}).location == "/home"

    @given(st.text(max_size=40))
    def test_whatever_passes_stays_on_this_host(self, target):
        from urllib.parse import urljoin, urlsplit

        path = web.internal_path(target)
        if path is not None:
            assert urlsplit(urljoin("https://portal.example.com/x", path)).netloc == "portal.example.com"


def test_a_second_browser_is_a_second_person(people):
    ada, ben = people.sign_in(people.ada), people.sign_in(people.ben)
    assert ada.client.get("/lab/signed-in").text != ben.client.get("/lab/signed-in").text
    assert Visitor(people.app).client.get("/lab/signed-in").status_code == 303
