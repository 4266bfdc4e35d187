"""A real Chromium for the journeys, and the app under test behind a real, threaded server.

A pytest plug-in (`pytest_plugins = ["tests.browser"]`). The fixtures:

- `live_server` serves the test's own `app`, in this process: `outbox`, `clock` and `run_jobs` see what the browser did.
- `open_page(**options)` opens a page in a browser profile of its own: a new person at a new machine. `page` is one
  with defaults.

The browser reaches the portal under its base URL through the live server as its proxy. So links in emails work as
they are, and whatever the page asks of another host arrives at the live server too and never leaves the machine. When
the test ends, every page must have been silent: nothing asked of another host, no error, no breach of the
Content-Security-Policy.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    Route,
    sync_playwright,
)
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests import needs

if TYPE_CHECKING:
    from portal.kit.actor import Role
from tests.conftest import Visitor

ARGUMENTS = (
    "--no-sandbox",  # the tests may run as root, for whom Chromium's sandbox does not start
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
PATIENCE = 10_000  # milliseconds; a page of ours takes a tenth of a second, a busy machine may take longer

# Chromium reports these by itself in the console; the response that they tell of is judged by its own rule below.
TOLD_ELSEWHERE = ("Failed to load resource",)


@dataclass(frozen=True)
class LiveServer:
    """The app under test behind a real server: the address people use, and the door it is reached through."""

    url: str
    proxy: str


@dataclass
class Recorder:
    """What one browser profile did that a page of ours must not do, and what it asked of hosts allowed in this test."""

    own_host: str
    allow_hosts: frozenset[str]
    problems: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a profile."""
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        if self.allow_hosts:
            context.route(self._is_outside, self._answer_for_outside)

    def _is_outside(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.own_host

    def _on_request(self, request: Request) -> None:
        if not self._is_outside(request.url):
            return
        self.outside.append(request.url)
        if urlsplit(request.url).hostname not in self.allow_hosts:
            self.problems.append(f"{request.method} to another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= 500 or (response.status >= 400 and not is_page and not self._is_outside(response.url)):
            self.problems.append(f"{response.status} for {response.request.method} {response.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(TOLD_ELSEWHERE):
            self.problems.append(f"console: {message.text}")

    @staticmethod
    def _answer_for_outside(route: Route) -> None:
        route.fulfill(status=200, content_type="text/javascript", body="")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that needs a real browser: `-m "not browser"` leaves them out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests of this worker."""
    executable = needs.require("Chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def live_server(app: Flask) -> Iterator[LiveServer]:
    """The test's own app behind a threaded server on a free port of the loopback."""
    with served(app) as live:
        yield live


@contextmanager
def served(app: Flask) -> Iterator[LiveServer]:
    """Serve an app on a free port of the loopback, in threads of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    with _serving(server):
        base_url = app.extensions["portal.settings"].base_url
        yield LiveServer(url=base_url, proxy=f"http://127.0.0.1:{server.server_port}")


class _Quiet(WSGIRequestHandler):
    """A handler that writes no access log: it would only delete_files the test's own output."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def _serving(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Open a page in a new browser profile. Options: see `profile`; `allow_hosts` names hosts that may be asked.

    What was asked of allowed hosts is in `page.recorder.outside`; they are answered with an empty script.
    """
    opened: list[tuple[BrowserContext, Recorder]] = []

    def open_one(*, allow_hosts: tuple[str, ...] = (), **options: Any) -> Page:
        context = browser.new_context(**profile(live_server, **options))
        context.set_default_timeout(PATIENCE)
        recorder = Recorder(own_host=urlsplit(live_server.url).netloc, allow_hosts=frozenset(allow_hosts))
        recorder.watch(context)
        opened.append((context, recorder))
        page = context.new_page()
        page.recorder = recorder  # type: ignore[attr-defined]
        return page

    yield open_one
    for context, _ in opened:
        context.close()
    problems = [problem for _, recorder in opened for problem in recorder.problems]
    assert not problems, "the browser complained:\n  " + "\n  ".join(problems)


def profile(
    server: LiveServer,
    *,
    javascript: bool = True,
    device: str = "desktop",
    scheme: str = "light",
    locale: str = "en-AU",
    time_zone: str = "Australia/Sydney",
    reduced_motion: bool = True,
    global_privacy_control: bool = False,
) -> dict[str, Any]:
    """Return the settings of a new browser profile."""
    headers = {"Sec-GPC": "1"} if global_privacy_control else {}
    return {
        **DEVICES[device],
        "base_url": server.url,
        "proxy": {"server": server.proxy},
        "java_script_enabled": javascript,
        "color_scheme": scheme,
        "locale": locale,
        "timezone_id": time_zone,
        "reduced_motion": "reduce" if reduced_motion else "no-preference",
        "extra_http_headers": headers,
        "service_workers": "block",
    }


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page in a desktop browser with JavaScript, in light colours and English."""
    return open_page()


def axe(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page as it is now, one sentence for each element."""
    source = (needs.require_browser_tools() / "axe-core" / "axe.min.js").read_text()
    page.evaluate(f"() => {{ {source}; window.axe = axe; }}")
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [
        f"{violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in found
        for node in violation["nodes"]
    ]


def html_faults(pages: dict[str, str]) -> list[str]:
    """Return what html-validate finds wrong in pages of HTML, each with the name of its page; one process for all."""
    modules = needs.require_browser_tools()
    done = subprocess.run(
        [needs.require("Node"), needs.BROWSER_TOOLS / "validate.mjs"],
        input=json.dumps(pages),
        cwd=modules.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout))


def sign_in(page: Page, visitor: Visitor) -> None:
    """Give a real browser the session of a visitor whom the cast signed in."""
    cookies = visitor.client._cookies.values()
    kept = [{"name": cookie.key, "value": cookie.value, "domain": "localhost", "path": cookie.path} for cookie in cookies]
    page.context.add_cookies(kept)  # type: ignore[arg-type]


def follow(target: Locator) -> None:
    """Click, and wait until the page that follows has come: a click by itself returns while the old one still stands."""
    with target.page.expect_navigation():
        target.click()


def focused(page: Page) -> str:
    """Return what a person would call the focused element: its label or text, or its tag name."""
    return str(page.evaluate(FOCUSED))


def tab_to(page: Page, name: str, *, limit: int = 80) -> None:
    """Press Tab until the element of that name has the focus. Fails when it is not reached."""
    passed = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1] == name:
            return
    raise AssertionError(f"Tab never reached {name!r}; it passed {passed}")


def tab_order(page: Page, *, limit: int = 300, each: Callable[[], bool] = lambda: True) -> list[tuple[str, bool]]:
    """Return what Tab reaches, in order, from the top of the page until it leaves it: its name, and what `each` says."""
    page.evaluate("() => { document.activeElement?.blur(); window.getSelection()?.removeAllRanges(); }")
    passed: list[tuple[str, bool]] = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement === document.body"):
            return passed
        name, is_date = focused(page), page.evaluate("() => document.activeElement.type === 'date'")
        if is_date and passed and passed[-1][0] == name:
            # Its day, month and year are stops of one field; to look at it once more would begin with the day again.
            continue
        passed.append((name, each()))
    raise AssertionError(f"Tab never left {page.url}: {passed[:20]} … {passed[-6:]}")


def focus_is_visible(page: Page) -> bool:
    """Tell whether the focused element is drawn differently from when it has no focus."""
    return bool(page.evaluate(FOCUS_IS_VISIBLE))


def overflows(page: Page) -> bool:
    """Tell whether the page is wider than its window: a person on a phone would have to push it about."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth + 1"))


def paths(app: Flask, *gates: str, role: Role | None = None) -> list[str]:
    """Return the addresses of the pages that are behind one of these gates ("public", "signed in", "fresh", "staff").

    Of the pages of staff those that a `role` opens, or all.

    Only addresses without variable parts: those need a thing to exist, so a journey opens them.
    """
    found = set()
    for rule in app.url_map.iter_rules():
        tag = getattr(app.view_functions[rule.endpoint], "access_tag", None)
        opens = tag is not None and tag.gate.value in gates and (role is None or not tag.roles or role in tag.roles)
        if opens and "GET" in (rule.methods or ()) and not rule.arguments:
            found.add(rule.rule)
    return sorted(found)


FOCUSED = """() => {
  const it = document.activeElement;
  const named = (it.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean)
    .map(id => document.getElementById(id)?.textContent).join(' ');
  const label = it.getAttribute('aria-label') || it.labels?.[0]?.textContent;
  const text = named || label || it.innerText || it.value || it.tagName;
  return text.trim().replace(/\\s+/g, ' ');
}"""

FOCUS_IS_VISIBLE = """() => {
  const it = document.activeElement;
  const look = () => {
    const s = getComputedStyle(it);
    return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor, s.textDecoration].join('|');
  };
  const shown = look();
  it.blur();
  const plain = look();
  it.focus();
  return shown !== plain;
}"""
