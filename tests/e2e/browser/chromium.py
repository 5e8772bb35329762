"""A real headless Chromium: the system's where there is one, else Playwright's."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = ("--disable-background-networking", "--disable-component-update", "--no-first-run")


def launched(playwright: Playwright) -> Browser:
    """Start Chromium.

    Raises:
        Error: there is none.
    """
    path = installed()
    flags = list(_FLAGS)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium has no sandbox for root
    return playwright.chromium.launch(executable_path=path, args=flags)


def installed() -> str | None:
    """Give the path of the system's Chromium; None: Playwright is to use its own."""
    if Path("/usr/bin/chromium").exists():
        return "/usr/bin/chromium"
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def must_be_there() -> bool:
    """Say whether a missing browser is a failure: ``BUNCO_REQUIRE_BROWSER=1``, as in CI."""
    return os.environ.get("BUNCO_REQUIRE_BROWSER", "") not in {"", "0"}


def started(playwright: Playwright) -> Browser:
    """Start Chromium for a test; skip it with the reason where there is none."""
    try:
        return launched(playwright)
    except Error as error:
        reason = f"no Chromium: {str(error).splitlines()[0]}"
    if must_be_there():
        pytest.fail(f"{reason} (BUNCO_REQUIRE_BROWSER is set)", pytrace=False)
    pytest.skip(reason)
