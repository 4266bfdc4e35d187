"""Devices, said coarsely: what a browser calls itself is never kept, only "Firefox on Windows" (P23)."""

from portal.kit.i18n import _

BROWSERS = {
    "MicroMessenger": "WeChat", "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Windows": "Windows", "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "CrOS": "ChromeOS",
    "Mac OS X": "macOS", "Linux": "Linux",
}  # fmt: skip
"""Marks in what a browser calls itself, the telling ones first: most claim to be Safari too."""

UNKNOWN = "A browser"
JOINT = " on "
"""How a label is stored; a reader gets it in their own language."""


def device_of(user_agent: str) -> str:
    """Return the label of what a browser calls itself, "Firefox on Windows", as it is stored."""
    browser = next((name for mark, name in BROWSERS.items() if mark in user_agent), UNKNOWN)
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), None)
    return f"{browser}{JOINT}{system}" if system else browser


def say(label: str) -> str:
    """Say a stored label in the reader's language."""
    browser, _joint, system = label.partition(JOINT)
    name = _("A browser") if browser == UNKNOWN else browser
    return str(_("%(browser)s on %(system)s", browser=name, system=system) if system else name)
