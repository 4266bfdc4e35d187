"""Forms: every field bounded, every refusal a clear sentence by its field, nothing typed is lost.

A form checks shape only; it asks no database. A page that shows and takes a form is one endpoint with GET and POST; when its
token has expired the page comes back filled. A button-only POST with an expired token is sent back to its page unchanged.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar, cast

from email_validator import EmailNotValidError, validate_email
from flask import current_app, g, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from flask_wtf.form import _Auto
from werkzeug import Response
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.kit import characters, controls, large_forms, periods, unsent_forms
from portal.kit.i18n import _, _l
from portal.kit.refusals import Busy, Refusal, TooManyTries, Unavailable
from portal.kit.unit import refuse_unit
from portal.kit.unsent_forms import Unsent
from portal.kit.web import SAFE_METHODS

NAME_MAX = 100
EMAIL_MAX = 254
PASSWORD_MAX = 256
MESSAGE_MAX = 10_000
FORM_MARK, SHORTEST_MARK, LONGEST_MARK = "form_mark", 40, 64
UNSENT = "unsent"
"""The name under which the id of a form that was not sent travels in the address of its page."""

Sentence = Any


class Once(StrEnum):
    """Within which bounds the same content counts as the same form."""

    PAGE = "page"
    """The page as it was opened: for a form whose result stands on its own page, so that Back shows it."""
    BROWSER = "browser"
    """The browser's session: Back fetches the page anew (`no-store`) and puts the old words into it."""


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The base of every form. `refusals` maps a refusal's class name to (field or None, sentence)."""

    refusals: ClassVar[Mapping[str, tuple[str | None, Sentence]]] = {}
    status: int = 200
    taken_once: ClassVar[Once | None] = None
    """Set for a form that adds something: sent again unchanged, it is answered as the first time."""
    put_back: Unsent | None = None
    """What stands in the form because it was typed before the gate turned it away."""

    class Meta:
        csrf = True
        csrf_time_limit = 12 * 3600

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """Draw a field's control (WTForms asks for it here)."""
            if isinstance(field.widget, controls.INPUTS):
                return controls.draw(field, {**(field.render_kw or {}), **render_kw})
            return field.widget(field, **{**(field.render_kw or {}), **render_kw})

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """Hand files to file fields and texts to the rest: a file sent under a text's name is no text, JSON no form."""
            if formdata is not _Auto:
                return formdata
            if g.get("other_person"):
                # What was typed for one account is never shown, let alone saved, in another.
                return None
            if request.method in SAFE_METHODS:
                form.put_back = _unsent_of(form)
                return MultiDict(form.put_back.typed) if form.put_back else None
            takes = {field.name for field in form if isinstance(field, FileField | MultipleFileField)}
            files = MultiDict((name, file) for name, file in request.files.items(multi=True) if name in takes)
            return CombinedMultiDict([files, request.form])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: list[Sentence] = []

    def validate(self, extra_validators: Any = None) -> bool:
        """Check shape and token. On failure the unit rolls back and `status` becomes 422."""
        if g.get("other_person"):
            self.problems.append(OTHER_PERSON)
            self._fail(422)
            return False
        if g.get("database_away"):
            self.refuse(Busy())
            return False
        if too_large := large_forms.problems():
            self.problems += too_large
            self._fail(413)
            return False
        valid = super().validate(extra_validators)
        if valid and not g.get("csrf_expired"):
            return True
        if g.get("csrf_expired") or (self.meta.csrf and self.csrf_token.errors):
            self.csrf_token.errors = ()
            self.problems.append(_why_no_token())
        self._fail(422)
        return False

    @contextmanager
    def showing_refusals(self) -> Iterator[None]:
        """Put a refusal that is raised within into words by its field, and go on after the block: the page comes back."""
        try:
            yield
        except Refusal as refusal:
            self.refuse(refusal)

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


def owner_now() -> str:
    """Return who is signed in, as the owner of forms; empty for a visitor."""
    return cast("Callable[[], str]", current_app.extensions["portal.owner_now"])()


def _unsent_id() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args[UNSENT])
    except (KeyError, ValueError):
        return None


def _unsent_of(form: Form) -> Unsent | None:
    unsent_id = _unsent_id()
    unsent = unsent_forms.find(unsent_id, owner=owner_now()) if unsent_id else None
    takes = {field.name for field in form}
    # The page may hold other forms, and a link may lead to another page.
    return unsent if unsent and unsent.path == request.path and {name for name, _value in unsent.typed} <= takes else None


def finish(response: Response) -> None:
    """Forget what was kept of a form once it has been sent, in the unit that took it."""
    unsent_id = _unsent_id() if request.method not in SAFE_METHODS else None
    if unsent_id and response.status_code == 303:
        unsent_forms.forget(unsent_id, owner=owner_now())


def _said(refusal: Refusal) -> Mapping[str, object]:
    """Return the values of a refusal as a sentence says them: how long to wait in whole minutes, with their unit."""
    if not isinstance(refusal, TooManyTries):
        return refusal.values
    minutes = max(1, -(-refusal.retry_after // 60))
    return {**refusal.values, "wait": periods.describe(timedelta(minutes=minutes))}


OTHER_PERSON = _l(
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
    "TooManyTries": (None, _l("Too many attempts. Nothing is lost. Wait %(wait)s and try again.")),
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
        return str(_("We can only send to email addresses that have a–z, 0–9 and common symbols before the @."))
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


def choice(label: Sentence, choices: Iterable[tuple[Any, ...]], *, hint: Sentence = "", **kw: Any) -> SelectField:
    """Make a choice of one among `choices`, each (value, words) or (value, words, group); anything else is refused.

    Without any they are the page's to say, each time anew: what one person chooses among is drawn for nobody else.
    """
    options = [SelectChoice(value, words, optgroup=next(iter(group), None)) for value, words, *group in choices]
    how = {"validators": [_required(True)], "widget": controls.Options(is_steady=bool(options)), **kw}
    return SelectField(label, choices=options, description=hint, **how)
