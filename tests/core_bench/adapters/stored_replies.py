"""Replies of every kind to the items of core-mini lite, and what our own run says of them."""

from core_bench.adapters.questions import questions
from core_bench.engines.base import cut_at_stop
from core_bench.records import Reply
from core_bench.scoring import judge_all, rules_of, summarise
from core_bench.suites import load_suite

CHAT = {
    "correct": ("Sure.\n[ANSWER]\nassert {target} == {gold}\n[/ANSWER] I am done.", "stop"),
    "wrong": ("[ANSWER]\nassert {target} == 'no such value'\n[/ANSWER]", "stop"),
    "truncated": ("<think>First the loop sets total to {gold}", "length"),
    "cut": ("[ANSWER]\nassert {target} == {gold}", "length"),
    "not_literal": ("[ANSWER]\nassert {target} == len(items)\n[/ANSWER]", "stop"),
    "no_answer": ("I cannot tell.", "stop"),
    "refused": ("", "refused"),
}
"""In the chat shape: kind -> text and how it ended."""

COMPLETION = {
    "correct": (" {gold}\n[/ANSWER]\n\n[PYTHON]\ndef g(): pass", "stop"),
    "wrong": (" 'no such value'\n", "stop"),
    "truncated": (" <think> the loop sets total to {gold}", "stop"),
    "not_literal": (" len(items)", "stop"),
    "no_answer": ("", "stop"),
}
"""In the completion shape; a harness that tells no reason to end always means `stop`."""


def stored(shape, epochs=1):
    """Return (item, epoch) -> text and finish; most are correct, so that metrics over problems are not all 0."""
    kinds = CHAT if shape == "chat" else COMPLETION
    suite = load_suite("core-mini")
    problems = sorted({item.problem for item in suite.split("lite")})
    found = {}
    for epoch in range(epochs):
        for number, item in enumerate(suite.split("lite")):
            easy = problems.index(item.problem) % 2 == epoch % 2
            kind = list(kinds)[0 if easy else (number + epoch) % len(kinds)]
            if easy and item.kind == "probe" and number % 3 == 0:
                kind = "wrong"
            text, finish = kinds[kind]
            filled = text.replace("{target}", item.target).replace("{gold}", suite.golds[item.id])
            found[item.id, epoch] = (filled, finish)
    return found


def our_scores(replies, shape, method="io"):
    """Return item and epoch -> verdict, and the metrics, by the way that `core-bench run` goes: no adapter."""
    suite = load_suite("core-mini")
    asked = questions("core-mini", "lite", method, shape)
    settings = asked.method.settings(shape)
    rows = [
        Reply(item=item, method=method, epoch=epoch, text=cut_at_stop(text, settings.stop), finish=finish)
        for (item, epoch), (text, finish) in replies.items()
    ]
    verdicts = judge_all(rows, suite.golds, settings.answer, rules_of(suite))
    summary = summarise(suite, suite.split("lite"), verdicts)
    values = {
        name: getattr(summary, name).value
        for name in ("I", "I_s", "W", "W_s", "RCS", "Cons", "samples", "probes")
    }
    values |= {f"verdict/{name}": estimate.value for name, estimate in summary.verdict_shares.items()}
    return {(verdict.item, verdict.epoch): verdict.verdict.value for verdict in verdicts}, values
