"""The licence that the demo company bought, and a machine on which it runs."""

from __future__ import annotations

from tests.pictures.demo import Demo


def bought(made: Demo) -> str:
    """Return the page of the licence."""
    return str(made.signed_in("ada").get("/licences").soup.select("main table th a")[0]["href"])


def activated(made: Demo) -> str:
    """Return the page of a machine that it runs on."""
    ada, path = made.signed_in("ada"), bought(made)
    if not ada.get(path).soup.select("#machines th a"):
        for digit in "a7":
            ada.submit(f"{path}/activate", request=f"{digit}3f0" * 8)
    return str(ada.get(path).soup.select("#machines th a")[0]["href"])
