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
            _l("The policy is always one click away"),
            _l("The privacy policy is linked from the home page and from every form that asks for something about you."),
            _l("One component draws every such form and adds the link. Our tests fail on any page without it."),
            "legal.privacy",
        ),
        Promise(
            "P02",
            _l("Only what is needed"),
            _l("We collect as little as possible, each item for a stated purpose. If it isn’t listed, we don’t do it."),
            _l("Every column of the database is classified in the data register. An unclassified one fails our tests."),
            "legal.privacy",
        ),
        Promise(
            "P03",
            _l("A small account"),
            _l("Your account holds your name, your email address, your language and time zone, and a photo if you add one."),
            _l("The table has no columns for anything else. Photos are re-encoded, which removes their hidden data."),
            "settings.profile",
        ),
        Promise(
            "P04",
            _l("Never sold, never rented"),
            _l("Your data goes to the vendors on our list and to nobody else."),
            _l("Pages and connections only reach listed vendors. The portal won’t start with any other provider."),
            "legal.vendors",
        ),
        Promise(
            "P05",
            _l("A list of vendors"),
            _l("You can see who processes data for us, what for, where, and under which policy."),
            _l("Our vendor register keeps its history, and a new vendor is announced before it takes effect."),
            "legal.vendors",
        ),
    ),
    section(
        _l("Accounts"),
        Promise(
            "P06",
            _l("A cookie to keep you signed in"),
            _l("Signing in needs one cookie. If your browser refuses it, we tell you so plainly."),
            _l("The sign-in page notices when the cookie is missing and says so."),
            "accounts.login",
        ),
        Promise(
            "P07",
            _l("Passwords that nobody can read"),
            _l("We only keep a hash of your password that is slow to guess. Nobody here can see the password itself."),
            _l("We use argon2id, and rehash when we raise its cost. No log, download or report contains a password."),
            "legal.security",
        ),
        Promise(
            "P08",
            _l("A safe way back in"),
            _l("If you forget your password, you choose a new one with a link we email you."),
            _l("The link expires and works once. Any change of password ends it; opening it doesn’t use it up."),
            "recovery.forgot_password",
        ),
        Promise(
            "P09",
            _l("Staff never touch your password"),
            _l("Our staff never set a password for you, and never change your Owners or Billing Administrators."),
            _l("The staff console can’t do either. A guard in the database itself will follow."),
        ),
        Promise(
            "P10",
            _l("“This wasn’t me”"),
            _l("If someone was in your account, one click signs everyone out, blocks sensitive changes and alerts us."),
            _l("It’s in every security email and in your settings, with a page for anyone who is locked out."),
            "recovery.report_misuse",
        ),
    ),
    section(
        _l("Licensed products"),
        Promise(
            "P11",
            _l("Products don’t call home"),
            _l("Our products only go online when someone asks them to."),
            _l("Licences are checked on your own machine, without a network."),
        ),
        Promise(
            "P12",
            _l("We only keep the purchase"),
            _l("For a licensed product we keep the purchase, and no machine names or IP addresses."),
            _l("The tables have no columns for them."),
        ),
    ),
    section(
        _l("Talking to us"),
        Promise(
            "P13",
            _l("People read what you write"),
            _l("Our helpdesk keeps what you send with our form: your name, email address, message and files."),
            _l("The form opens a ticket straight away, and our replies go out by email."),
            "support.contact",
        ),
        Promise(
            "P14",
            _l("We keep the history until you say otherwise"),
            _l("We keep our conversations to serve you better, until you ask us to delete them."),
            _l("Tickets are kept until deleted, and deleting your account deletes them."),
            "support.overview",
        ),
        Promise(
            "P15",
            _l("We only contact you first for reasons you can switch off"),
            _l("Help with errors, news about what you reported, beta versions, research: each has its own switch."),
            _l("Each reason is a purpose of its own. We check it when choosing whom to email, and again before sending."),
            "settings.communication",
        ),
        Promise(
            "P16",
            _l("Files don’t stay long"),
            _l("Every file you send us has an expiry date that you can see and bring forward."),
            _l("Every file has an expiry date from the start, and is deleted on it automatically."),
            "support.overview",
        ),
    ),
    section(
        _l("The newsletter"),
        Promise(
            "P17",
            _l("An email address, nothing else"),
            _l("All the newsletter needs is an email address, and we keep nothing until you confirm it."),
            _l("Your request travels inside the link we email you. We store it only once you confirm."),
            "newsletter.subscribe",
        ),
        Promise(
            "P18",
            _l("Unsubscribe from any issue"),
            _l("The link in any issue unsubscribes you straight away, with one click."),
            _l("Every issue has the link and the one-click headers. Opening the link changes nothing; confirming does."),
            "newsletter.subscribe",
        ),
    ),
    section(
        _l("User research"),
        Promise(
            "P19",
            _l("Research stays inside"),
            _l("What you tell our researchers never leaves the company, and results are anonymous wherever possible."),
            _l("Research data is encrypted, and its keys are held separately."),
        ),
        Promise(
            "P20",
            _l("Research data ends with its study"),
            _l("A study’s personal data is deleted when the study ends, and never kept for longer than %(research_max)s."),
            _l("No study can start without an end date."),
        ),
        Promise(
            "P21",
            _l("Leave research at any time"),
            _l("You can have your research data deleted whenever you like."),
            _l("One button deletes it, and you get a receipt."),
        ),
    ),
    section(
        _l("Visiting our pages"),
        Promise(
            "P22",
            _l("Statistics only if you agree"),
            _l("If you agree, Google Analytics counts visits in aggregate, with up to four cookies. None is needed."),
            _l("Until you agree, nothing from Google is in any page. Refusing is as easy as agreeing."),
            "legal.cookies",
        ),
        Promise(
            "P23",
            _l("IP addresses for %(visits)s"),
            _l("We log the IP address of each visit to find faults and fend off attacks, and erase it after %(visits)s."),
            _l("One encrypted log has a key for each day. Old keys are destroyed, which makes every copy unreadable."),
            "traffic.mine",
        ),
    ),
    section(
        _l("Your rights"),
        Promise(
            "P24",
            _l("Your copy"),
            _l("You can have a copy of everything we hold about you."),
            _l("The download is made from the data register, so nothing can be left out."),
            "privacy.overview",
        ),
        Promise(
            "P25",
            _l("In files you can use"),
            _l("Your copy is readable by people and by programs, and says what was withheld and why."),
            _l("You get a ZIP file with JSON, CSV, a page to read, and a list of contents with hashes."),
            "privacy.overview",
        ),
        Promise(
            "P26",
            _l("Correct what’s wrong"),
            _l("Correct your own data in your settings. Show us any other error and we’ll correct it."),
            _l("You can change your own data in your settings. Requests for other corrections will follow."),
            "settings.profile",
        ),
        Promise(
            "P27",
            _l("Object to a use"),
            _l("You can object to a use of your data, or restrict it."),
            _l("Our software asks before every use. An objection or a restriction means no; so does an unknown use."),
            "settings.communication",
        ),
        Promise(
            "P28",
            _l("Download or delete at any time"),
            _l("No need to ask anyone. Before you delete, you see what goes, what we keep, why and for how long."),
            _l("A deletion runs automatically, checks that nothing is left, and gives you a receipt."),
            "privacy.overview",
        ),
        Promise(
            "P29",
            _l("Deleted from backups too"),
            _l("Deleted data stays in backups for at most %(backups)s, and is then destroyed for good."),
            _l("Each backup is encrypted with its own key, which is destroyed on time."),
        ),
        Promise(
            "P30",
            _l("Exceptions have a reason and an end date"),
            _l("If we have to keep something longer, you can see what, why and until when."),
            _l("Every exception is recorded with an end date."),
        ),
        Promise(
            "P31",
            _l("What the law requires us to keep"),
            _l("Records we need for tax or open transactions are kept, used for nothing else, and then deleted."),
            _l("Each such record has its own reason and end date."),
        ),
        Promise(
            "P32",
            _l("We make sure it’s you"),
            _l("We answer a request by email once we know that it comes from you."),
            _l("We send a code to the email address we hold."),
        ),
        Promise(
            "P33",
            _l("An answer within %(request_answer)s"),
            _l("We answer requests as fast as we can, and always within %(request_answer)s."),
            _l("Each request has a due date that nobody can move."),
        ),
    ),
    section(
        _l("Security and staff"),
        Promise(
            "P34",
            _l("You hear of a breach within %(breach_notice)s"),
            _l("If a breach affects your data, we notify you and the authorities within %(breach_notice)s."),
            _l("The clock starts when we find out."),
        ),
        Promise(
            "P35",
            _l("Who can see your data"),
            _l("The people you share with, and the Owners of your organisation."),
            _l("Roles decide who sees what, and a page shows you who that is."),
        ),
        Promise(
            "P36",
            _l("Only senior staff"),
            _l("Only senior members of our own team can see customer data."),
            _l("Staff need a role, two-step verification and a grant. For now the console only shows support tickets."),
        ),
        Promise(
            "P37",
            _l("Only to help or to fix"),
            _l("They only look to answer your question or to fix a fault."),
            _l("A grant names the ticket and ends with it."),
        ),
        Promise(
            "P38",
            _l("No changes without your say-so"),
            _l("Staff change nothing of yours unless an Owner has asked for exactly that change."),
            _l("Staff propose a change, an Owner approves it, and the system applies it once."),
        ),
        Promise(
            "P39",
            _l("It goes no further"),
            _l("What staff see isn’t shared with other customers, the public or the rest of the team."),
            _l("Every lookup checks whose data it is."),
        ),
        Promise(
            "P40",
            _l("Authorities must ask in writing"),
            _l("Authorities get data only on a written request, and we tell Owners as far as the law allows."),
            _l("Every disclosure goes into a register."),
        ),
        Promise(
            "P41",
            _l("Production data goes with the account"),
            _l("Data in our production systems is kept until your account is closed and deleted."),
            _l("A deletion is complete only when each product has confirmed it."),
        ),
    ),
    section(
        _l("Changes"),
        Promise(
            "P42",
            _l("Changes are posted"),
            _l("A changed policy is posted on its page, along with its history."),
            _l("Words and figures belong to a version. Changing them without a new version fails the check."),
            "legal.history",
        ),
        Promise(
            "P43",
            _l("Big changes are announced"),
            _l("We tell you about significant changes when you sign in, on your home page or by email."),
            _l("A significant version can’t be published without its notices."),
        ),
    ),
    section(
        _l("And also"),
        Promise(
            "P44",
            _l("Recordings are announced"),
            _l("We tell you before a meeting is recorded, and use the recording for its stated purpose only."),
            _l("Every recording goes into a register."),
        ),
        Promise(
            "P45",
            _l("Card numbers stay with the payment provider"),
            _l("Your card number goes to Stripe. We only see the card’s brand, its last four digits and its expiry date."),
            _l("We have no field that could hold a card number."),
        ),
        Promise(
            "P46",
            _l("Safeguards you can read about"),
            _l("Physical, electronic and managerial safeguards protect your data."),
            _l("Each one is listed with the evidence our software can show."),
            "legal.security",
        ),
    ),
)
