"""Promises of the policy: your rights."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("Your rights"),
    (
        Promise(
            "P24",
            Built.WHOLLY,
            _l("Your copy"),
            _l("You can have a copy of everything we hold about you."),
            _l("The download is made from the data register, so nothing can be left out."),
            "privacy.overview",
        ),
        Promise(
            "P25",
            Built.WHOLLY,
            _l("In files you can use"),
            _l("Your copy is readable by people and by programs, and says what was left out and why."),
            _l("You get a ZIP file with JSON, CSV, a page to read, and a list of contents with hashes."),
            "privacy.overview",
        ),
        Promise(
            "P26",
            Built.WHOLLY,
            _l("Correct what’s wrong"),
            _l("Correct your own data in your settings. Show us any other error and we’ll correct it."),
            _l(
                "Ask beside the data itself. Each correction is decided with a reason, and if we don’t make it, your own "
                "statement is shown with the data."
            ),
            "privacy.data",
        ),
        Promise(
            "P27",
            Built.WHOLLY,
            _l("Object to a use"),
            _l("You can object to a use of your data, or restrict it."),
            _l(
                "An objection or a restriction means no, and so does an unknown use. Lists of people and emails ask first, "
                "and our team sees that you restricted it."
            ),
            "privacy.restriction",
        ),
        Promise(
            "P28",
            Built.WHOLLY,
            _l("Download or delete at any time"),
            _l("No need to ask anyone. Before you delete, you see what goes, what we keep, why and for how long."),
            _l("A deletion runs automatically, checks that nothing is left, and gives you a receipt."),
            "privacy.overview",
        ),
        Promise(
            "P29",
            Built.NOT,
            _l("Deleted from backups too"),
            _l("Deleted data stays in backups for at most %(backups)s, and is then destroyed for good."),
            _l("Each backup is encrypted with its own key, which is destroyed on time."),
        ),
        Promise(
            "P30",
            Built.WHOLLY,
            _l("Exceptions have a reason and an end date"),
            _l("If we have to keep something longer, you can see what, why and until when."),
            _l("Every exception is a restricted copy with a reason and an end date, and is deleted on that date."),
            "privacy.holds",
        ),
        Promise(
            "P31",
            Built.WHOLLY,
            _l("What the law requires us to keep"),
            _l("Records we need for tax or open transactions are kept, used for nothing else, and then deleted."),
            _l("Each such record has its own reason and end date. It’s encrypted, and opened for that reason only."),
            "privacy.holds",
        ),
        Promise(
            "P32",
            Built.WHOLLY,
            _l("We make sure it’s you"),
            _l("We answer a request by email once we know that it comes from you."),
            _l("We send a code to the email address you give. Nothing that isn’t confirmed can be carried out."),
            "privacy.ask",
        ),
        Promise(
            "P33",
            Built.WHOLLY,
            _l("An answer within %(request_answer)s"),
            _l("We answer requests as fast as we can, and always within %(request_answer)s."),
            _l("Each request has a due date that nobody can move. You have the last word on our answer."),
            "privacy.ask",
        ),
    ),
)
