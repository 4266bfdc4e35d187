"""The choice about statistics, and what every page asks about it."""

from flask import Blueprint, abort, flash, redirect
from flask.typing import ResponseReturnValue

from portal.consent import browser, service
from portal.consent.forms import Choose
from portal.kit import access, throttle
from portal.kit.form_guard import came_from
from portal.kit.i18n import _
from portal.kit.web import internal_path, this_client

CHOICES_PER_CLIENT = "300 per hour"

bp = Blueprint("consent", __name__)
bp.add_app_template_global(browser.consent_state, name="consent")
bp.add_app_template_global(browser.analytics, name="analytics")
bp.add_app_template_global(browser.way_here, name="way_here")
bp.after_app_request(browser.tidy)


@bp.post("/consent")
@access.public
def choose() -> ResponseReturnValue:
    """Take the choice and go back to the page it came from. Anything but one of the two choices is no choice."""
    form = Choose(data={"mechanism": service.Mechanism.BANNER})
    if not form.validate():
        abort(400)
    throttle.consume("consent.choose", this_client(), CHOICES_PER_CLIENT)
    decision = service.decide(
        browser.visitor_id(),
        purpose=service.ANALYTICS,
        choice=service.Choice(form.analytics.data),
        mechanism=service.Mechanism(form.mechanism.data),
    )
    if decision.choice == service.Choice.GRANTED:
        flash(_("Thanks. We’ll count your visits from now on. You can change this on the cookies page."), "success")
    else:
        flash(_("Noted. We won’t count your visits. You can change this on the cookies page."), "success")
    response = redirect(internal_path(form.next.data) or came_from(), code=303)
    browser.remember(response, decision)
    return response
