"""The signed list of licences that were paid back: for whoever fetches it, by random ids and nothing else."""

from sqlalchemy import select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.scopes import across
from portal.licences.models import Licence
from portal.licences.service import files
from proof.verify_licence import REVOCATIONS


@across("the list names every licence that was paid back, whoever's it was, by its random id")
def revoked_file() -> str:
    """Return the list as of today, signed anew."""
    revoked = db.session.scalars(select(Licence.id).where(Licence.ended_at <= clock.now()))
    payload = {"issued_on": clock.today().isoformat(), "revoked": sorted(map(str, revoked))}
    return files.write(REVOCATIONS, payload=payload, lasts=False)
