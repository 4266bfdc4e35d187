"""The choice about statistics, and what every page asks about it."""

from typing import cast

from flask import Blueprint, Flask, abort, flash, redirect
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from portal.consent import browser, service
from portal.consent.forms import Choose
from portal.kit import access, fixed_parts, renderer, throttle
from portal.kit.form_guard import came_from
from portal.kit.i18n import _
from portal.kit.web import internal_path, this_client

CHOICES_PER_CLIENT = "300 per hour"

bp = Blueprint("consent", __name__)
bp.after_app_request(browser.tidy)


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    fixed_parts.drawn(app, "consent_banner", _banner)
    fixed_parts.drawn(app, "consent_choice", _choice)
    fixed_parts.drawn(app, "analytics_tag", _tag)
    fixed_parts.drawn(app, "way_here", browser.way_here)


def _banner() -> str:
    """Ask once for the choice, on a page that may ask."""
    state = browser.consent_state()
    if not state.asks:
        return ""
    return fixed_parts.fixed("consent.banner", caller=lambda: renderer.part("consent/banner.html", state=state))


def _choice() -> str:
    """Show the present choice; until one is made, all are shown the same."""
    state = browser.consent_state()

    def panel() -> str:
        return renderer.part("consent/choice.html", state=state)

    if state.choice is not None:
        return panel()
    return fixed_parts.fixed("consent.choice", state.is_on, state.asks, state.signals_refusal, caller=panel)


def _tag() -> str:
    tag = browser.analytics()
    return renderer.part("consent/analytics.html", tag=tag) if tag else ""


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
    if decision.choice == service.Choice.GRANTED and not browser.consent_state().is_on:
        flash(_("Saved. Analytics is switched off at the moment, so nothing is counted."), "success")
    elif decision.choice == service.Choice.GRANTED:
        flash(_("Thanks. We’ll count your visits from now on. You can change this on the cookies page."), "success")
    else:
        flash(_("Noted. We won’t count your visits. You can change this on the cookies page."), "success")
    response = redirect(internal_path(form.next.data) or came_from(), code=303)
    browser.remember(response, decision)
    return response
