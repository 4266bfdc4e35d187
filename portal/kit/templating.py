"""Templates of pages: what each may use. They are rendered inside the unit of work, for whoever asks."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, get_flashed_messages, has_request_context, render_template, request, url_for
from markupsafe import Markup

from portal.kit import access, clock, devices, fixed_parts, formats, i18n, renderer
from portal.kit.forms import UNSENT, Form
from portal.kit.running import Installed
from portal.kit.settings import current_settings
from portal.kit.web import SAFE_METHODS

_PATHS = Installed[dict[tuple[str, str, str | None], str]]("paths")


def init_app(app: Flask, *, company: object) -> None:
    """Install filters and globals. `company` holds the facts for footers and emails."""
    renderer.COMPANY.install(app, company)
    app.jinja_env.filters |= {"instant": instant, "day": day, "bytes": formats.nice_bytes, "period": formats.nice_period}
    app.jinja_env.filters |= {"entries": formats.nice_entries, "device": devices.say, "listed": i18n.listed}
    app.jinja_env.filters |= {"how_far": formats.how_far, "ago": ago, "short_day": formats.short_day}
    app.jinja_env.filters |= {"age": formats.nice_age, "figure": formats.nice_count}
    app.jinja_env.filters |= {"money": formats.money, "currency": formats.nice_currency}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)
    _PATHS.install(app, {})
    app.jinja_env.globals["url_for"] = path_for
    fixed_parts.drawn(app, "notices", _notices)
    fixed_parts.drawn(app, "paper_line", _paper_line)


def path_for(endpoint: str, **values: Any) -> str:
    """Return the path of a page of ours, as `url_for` does; one in which nothing varies is built once."""
    if endpoint.startswith(".") or values.keys() - {"filename"}:
        return url_for(endpoint, **values)
    paths, key = _PATHS.get(), (request.script_root, endpoint, values.get("filename"))
    if key not in paths:
        paths[key] = url_for(endpoint, **values)
    return paths[key]


def render(template: str, **values: Any) -> str:
    """Render a page."""
    return render_template(template, **values)


def render_same(template: str, *depends_on: object, form: Form | type[Form] | None = None, **values: Any) -> str:
    """Render a page that says the same to every visitor, but for what it depends on: kept whole, as it was rendered first.

    For whoever is signed in, and once something stands in its form, it is rendered anew. A form that is only named is
    made when it is needed.
    """

    def page() -> str:
        named = {} if form is None else {"form": form() if isinstance(form, type) else form}
        return render(template, **values, **named)

    if access.actor().is_signed_in or (form and _is_touched()):
        return page()
    return fixed_parts.fixed(template, request.endpoint, *depends_on, caller=page)


def _is_touched() -> bool:
    """Tell whether the form of this page was sent, or may hold what was typed before."""
    return request.method not in SAFE_METHODS or UNSENT in request.args


def _notices() -> str:
    """Say what the last action did, at the top of the page that follows it."""
    said = get_flashed_messages(with_categories=True)
    return renderer.part("components/notices.html", said=said) if said else ""


def _paper_line(nowhere: str = "") -> str:
    """Say on paper where a page stood, if it stood anywhere, and its day. The token of an email's link stays off paper."""
    rule = request.url_rule
    path = "/" if nowhere or rule is None or "token" in rule.arguments else request.path
    today = clock.now().astimezone(ZoneInfo(_zone())).date()
    return f"{current_settings().base_url}{path} · {_said_day(today, i18n.code())}"


@lru_cache(maxsize=16)
def _said_day(today: date, _language: str) -> str:
    return formats.day(today, "UTC")


def _context() -> dict[str, Any]:
    if not has_request_context():
        return renderer.shared()
    return {**renderer.shared(), "actor": access.actor()}


def instant(at: datetime | None, zone: str | None = None) -> str:
    """Say an instant in the reader's language, and in their zone unless another is given."""
    return formats.instant(at, zone or _zone())


def ago(at: datetime | None, zone: str | None = None) -> Markup:
    """Say how long ago an instant was, and the instant in full. Raises RuntimeError in a part that is kept: it grows old."""
    if at is None:
        return Markup("")
    if fixed_parts.keeps():
        raise RuntimeError("what is kept would say for ever how long ago it was")
    stamp, full, since = at.astimezone(UTC).isoformat(timespec="seconds"), instant(at, zone), formats.ago(at)
    if not since:
        return Markup('<time datetime="{}">{}</time>').format(stamp, full)
    both = '<time datetime="{}"><span>{}</span> <span class="full quiet">{}</span></time>'
    return Markup(both).format(stamp, since, full)  # noqa: S704 (our own sentence; what is put into it is escaped)


def day(at: date | None, zone: str | None = None) -> str:
    """Say a date, or the day of an instant in the reader's zone unless another is given, in the reader's language."""
    return formats.day(at, zone or _zone())


def _zone() -> str:
    return access.actor().time_zone if has_request_context() else "UTC"
