"""Promises of the policy: collecting."""

from portal.kit.i18n import _l
from portal.promises.catalogue.vocabulary import Built, Promise, Section

SECTION = Section(
    _l("Collecting"),
    (
        Promise(
            "P01",
            Built.WHOLLY,
            _l("The policy is always one click away"),
            _l("The privacy policy is linked from the home page and from every form that asks for something about you."),
            _l("One component draws every such form and adds the link. Our tests fail on any page without it."),
            "legal.privacy",
        ),
        Promise(
            "P02",
            Built.WHOLLY,
            _l("Only what is needed"),
            _l("We collect as little as possible, each item for a stated purpose. If it isn’t listed, we don’t do it."),
            _l("Every column of the database is classified in the data register. An unclassified one fails our tests."),
            "legal.privacy",
        ),
        Promise(
            "P03",
            Built.WHOLLY,
            _l("A small account"),
            _l("Your account holds your name, your email address, your language and time zone, and a photo if you add one."),
            _l("The table has no columns for anything else. Photos are re-encoded, which removes their hidden data."),
            "accounts.profile",
        ),
        Promise(
            "P04",
            Built.WHOLLY,
            _l("Never sold, never rented"),
            _l("Your data goes to the vendors on our list and to nobody else."),
            _l("Pages and connections only reach listed vendors. The portal won’t start with any other provider."),
            "legal.vendors",
        ),
        Promise(
            "P05",
            Built.WHOLLY,
            _l("A list of vendors"),
            _l("You can see who processes data for us, what for, where, and under which policy."),
            _l("Our vendor register keeps its history, and a new vendor is announced before it takes effect."),
            "legal.vendors",
        ),
    ),
)
