"""The catalogue: every promise of the policy in our own words, what enforces it and where it can be seen.

Those in `NOT_BUILT` wait for their part of the portal; until then they bind the company's people, not its software.
"""

from dataclasses import dataclass
from typing import Any

from portal.kit.i18n import _l

Sentence = Any


@dataclass(frozen=True)
class Promise:
    """One promise. `%(visits)s` in its words is a period of the policy; `seen_at` the endpoint of a page to look at."""

    id: str
    title: Sentence
    text: Sentence
    enforced: Sentence
    seen_at: str | None = None

    @property
    def built(self) -> bool:
        """Whether the portal does its part yet."""
        return self.id not in NOT_BUILT


@dataclass(frozen=True)
class Section:
    """A chapter of the policy with its promises."""

    title: Sentence
    promises: tuple[Promise, ...]


def section(title: Sentence, *promises: Promise) -> Section:
    """Make a section of its promises."""
    return Section(title, promises)


NOT_BUILT = frozenset(f"P{n:02}" for n in (9, 11, 12, 19, 20, 21, *range(29, 42), 43, 44, 45))

SECTIONS: tuple[Section, ...] = (
    section(
        _l("Collecting"),
        Promise(
            "P01",
            _l("The policy is always at hand"),
            _l("You find the privacy policy on the home page and by every form that asks for something about you."),
            _l("one component draws every such form and carries the link; a crawl of all pages fails without it"),
            "legal.privacy",
        ),
        Promise(
            "P02",
            _l("Only what is needed"),
            _l("We collect little, and each item for a purpose that we name. What is not on the list, we do not do."),
            _l("every stored column is classified in the data register; one that is not fails the tests"),
            "legal.privacy",
        ),
        Promise(
            "P03",
            _l("A small account"),
            _l("Your account holds your name and e-mail address, a photo if you add one, and your language and time zone."),
            _l("the table has no room for more; a photo is drawn anew, without its hidden data"),
            "settings.profile",
        ),
        Promise(
            "P04",
            _l("Never sold, never rented"),
            _l("Your data goes to the vendors on our list and to nobody else."),
            _l("pages and outgoing connections reach only hosts of listed vendors; another provider stops the start"),
            "legal.vendors",
        ),
        Promise(
            "P05",
            _l("A list of vendors"),
            _l("You can read who processes data for us, for what, where, and under which policy."),
            _l("a register of vendors with its history, and notice before a new one"),
            "legal.vendors",
        ),
    ),
    section(
        _l("Accounts"),
        Promise(
            "P06",
            _l("A cookie to know you are signed in"),
            _l("Signing in needs one cookie. A browser that refuses it is told so plainly."),
            _l("the sign-in page notices a missing cookie and says it"),
            "accounts.login",
        ),
        Promise(
            "P07",
            _l("Passwords nobody can read"),
            _l("We keep only a costly fingerprint of your password. Nobody here can see it."),
            _l("argon2id, made anew when its cost rises; no log, export or report holds a password"),
            "legal.security",
        ),
        Promise(
            "P08",
            _l("A safe way back in"),
            _l("A forgotten password is chosen anew through a link that we send to your address."),
            _l("a signed link that expires, serves once and dies with any change of the password; opening spends nothing"),
            "recovery.forgot_password",
        ),
        Promise(
            "P09",
            _l("Staff never touch your password"),
            _l("Our people never set a password for you, and never change who your Owners or Billing Administrators are."),
            _l("the console has no such action; the guard in the database comes with the console’s own rights"),
        ),
        Promise(
            "P10",
            _l("“This wasn’t me”"),
            _l("If somebody else was in your account, one press ends all sessions, freezes changes and calls us."),
            _l("the link stands in every security letter and in your settings; a page for those who are locked out"),
            "recovery.report_misuse",
        ),
    ),
    section(
        _l("Licensed products"),
        Promise(
            "P11",
            _l("Products do not call home"),
            _l("Our products go online only when somebody asks them to."),
            _l("licences that are checked without a network"),
        ),
        Promise(
            "P12",
            _l("Only the purchase is kept"),
            _l("For a licensed product we keep the purchase and nothing about your machines’ names or addresses."),
            _l("tables without room for them"),
        ),
    ),
    section(
        _l("Talking to us"),
        Promise(
            "P13",
            _l("What you write reaches people"),
            _l("A message through our form is kept in the helpdesk: your name, your address, what you wrote and attached."),
            _l("the form opens a ticket in the same moment, and answers leave by mail"),
            "support.contact",
        ),
        Promise(
            "P14",
            _l("History until you say so"),
            _l("We keep our conversations to serve you better, until you ask us to delete them."),
            _l("the rule is “until erased”, and deleting your account covers them"),
            "support.overview",
        ),
        Promise(
            "P15",
            _l("We write first only for reasons you can switch off"),
            _l("Help when you meet errors, news about what you reported, betas, research: each has its own switch."),
            _l("each reason is a purpose of its own, asked before choosing and again before sending"),
            "settings.communication",
        ),
        Promise(
            "P16",
            _l("Files go soon"),
            _l("Files you send us have an end date that you can see and bring forward."),
            _l("every file has its date from the first moment; the sweep keeps it"),
            "support.overview",
        ),
    ),
    section(
        _l("The newsletter"),
        Promise(
            "P17",
            _l("An address, nothing else"),
            _l("The newsletter takes an e-mail address, and nothing is kept before you confirm it."),
            _l("the wish travels sealed inside the letter’s own link; a row exists only after confirming"),
            "newsletter.subscribe",
        ),
        Promise(
            "P18",
            _l("A way out in every issue"),
            _l("One press on the link in any issue ends it at once."),
            _l("every letter carries the link and the one-press headers; opening changes nothing, pressing does"),
            "newsletter.subscribe",
        ),
    ),
    section(
        _l("User research"),
        Promise(
            "P19",
            _l("Research stays inside"),
            _l("What you tell researchers never leaves the company, and results carry no names where that is possible."),
            _l("sealed data with keys held apart"),
        ),
        Promise(
            "P20",
            _l("Research data ends with its study"),
            _l("A study’s personal data is deleted when the study ends, and never kept longer than %(research_max)s."),
            _l("no study without an end date"),
        ),
        Promise(
            "P21",
            _l("Leave research at any time"),
            _l("You may have your research data deleted whenever you wish."),
            _l("one button with a receipt"),
        ),
    ),
    section(
        _l("Visiting our pages"),
        Promise(
            "P22",
            _l("Statistics only if you agree"),
            _l("Google Analytics counts visits in the aggregate, with up to four cookies, if you agree; all works without."),
            _l("nothing of Google is in a page or its policy before; refusing is as easy as agreeing"),
            "legal.cookies",
        ),
        Promise(
            "P23",
            _l("Addresses for %(visits)s"),
            _l("We log each visit’s network address to find faults and fend off attacks, and lose it after %(visits)s."),
            _l("one sealed log with a key per day; the key of a day too old is destroyed, and copies are lost with it"),
            "traffic.mine",
        ),
    ),
    section(
        _l("Your rights"),
        Promise(
            "P24",
            _l("Your copy"),
            _l("You may have a copy of everything we hold about you."),
            _l("the data register drives the download, so that nothing can be forgotten"),
            "privacy.overview",
        ),
        Promise(
            "P25",
            _l("In files you can use"),
            _l("The copy comes in formats for programs and for people, and says what was left out and why."),
            _l("a ZIP with JSON, CSV, a page to read, and a list of contents with checksums"),
            "privacy.overview",
        ),
        Promise(
            "P26",
            _l("Put it right"),
            _l("You correct your own data in the settings; other errors we correct when you show them to us."),
            _l("settings for your own data; requests for other corrections come later"),
            "settings.profile",
        ),
        Promise(
            "P27",
            _l("Say no to a use"),
            _l("You may object to a use of your data, or restrict it."),
            _l("each use asks first whether it may; an objection or a restriction answers no, and so does an unknown use"),
            "settings.communication",
        ),
        Promise(
            "P28",
            _l("Download or delete at any time"),
            _l("You need nobody’s help for either. Before deleting you read what goes, what stays, why and until when."),
            _l("a deletion runs by itself, reads back that nothing is left, and gives a receipt"),
            "privacy.overview",
        ),
        Promise(
            "P29",
            _l("Backups end too"),
            _l("Deleted data lives in backups for at most %(backups)s and is then destroyed for good."),
            _l("a key per backup, destroyed in time"),
        ),
        Promise(
            "P30",
            _l("Exceptions have a reason and an end"),
            _l("If we must keep something longer, you see what, why and until when."),
            _l("holds with an end date"),
        ),
        Promise(
            "P31",
            _l("What the law makes us keep"),
            _l("Some records must stay for tax or open dealings. They serve nothing else, and go when their time is up."),
            _l("a hold per record"),
        ),
        Promise(
            "P32",
            _l("We make sure that it is you"),
            _l("A request by mail is answered once we know that it comes from you."),
            _l("a code to the address that we have"),
        ),
        Promise(
            "P33",
            _l("An answer within %(request_answer)s"),
            _l("We answer requests as fast as we can, and never later than %(request_answer)s."),
            _l("a due date that nobody can move"),
        ),
    ),
    section(
        _l("Security and staff"),
        Promise(
            "P34",
            _l("A breach is told within %(breach_notice)s"),
            _l("If a breach touches your data, you and the authorities hear of it within %(breach_notice)s."),
            _l("a clock that starts when we know"),
        ),
        Promise(
            "P35",
            _l("Who can see your data"),
            _l("Those you share with, and the Owners of your organisation."),
            _l("roles, and a page that tells you"),
        ),
        Promise(
            "P36",
            _l("Only senior staff"),
            _l("Customer data is open to senior members of our own team alone."),
            _l("roles, a second factor, and a grant for each look; today the console shows tickets and nothing else"),
        ),
        Promise(
            "P37",
            _l("Only to help or to mend"),
            _l("They look only to answer your question or to mend a fault."),
            _l("a grant that names the ticket and ends with it"),
        ),
        Promise(
            "P38",
            _l("Never a change without your word"),
            _l("Staff change nothing of yours unless an Owner has asked for exactly that."),
            _l("staff propose, an Owner approves, the system applies it once"),
        ),
        Promise(
            "P39",
            _l("It goes no further"),
            _l("What staff see is shown to no other customer, not to the public, not to the rest of the team."),
            _l("every lookup asks whose it is"),
        ),
        Promise(
            "P40",
            _l("Authorities must write"),
            _l("An authority gets data only on a written request, and Owners hear of it as far as the law allows."),
            _l("a register of disclosures"),
        ),
        Promise(
            "P41",
            _l("Production data goes with the account"),
            _l("Data in our production systems is kept until the account is closed and deleted."),
            _l("a deletion that each product confirms"),
        ),
    ),
    section(
        _l("Changes"),
        Promise(
            "P42",
            _l("Changes are posted"),
            _l("A changed policy is posted on its page, with its history."),
            _l("words and figures belong to a version; a change without a new version fails the check"),
            "legal.history",
        ),
        Promise(
            "P43",
            _l("Big changes are announced"),
            _l("You hear of a significant change at sign-in, on your home page or by mail."),
            _l("no such version without its notices"),
        ),
    ),
    section(
        _l("And also"),
        Promise(
            "P44",
            _l("Recordings are announced"),
            _l("We say so before a meeting is recorded, and use the recording for its purpose only."),
            _l("a register of recordings"),
        ),
        Promise(
            "P45",
            _l("Card numbers stay with the payment house"),
            _l("Your card’s number goes to Stripe; we know its brand, last four digits and expiry."),
            _l("no field that could take a number"),
        ),
        Promise(
            "P46",
            _l("Safeguards you can read about"),
            _l("Physical, electronic and managerial safeguards protect your data."),
            _l("listed with the evidence that software can give"),
            "legal.security",
        ),
    ),
)
