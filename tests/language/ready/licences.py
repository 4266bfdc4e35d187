"""Licences on the walk: one that runs, one that was paid back, one whose time is over, and machines in and out."""

from __future__ import annotations

import uuid
from datetime import timedelta

from portal.kit import clock
from portal.kit.unit import unit_of_work
from portal.licences import service
from portal.licences.models import End
from tests.language.ready.walk import Walk


def run_by_licences(walk: Walk) -> None:
    """See licences as an Owner and as somebody without any, and what each form refuses."""
    owner, other = walk.somebody("Αθηνά", "athena"), walk.somebody("Εστία", "hestia")
    athena, hestia = walk.signed_in(owner), walk.signed_in(other)
    hestia.get("/licences")
    path = athena.submit("/organisation/new", name="Υφάντρες").path
    athena.get("/licences")
    organisation_id = uuid.UUID(path.rpartition("/")[2])
    ended = clock.today() - timedelta(days=1)
    with walk.app.app_context(), unit_of_work():
        bought = {"bought_by": owner.account_id, "product": "production-system", "plan": "workshop"}
        for purchase_id, end in (("perpetual", None), ("over", ended), ("refunded", None)):
            service.grant(
                organisation_id, purchase_id=purchase_id, seats=1, perpetual=end is None, updates_end_on=end, **bought
            )
        service.end("refunded", because=End.REFUNDED)
    for link in athena.get("/licences").soup.select("main th a"):
        licence = str(link["href"])
        athena.get(licence)
        for request in ("", "x", "0" * 32, "1" * 32):
            athena.submit(f"{licence}/activate", request=request)
    for link in athena.get("/licences").soup.select("main th a"):
        for machine in athena.get(str(link["href"])).soup.select("#machines th a"):
            athena.submit(str(machine["href"]), action=f"{machine['href']}/release")
    walk.read_emails()
