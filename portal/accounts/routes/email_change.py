"""Pages of a change of address. Its links are public: whoever holds the mailbox holds them, signed in or not."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.email_change import ChangeEmail
from portal.kit import access
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)


@bp.route("/settings/email", methods=["GET", "POST"])
@access.fresh
def email() -> ResponseReturnValue:
    """Ask for another address; the new mailbox confirms it, the old one is told at once."""
    actor = access.actor()
    form = ChangeEmail()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.request_email_change(actor, email=form.email.data)
            flash(_("We’ve emailed your new and your current address."), "success")
            return redirect(url_for(".email"), code=303)
    return render("accounts/email.html", form=form, open_change=service.find_open_email_change_for(actor)), form.status


@bp.route("/settings/email/confirm/<token>", methods=["GET", "POST"])
@access.public
def confirm_email(token: str) -> ResponseReturnValue:
    """Show which address the link confirms; change it on pressing the button."""
    private_link()
    change = service.email_change_to_confirm(token)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.confirm_email_change(token, keep_session=access.actor().session_id)
        flash(_("Email address changed. Sign in with the new one from now on."), "success")
        return redirect(url_for(".email" if access.actor().is_signed_in else ".login"), code=303)
    return render("accounts/confirm_email.html", form=form, change=change), form.status
