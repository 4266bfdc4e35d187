"""The commands of billing."""

import json
from dataclasses import asdict
from decimal import Decimal

import click
from babel.numbers import format_currency, get_currency_precision

from portal.billing import service
from portal.billing.models import Price
from portal.billing.stripe_gateway import BillingOff, StripeDown, StripeRefused
from portal.kit.commands import Group
from portal.kit.unit import unit_of_work

OFF = "Billing is off: set PORTAL_STRIPE_API_KEY and PORTAL_STRIPE_WEBHOOK_SECRET to sell anything."
DOWN = "Stripe didn’t answer (%s). Try again later."
REFUSED = "Stripe refused the request (%s). Check PORTAL_STRIPE_API_KEY."


@click.group(cls=Group)
def billing() -> None:
    """Look after payments."""


@billing.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def prices(as_json: bool) -> None:
    """List what is on sale, as Stripe answers now, and show it on our page from now on. Exit status 1 without an answer."""
    try:
        found = service.read_prices()
    except BillingOff:
        raise click.ClickException(OFF) from None
    except StripeDown as error:
        raise click.ClickException(DOWN % error) from None
    except StripeRefused as error:
        raise click.ClickException(REFUSED % error.code) from None
    with unit_of_work():
        service.keep_prices(found)
    if as_json:
        click.echo(json.dumps([asdict(price) for price in found], indent=2, ensure_ascii=False))
        return
    for price in found:
        click.echo(f"{price.product:<32} {_said(price):<28} {price.key or price.id}")
    click.echo(f"Total: {len(found)} prices.")


def _said(price: Price) -> str:
    currency = price.currency.upper()
    amount = format_currency(Decimal(price.amount).scaleb(-get_currency_precision(currency)), currency, locale="en_AU")
    if not price.interval:
        return amount
    return f"{amount} every {price.interval if price.every == 1 else f'{price.every} {price.interval}s'}"


COMMANDS = (billing,)
