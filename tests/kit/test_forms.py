"""Forms: who may send them, what they take, and that nothing typed is lost."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Visitor

GOOD = {"name": "Ada", "email": "ada@example.com", "password": "a secret of mine", "message": "Hello"}
HOST = "http://localhost"


def post(visitor, path="/lab/page", token=None, headers=None, **fields):
    """Post a sheet with the given token, without following redirects."""
    data = {**GOOD, **fields, **({} if token is None else {"csrf_token": token})}
    return visitor.client.post(path, data=data, headers=headers)


def token_of(visitor) -> str:
    return visitor.get("/lab/page").fields()["csrf_token"]


class TestToken:
    """A form is taken from a page of ours, in the browser that was shown it, while it is not too old."""

    def refused(self, answer, recorded):
        assert answer.status_code == 422
        assert "nothing was saved" in answer.text or "didn’t send our cookie back" in answer.text
        assert 'value="ada@example.com"' in answer.text
        assert ">Hello</textarea>" in answer.text.replace("\r\n", "")
        assert GOOD["password"] not in answer.text
        assert recorded() == []

    def test_without_a_token_the_page_comes_back_filled_but_for_the_password(self, visitor, recorded):
        visitor.get("/lab/page")
        self.refused(post(visitor), recorded)

    def test_another_browsers_token_is_none(self, visitor, lab, recorded):
        visitor.get("/lab/page")
        self.refused(post(visitor, token=token_of(Visitor(lab))), recorded)

    def test_a_token_from_before_signing_out_is_none(self, visitor, recorded):
        token = token_of(visitor)
        visitor.client.get("/lab/forget")
        self.refused(post(visitor, token=token), recorded)

    def test_an_expired_token_is_none_and_the_page_that_comes_back_can_be_sent(self, visitor, recorded, clock):
        token = token_of(visitor)
        clock.forward(hours=13)
        answer = post(visitor, token=token)
        self.refused(answer, recorded)
        fresh = re.findall(r'name="csrf_token" value="([^"]+)"', answer.text)[0]
        assert post(visitor, token=fresh).status_code == 303
        assert recorded() == ["page_posted"]

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "\0", "x" * 10_000])
    def test_rubbish_is_none(self, visitor, recorded, token):
        visitor.get("/lab/page")
        self.refused(post(visitor, token=token), recorded)

    def test_a_token_in_the_address_is_none(self, visitor, recorded):
        token = token_of(visitor)
        self.refused(post(visitor, path=f"/lab/page?csrf_token={token}"), recorded)

    def test_a_button_without_a_good_token_goes_back_to_its_page_and_says_so(self, visitor, recorded):
        visitor.get("/lab/page")
        answer = visitor.client.post("/lab/press", headers={"Referer": f"{HOST}/lab/page?a=1"})
        assert (answer.status_code, answer.location) == (303, "/lab/page?a=1")
        assert "nothing was changed" in visitor.get("/lab/page").response.text
        assert recorded() == []

    @pytest.mark.parametrize(
        "referrer",
        [
            "https://evil.example/lab/page",
            f"{HOST}//evil.example",
            f"{HOST}.evil.example/",
            "javascript:alert(1)",
            f"{HOST}/\\evil",
        ],
    )
    def test_a_button_never_sends_anybody_elsewhere(self, visitor, referrer):
        answer = visitor.client.post("/lab/press", headers={"Referer": referrer})
        assert answer.status_code == 303
        assert answer.location == "/" or answer.location.startswith("/missing/")

    def test_a_button_with_its_token_does_its_work(self, visitor, recorded):
        token = token_of(visitor)
        assert visitor.client.post("/lab/press", data={"csrf_token": token}).status_code == 303
        assert recorded() == ["pressed"]


class TestOrigin:
    """Another site cannot send our forms, whatever it has got hold of."""

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "something-new"])
    def test_a_request_that_another_site_caused_is_refused(self, visitor, recorded, site):
        answer = post(visitor, token=token_of(visitor), headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
        assert recorded() == []

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "http://localhost.evil.example", "https://localhost", "null", ""]
    )
    def test_a_foreign_origin_is_refused(self, visitor, recorded, origin):
        answer = post(visitor, token=token_of(visitor), headers={"Origin": origin})
        assert answer.status_code == 403
        assert recorded() == []

    def test_no_origin_from_our_own_page_is_ours(self, visitor, recorded):
        """A page whose address holds a token sends no referrer, and then browsers say `Origin: null`."""
        headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        assert post(visitor, token=token_of(visitor), headers=headers).status_code == 303
        assert recorded() == ["page_posted"]

    def test_our_own_origin_is_ours(self, visitor, recorded):
        headers = {"Origin": HOST, "Sec-Fetch-Site": "same-origin"}
        assert post(visitor, token=token_of(visitor), headers=headers).status_code == 303

    def test_in_production_only_the_one_origin_is_ours(self, production):
        visitor = Visitor(production)
        headers = {"Origin": "https://127.0.0.1"}
        answer = visitor.client.post("/lab/page", headers=headers, base_url="https://portal.example.com")
        assert answer.status_code == 403


BLANK = ("\u3164", "\u200b", "\u2800", "\u115f\u1160", "\u00ad", "\u034f", "\ufeff", "\u200b \u2800\u3000")


class TestFields:
    """Every field is bounded and takes one kind of thing; whatever else comes is a sentence or a 4xx, never a 5xx."""

    @pytest.fixture
    def visitor(self, one_lab) -> Visitor:
        """A browser at the lab on one database: what is refused here reaches none."""
        return Visitor(one_lab)

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("name", "", "Please fill this in."),
            ("name", "   ", "Please fill this in."),
            *[("name", blank, "Please fill this in.") for blank in BLANK],
            ("name", "x" * 101, "at most 100 characters"),
            ("name", "Ada\nBcc: x@example.com", "one line of plain text"),
            ("name", "Ada\0", "one line of plain text"),
            ("name", "Ada\u2028x", "one line of plain text"),
            ("name", "Ada\x1b[31m", "one line of plain text"),
            ("email", "ada", "name@example.com"),
            ("email", "ada@", "name@example.com"),
            ("email", "ada@@example.com", "name@example.com"),
            ("email", "a\r\nBcc: b@example.com", "one line"),
            ("email", f"{'a' * 65}@example.com", "name@example.com"),
            ("email", f"a@{'b' * 300}.com", "at most 254 characters"),
            ("email", "Ada <ada@example.com>", "name@example.com"),
            ("email", "ada@localhost", "name@example.com"),
            ("email", "a..b@docomo.ne.jp", "two dots in a row"),
            ("email", "a.@ezweb.ne.jp", "a dot at the start or just before the @"),
            ("email", ".a@ezweb.ne.jp", "a dot at the start or just before the @"),
            ("email", "用户@例子.广告", "a–z, 0–9 and common symbols before the @"),
            ("email", "josé@example.com", "a–z, 0–9 and common symbols before the @"),
            ("email", "=?utf-8?q?x?=@example.com", "email addresses that contain =?"),
            ("email", "x=?@example.com", "email addresses that contain =?"),
            ("password", "", "Please fill this in."),
            ("password", "x" * 257, "at most 256 characters"),
            ("message", "x" * 10_001, "at most 10000 characters"),
            ("message", "x\r\n" * 5_001, "at most 10000 characters"),
            ("message", "a\0b", "Use plain text only."),
        ],
    )
    def test_a_wrong_value_gets_a_sentence_by_its_field(self, visitor, field, value, sentence):
        answer = post(visitor, token=token_of(visitor), **{field: value})
        assert answer.status_code == 422
        assert sentence in answer.text

    @pytest.mark.parametrize(
        "value", ["Zoë 王", "O'Brien-Smith", "<script>alert(1)</script>", "{{7*7}} ${7*7}", "%s %(x)s {0}"]
    )
    def test_any_plain_text_is_taken_and_shown_as_it_was_typed(self, visitor, value):
        assert post(visitor, token=token_of(visitor), name=value).status_code == 303
        page = visitor.send(visitor.get("/lab/page"), **{**GOOD, "name": value, "email": "wrong"})
        assert page.soup.find("input", {"name": "name"})["value"] == value

    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
    def test_a_line_end_counts_as_one_character_however_it_is_sent(self, one_lab, visitor, end):
        from tests.kit.lab import Sheet

        written = ("x" * 165 + end) * 60 + "x" * 40
        assert post(visitor, token=token_of(visitor), message=written).status_code == 303
        with one_lab.test_request_context(method="POST", data={"message": written}):
            sheet = Sheet()
            assert sheet.message.data == written.replace(end, "\n")
            assert len(sheet.message.data) == 10_000

    def test_ends_are_trimmed_but_never_those_of_a_password(self, one_lab):
        from tests.kit.lab import Sheet

        data = {"name": " Ada ", "password": "  two spaces each side  "}
        with one_lab.test_request_context(method="POST", data=data):
            sheet = Sheet()
            assert (sheet.name.data, sheet.password.data) == ("Ada", "  two spaces each side  ")

    @pytest.mark.parametrize(
        "typed", ["ada＠example．com", "\ufeffada@example.com", "ａｄａ@example.com", " ada@example.com\u200b"]
    )
    def test_an_address_is_taken_as_keyboards_and_clipboards_give_it(self, one_lab, typed):
        from tests.kit.lab import Sheet

        with one_lab.test_request_context(method="POST", data={"email": typed}):
            sheet = Sheet()
            assert sheet.email.validate(sheet)
            assert sheet.email.data == "ada@example.com"

    def test_a_name_that_comes_twice_is_read_once(self, visitor):
        token = token_of(visitor)
        data = {**GOOD, "name": ["Ada", "Ben"], "email": ["ada@example.com", "x"], "csrf_token": [token, "x"]}
        assert visitor.client.post("/lab/page", data=data).status_code == 303

    def test_fields_that_nobody_asked_for_are_nothing(self, visitor):
        fields = {"name[]": "x", "id": "1", "is_staff": "1", "__class__": "x", "refusals": "x", "meta": "x", "data": "x"}
        assert post(visitor, token=token_of(visitor), **fields).status_code == 303

    @pytest.mark.parametrize("field", ["name", "email", "password", "message", "agree", "csrf_token"])
    def test_a_file_in_the_place_of_a_text_is_no_text(self, visitor, field):
        data = {**GOOD, "csrf_token": token_of(visitor), field: (io.BytesIO(b"x"), "x.txt")}
        assert visitor.client.post("/lab/page", data=data, content_type="multipart/form-data").status_code in (303, 422)

    @pytest.mark.parametrize("body", [b"{}", b"[1]", b'{"name": {"a": 1}}', b"null", b'"x"', b"{", b"\xff", b""])
    def test_json_is_no_form(self, visitor, body):
        answer = visitor.client.post("/lab/page", data=body, content_type="application/json")
        assert answer.status_code == 422

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"name=Ada", "text/plain"),
            (b"name=Ada", ""),
            (b"name=%ff%fe&email=\xff\xfe", "application/x-www-form-urlencoded"),
            (b"&&&===%", "application/x-www-form-urlencoded"),
            (b"name=Ada", "multipart/form-data"),
            (b"--x\r\nrubbish", "multipart/form-data; boundary=x"),
            (b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\n\xff\r\n--x--", "multipart/form-data; boundary=x"),
            (b"name=Ada", "application/x-www-form-urlencoded; charset=utf-7"),
            (b"name=Ada", "a" * 3000),
        ],
    )
    def test_a_body_of_another_kind_is_an_empty_form(self, visitor, body, kind):
        answer = visitor.client.post("/lab/page", data=body, content_type=kind)
        assert 400 <= answer.status_code < 500

    def test_a_field_of_a_megabyte_is_too_large(self, visitor):
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            data = {**GOOD, "csrf_token": token_of(visitor), "message": "x" * 2**20}
            status = visitor.client.post("/lab/page", data=data, content_type=kind).status_code
            assert status == 413, kind

    def test_ten_thousand_parts_are_too_many(self, visitor):
        data = {f"part{number}": "x" for number in range(10_000)}
        assert visitor.client.post("/lab/page", data=data, content_type="multipart/form-data").status_code == 413

    def test_a_hundred_thousand_names_are_too_many_or_nothing(self, visitor):
        answer = visitor.client.post("/lab/page", data=b"a&" * 100_000, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (413, 422)

    @pytest.mark.parametrize(("given", "taken"), [("on", True), ("false", False), ("", False), (None, False)])
    def test_a_box_that_must_be_ticked_is_judged_by_its_value(self, one_lab, given, taken):
        from portal.kit import forms

        class Must(forms.Form):
            agree = forms.tick("Agree", must="Please agree.")

        with one_lab.test_request_context(method="POST", data={} if given is None else {"agree": given}):
            form = Must(meta={"csrf": False})
            assert form.agree.validate(form) is taken

    def test_no_pattern_of_ours_can_be_made_to_think_for_long(self, visitor):
        from time import thread_time

        token = token_of(visitor)
        for value in ("a" * 250 + "!", "a@" + "a." * 100, "@" * 250, "a" * 60 + "@" + "-" * 180 + ".com", '"' * 250):
            began = thread_time()
            post(visitor, token=token, email=value, name=value[:100])
            assert thread_time() - began < 1


class TestRefusals:
    """A rule that says no leaves the page filled and says when to come back."""

    def test_slowed_down_says_for_how_long(self, visitor, recorded):
        answer = post(visitor, token=token_of(visitor), name="Hasty")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "90")
        assert "Wait 2 minutes" in answer.text
        assert recorded() == []

    def test_busy_is_a_503_on_the_filled_page(self, visitor, recorded):
        answer = post(visitor, token=token_of(visitor), name="Busy")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert 'value="Busy"' in answer.text
        assert recorded() == []

    def test_what_the_sentence_quotes_is_escaped(self, lab):
        from tests.kit.lab import NameTaken, Sheet, show

        with lab.test_request_context(method="POST"):
            lab.preprocess_request()
            from portal.kit.unit import unit_of_work

            with unit_of_work():
                sheet = Sheet()
                sheet.refuse(NameTaken(name="<b>x</b>"))
                text, status = show(sheet)
        assert status == 422
        assert "&lt;b&gt;x&lt;/b&gt; is taken." in text


@given(
    body=st.binary(max_size=400),
    kind=st.sampled_from(
        ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/json", "x/y"]
    ),
)
def test_no_body_is_answered_with_a_5xx(one_lab, body, kind):
    answer = one_lab.test_client().post("/lab/page", data=body, content_type=kind)
    assert answer.status_code < 500


@given(fields=st.dictionaries(st.sampled_from(["name", "email", "password", "message", "agree"]), st.text(max_size=60)))
def test_no_field_is_answered_with_a_5xx(one_lab, fields):
    client = one_lab.test_client()
    token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/lab/page").text)[0]
    data = {name: value.encode("utf-8", "replace") for name, value in fields.items()}
    assert client.post("/lab/page", data={**data, "csrf_token": token}).status_code < 500


@given(
    name=st.sampled_from(
        ["Accept-Language", "Accept-Encoding", "Cookie", "Referer", "User-Agent", "If-None-Match", "Range", "Origin",
         "Content-Length", "X-Forwarded-For", "Sec-Fetch-Site", "If-Modified-Since", "Authorization"]
    ),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60),
)  # fmt: skip
def test_no_header_is_answered_with_a_5xx(one_lab, name, value):
    for path in ("/lab/page", "/static/css/portal.css", "/healthz"):
        assert one_lab.test_client().get(path, headers={name: value}).status_code < 500
