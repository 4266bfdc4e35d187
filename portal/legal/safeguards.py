"""The safeguards (P46): each with the promise whose check is its evidence."""

from dataclasses import dataclass
from typing import Any

from portal.kit.i18n import _l


@dataclass(frozen=True)
class Safeguard:
    """One safeguard. `promises` are the ids, with a space between, whose checks are its evidence."""

    what: Any
    promises: str


@dataclass(frozen=True)
class Kind:
    """Safeguards of one kind."""

    key: str
    title: Any
    safeguards: tuple[Safeguard, ...]


KINDS: tuple[Kind, ...] = (
    Kind(
        "physical",
        _l("Physical safeguards"),
        (
            Safeguard(_l("We own no servers. Everything is in our vendors’ guarded data centres."), "P05"),
            Safeguard(_l("Backups are encrypted. A lost disk or a stolen copy can’t be read without its key."), "P29"),
        ),
    ),
    Kind(
        "electronic",
        _l("Electronic safeguards"),
        (
            Safeguard(_l("Passwords are kept as argon2id hashes. Nobody can read them, and no log holds them."), "P07"),
            Safeguard(_l("Links in emails are signed, expire soon and do nothing until you click a button."), "P08"),
            Safeguard(_l("A page can load and contact only what belongs to a listed vendor; the rest is refused."), "P04"),
            Safeguard(_l("Visitors’ IP addresses are encrypted with a key of the day, and the key is destroyed."), "P23"),
            Safeguard(_l("Photos are redrawn, so location and camera are removed."), "P03"),
            Safeguard(_l("Licences are checked on your own machine, without contacting us."), "P11"),
            Safeguard(_l("Card numbers go to the payment provider and never pass through this portal."), "P45"),
            Safeguard(_l("Deleted data leaves the backups too, on time, and a restore doesn’t bring it back."), "P29"),
        ),
    ),
    Kind(
        "managerial",
        _l("Managerial safeguards"),
        (
            Safeguard(_l("Staff sign in with a second factor, and have no access to your data by default."), "P36"),
            Safeguard(_l("Each access needs a reason, is limited in time, is logged first and is shown to you."), "P37"),
            Safeguard(_l("Nobody on our staff can set your password or change your Owners."), "P09"),
            Safeguard(_l("A change to your data needs an Owner’s approval of exactly that change."), "P38"),
            Safeguard(
                _l("Every column of the database states its purpose, its legal ground and how long it’s kept."), "P02"
            ),
            Safeguard(_l("Authorities need a written request, and Owners are told as much as possible."), "P40"),
            Safeguard(_l("Requests and breaches have deadlines that a clock counts, not a person."), "P33 P34"),
        ),
    ),
)
