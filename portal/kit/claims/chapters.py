"""The chapters of what is held about somebody, in the order in which people look for it."""

from enum import Enum

from portal.kit.i18n import _l


class Chapter(Enum):
    """One chapter; its `key` stands in addresses and forms."""

    YOU = "you"
    TICKETS = "tickets"
    CHOICES = "choices"
    SECURITY = "security"
    LOGS = "logs"

    @property
    def title(self) -> str:
        """What people call it, in the reader's language."""
        return str(CHAPTER_TITLES[self])


CHAPTER_TITLES = {
    Chapter.YOU: _l("You"),
    Chapter.TICKETS: _l("Your tickets"),
    Chapter.CHOICES: _l("Your choices and requests"),
    Chapter.SECURITY: _l("Your security"),
    Chapter.LOGS: _l("Logs"),
}
"""Each chapter as people call it."""
EVERY = frozenset(Chapter)
