"""A build that quietly tests less is a broken build: what is missing is seen on a laptop and fails in CI."""

import pytest

from tests import needs


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine on which nothing is installed."""
    monkeypatch.setattr(needs.shutil, "which", lambda *_args, **_kw: None)
    monkeypatch.setattr(needs.Path, "glob", lambda *_args: [])
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize("name", needs.NEEDS)
def test_what_is_missing_is_a_visible_skip_on_a_laptop(name):
    with pytest.raises(pytest.skip.Exception, match=name):
        needs.require(name)


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize("name", needs.NEEDS)
def test_what_is_missing_fails_in_ci(name, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=name):
        needs.require(name)


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize("name", needs.NEEDS)
def test_one_line_says_how_to_get_it(name):
    assert "\n" not in needs.how_to_get(name)
    assert "install" in needs.how_to_get(name)
