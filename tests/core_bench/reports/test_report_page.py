"""The pages in a real browser, as a reader with a mouse, with keys, on a phone and in the dark sees them."""

import pytest

from core_bench.reports import make_comparison, make_report, read_runs

from .conftest import EVIL


@pytest.fixture(scope="module")
def report(runs, suite, tmp_path_factory):
    _, views = read_runs(list(runs.values()))
    path = tmp_path_factory.mktemp("pages") / "report.html"
    path.write_text(make_report(suite, views).page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def comparison(runs, suite, tmp_path_factory):
    _, views = read_runs([runs["careful"], runs["careless"]])
    path = tmp_path_factory.mktemp("pages") / "compare.html"
    path.write_text(make_comparison(suite, views[0], views[1:]).page, encoding="utf-8")
    return path.as_uri()


def text(screen, selector):
    return screen.find_element("css selector", selector).text


def choose(screen, name, value):
    from selenium.webdriver.support.ui import Select

    Select(screen.find_element("id", name)).select_by_value(value)


def press(screen, *keys):
    from selenium.webdriver import ActionChains

    ActionChains(screen).send_keys(*keys).perform()


def test_what_a_model_wrote_is_inert(screen, report):
    screen.get(report)
    assert screen.execute_script("return window.forged") is None
    choose(screen, "run", "2")
    assert text(screen, "#found") == "120 of 120 items"
    assert "<script>window.forged = 1</script>" in text(screen, "#item")
    assert (
        screen.execute_script("return document.querySelectorAll('#item img, #item script, thead img').length")
        == 0
    )
    assert EVIL in text(screen, "#headline")
    assert screen.execute_script("return window.forged") is None
    assert screen.get_log("browser") == []


def test_items_are_filtered_and_walked_through_with_keys(screen, report):
    from selenium.webdriver import Keys

    screen.get(report)
    choose(screen, "verdict", "correct")
    assert text(screen, "#found") == "80 of 120 items"
    choose(screen, "kind", "probe")
    shown = int(text(screen, "#found").split()[0])
    assert 0 < shown < 80
    screen.find_element("id", "list").click()
    press(screen, Keys.HOME)
    first = text(screen, "#item h3")
    press(screen, Keys.ARROW_DOWN)
    second = text(screen, "#item h3")
    assert second != first
    press(screen, Keys.ARROW_UP)
    assert text(screen, "#item h3") == first
    press(screen, Keys.END)
    last = screen.execute_script("return document.querySelector('#list').lastElementChild.title")
    assert text(screen, "#item h3") == last != first
    screen.find_element("id", "search").send_keys("no such thing anywhere")
    assert text(screen, "#item") == "No item fits these filters."


def test_the_parsed_answer_is_marked_in_the_reply(screen, report, suite):
    screen.get(report)
    choose(screen, "verdict", "correct")
    item = text(screen, "#item h3")
    marked = screen.find_elements("css selector", "#item mark")
    assert marked[0].text == suite.golds[item]


def test_a_click_on_a_title_sorts(screen, report):
    screen.get(report)
    [head] = [
        head
        for head in screen.find_elements("css selector", "#headline thead th")
        if head.text.strip() == "W_s"
    ]

    def order():
        return [row.text for row in screen.find_elements("css selector", "#headline tbody th")]

    head.find_element("tag name", "button").click()
    assert order()[0] == "careful"
    assert head.get_attribute("aria-sort") == "descending"
    head.find_element("tag name", "button").click()
    assert order()[-1] == "careful"


@pytest.mark.parametrize("page", ["report", "comparison"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_the_page_fits(screen, page, width, scheme, request, tmp_path):
    screen.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    screen.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    screen.get(request.getfixturevalue(page))
    assert screen.execute_script("return document.documentElement.scrollWidth") <= width
    pictures = screen.execute_script(
        "return [...document.images].map(image => image.complete && image.naturalWidth)"
    )
    assert pictures
    assert all(pictures)
    assert screen.get_log("browser") == []
    screen.save_screenshot(str(tmp_path / f"{page}-{width}-{scheme}.png"))
    assert (tmp_path / f"{page}-{width}-{scheme}.png").stat().st_size > 20_000


def test_what_was_lost_can_be_looked_at(screen, comparison):
    screen.get(comparison)
    assert "against careful" in text(screen, "h1")
    choose(screen, "change", "lost")
    lost = sum(row % 3 != 0 and row % 4 != 1 for row in range(120))
    assert text(screen, "#found") == f"{lost} of 120 items"
    verdicts = [tag.text for tag in screen.find_elements("css selector", "#item .tag")]
    assert verdicts[0] == "correct"
    assert verdicts[1] != "correct"


def test_every_control_has_a_name(screen, report):
    screen.get(report)
    nameless = screen.execute_script(
        "return [...document.querySelectorAll('select, input, button')].filter("
        "node => !node.labels?.length && !node.textContent.trim() && !node.getAttribute('aria-label')).length"
    )
    assert nameless == 0


def test_the_same_runs_give_the_same_bytes(runs, suite):
    _, views = read_runs(list(runs.values()))
    assert make_report(suite, views).page == make_report(suite, views).page
