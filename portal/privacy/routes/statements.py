"""What somebody without an account says of data that was not corrected: a code opens the page, as it opens their copy."""

import uuid

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.kit import access
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.privacy import service
from portal.privacy.forms import DisputeByLink, GiveCode
from portal.privacy.routes.requests import LOOK, why_not

bp = Blueprint("statements", __name__)


@bp.route("/privacy/request/<token>/statement", methods=["GET", "POST"])
@access.public
def open_statements(token: str) -> ResponseReturnValue:
    """Take the code that opens the statements."""
    private_link()
    service.check_dispute(token)
    form = GiveCode()
    if form.validate_on_submit():
        check, left, permit = service.open_statements(token, code=form.code.data)
        if permit:
            return redirect(url_for(".dispute_by_link", token=token, permit=permit), code=303)
        form.say(why_not(check, left))
    return render("privacy/open_statements.html", token=token, form=form), form.status


@bp.post("/privacy/request/<token>/statement/code")
@access.public
def send_statement_code(token: str) -> ResponseReturnValue:
    """Send the code that opens the statements."""
    private_link()
    service.send_statement_code(token)
    flash(str(LOOK), "info")
    return redirect(url_for(".open_statements", token=token), code=303)


@bp.route("/privacy/request/<token>/statement/<permit>", methods=["GET", "POST"])
@access.public
def dispute_by_link(token: str, permit: str) -> ResponseReturnValue:
    """Take what the person says of a field that was not corrected; saying nothing removes it (P26)."""
    private_link()
    found, form = service.disputed(token, permit=permit), DisputeByLink()
    labels = [_("%(what)s: %(field)s", what=each.what, field=each.label) for each in found]
    form.field.choices = [SelectChoice(str(each.id), label) for each, label in zip(found, labels, strict=True)]
    if form.validate_on_submit():
        with form.showing_refusals():
            chosen = uuid.UUID(form.field.data)
            stands = service.state_by_link(token, permit=permit, correction_id=chosen, body=form.body.data or "")
            flash(_("Statement saved.") if stands else _("Statement removed."), "success")
            return redirect(url_for(".dispute_by_link", token=token, permit=permit), code=303)
    disputed = list(zip(labels, found, strict=True))
    return render("privacy/dispute_by_link.html", token=token, form=form, disputed=disputed), form.status
