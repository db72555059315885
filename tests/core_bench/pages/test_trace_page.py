"""The page of a trace in a real browser, driven by keys as a person would."""

import re
import time

import pytest

from core_bench.data_folder import data_folder
from core_bench.pages import TracedCall, trace_page
from tracer import record_calls

MOOR = (data_folder() / "problems" / "moor_boats" / "reference.py").read_text()
FIB = "def fib(n):\n    if n < 2:\n        return n\n    left = fib(n - 1)\n    return left + fib(n - 2)\n"


@pytest.fixture(scope="module")
def browser(chromium):
    return chromium


class Page:
    """What a person sees of the page, and the keys."""

    def __init__(self, browser, path, traced):
        self.browser, self.traced, self.path = browser, traced, path
        path.write_text(trace_page(traced), encoding="utf-8")
        self.open()

    def open(self, moment=None):
        self.browser.get("about:blank")
        self.browser.get(self.path.as_uri() + (f"#{moment}" if moment else ""))

    def press(self, *keys):
        from selenium.webdriver import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

    def press_shift(self, key):
        from selenium.webdriver import ActionChains, Keys

        ActionChains(self.browser).key_down(Keys.SHIFT).send_keys(key).key_up(Keys.SHIFT).perform()

    def text(self, selector):
        return self.browser.find_element("css selector", selector).text

    @property
    def counter(self):
        return self.text("#counter")

    @property
    def line(self):
        [row] = self.browser.find_elements("css selector", "#lines li[aria-current=step]")
        return int(row.find_element("css selector", ".number").text)

    @property
    def next_line(self):
        rows = self.browser.find_elements("css selector", "#lines li.next .number")
        return int(rows[0].text) if rows else None

    @property
    def state(self):
        """Name -> text of the value, of what has one."""
        return dict(self.browser.execute_script(
            "return [...document.querySelectorAll('#state tbody tr')].filter(row => row.querySelector('.value'))"
            ".map(row => [row.dataset.name, row.querySelector('.value').textContent])"
        ))  # fmt: skip

    @property
    def printed(self):
        return self.browser.execute_script("return document.getElementById('stdout').textContent")

    @property
    def changed(self):
        """Name -> text of the cell, of the rows that are marked."""
        return dict(self.browser.execute_script(
            "return [...document.querySelectorAll('#state tr.changed')]"
            ".map(row => [row.dataset.name, row.children[1].textContent.replace(/\\s+/g, ' ')])"
        ))  # fmt: skip


@pytest.fixture
def open_page(browser, tmp_path):
    def opened(code, call, file="program.py"):
        entry_point, _, arguments = call.partition("(")
        [outcome] = record_calls(code, entry_point, [arguments[:-1]])
        browser.get_log("browser")
        return Page(browser, tmp_path / "page.html", TracedCall(file, call, outcome, outcome.trace))

    yield opened
    assert browser.get_log("browser") == []  # no error, no warning, nothing that the policy had to stop
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_every_moment_shows_the_true_line_and_state(open_page):
    from selenium.webdriver import Keys

    page = open_page(MOOR, "moor(6, 4, [3, 2, 1])")
    [frame] = page.traced.trace.frames
    for index, step in enumerate(frame.steps):
        assert page.counter == f"{index + 1} / {len(frame.steps)}"
        assert page.line == step.line
        assert page.next_line == (step.next_line if step.next_line != step.line else None)
        assert page.state == frame.after(index)
        assert page.changed.keys() == step.changed.keys()
        tags = page.browser.find_elements("css selector", "#lines .tag")
        assert [tag.text for tag in tags] == ([] if step.branch is None else [str(step.branch).lower()])
        page.press(Keys.ARROW_RIGHT)
    assert page.counter == f"{len(frame.steps)} / {len(frame.steps)}"
    assert page.text("#result") == "returns [3, 0, -1]"


def test_old_and_new_value_iteration_and_occurrence(open_page):
    page = open_page(MOOR, "moor(6, 4, [3, 2, 1])")
    page.open(8)
    assert page.line == 7
    assert page.changed == {"start": "1 → 2"}
    facts = page.text("#facts")
    for part in (
        "Line 7",
        "loop on line 3: iteration 1",
        "loop on line 6: iteration 2",
        "2nd time in this call",
    ):
        assert part in facts
    page.open(9)
    assert "condition true" in page.text("#facts")


def test_keys_go_where_they_say(open_page):
    from selenium.webdriver import Keys

    page = open_page(MOOR, "moor(6, 4, [3, 2, 1])")
    steps = page.traced.trace.frames[0].steps
    sixth = [number for number, step in enumerate(steps, 1) if step.line == 6]

    def at(number):
        return page.counter == f"{number} / {len(steps)}"

    page.press("j", "j")
    assert at(3)
    page.press("k")
    assert at(2)
    page.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert at(1)
    page.press(Keys.END)
    assert at(len(steps))
    page.press(Keys.HOME)
    assert at(1)
    page.press("jjjj")
    assert at(sixth[0])
    page.press(Keys.ARROW_DOWN)
    assert at(sixth[1])
    page.press_shift(Keys.ARROW_RIGHT)
    assert at(sixth[2])
    page.press(Keys.ARROW_UP)
    page.press_shift(Keys.ARROW_LEFT)
    assert at(sixth[0])
    page.press(Keys.ARROW_UP)
    assert at(sixth[0])
    page.press("?")
    assert page.browser.find_element("id", "keys").is_displayed()
    page.press(Keys.ARROW_RIGHT)  # nothing moves behind the open help
    assert at(sixth[0])
    page.press("?")
    assert not page.browser.find_element("id", "keys").is_displayed()
    page.browser.find_element("id", "slider").click()  # focus on it: its own arrow keys must not count twice
    before = int(page.counter.split()[0])
    page.press(Keys.ARROW_RIGHT)
    assert at(before + 1)


def test_buttons_and_lines_can_be_clicked(open_page):
    page = open_page(MOOR, "moor(6, 4, [3, 2, 1])")
    last = page.counter.split()[-1]
    for button, number in (("on", 2), ("on", 3), ("back", 2), ("last", last), ("first", 1)):
        page.browser.find_element("id", button).click()
        assert page.counter == f"{number} / {last}"
    page.browser.find_elements("css selector", "#lines li")[6].click()
    assert page.line == 7
    page.browser.find_element("id", "same-on").click()
    assert page.changed == {"start": "1 → 2"}
    assert not page.browser.find_element("id", "back").get_attribute("disabled")


def test_the_address_keeps_the_moment(open_page):
    page = open_page(MOOR, "moor(6, 4, [3, 2, 1])")
    page.press("jjjj")
    deadline = time.monotonic() + 120
    while not page.browser.current_url.endswith("#5") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert page.browser.current_url.endswith("#5")
    page.browser.refresh()
    assert page.counter.startswith("5 / ")
    page.browser.execute_script("location.hash = '#12'")
    deadline = time.monotonic() + 120
    while not page.counter.startswith("12 / ") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert page.counter.startswith("12 / ")
    page.open("x<y")
    assert page.counter.startswith("1 / ")
    page.open(99999)
    assert page.line == 13


def test_recursion_shows_the_calls_that_wait(open_page):
    page = open_page(FIB, "fib(3)")
    page.press("j")
    assert "begins, and calls" in page.text("#facts")
    assert page.text("#made") == "fib(n=2)"
    assert page.next_line == 2
    page.press("jjjj")
    assert page.state == {"n": "1"}
    assert page.text("#stack").split("\n") == [
        "fib(n=1)", "now", "fib(n=2)", "waits on line 4", "fib(n=3)", "waits on line 4",
    ]  # fmt: skip
    page.press("j")
    assert page.text("#made") == "fib(n=1)\n→ 1"
    assert page.changed == {"left": "1"}
    page.browser.find_elements("css selector", "#stack .link")[0].click()
    assert page.counter.startswith("2 / ")


GENERATOR = """\
def count(n):
    while n:
        got = yield n
        print("é😀", got)
        n -= got or 1

def main(n):
    total = 0
    numbers = count(n)
    for x in numbers:
        print(x)
        total += x
        numbers.send(1)
    return total
"""


def test_a_generator_is_walked_where_it_runs_with_what_is_printed_so_far(open_page):
    from core_bench.pages import timeline

    page = open_page(GENERATOR, "main(4)")
    trace = page.traced.trace
    seen = ""
    for event in [event for event in timeline(trace).events if event.number]:
        frame = trace.frames[event.frame]
        step = frame.steps[event.step]
        seen += trace.stdout[slice(*event.printed)]
        assert page.line == step.line
        state = frame.before(event.step) if event.done == 0 else frame.after(event.step)
        if event.done == 2 and event.step + 1 < len(frame.steps):
            state = frame.before(event.step + 1)  # what it was resumed with
        assert page.state == state, event
        assert page.printed == seen
        if event.kind == "resume":
            assert "goes on after the suspension" in page.text("#facts")
            assert page.changed.keys() == step.resumed.keys()
        page.press("j")
    assert seen == trace.stdout
    assert "😀" in seen


def test_who_hands_out_and_who_waits(open_page):
    page = open_page(GENERATOR, "main(4)")
    page.open(5)
    assert (page.line, page.text("#facts")) == (
        3,
        "Line 3\nloop on line 2: iteration 1\nhands out 4\ncount is suspended",
    )
    assert page.text("#stack").split("\n") == ["count(n=4)", "now", "main(n=4)", "waits on line 10"]
    page.press("j")
    assert page.text("#made") == "count(n=4)\n⇠ 4"
    page.press("jjj")
    assert page.line == 13
    page.press("j")
    assert page.line == 3
    assert page.text("#stack").split("\n") == ["count(n=4)", "now", "main(n=4)", "waits on line 13"]
    page.browser.find_elements("css selector", "#stack .link")[0].click()
    assert page.line == 13
    assert page.text("#made") == "count(n=4)\ngoes on"


def test_an_exception_is_told(open_page):
    from selenium.webdriver import Keys

    page = open_page("def f(xs):\n    return xs[3]\n", "f([1])")
    page.press(Keys.END)
    assert "raises IndexError" in page.text("#facts")
    assert page.text("#result") == "raises IndexError: list index out of range"


def test_names_come_and_go(open_page):
    code = "def f():\n    __proto__ = 1\n    constructor = 'é' * 60\n    del __proto__\n    constructor += '✓'\n    return 0\n"
    page = open_page(code, "f()")
    [frame] = page.traced.trace.frames
    for index in range(len(frame.steps)):
        assert page.state == frame.after(index)
        page.press("j")
    page.open(3)
    assert page.changed == {"__proto__": "1"}
    assert "deleted" in page.text("#state tr.changed")


def test_a_long_value_is_cut_with_a_way_to_see_it_all(open_page):
    page = open_page("def f(n):\n    xs = [0] * n\n    xs[n // 2] = 1\n    return len(xs)\n", "f(400)")
    page.press("j")
    shown = page.state["xs"]
    assert len(shown) < 200
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert page.text("#state mark") == "1"
    page.browser.find_element("css selector", "#state .more").click()
    assert page.state["xs"] == page.traced.trace.frames[0].after(1)["xs"]


ATTACK = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'><!--<script>\"&amp;\u2028"


def test_nothing_of_the_program_becomes_markup(open_page):
    code = f"def f(text):\n    again = {ATTACK!r}  # {ATTACK[:-1]}\n    print(again)\n    raise ValueError(again)\n"
    page = open_page(code, f"f({ATTACK!r})", file=f"{ATTACK}.py")
    page.press("j")
    assert page.browser.execute_script("return window.hacked") is None
    assert page.browser.execute_script("return document.scripts.length") == 2
    assert page.browser.execute_script("return document.images.length") == 0
    content = "return document.querySelector(arguments[0]).textContent"
    assert page.browser.execute_script(content, "#stdout") == ATTACK + "\n"
    assert page.browser.execute_script(content, "#stdout mark") == ATTACK + "\n"
    assert page.browser.execute_script(content, "#origin").startswith(ATTACK)
    assert page.browser.execute_script(content, "#lines li:nth-child(2) .text") == code.splitlines()[1]
    assert page.state["again"] == repr(ATTACK)
    assert ATTACK in page.text("#result") or "</script>" in page.text("#result")


def test_twenty_thousand_steps_stay_quick(open_page):
    code = "def f(n):\n    xs = [0] * 100\n    for i in range(n):\n        xs[i % 100] = i\n    return xs\n"
    page = open_page(code, "f(9990)")
    [frame] = page.traced.trace.frames
    assert page.path.stat().st_size < 3_000_000  # long values are stored as what differs
    timed = (
        "const begun = performance.now();"
        "for (const key of arguments[0]) document.dispatchEvent(new KeyboardEvent('keydown', {key}));"
        "return performance.now() - begun;"
    )
    assert page.browser.execute_script(timed, ["End"]) < 2000
    assert page.counter == f"{len(frame.steps)} / {len(frame.steps)}"
    assert page.browser.execute_script(timed, ["ArrowLeft", "ArrowRight"] * 50) < 100 * 50
    page.browser.execute_script(timed, ["Home", "End", "ArrowLeft"])
    page.browser.find_element("css selector", "#state .more").click()
    assert page.state == frame.after(len(frame.steps) - 2)


def test_a_call_without_steps_still_has_a_page(open_page):
    page = open_page("f = abs\n", "f(-3)")
    assert page.counter == "0 / 0"
    assert page.text("#result") == "returns 3"
    page.press("jk?")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_sticks_out(open_page, width):
    page = open_page(FIB, "fib(5)")
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page.open(20)
        assert page.browser.execute_script("return document.documentElement.scrollWidth") <= width
        for button in page.browser.find_elements("css selector", "#controls button"):
            place = button.rect
            assert place["x"] >= 0
            assert place["x"] + place["width"] <= width
            assert place["y"] + place["height"] <= 800
            assert min(place["width"], place["height"]) >= 38  # a finger finds it
            assert button.accessible_name
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_colours_can_be_read_in_both_schemes():
    [outcome] = record_calls("def f():\n    return 1\n", "f", [""])
    page = trace_page(TracedCall("f.py", "f()", outcome, outcome.trace))
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in re.findall(r":root \{(.*?)\n *\}", page, re.S))  # fmt: skip
    pairs = [
        ("ink", "page"), ("ink", "panel"), ("quiet", "page"), ("quiet", "panel"), ("ink", "now"), ("ink", "changed"),
        ("quiet", "changed"), ("ink", "changed-part"), ("old", "changed"), ("accent", "panel"), ("on-accent", "accent"),
        ("yes", "panel"), ("no", "panel"), ("bad", "panel"), ("bad", "page"), ("changed-bar", "changed"),
        *((name, back) for name in ("keyword", "string", "number", "comment", "defined") for back in ("panel", "now")),
    ]  # fmt: skip
    for scheme in (light, dark):
        poor = {pair: contrast(scheme[pair[0]], scheme[pair[1]]) for pair in pairs}
        assert {pair: value for pair, value in poor.items() if value < 4.5} == {}


def contrast(one, other):
    """Return the ratio that WCAG 2 asks to be at least 4.5 for text."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)
