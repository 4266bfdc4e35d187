"""In and out of the newsletter. Opening a link changes nothing; pressing does."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, i18n
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.templating import render, render_same
from portal.kit.web import this_client
from portal.newsletter import service
from portal.newsletter.forms import OneClick, Subscribe

bp = Blueprint("newsletter", __name__, url_prefix="/newsletter")


@bp.route("", methods=["GET", "POST"])
@access.public
def subscribe() -> ResponseReturnValue:
    """Take a request for the newsletter; the answer is the same for every address."""
    form = Subscribe()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.ask(form.email.data, language=i18n.code(), client=this_client())
            return redirect(url_for(".email_sent"), code=303)
    return render_same("newsletter/subscribe.html", form=form), form.status


@bp.get("/email-sent")
@access.public
def email_sent() -> str:
    """Say that an email with the link is on its way."""
    return render("newsletter/email_sent.html")


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@access.public
def confirm(token: str) -> ResponseReturnValue:
    """Show whose address it is; a press puts it on the list."""
    private_link()
    form = ConfirmForm()
    if form.validate_on_submit():
        service.confirm(token)
        return redirect(url_for(".welcome"), code=303)
    return render(
        "newsletter/confirm.html", form=form, subscription_request=service.get_subscription_request(token)
    ), form.status


@bp.get("/welcome")
@access.public
def welcome() -> str:
    """Say that the newsletter will come."""
    return render("newsletter/welcome.html")


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
@access.public
@access.csrf_exempt("the signed token in its address proves the press (RFC 8058): a mail program has no cookie")
def unsubscribe(token: str) -> ResponseReturnValue:
    """Show the button; a press, ours or a mail program's, ends the subscription at once and is not redirected."""
    private_link()
    form = OneClick()
    if form.validate_on_submit():
        service.unsubscribe(token)
        return render("newsletter/unsubscribe.html", done=True)
    service.check_way_out(token)
    return render("newsletter/unsubscribe.html", form=form), form.status
