"""A report of many items: how long it takes to make, how big it is, and when a browser has it open.

    python -m benchmarks.report_page [--items 5000]

The suite and the replies are made up as in `benchmarks.leaderboard_scale`. A page is open when its items are
listed and one is shown.
"""

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

from benchmarks.leaderboard_scale import enlarged
from core_bench.jsonl import write_rows, write_text
from core_bench.methods import load_method
from core_bench.records import EngineDescription, Reply
from core_bench.reports import make_report, read_runs
from core_bench.runs import make_manifest
from core_bench.suites import Suite


def run_folder(folder: Path, suite: Suite) -> Path:
    """Write a run whose replies are half right, a few hundred characters each."""
    dice, method = random.Random(1), load_method("io")
    described = EngineDescription(engine="openai", model="made up")
    folder.mkdir()
    manifest = make_manifest(suite, "test", None, method, "completion", described)
    write_text(folder / "manifest.json", manifest.model_dump_json())
    replies = [
        Reply(
            item=item.id,
            method="io",
            text=f" {suite.golds[item.id] if dice.random() < 0.5 else 0}\n" + "words " * dice.randrange(100),
            finish="stop",
        )
        for item in suite.split("test")
    ]
    write_rows(folder / "replies.jsonl", replies)
    return folder


def opened(page: Path) -> list[float]:
    """Return the seconds of three openings in headless Chromium."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for switch in ("headless", "no-sandbox", "disable-gpu", "disable-background-networking"):
        options.add_argument(f"--{switch}")
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    times = []
    try:
        for _ in range(3):
            browser.get("about:blank")
            begin = time.perf_counter()
            browser.get(page.as_uri())
            assert browser.find_element("css selector", "#item h3").text
            times.append(time.perf_counter() - begin)
    finally:
        browser.quit()
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        made = enlarged(asked.items)
        (place / "suite").mkdir()
        made.save(place / "suite")
        folder = run_folder(place / "run", made)
        begin = time.perf_counter()
        suite, runs = read_runs([folder], str(place / "suite"))
        report = make_report(suite, runs)
        seconds = time.perf_counter() - begin
        (place / "report.html").write_text(report.page, encoding="utf-8")
        size = (place / "report.html").stat().st_size / 1e6
        print(f"{len(runs[0].items)} items: made in {seconds:.1f} s, {size:.1f} MB")
        times = ", ".join(f"{taken:.2f}" for taken in opened(place / "report.html"))
        print(f"opened in {times} s (asked: under 2 s)")


if __name__ == "__main__":
    main()
