"""From runs to a board in three commands, and the board in a real browser."""

import json
import subprocess
import sys
from importlib import resources

import pytest

from core_bench.leaderboard import build_board, make_submission, schema_text, write_site
from core_bench.leaderboard.board import Entry

from ..reports.conftest import make_run
from .conftest import CARD


def bundle_of(place, folder, suite_path, card, name):
    _, data = make_submission(
        [folder], card, contact="us@lab.example", created="2026-11-25", suite=str(suite_path)
    )
    place.mkdir(exist_ok=True)
    (place / f"{name}.zip").write_bytes(data)


@pytest.fixture(scope="module")
def submissions(small, small_suite, tmp_path_factory):
    """A good model, a weak one, its compressed edition, an attack, and a bundle that is none."""
    place, runs = tmp_path_factory.mktemp("board") / "submissions", tmp_path_factory.mktemp("board-runs")
    golds = small_suite.golds
    models = {
        "good": (CARD | {"name": "Good 7B", "parameters": 7_000_000_000}, lambda item, row: f" {golds[item.id]}", 14_000_000_000),
        "weak": (CARD | {"name": "Weak 1B"}, lambda item, row: f" {golds[item.id]}" if row % 4 else " 0", 200_000_000),
        "small": (
            CARD | {"name": "Weak 1B w4", "base_model": "Weak 1B", "compression_plan": "0" * 12},
            lambda item, row: f" {golds[item.id]}" if row % 3 else " <img src=x onerror='window.forged=1'>",
            60_000_000,
        ),
    }  # fmt: skip
    for name, (card, answer, size) in models.items():
        folder = make_run(runs / name, small_suite, name, answer, split="test", bytes=size)
        bundle_of(place, folder, small, card, name)
    (place / "broken.zip").write_bytes(b"PK nothing")
    return place


@pytest.fixture(scope="module")
def board(submissions, small):
    return build_board(submissions, str(small))


@pytest.fixture(scope="module")
def site(board, tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    write_site(board, out)
    return out


def test_entries_are_ranked_and_what_is_broken_is_left_out(board):
    assert [entry.name for entry in board.entries] == ["Good 7B", "Weak 1B", "Weak 1B w4"]
    assert [checked.name for checked in board.refused] == ["broken.zip"]


def test_places_are_ranges_within_a_track(board):
    places = {entry.name: entry.place for entry in board.entries}
    assert places["Good 7B"][0] == 1
    assert places["Weak 1B w4"] == (1, 1), "alone in its track: the others are not compressed"


def test_the_same_submissions_give_the_same_bytes(submissions, small, site, tmp_path):
    write_site(build_board(submissions, str(small)), tmp_path)
    written = {
        path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert written == {
        path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()
    }


def test_an_entry_that_left_has_no_page_any_more(board, tmp_path):
    write_site(board, tmp_path, plots=False)
    assert len(list((tmp_path / "entries").glob("*.html"))) == 3
    write_site(type(board)(board.entries[:1], ()), tmp_path, plots=False)
    assert len(list((tmp_path / "entries").glob("*.html"))) == 1


def test_the_published_schema_is_that_of_the_code():
    from core_bench.data_folder import data_folder

    published = data_folder().parent / "docs" / "leaderboard" / "submission.schema.json"
    assert published.read_text() == schema_text(), (
        "core-bench submission schema > docs/leaderboard/submission.schema.json"
    )


def look(screen, path):
    screen.get(path.as_uri())
    assert screen.get_log("browser") == []


def text(screen, selector):
    return screen.find_element("css selector", selector).text


def shown(screen):
    return [
        row.find_element("css selector", "th a").text
        for row in screen.find_elements("css selector", "#entries tbody tr")
        if row.is_displayed()
    ]


def test_the_board_is_filtered_sorted_and_searched(screen, site):
    from selenium.webdriver.support.ui import Select

    look(screen, site / "index.html")
    assert len(shown(screen)) == 3
    Select(screen.find_element("id", "compressed")).select_by_visible_text("compressed")
    assert shown(screen) == ["Weak 1B w4"]
    assert text(screen, "#found") == "1 of 3 entries"
    Select(screen.find_element("id", "compressed")).select_by_visible_text("all")
    screen.find_element("id", "search").send_keys("good")
    assert shown(screen) == ["Good 7B"]
    screen.find_element("id", "search").clear()
    screen.find_element("id", "search").send_keys(" ")
    [size] = [
        head
        for head in screen.find_elements("css selector", "#entries thead th button")
        if head.text == "size"
    ]
    size.click()
    assert shown(screen)[0] == "Good 7B"
    size.click()
    assert shown(screen)[0] == "Weak 1B w4"


def test_an_entry_opens_and_its_replies_are_inert(screen, site):
    look(screen, site / "index.html")
    screen.find_element("link text", "Weak 1B w4").click()
    assert "Weak 1B w4" in text(screen, "h1")
    assert "onerror" in text(screen, "main")
    assert screen.execute_script("return window.forged") is None
    assert screen.execute_script("return document.querySelectorAll('article img').length") == 0
    assert "method" in text(screen, "dl")
    screen.find_element("link text", "CORE-BENCH LEADERBOARD").click()
    assert len(shown(screen)) == 3
    screen.find_element("link text", "How to submit").click()
    assert "core-bench submit" in text(screen, "main")
    assert screen.get_log("browser") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["index.html", "submit.html", "entries"])
def test_nothing_bars_the_way_for_anybody(screen, site, page, scheme):
    axe = pytest.importorskip("axe_core_python", reason="needs axe-core-python (extra `dev`)")
    script = resources.files(axe).joinpath("axe.min.js").read_text(encoding="utf-8")
    screen.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    look(screen, next((site / "entries").iterdir()) if page == "entries" else site / page)
    screen.execute_cdp_cmd(
        "Runtime.evaluate", {"expression": script}
    )  # the page's own policy lets nothing in
    found = screen.execute_async_script("const done = arguments[0]; axe.run().then(done);")
    serious = [
        (issue["id"], [node["html"][:120] for node in issue["nodes"]][:3])
        for issue in found["violations"]
        if issue["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_board_fits(screen, site, width):
    screen.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    for path in (site / "index.html", site / "submit.html", next((site / "entries").iterdir())):
        look(screen, path)
        assert screen.execute_script("return document.documentElement.scrollWidth") <= width
    look(screen, site / "index.html")
    pictures = screen.execute_script(
        "return [...document.images].map(image => image.complete && image.naturalWidth)"
    )
    assert pictures
    assert all(pictures)


def test_from_a_run_to_a_board_in_three_commands(run, small, tmp_path):
    def core_bench(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "core_bench.cli", *map(str, arguments)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    bundle = tmp_path / "subs" / "honest.zip"
    lacking = core_bench("submit", run, "--out", bundle, "--suite", small)
    assert lacking.returncode == 2
    assert "--licence" in lacking.stderr
    told = [
        "--name",
        "Honest",
        "--organisation",
        "Lab",
        "--access",
        "open",
        "--licence",
        "MIT",
        "--contact",
        "a@b.example",
    ]
    made = core_bench("submit", run, "--out", bundle, "--suite", small, *told)
    assert made.returncode == 0, made.stderr
    checked = core_bench("submission", "check", bundle, "--suite", small, "--report", tmp_path / "review.md")
    assert checked.returncode == 0, checked.stderr + checked.stdout
    assert "accepted" in (tmp_path / "review.md").read_text()
    built = core_bench(
        "leaderboard", "build", tmp_path / "subs", "--out", tmp_path / "site", "--suite", small, "--no-plots"
    )
    assert built.returncode == 0, built.stderr
    assert "1 entries, 0 left out" in built.stdout
    bundle.write_bytes(b"nothing")
    refused = core_bench("submission", "check", bundle, "--suite", small)
    assert refused.returncode == 1
    assert "not_a_bundle" in refused.stdout
    nothing = core_bench("submission", "check", tmp_path / "no.zip")
    assert nothing.returncode == 2
    assert "cannot be read" in nothing.stderr


def test_names_of_pages_cannot_leave_the_folder(board):
    entry: Entry = board.entries[0]
    assert "/" not in entry.id
    assert json.loads(json.dumps(entry.id)) == entry.id
