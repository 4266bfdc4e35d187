"""The picture of the README: four pages of the demo on one table."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.browser import LiveServer
from tests.pictures.demo import Demo
from tests.pictures.scenes import Scene, opened

SIZE = {"width": 1600, "height": 1060}
WINDOWS = (
    # name, whose, address, device, colours; left, top, width and height on the table
    ("start", "visitor", "/", "desktop", "light", (50, 50, 780, 520)),
    ("home", "ada", "/home", "desktop", "light", (770, 100, 780, 640)),
    ("ticket", "ada", "/support/{ticket}", "desktop", "dark", (300, 505, 780, 520)),
    ("phone", "ada", "/home", "phone", "dark", (1130, 470, 258, 556)),
)
TABLE = """<!doctype html><html lang="en"><title>Cover</title><style>
body { margin: 0; background: radial-gradient(#c9d4d2 1.4px, #e0e6e4 1.8px) 0 0 / 26px 26px; }
img { position: absolute; border-radius: 12px; box-shadow: 0 12px 40px #17212e55; object-fit: cover; object-position: top; }
img.phone { border-radius: 30px; border: 6px solid #17212e; box-sizing: border-box; }
</style>"""


def take_cover(chromium: Browser, live: LiveServer, made: Demo, folder: Path) -> None:
    """Take `readme.png`."""
    shots = "".join(_shot(chromium, live, made, *window) for window in WINDOWS)
    table = chromium.new_page(viewport=SIZE)
    table.set_content(TABLE + shots)
    picture = Image.open(BytesIO(table.screenshot())).convert("RGB")
    table.close()
    # A palette keeps it a third as large.
    picture.quantize(256, kmeans=8, dither=Image.Dither.NONE).save(folder / "readme.png", optimize=True)


def _shot(
    chromium: Browser,
    live: LiveServer,
    made: Demo,
    name: str,
    who: str,
    path: str,
    device: str,
    scheme: str,
    at: tuple[int, ...],
) -> str:
    left, top, width, height = at
    scene = Scene(f"cover.{name}", who, path.format(ticket=made.ticket_about("Markers")))
    page = opened(chromium, live, made, scene, options={"device": device, "scheme": scheme})
    wide = page.viewport_size["width"] if page.viewport_size else width
    page.set_viewport_size({"width": wide, "height": round(wide * height / width)})
    picture = b64encode(page.screenshot()).decode()
    page.context.close()
    style = f"left: {left}px; top: {top}px; width: {width}px; height: {height}px"
    return f'<img class="{name}" style="{style}" alt="" src="data:image/png;base64,{picture}">'
