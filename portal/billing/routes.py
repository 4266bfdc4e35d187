"""What we sell."""

from flask import Blueprint, request

from portal.billing import service
from portal.kit import access, clock, i18n
from portal.kit.templating import render, render_same

bp = Blueprint("billing", __name__)


@bp.get("/plans")
@access.public
def plans() -> str:
    """Show what is on sale, in one currency: as Stripe said it last, whether it answers now or not."""
    kept = service.find_price_list() if service.is_on() else None
    if kept is None or not kept.listed:
        return render("billing/plans.html", is_on=service.is_on())
    offered = service.currencies_of(kept.prices)
    currency = service.choose_currency(offered, asked=request.args.get("currency", ""), language=i18n.code())
    read_at, zone = kept.read_at, access.actor().time_zone
    is_old = read_at < clock.now() - service.OLD_AFTER
    return render_same(
        "billing/plans.html",
        read_at,
        currency,
        is_old,
        zone,
        read_at=read_at,
        currency=currency,
        is_old=is_old,
        zone=zone,
        offered=offered,
        plans=service.plans_in(kept.prices, currency=currency),
    )
