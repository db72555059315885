"""A board of many entries: the time to build it, the size of its front page, when that can be used.

    python -m benchmarks.leaderboard_scale [--entries 200] [--items 5000]

The suite and the replies are made up (rows of core-mini, repeated under other names); all checks run as they
do on real submissions. The front page is opened in headless Chromium where there is one.
"""

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

from core_bench.jsonl import write_rows, write_text
from core_bench.leaderboard import build_board, make_submission, write_site
from core_bench.methods import load_method
from core_bench.records import EngineDescription, Reply
from core_bench.runs import make_manifest
from core_bench.suites import Suite, load_suite
from core_bench.suites.suite import file_texts, sha256


def enlarged(items: int) -> Suite:
    """Return a suite whose split `test` has about as many items, made of core-mini's rows."""
    whole = load_suite("core-mini")
    copies = -(-items // len(whole.split("full")))

    def rows(kind, *names):
        return tuple(
            row.model_copy(
                update={name: f"{getattr(row, name)}-{copy}" for name in names if getattr(row, name, None)}
                | ({"split": "test"} if hasattr(row, "split") else {})
            )
            for copy in range(copies)
            for row in kind
        )

    parts = (
        rows(whole.problems, "id"),
        rows(whole.implementations, "id", "problem", "parent"),
        rows(whole.samples, "id", "problem", "implementation"),
        rows(whole.probes, "id", "problem", "implementation"),
    )
    hashes = {name: sha256(text) for name, text in file_texts(*parts).items()}
    header = whole.header.model_copy(update={"name": "scale", "lite": (), "files": hashes})
    return Suite(header, *parts)


def submission(place: Path, suite: Suite, path: Path, number: int) -> bytes:
    """Return a bundle of a model that is right with a chance of its own."""
    chance, dice = 0.2 + 0.7 * number / 200, random.Random(number)
    method = load_method("io")
    model = f"Model {number}"
    described = EngineDescription(
        engine="openai", model=model, environment={"checkpoint_bytes": 10**8 * (1 + number % 90)}
    )
    folder = place / str(number)
    folder.mkdir()
    manifest = make_manifest(suite, "test", None, method, "completion", described)
    write_text(folder / "manifest.json", manifest.model_dump_json())
    replies = [
        Reply(
            item=item.id,
            method="io",
            text=f" {suite.golds[item.id]}" if dice.random() < chance else f" {dice.randrange(100)}",
            finish="stop",
            prompt_tokens=300,
            completion_tokens=20,
        )
        for item in suite.split("test")
    ]
    write_rows(folder / "replies.jsonl", replies)
    card = {
        "name": model,
        "organisation": f"Lab {number % 17}",
        "access": "open" if number % 3 else "api",
        "licence": "MIT",
        "compression_plan": "0" * 12 if number % 5 == 0 else None,
    }
    _, data = make_submission([folder], card, contact="a@b.example", created="2026-11-25", suite=str(path))
    shutil.rmtree(folder)
    return data


def opened(page: Path) -> float | None:
    """Return the seconds until the front page has been filtered once; None without a browser."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        return None
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for switch in ("headless", "no-sandbox", "disable-gpu", "disable-background-networking"):
        options.add_argument(f"--{switch}")
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        browser.get("about:blank")
        begin = time.perf_counter()
        browser.get(page.as_uri())
        browser.execute_script(
            "const box = document.getElementById('access'); box.value = 'open';"
            "box.dispatchEvent(new Event('change'))"
        )
        assert "of" in browser.find_element("id", "found").text
        return time.perf_counter() - begin
    finally:
        browser.quit()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200)
    parser.add_argument("--items", type=int, default=5_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        suite = enlarged(asked.items)
        (place / "suite").mkdir()
        suite.save(place / "suite")
        (place / "submissions").mkdir()
        for number in range(asked.entries):
            data = submission(place, suite, place / "suite", number)
            (place / "submissions" / f"{number:04}.zip").write_bytes(data)
        print(f"{asked.entries} submissions of {len(suite.split('test'))} items", flush=True)
        begin = time.perf_counter()
        board = build_board(place / "submissions", str(place / "suite"))
        checked = time.perf_counter()
        [front, *_] = write_site(board, place / "site")
        done = time.perf_counter()
        assert len(board.entries) == asked.entries
        times = f"checked and ranked in {checked - begin:.1f} s, written in {done - checked:.1f} s"
        print(f"{times} (asked: 60 s together)")
        print(f"front page: {front.stat().st_size / 1e6:.2f} MB (asked: under 1 MB)")
        seconds = opened(front)
        print(
            "no browser here"
            if seconds is None
            else f"opened and filtered in {seconds:.2f} s (asked: under 1 s)"
        )


if __name__ == "__main__":
    main()
