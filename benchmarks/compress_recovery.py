"""What training gives back: to pruned models, and to the whole one.

    core-bench suite corpus --out corpus.jsonl --tokens 200000
    python -m benchmarks.compress_recovery base --corpus corpus.jsonl --tokens 100000
    python -m benchmarks.compress_recovery text --checkpoint FOLDER --tokens 100000

`base` trains the uncompressed SmolLM2 on generated executions (loss on the answers only) and asks it before
and after: test problems of core-mini, and CRUXEval programs. If training alone helps, a recovered
compressed model has to be judged against the trained base too: `--checkpoint` trains another model likewise,
and `--beside` names the trained base, which is then asked the same and compared. `text` trains a checkpoint
on plain source text (the calibration part of the standard library, loss on all of it) and measures held-out
source before and after, and beside other models likewise.
"""

import argparse
from pathlib import Path
from typing import Any

from benchmarks.compress_objectives import against, ask, cruxeval_questions, suite_questions
from compress.calibration import passages
from compress.likelihood import Likelihood, compare, measure
from compress.loading import load_tokenizer
from compress.opening import open_with_adapter
from compress.recovery import Recovered, RecoverySettings, recover
from compress.text import read_documents
from core_bench.models import resolve


def base(options: argparse.Namespace) -> None:
    """Train a checkpoint on the corpus; ask for golds before and after."""
    folder = _start(options)
    tokenizer = load_tokenizer(folder)
    questions = [suite_questions("test", options.items), cruxeval_questions(options.programs)]
    model = open_with_adapter(folder)
    before = [ask(folder, model, tokenizer, group) for group in questions]
    texts = passages(read_documents("stdlib:held-out"), tokenizer, options.length)
    text_before = measure(model, texts)
    del model
    documents = read_documents(options.corpus, options.form)
    _say(_train(folder, documents, options, "answer"))
    trained = open_with_adapter(options.out)
    after = [ask(folder, trained, tokenizer, group) for group in questions]
    text_after = measure(trained, texts)
    for group, start, end in zip(questions, before, after, strict=True):
        print(against(group, start, end), flush=True)
    print(_source(text_before, text_after))
    for other in options.beside:
        model = open_with_adapter(other)
        print(f"from {other} to {options.out}:")
        for group, end in zip(questions, after, strict=True):
            print(" ", against(group, ask(folder, model, tokenizer, group), end), flush=True)
        print(" ", _source(measure(model, texts), text_after), flush=True)


def text(options: argparse.Namespace) -> None:
    """Train a checkpoint on source text; measure held-out source before and after."""
    folder = _start(options)
    tokenizer = load_tokenizer(folder)
    texts = passages(read_documents("stdlib:held-out"), tokenizer, options.length)
    before = measure(open_with_adapter(folder), texts)
    _say(_train(folder, read_documents("stdlib"), options, "text"))
    after = measure(open_with_adapter(options.out), texts)
    print(_source(before, after), flush=True)
    for other in options.beside:
        print(f"from {other} to {options.out}:")
        print(" ", _source(measure(open_with_adapter(other), texts), after), flush=True)


def _start(options: argparse.Namespace) -> Path:
    return options.checkpoint or resolve("smollm2-135m")


def _source(before: Likelihood, after: Likelihood) -> str:
    return (
        f"held-out source ({before.tokens:,} tokens): ppl {before.perplexity:.3f} -> {after.perplexity:.3f}, "
        f"{compare(before, after)} nats"
    )


def _train(folder: Path, documents: Any, options: argparse.Namespace, learn: Any) -> Recovered:
    settings = RecoverySettings(
        rank=options.rank,
        learn=learn,
        tokens=options.tokens,
        rate=options.rate,
        batch=options.batch,
        length=options.train_length,
    )
    return recover(folder, documents, options.out, settings, on_progress=_progress)


def _progress(done: int, total: int) -> None:
    if done % (total // 10) < 2000:
        print(f"  {done:,} of {total:,} tokens", flush=True)


def _say(found: Recovered) -> None:
    print(
        f"{found.tokens:,} tokens in {found.steps} steps, {found.tokens_per_s:.0f} tokens/s; "
        f"loss {found.first_loss:.3f} -> {found.last_loss:.3f}",
        flush=True,
    )


def main() -> None:
    """Run one part."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=["base", "text"])
    parser.add_argument("--checkpoint", type=Path, help="what is trained (default: SmolLM2)")
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="models to compare it with")
    parser.add_argument("--corpus", default="corpus.jsonl")
    parser.add_argument("--form", nargs="*", help="forms of the corpus to learn from")
    parser.add_argument("--out", type=Path, required=True, help="folder of the trained checkpoint")
    parser.add_argument("--tokens", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=300, help="items of the test problems")
    parser.add_argument("--programs", type=int, default=400, help="CRUXEval programs")
    parser.add_argument("--length", type=int, default=768, help="tokens of each held-out module")
    parser.add_argument("--train-length", type=int, default=256, help="longest sequence")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rank", type=int, default=32)
    parser.add_argument("--rate", type=float, default=4e-4)
    options = parser.parse_args()
    {"base": base, "text": text}[options.part](options)


if __name__ == "__main__":
    main()
