"""The promises that this area keeps: licences are checked offline (P11), and machines have no name (P12)."""

from sqlalchemy import func, inspect, select

from portal.kit import signing
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.db import db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.scopes import across
from portal.licences.models import Activation, Licence
from proof.verify_licence import LICENCE, Wrong, read

LOOKED_AT = 20
HELD_OF_MACHINES = {"id", "licence_id", "machine", "activated_at", "file"}
DIGITS = 32


@across("the newest licences are checked as any product checks them, whoever's they are")
def _checked_offline() -> Finding:
    keys = {(key.purpose, key.kid): key.public for key in signing.published()}
    files = db.session.scalars(select(Licence.file).order_by(Licence.granted_at.desc()).limit(LOOKED_AT)).all()
    wrong = 0
    for file in files:
        try:
            read(file.encode(), LICENCE, keys)
        except Wrong:
            wrong += 1
    if wrong:
        return failed("refused", licences=wrong)
    return passed("genuine", licences=len(files)) if files else nothing_yet("none")


@across("what is no fingerprint is counted, whoever's it is")
def _machines_unnamed() -> Finding:
    held = {column["name"] for column in inspect(db.session.connection()).get_columns(Activation.__tablename__)}
    if strange := held - HELD_OF_MACHINES:
        return failed("columns", columns=sorted(strange))
    others = select(func.count()).select_from(Activation).where(func.length(Activation.machine) != DIGITS)
    if named := db.session.scalar(others):
        return failed("named", machines=named)
    return passed("fingerprints")


CHECKS = (
    Check(
        promise="P11",
        name="licences_checked_offline",
        what=_l("The newest licences are checked by the published program and the published keys, without a network."),
        run=_checked_offline,
        says={
            "refused": lambda licences: ngettext(
                "%(num)s licence is refused by the published program.",
                "%(num)s licences are refused by the published program.",
                licences,
            ),
            "genuine": lambda licences: ngettext("%(num)s licence checked.", "%(num)s licences checked.", licences),
            "none": lambda: _("There’s no licence yet."),
        },
    ),
    Check(
        promise="P12",
        name="machines_unnamed",
        what=_l("A machine is held as a fingerprint of 32 digits, and there’s no column for its name or address."),
        run=_machines_unnamed,
        says={
            "columns": lambda columns: _("There are columns for more: %(columns)s.", columns=listed(columns)),
            "named": lambda machines: ngettext(
                "%(num)s machine is held by something that’s no fingerprint.",
                "%(num)s machines are held by something that’s no fingerprint.",
                machines,
            ),
            "fingerprints": lambda: _("Only fingerprints are held."),
        },
    ),
)
