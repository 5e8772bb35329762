"""What people of each role see and may do; an author is forgotten for good."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.access.passwords import hashed
from tests.e2e.browser.conftest import repeated
from tests.e2e.browser.serving import Running, served

PASSWORD = "correct horse battery"  # noqa: S105  # of a test
ROLES = ("viewer", "reviewer", "admin")
LOUD, GONE = "web:loud.example", "web:gone.example"


@pytest.fixture(scope="module")
def guarded(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Give a dashboard that has a user of each role, over two authors who repeat themselves."""
    del browser
    word = hashed(PASSWORD)
    users = "".join(
        f'[[dashboard.users]]\nname = "{role}"\nrole = "{role}"\npassword_hash = "{word}"\n'
        for role in ROLES
    )
    posts = [
        *repeated(LOUD, "This one trick will SHOCK you", 6),
        *repeated(GONE, "Doctors HATE this other trick", 6),
    ]
    with served(tmp_path_factory.mktemp("guarded"), posts, more=users) as running:
        yield running


Enter = Callable[[str, str], Page]


@pytest.fixture
def enter(browser: Browser, guarded: Running) -> Iterator[Enter]:
    """Give what signs somebody in and opens a page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    zone = {"name": "bunco_zone", "value": "UTC", "url": guarded.address}
    context.add_cookies([zone])  # type: ignore[list-item]  # a plain dict is its TypedDict
    page = context.new_page()

    def entered(role: str, path: str) -> Page:
        page.goto(f"{guarded.address}/login?next=/sources")
        page.get_by_label("Name").fill(role)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/sources")
        page.goto(guarded.address + path)
        page.wait_for_function("window.did_handshake === true")
        return page

    yield entered
    context.close()


def test_a_viewer_sees_everything_and_changes_nothing(enter: Enter, guarded: Running) -> None:
    page = enter("viewer", f"/author?id={LOUD}")

    expect(page.get_by_role("heading", name=LOUD)).to_be_visible()
    expect(page.get_by_role("button", name="Judge…")).to_have_count(0)
    expect(page.get_by_role("button", name="Forget…")).to_have_count(0)
    page.goto(f"{guarded.address}/sources")
    expect(page.get_by_role("heading", name="feeds")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    answer = page.goto(f"{guarded.address}/settings")
    assert answer is not None
    assert answer.status == 403


def test_a_reviewer_judges_and_forgets_nobody(enter: Enter) -> None:
    page = enter("reviewer", f"/author?id={LOUD}")
    expect(page.get_by_role("button", name="Forget…")).to_have_count(0)

    page.get_by_role("button", name="Judge…").first.click()
    dialog = page.get_by_role("dialog", name="Give a verdict")
    dialog.get_by_label("Reason").fill("it is an advert")
    dialog.get_by_role("button", name="Give verdict").click()

    expect(page.get_by_text("it is an advert").first).to_be_visible()


def test_an_admin_forgets_an_author_after_they_were_asked(enter: Enter, guarded: Running) -> None:
    page = enter("admin", f"/author?id={GONE}")

    page.get_by_role("button", name="Forget…").click()
    dialog = page.get_by_role("dialog", name="Forget this author?")
    dialog.get_by_role("button", name="Erase").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Yes, erase everything").check()
    dialog.get_by_role("button", name="Erase").click()

    expect(page.get_by_role("heading", name="No such author")).to_be_visible()
    assert "gone.example" not in page.inner_text("body")
    page.goto(f"{guarded.address}/search?q=doctors")
    expect(page.get_by_text("HATE this other")).to_have_count(0)
    page.goto(f"{guarded.address}/settings")
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()


def test_the_link_of_a_mail_shows_its_time_with_a_way_to_everything(enter: Enter) -> None:
    times = "since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z"
    page = enter("viewer", f"/author?id={LOUD}&{times}")

    expect(page.get_by_text("Shown is the time")).to_be_visible()
    expect(page.get_by_text("the latest 0 of 0")).to_be_visible()
    page.get_by_role("link", name="Show everything").click()

    expect(page.get_by_text("the latest 0 of 0")).to_have_count(0)
    expect(page.get_by_text("Shown is the time")).to_have_count(0)
