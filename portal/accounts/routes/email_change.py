"""Pages of a change of address. Its links are public: whoever holds the mailbox holds them, signed in or not."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.email_change import ChangeEmail
from portal.kit import access
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _, _l
from portal.kit.periods import period
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)
_NOTHING_WAITS = _l("No change is waiting for confirmation any more.")


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
    change = service.find_open_email_change_for(actor)
    until = change.requested_at + period("email_change_confirm") if change else None
    return render("accounts/email.html", form=form, open_change=change, until=until), form.status


@bp.post("/settings/email/send-again")
@access.fresh
def send_email_change_again() -> ResponseReturnValue:
    """Send the link of the change that waits once more."""
    if service.send_email_change_again(access.actor()):
        flash(_("Another email is on its way, unless we’ve already sent too many."), "success")
    else:
        flash(str(_NOTHING_WAITS), "info")
    return redirect(url_for(".email"), code=303)


@bp.post("/settings/email/cancel")
@access.signed_in
def cancel_email_change() -> ResponseReturnValue:
    """End the change that waits: the link in the new mailbox stops working."""
    if service.cancel_email_change(access.actor()):
        flash(_("Change cancelled. The link we emailed no longer works."), "success")
    else:
        flash(str(_NOTHING_WAITS), "info")
    return redirect(url_for(".email"), code=303)


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
