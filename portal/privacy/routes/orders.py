"""Standing orders, and the answer of whoever was asked whether they are still here."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access
from portal.kit.claims import MOST_COUNTED
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.privacy import service
from portal.privacy.forms import Orders

bp = Blueprint("orders", __name__)


@bp.route("/settings/privacy/orders", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
def orders() -> ResponseReturnValue:
    """Show and set what is deleted by itself, with what each choice would delete today."""
    actor = access.actor()
    views = service.orders_for(actor)
    form = Orders(data={kind.value: str(view.days) for kind, view in views.items()})
    form.offer(service.ORDER_OPTIONS)
    if form.validate_on_submit():
        if service.set_orders(actor, wanted={kind: int(form[kind.value].data) for kind in views}):
            flash(_("Saved. We’ve emailed you what changed."), "success")
        return redirect(url_for(".orders"), code=303)
    return render("privacy/orders.html", form=form, views=views, most=MOST_COUNTED, asked=service.NOTICES), form.status


@bp.route("/still-here/<token>", methods=["GET", "POST"])
@access.public
def still_here(token: str) -> ResponseReturnValue:
    """Show until when an idle account stays, and count its person as being here when the button is clicked."""
    private_link()
    form = ConfirmForm()
    if form.validate_on_submit():
        service.say_still_here(token)
        flash(_("Thanks. Your account stays open."), "success")
        return redirect(url_for("accounts.login"), code=303)
    goes_at, zone = service.idle_until(token)
    return render("privacy/still_here.html", form=form, goes_at=goes_at, zone=zone), form.status
