"""Whatever is sealed can be opened."""

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit import keys, rotation
from portal.kit.checks import Check, Finding, failed, failed_by, nothing_yet, passed
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.sealed import UNNAMED
from portal.privacy.checks.grace import GRACE


def _every_seal_opens() -> Finding:
    counts = rotation.sealed_by_key()
    if missing := sorted(counts.keys() - {*keys.key_ids(), UNNAMED}):
        return failed("no_key", values=sum(sum(counts[key].values()) for key in missing))
    if faults := rotation.unopenable():
        return failed("closed", kinds=faults)
    if fault := find_run_fault("privacy.reseal", grace=GRACE):
        return failed_by([fault])
    total = sum(sum(kinds.values()) for kinds in counts.values())
    return passed("open", values=total) if total else nothing_yet("nothing_encrypted")


CHECKS = [
    Check(
        promise="P46",
        name="every_seal_opens",
        what=_l("Everything we keep encrypted can be read when it’s needed: no key is missing."),
        run=_every_seal_opens,
        says={
            **RUN_FAULTS,
            "no_key": lambda values: ngettext(
                "%(num)s encrypted value needs a key that is missing.",
                "%(num)s encrypted values need a key that is missing.",
                values,
            ),
            "closed": lambda kinds: _("Can’t be decrypted: %(kinds)s.", kinds=listed(kinds)),
            "open": lambda values: ngettext(
                "%(num)s encrypted value; its key is there.", "%(num)s encrypted values; every key is there.", values
            ),
            "nothing_encrypted": lambda: _("Nothing is encrypted yet."),
        },
    ),
]
