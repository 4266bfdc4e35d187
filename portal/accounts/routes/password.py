"""The page that changes one's own password."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.password import ChangePassword
from portal.kit import access, passwords, web
from portal.kit.i18n import _
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)


@bp.route("/settings/password", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
def password() -> ResponseReturnValue:
    """Change one's own password; every other session ends."""
    form = ChangePassword()
    if form.validate_on_submit():
        with form.showing_refusals():
            opened = service.change_password(
                access.actor(), current=form.current_password.data, password=form.password.data, device=web.this_device()
            )
            access.start_browser_session(opened.secret, remembered=opened.remembered, mark=opened.mark)
            flash(_("Password changed. You’ve been signed out everywhere else."), "success")
            return redirect(url_for(".security"), code=303)
    least = passwords.least(with_factor=access.actor().has_second_factor)
    return render("accounts/password.html", form=form, least=least), form.status
