"""The contract that services know no web sees what it should: an import that goes round by a tool breaks it too."""

import tomllib
from copy import deepcopy
from typing import Any

import grimp
import pytest
from importlinter import Contract, configuration
from importlinter.contracts.forbidden import ForbiddenContract

from tests.rules.source import ROOT

SESSION = {"root_packages": ["portal"], "include_external_packages": True}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Who imports whom in the portal."""
    return grimp.build_graph("portal", include_external_packages=True, cache_dir=None)


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract as the lint step reads it."""
    configuration.configure()
    listed: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (options,) = [each for each in listed if "know no web" in each["name"]]
    return ForbiddenContract(name=options["name"], session_options=SESSION, contract_options=options)


def holds(contract: Contract, imports: grimp.ImportGraph) -> bool:
    """Tell whether the contract holds of these imports; it takes out of a copy what it ignores."""
    return contract.check(deepcopy(imports), verbose=False).kept


def test_services_know_no_web(contract, imports):
    assert holds(contract, imports)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("portal.accounts.service.people", "flask"),
        ("portal.kit.audit", "werkzeug"),
        ("portal.kit.tokens", "portal.kit.web"),
        ("portal.kit.renderer", "portal.kit.templating"),
        ("portal.privacy.claim", "portal.kit.access"),
    ],
)
def test_the_contract_breaks_by_a_planted_import_however_far_away(contract, imports, importer, imported):
    planted = deepcopy(imports)
    planted.add_import(importer=importer, imported=imported)
    assert not holds(contract, planted)
