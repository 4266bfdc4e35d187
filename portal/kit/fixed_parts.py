"""Parts of pages that say the same to everybody: rendered once, and kept for as long as the portal runs.

What a part depends on stands in its key; the language that is spoken and the policy's periods are in every key. A rule
reads the templates and holds each part to that: no name of a person, no nonce and no token gets in.
"""

from collections.abc import Callable

from markupsafe import Markup

from portal.kit import i18n, periods
from portal.kit.running import App, Installed

MOST = 500
"""Parts that are kept at once: those of every page in both languages are fewer."""
_PARTS = Installed[dict[tuple[object, ...], Markup]]("fixed_parts")


def init_app(app: App) -> None:
    """Give templates the block `{% call fixed("name", what it depends on) %}`."""
    _PARTS.install(app, {})
    app.jinja_env.globals["fixed"] = fixed


def fixed(name: str, *depends_on: object, caller: Callable[[], Markup]) -> Markup:
    """Return a part of a page: as it was rendered first for this key, in the language that is spoken now."""
    parts, key = _PARTS.get(), (name, i18n.code(), periods.lengths(), *depends_on)
    part = parts.get(key)
    if part is None:
        if len(parts) >= MOST:
            # Some depend on the day, or on the last look of the checks: what is gone by is forgotten with the rest.
            parts.clear()
        part = parts[key] = caller()
    return part
