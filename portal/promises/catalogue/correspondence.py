"""Promises of the policy: talking to us."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("Talking to us"),
    (
        Promise(
            "P13",
            Built.PARTLY,
            _l("People read what you write"),
            _l("Our helpdesk keeps what you send with our form: your name, email address, message and files."),
            _l("The form opens a ticket straight away, and our replies go out by email."),
            "support.contact",
            missing=_l("Emails to our address don’t open a ticket by themselves yet."),
        ),
        Promise(
            "P14",
            Built.WHOLLY,
            _l("We keep the history until you say otherwise"),
            _l("We keep your tickets to serve you better, until you ask us to delete them."),
            _l("Tickets are kept until deleted, and deleting your account deletes them."),
            "support.overview",
        ),
        Promise(
            "P15",
            Built.PARTLY,
            _l("We only contact you first for reasons you can switch off"),
            _l("Help with errors, news about what you reported, beta versions, research: each has its own switch."),
            _l("Each reason is a purpose of its own. Unless you allow it, or once you object, the answer to its use is no."),
            "settings.communication",
            missing=_l(
                "We don’t send such emails yet. Your choice is checked when one is written, and again before it leaves."
            ),
        ),
        Promise(
            "P16",
            Built.WHOLLY,
            _l("Files don’t stay long"),
            _l("Every file you send us has an expiry date that you can see and bring forward."),
            _l("Every file has an expiry date from the start, and is deleted on it automatically."),
            "support.overview",
        ),
    ),
)
