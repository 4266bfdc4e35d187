"""Pages of recovery codes: shown once, saved as a file, made anew."""

from io import BytesIO

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service
from portal.accounts.forms.factors import CodesFile, SaveCodes
from portal.kit import access, clock
from portal.kit.downloads import download
from portal.kit.i18n import _
from portal.kit.refusals import LinkDead
from portal.kit.templating import render

bp = Blueprint("accounts", __name__)


def show_codes(form: SaveCodes, codes: service.CodeList, *, target: str) -> ResponseReturnValue:
    """Show recovery codes once, and ask for one of them. They travel in the form: a tab, a list."""
    form.sealed.data = codes.sealed
    page = render("accounts/save_codes.html", form=form, codes=codes.codes, target=target, file_form=_file_form(codes))
    return page, form.status


def _file_form(codes: service.CodeList) -> CodesFile:
    return CodesFile(formdata=None, data={"sealed": codes.sealed})


@bp.route("/settings/second-factor/codes", methods=["GET", "POST"])
@access.fresh
def recovery_codes() -> ResponseReturnValue:
    """Show new recovery codes; they take the place of the old ones once one of them is typed."""
    actor, form = access.actor(), SaveCodes()
    if not actor.has_second_factor:
        flash(_("Recovery codes come with two-step verification. Turn it on first."), "info")
        return redirect(url_for(".security"), code=303)
    if form.validate_on_submit():
        try:
            with form.showing_refusals():
                service.make_codes(actor, sealed=form.sealed.data, code=form.code.data)
                flash(_("Your new recovery codes are ready to use. The old ones no longer work."), "success")
                return redirect(url_for(".security"), code=303)
        except LinkDead:
            flash(_("That took too long, or your codes have changed since. These are new ones."), "info")
            return redirect(url_for(".recovery_codes"), code=303)
    codes = service.draw_codes(actor, sealed=form.sealed.data)
    return show_codes(form, codes, target=url_for(".recovery_codes"))


@bp.post("/settings/second-factor/codes/file")
@access.fresh
def codes_file() -> ResponseReturnValue:
    """Hand out the codes that the page shows as a text file."""
    form = CodesFile()
    codes = service.find_codes_in(access.actor(), sealed=form.sealed.data or "") if form.validate_on_submit() else None
    if codes is None:
        flash(_("That took too long. Please start again."), "info")
        return redirect(url_for(".security"), code=303)
    text = render("accounts/codes_file.txt", codes=codes.codes, now=clock.now())
    return download(BytesIO(text.encode()), name="recovery-codes.txt", media_type="text/plain")
