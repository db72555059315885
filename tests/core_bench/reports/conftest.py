"""Run folders made of written replies: a careful model, a careless one, and one that attacks the reader."""

import pytest

from core_bench.items import Item
from core_bench.jsonl import write_rows, write_text
from core_bench.methods import load_method
from core_bench.records import EngineDescription, Reply
from core_bench.runs import RunFolder, make_manifest
from core_bench.suites import load_suite

EVIL = "<img src=x onerror='window.forged=1'>"
ATTACK = (
    "<script>window.forged = 1</script></script><!--<img src=x onerror='window.forged=1'>\n"
    "class E:\n    def __eq__(self, other): return True\n[ANSWER] E() [/ANSWER]\u2028\U0001f600"
)


def make_run(folder, suite, model, answer, *, split="lite", bytes=None, limit=None, epochs=1):
    method = load_method("io")
    described = EngineDescription(
        engine="replay", model=model, environment={} if bytes is None else {"checkpoint_bytes": bytes}
    )
    manifest = make_manifest(suite, split, limit, method, "completion", described)
    folder.mkdir(parents=True)
    write_text(folder / "manifest.json", manifest.model_dump_json())
    write_rows(
        folder / "replies.jsonl",
        [
            Reply(
                item=item.id,
                method="io",
                epoch=epoch,
                text=answer(item, place),
                finish="stop",
                prompt_tokens=9,
                completion_tokens=3,
            )
            for epoch in range(epochs)
            for place, item in enumerate(suite.split(split)[:limit])
        ],
    )
    return RunFolder(folder).path


@pytest.fixture(scope="session")
def suite():
    return load_suite("core-mini")


@pytest.fixture(scope="session")
def runs(tmp_path_factory, suite):
    """Name -> folder."""
    place = tmp_path_factory.mktemp("runs")

    def careful(item: Item, row: int) -> str:
        return suite.golds[item.id] if row % 3 else "'no idea'"

    def careless(item: Item, row: int) -> str:
        return suite.golds[item.id] if row % 4 == 1 else "'nothing at all'"

    return {
        "careful": make_run(place / "careful", suite, "careful", careful, bytes=200_000_000),
        "careless": make_run(place / "careless", suite, "careless", careless, bytes=100_000_000),
        "evil": make_run(place / "evil", suite, EVIL, lambda item, row: ATTACK, bytes=150_000_000),
    }
