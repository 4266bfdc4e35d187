"""No page is left out of the set of pictures, and none is named that is not there."""

from pathlib import Path

import pytest
from flask import Flask

from tests.pictures.__main__ import main
from tests.pictures.scenes import AS_SAM, JOURNEYS, LINKS, NO_PAGES, ON_THE_WAY, pages
from tests.rules.source import ROOT


def test_every_page_is_taken(app: Flask) -> None:
    varies = {endpoint for endpoint, _gate, rule in pages(app) if "<" in rule}
    assert varies == set(LINKS)
    everything = {endpoint for endpoint, _gate, _rule in pages(app)} | NO_PAGES
    assert set(JOURNEYS) | AS_SAM | set(ON_THE_WAY) <= everything
    assert set(app.view_functions) >= NO_PAGES


@pytest.mark.parametrize("folder", [ROOT, ROOT / "docs" / "pictures"])
def test_no_picture_gets_into_the_repository(folder: Path) -> None:
    with pytest.raises(SystemExit, match="outside"):
        main([str(folder)])
