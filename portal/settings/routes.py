"""What customers set that belongs to several areas at once: each reason to write to them, on one page."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.settings import service
from portal.settings.forms import Communication

bp = Blueprint("settings", __name__)


@bp.route("/settings/communication", methods=["GET", "POST"])
@access.signed_in
@access.open_while_disabled
def communication() -> ResponseReturnValue:
    """Show and set what we may write about, each reason by itself (P15)."""
    actor = access.actor()
    form = Communication(data=service.switches_for(actor))
    if form.validate_on_submit():
        still_off = service.set_switches(actor, wanted={key: form[key].data for key in service.SWITCHES})
        flash(_("Saved. Your choices apply from now on."), "success")
        for key in still_off:
            restricted = _("“%(name)s” stays off: you’ve restricted this use under Privacy.", name=form[key].label.text)
            flash(restricted, "warning")
        return redirect(url_for(".communication"), code=303)
    words = {key: service.purpose_words(key) for key in service.SWITCHES}
    groups = {"chosen": service.OFF_UNTIL_CHOSEN, "on": service.ON_UNLESS_OBJECTED}
    return render("settings/communication.html", form=form, groups=groups, words=words), form.status
