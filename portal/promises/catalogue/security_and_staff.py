"""Promises of the policy: security and staff."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("Security and staff"),
    (
        Promise(
            "P34",
            Built.NOT,
            _l("You hear of a breach within %(breach_notice)s"),
            _l("If a breach affects your data, we notify you and the authorities within %(breach_notice)s."),
            _l("The clock starts when we find out."),
        ),
        Promise(
            "P35",
            Built.WHOLLY,
            _l("Who can see your data"),
            _l("The people you share with, and the Owners of your organisation."),
            _l("Roles decide who sees what. Your organisation’s page shows you the list that the software keeps to."),
            "organisations.overview",
        ),
        Promise(
            "P36",
            Built.PARTLY,
            _l("Only senior staff"),
            _l("Only senior members of our own team can see customer data."),
            _l("Staff need a role and two-step verification, see only tickets, and each one they list or open is logged."),
            "privacy.who_looked",
            missing=_l("Grants for everything else will follow."),
        ),
        Promise(
            "P37",
            Built.PARTLY,
            _l("Only to help or to fix"),
            _l("They only look to answer your question or to fix a fault."),
            _l("The log names each ticket before staff see it. You see each one opened and, once a day, each one listed."),
            "privacy.who_looked",
            missing=_l("Grants that name a ticket or an incident, and end with it, will follow."),
        ),
        Promise(
            "P38",
            Built.PARTLY,
            _l("No changes without your say-so"),
            _l("Staff change nothing of yours unless an Owner has asked for exactly that change."),
            _l(
                "A guard lists what staff may write. Disabling an account takes two seniors and a reason, and has an appeal."
            ),
            missing=_l("Changes that staff propose and an Owner approves will follow. Until then staff can make none."),
        ),
        Promise(
            "P39",
            Built.PARTLY,
            _l("It goes no further"),
            _l("What staff see isn’t shared with other customers, the public or the rest of the team."),
            _l("Every lookup checks whose data it is."),
            missing=_l("Grants aren’t built yet. The same will hold for them."),
        ),
        Promise(
            "P40",
            Built.NOT,
            _l("Authorities must ask in writing"),
            _l("Authorities get data only on a written request, and we tell Owners as far as the law allows."),
            _l("Every disclosure goes into a register."),
        ),
        Promise(
            "P41",
            Built.WHOLLY,
            _l("Production data goes with the account"),
            _l("Data in our production systems is kept until your account is deleted or your organisation dissolved."),
            _l("Each product is told by a signed call. A deletion is complete only when each one has confirmed it."),
            "privacy.delete",
        ),
    ),
)
