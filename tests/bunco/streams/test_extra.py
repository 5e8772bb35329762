"""What the distributed run needs on top of the rest."""

import pytest

from bunco.errors import UsageError
from bunco.streams import extra


def test_nothing_is_missing_here() -> None:
    assert extra.missing() == []
    extra.require()


def test_a_missing_package_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extra._PACKAGES, "no_such_module_at_all", "no-such-package")

    with pytest.raises(UsageError, match=r"no-such-package; .*pip install '\.\[distributed\]'"):
        extra.require()
