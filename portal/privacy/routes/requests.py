"""Rights without a session: the form, and the one page of a request, which its person alone sees."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, i18n, uploads
from portal.kit.headers import private_link
from portal.kit.i18n import _, _l, ngettext
from portal.kit.templating import render, render_same
from portal.kit.web import this_client
from portal.legal.authorities import TABLE
from portal.privacy import service
from portal.privacy.forms import AskForRight, GiveCode, GiveVerdict, ReplyToRequest

bp = Blueprint("requests", __name__)
THANKS = _l("Thank you. We’ve noted your answer.")
LOOK = _l("If you don’t see a new email within a few minutes, check your spam folder.")
SENT = _l("Sent. We’re working on your request again.")


@bp.route("/privacy/request", methods=["GET", "POST"])
@access.public
@uploads.takes_files
def ask() -> ResponseReturnValue:
    """Take a request from anybody; the answer is the same for every address (P32)."""
    form, receipt = AskForRight(), request.args.get("receipt", "")
    if receipt:
        private_link()
    if form.validate_on_submit():
        with form.showing_refusals():
            token = service.ask(
                form.email.data,
                kind=service.Right(form.kind.data),
                message=form.message.data,
                uploads=form.uploads(),
                agent=service.Agent(form.agent_name.data, form.agent_email.data) if form.agent_email.data else None,
                receipt=receipt,
                country=form.country.data or "",
                language=i18n.code(),
                client=this_client(),
            )
            return redirect(url_for(".own_request", token=token), code=303)
    return render_same("privacy/ask.html", form=form), form.status


@bp.route("/privacy/request/<token>", methods=["GET", "POST"])
@access.public
def own_request(token: str) -> ResponseReturnValue:
    """Take the code; once it was given, show how the request stands, and take the person's last word."""
    private_link()
    own = service.request_of_link(token, country=request.args.get("country", ""))
    if own.needs_code:
        return _take_code(token, own)
    form = GiveVerdict()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.judge_by_link(token, verdict=service.Verdict(form.verdict.data))
            flash(str(THANKS), "success")
            return redirect(url_for(".own_request", token=token), code=303)
    return render("privacy/own_request.html", own=own, token=token, form=form, table=TABLE), form.status


def _take_code(token: str, own: service.OwnRequest) -> ResponseReturnValue:
    form = GiveCode()
    if form.validate_on_submit():
        came = service.confirm(token, code=form.code.data)
        if came.check is service.CodeCheck.RIGHT:
            flash(_("Confirmed."), "success")
            return redirect(url_for(".own_request", token=came.token) if came.token else url_for(".requests"), code=303)
        form.say(why_not(came.check, came.tries_left))
    return render("privacy/own_request.html", own=own, token=token, form=form), form.status


def why_not(check: service.CodeCheck, tries_left: int) -> str:
    """Return why a code was not taken, and what to do."""
    if check is service.CodeCheck.WRONG and tries_left:
        return ngettext("That’s not the code. %(num)s try left.", "That’s not the code. %(num)s tries left.", tries_left)
    return _("This code no longer works. Send a new one below.")


@bp.post("/privacy/request/<token>/code")
@access.public
def send_code(token: str) -> ResponseReturnValue:
    """Send a new code; the page says the same whether or not the address has had enough of them."""
    private_link()
    service.send_code_again(token, client=this_client())
    flash(str(LOOK), "info")
    return redirect(url_for(".own_request", token=token), code=303)


@bp.route("/privacy/request/<token>/reply", methods=["GET", "POST"])
@access.public
@uploads.takes_files
def reply_to_request(token: str) -> ResponseReturnValue:
    """Take what we asked for, with files."""
    private_link()
    own, form = service.request_of_link(token), ReplyToRequest()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.reply_by_link(token, message=form.message.data, uploads=form.uploads())
            flash(str(SENT), "success")
            return redirect(url_for(".own_request", token=token), code=303)
    return render("privacy/reply_to_request.html", own=own, token=token, form=form), form.status


@bp.post("/privacy/request/<token>/withdraw")
@access.public
def withdraw_request(token: str) -> ResponseReturnValue:
    """Take a request back."""
    private_link()
    say_withdrawn(service.withdraw_by_link(token))
    return redirect(url_for(".own_request", token=token), code=303)


def say_withdrawn(was_open: bool) -> None:
    """Say on the next page whether a request could still be taken back."""
    flash(*((_("Request withdrawn."), "success") if was_open else (_("This request can’t be withdrawn any more."), "info")))


@bp.app_errorhandler(service.RequestLinkEnded)
def request_link_ended(_refusal: service.RequestLinkEnded) -> ResponseReturnValue:
    """Say that a link has ended, why it may have, and what to do next."""
    return render("privacy/own_request.html", own=None), 410
