"""Forms: every field bounded, every refusal a clear sentence by its field, nothing typed is lost.

A form checks shape only; it asks no database. A page that shows and takes a form is one endpoint with GET and POST; when its
token has expired the page comes back filled. A button-only POST with an expired token is sent back to its page unchanged.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from html import escape
from typing import Any, ClassVar

import structlog
from email_validator import EmailNotValidError, validate_email
from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf, validate_csrf
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import Select

from portal.kit import characters, periods
from portal.kit.i18n import _, _l
from portal.kit.refusals import Refusal, TooManyTries, Unavailable
from portal.kit.settings import current_settings
from portal.kit.unit import refuse_unit
from portal.kit.web import SAFE_METHODS, internal_path

log = structlog.get_logger()
NAME_MAX = 100
EMAIL_MAX = 254
PASSWORD_MAX = 256
MESSAGE_MAX = 10_000

Sentence = Any


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The base of every form. `refusals` maps a refusal's class name to (field or None, sentence)."""

    refusals: ClassVar[Mapping[str, tuple[str | None, Sentence]]] = {}
    status: int = 200

    class Meta:
        csrf = True
        csrf_time_limit = 12 * 3600

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """Hand files to file fields and texts to the rest: a file sent under a text's name is no text, JSON no form."""
            if formdata is not _Auto:
                return formdata
            if request.method in SAFE_METHODS or g.get("other_person"):
                # What was typed for one account is never shown, let alone saved, in another.
                return None
            takes = {field.name for field in form if isinstance(field, FileField | MultipleFileField)}
            files = MultiDict((name, file) for name, file in request.files.items(multi=True) if name in takes)
            return CombinedMultiDict([files, request.form])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: list[Sentence] = []

    def validate(self, extra_validators: Any = None) -> bool:
        """Check shape and token. On failure the unit rolls back and `status` becomes 422."""
        if g.get("other_person"):
            self.problems.append(_OTHER_PERSON)
            self._fail(422)
            return False
        valid = super().validate(extra_validators)
        if valid and not g.get("csrf_expired"):
            return True
        if g.get("csrf_expired") or (self.meta.csrf and self.csrf_token.errors):
            self.csrf_token.errors = ()
            self.problems.append(_why_no_token())
        self._fail(422)
        return False

    def refuse(self, refusal: Refusal) -> None:
        """Put the sentence for `refusal` by its field. Raises the refusal itself when the form has no words for it."""
        try:
            field_name, sentence = self.words()[type(refusal).__name__]
        except KeyError:
            raise refusal from None
        text = str(sentence) % _said(refusal)
        if field_name is None:
            self.problems.append(text)
        else:
            self[field_name].errors = [*self[field_name].errors, text]
        self._fail(429 if isinstance(refusal, TooManyTries) else 503 if isinstance(refusal, Unavailable) else 422)
        if isinstance(refusal, TooManyTries | Unavailable):
            g.retry_after = refusal.retry_after

    @classmethod
    def words(cls) -> Mapping[str, tuple[str | None, Sentence]]:
        """Return every refusal that this form has words for, those of the house included."""
        return {**HOUSE_REFUSALS, **cls.refusals}

    def _fail(self, status: int) -> None:
        self.status = status
        refuse_unit()


def _said(refusal: Refusal) -> Mapping[str, object]:
    """Return the values of a refusal as a sentence says them: how long to wait in whole minutes, with their unit."""
    if not isinstance(refusal, TooManyTries):
        return refusal.values
    minutes = max(1, -(-refusal.retry_after // 60))
    return {**refusal.values, "wait": periods.describe(timedelta(minutes=minutes))}


_OTHER_PERSON = _l(
    "You’ve signed in to another account since this page was opened, so nothing was saved. This page now shows the account "
    "you’re signed in to."
)


def _why_no_token() -> str:
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        # P06: a browser that refuses cookies is told so, plainly.
        sentence = _(
            "Your browser didn’t send our cookie back. Allow cookies for this site, then submit the form again. The "
            "cookie keeps you signed in; without it nobody can sign in."
        )
    else:
        sentence = _("This page was open too long, so nothing was saved. Please submit it again.")
    return str(sentence)


HOUSE_REFUSALS: Mapping[str, tuple[str | None, Sentence]] = {
    "TooManyTries": (
        None,
        _l("Too many attempts. Nothing is lost. Wait %(wait)s and try again."),
    ),
    "Busy": (None, _l("We’re very busy right now. Nothing is lost. Try again in a minute.")),
}

PASSWORD_REFUSALS: Mapping[str, tuple[str | None, Sentence]] = {
    "PasswordTooShort": ("password", _l("Use at least %(least)s characters. A few unrelated words work well.")),
    "PasswordTooCommon": ("password", _l("This password is easy to guess. A few unrelated words work better.")),
    "PasswordTellsContext": (
        "password",
        _l("This password is based on your name, your email address or our name. Choose words that nobody would expect."),
    ),
}
"""Words for every form with a new password in its field `password`."""


class ConfirmForm(Form):
    """A form that is one button: only the token."""


def clean(value: str | None) -> str | None:
    """Trim the ends of a line of text; of one that shows nothing, nothing is left."""
    return None if value is None else "" if characters.shows_nothing(value) else characters.trimmed(value)


def clean_address(value: str | None) -> str | None:
    """Trim an email address, and take the signs of an East Asian keyboard for what they are."""
    return characters.half_width(clean(value) or "")


def _lines(value: str | None) -> str | None:
    # A browser counts a line end as one character and sends it as two.
    return "" if value is None or characters.shows_nothing(value) else re.sub(r"\r\n?", "\n", value)


def one_line(_form: object, field: Any) -> None:
    """Refuse control characters: no header, log or file name can be forged with them (v5.0.0-1.3.11)."""
    plain = "".join(char for char in field.data or "" if characters.can_stand(char))
    if plain != (field.data or ""):
        # The page comes back with what can stand in a page.
        field.data = plain
        raise ValidationError(_("Use one line of plain text."))


def no_control(_form: object, field: Any) -> None:
    """Refuse control characters but line ends and tabs."""
    plain = "".join(char for char in field.data or "" if characters.can_stand(char) or char in "\r\n\t")
    if plain != (field.data or ""):
        field.data = plain
        raise ValidationError(_("Use plain text only."))


def _required(required: bool, sentence: Sentence | None = None) -> Any:
    return DataRequired(sentence or _l("Please fill this in.")) if required else Optional()


def _at_most(most: int) -> Length:
    return Length(max=most, message=_l("Use at most %(max)d characters."))


def text(label: Sentence, *, max: int = NAME_MAX, required: bool = True, hint: Sentence = "", **kw: Any) -> StringField:
    """Make a one-line field of at most `max` characters."""
    return StringField(
        label, validators=[_required(required), _at_most(max), one_line], filters=[clean], description=hint, **kw
    )


def paragraph(label: Sentence, *, max: int = MESSAGE_MAX, required: bool = True, hint: Sentence = "") -> TextAreaField:
    """Make a field of several lines, at most `max` characters, each line end counted as one (HTML, 4.10.11)."""
    return TextAreaField(
        label,
        validators=[_required(required), _at_most(max), no_control],
        filters=[_lines],
        description=hint,
    )


def email(label: Sentence = _l("Email address"), *, hint: Sentence = "", required: bool = True) -> EmailField:
    """Make a field for an e-mail address, checked for shape (RFC 5321), never for existence."""
    return EmailField(
        label,
        validators=[_required(required), _at_most(EMAIL_MAX), one_line, _email_shape],
        filters=[clean_address],
        description=hint,
    )


def _email_shape(_form: object, field: Any) -> None:
    if not field.data:
        return
    local = field.data.rpartition("@")[0]
    try:
        validate_email(field.data, check_deliverability=False, allow_smtputf8=False, test_environment=True, strict=True)
    except EmailNotValidError:
        raise ValidationError(_why_no_address(local)) from None
    if "=?" in local:
        # Mail programs read it as other letters than these (RFC 2047), and ours cannot send it.
        raise ValidationError(_("We can’t send to email addresses that contain =?. Please use another one."))


def _why_no_address(local: str) -> str:
    """Say what is wrong with an address, so that nobody looks for a typing error in a right one that we cannot use."""
    if not local.isascii():
        return str(_("We can only send to email addresses that have a–z, 0–9 and common signs before the @."))
    if local and (".." in local or local[0] == "." or local[-1] == "."):
        return str(
            _(
                "We can’t send to email addresses that have two dots in a row, or a dot at the start or just before the @. "
                "Please use another one."
            )
        )
    return str(_("Check this email address. It should look like name@example.com."))


def password(label: Sentence = _l("Password"), *, hint: Sentence = "") -> PasswordField:
    """Make a password field. The value is never trimmed, folded or cut (v5.0.0-6.2.8)."""
    return PasswordField(
        label, validators=[InputRequired(_l("Please fill this in.")), _at_most(PASSWORD_MAX)], description=hint
    )


def tick(label: Sentence, *, must: Sentence | None = None, hint: Sentence = "") -> BooleanField:
    """Make a check box, never ticked beforehand; `must` is the sentence when it has to be ticked."""
    # Whatever was sent in its place, the page offers the one value.
    fixed = {"value": "y"}
    return BooleanField(label, validators=[DataRequired(must)] if must else [], description=hint, render_kw=fixed)


class Options(Select):  # type: ignore[misc]  # WTForms ships no types
    """Draws long lists at once: the library's own way takes as long for each of 400 time zones as for a whole field."""

    @classmethod
    def render_option(cls, choice: Any) -> str:
        """Draw one option, escaped."""
        chosen = " selected" if choice.selected else ""
        return f'<option value="{escape(str(choice.value))}"{chosen}>{escape(str(choice.label))}</option>'


def choice(label: Sentence, choices: Iterable[tuple[Any, ...]], *, hint: Sentence = "") -> SelectField:
    """Make a choice of one among `choices`, each (value, words) or (value, words, group); anything else is refused."""
    options = [SelectChoice(value, words, optgroup=next(iter(group), None)) for value, words, *group in choices]
    return SelectField(label, choices=options, validators=[_required(True)], description=hint, widget=Options())


def upload(label: Sentence, *, accept: Iterable[str], hint: Sentence = "") -> FileField:
    """Make a field for one file; `accept` names the endings that the file dialogue offers, and proves nothing."""
    return FileField(
        label,
        validators=[FileRequired(_l("Choose a file."))],
        description=hint,
        render_kw={"accept": ",".join(accept)},
    )


def init_app(app: Flask, *, person_stamp: Callable[[], str]) -> None:
    """Check origin, person and token of every unsafe request before any view sees it (v5.0.0-3.5.1).

    `person_stamp` gives the mark of who is signed in now, to hold against the one that a form was made with.
    """
    app.before_request(_bound_texts)
    app.before_request(_check_origin)
    app.before_request(lambda: _check_person(person_stamp))
    app.before_request(_check_token)
    app.jinja_env.globals["csrf_token"] = generate_csrf


def _bound_texts() -> None:
    if request.mimetype != "multipart/form-data":
        # Only an upload may be large: a long list of names is parsed whole, in memory (v5.0.0-5.2.1).
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def _check_origin() -> None:
    if request.method in SAFE_METHODS or _exempt():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none") or not _is_own(request.headers.get("Origin"), site):
        log.warning("forms.foreign_origin", endpoint=request.endpoint)
        abort(403)


def _is_own(origin: str | None, site: str | None) -> bool:
    if origin is None:
        return True
    if origin == "null":
        return site == "same-origin" or (site is None and _comes_from_private_page())
    settings = current_settings()
    return origin == settings.base_url or (not settings.is_production and origin == request.host_url.rstrip("/"))


def _comes_from_private_page() -> bool:
    """Tell whether a request without a known origin proves our page twice: by a link's token, and by a form's.

    An old browser that knows no `Referrer-Policy: same-origin` says no origin on a page whose address holds a token, and
    none says `Sec-Fetch-Site` to a host of the local network. A sandboxed frame elsewhere has no token of this browser's.
    """
    return "token" in (request.view_args or {}) and _has_good_token()


def _has_good_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"), time_limit=Form.Meta.csrf_time_limit)
    except ValidationError:
        return False
    return True


def _check_person(person_stamp: Callable[[], str]) -> ResponseReturnValue | None:
    meant_for = request.form.get("person_stamp") if request.method not in SAFE_METHODS and not _exempt() else None
    now = person_stamp() if meant_for else ""
    if not now or meant_for == now:
        return None
    g.other_person = True
    return _expired(_OTHER_PERSON)


def _check_token() -> ResponseReturnValue | None:
    if request.method in SAFE_METHODS or _exempt() or g.get("other_person"):
        return None
    if _has_good_token():
        return None
    log.warning("forms.bad_token", endpoint=request.endpoint)
    return _expired(_l("That page was open too long, so nothing was changed. Please select the button again."))


def _expired(why: Sentence) -> ResponseReturnValue | None:
    rule = request.url_rule
    if rule is not None and rule.methods and "GET" in rule.methods:
        g.csrf_expired = True
        return None
    flash(str(why), "warning")
    return redirect(came_from(), code=303)


def came_from() -> str:
    """Return the path of the portal's own page that this request came from, else the start page."""
    referrer = request.referrer or ""
    for base in (current_settings().base_url, request.host_url.rstrip("/")):
        if referrer.startswith(base + "/") and (path := internal_path(referrer.removeprefix(base))):
            return path
    return url_for("home.start")


def _exempt() -> bool:
    view: Callable[..., Any] | None = current_app.view_functions.get(request.endpoint or "")
    return view is None or hasattr(view, "csrf_exempt_reason")
