"""Takes a picture of every page, as the demo company sees them: `make pictures TO=folder`.

Each on a phone and on a desk, in light and in dark; on paper too. `readme.png` is what the README shows. The folder lies
outside of the repository.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import structlog
from playwright.sync_api import Browser, sync_playwright

from tests import needs
from tests.browser import ARGUMENTS, LiveServer, served
from tests.pictures.cover import take_cover
from tests.pictures.demo import Demo
from tests.pictures.scenes import Scene, opened, scenes
from tests.rules.source import ROOT

LOOKS = (("phone", "light"), ("phone", "dark"), ("desktop", "light"), ("desktop", "dark"))


def main(arguments: list[str]) -> None:
    """Take all pictures, or those whose name holds one of the further arguments."""
    if not arguments:
        sys.exit("Where to? make pictures TO=folder")
    folder = Path(arguments[0]).expanduser().resolve()
    if folder.is_relative_to(ROOT):
        sys.exit(f"{folder} lies inside the repository; pictures belong outside of it.")
    folder.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as made_in:
        made = Demo.made_in(Path(made_in))
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        with served(made.app) as live, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=needs.require("Chromium"), args=list(ARGUMENTS))
            taken = 0
            # One after the other: what a scene prepares may end what an earlier one shows.
            for scene in scenes(made.app, made):
                if _is_wanted(scene, arguments[1:]):
                    _take_all(chromium, live, made, scene, folder)
                    taken += 1
            take_cover(chromium, live, made, folder)
            chromium.close()
    print(f"{taken} pages, and readme.png, in {folder}")


def _is_wanted(scene: Scene, words: Iterable[str]) -> bool:
    return not words or any(word in scene.name for word in words)


def _take_all(chromium: Browser, live: LiveServer, made: Demo, scene: Scene, folder: Path) -> None:
    for device, scheme in LOOKS:
        page = opened(chromium, live, made, scene, options={"device": device, "scheme": scheme})
        page.screenshot(path=folder / f"{scene.name}-{device}-{scheme}.png", full_page=True)
        if (device, scheme) == ("desktop", "light"):
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 720, "height": 1000})
            page.screenshot(path=folder / f"{scene.name}-paper.png", full_page=True)
        page.context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
