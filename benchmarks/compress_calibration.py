"""Does code-specific calibration help? GPTQ calibrated on executions against GPTQ calibrated on plain source.

    core-bench suite corpus --out corpus.jsonl --tokens 200000
    python -m benchmarks.compress_calibration --corpus corpus.jsonl --bits 4 3 2

For every width the same plan is carried out with calibration windows from the traces of a generated corpus
and with as many windows of standard-library source; both models are measured on held-out source and on the
gold answers of core-mini's test problems. Differences are traces minus source: below zero, traces are
better.
"""

import argparse
from pathlib import Path

from benchmarks.compress_objectives import against, ask, suite_questions
from compress.calibration import calibrate_on, passages
from compress.carry_out import carry_out
from compress.likelihood import compare, measure
from compress.loading import load_tokenizer
from compress.model_map import read_map
from compress.plan import uniform_plan
from compress.text import read_documents
from core_bench.models import resolve


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--bits", type=int, nargs="*", default=[4, 3, 2])
    parser.add_argument("--windows", type=int, default=32)
    parser.add_argument("--length", type=int, default=768, help="tokens of each held-out module")
    parser.add_argument("--items", type=int, default=200, help="items of the test problems")
    options = parser.parse_args()
    folder = resolve("smollm2-135m")
    model_map, tokenizer = read_map(folder), load_tokenizer(folder)
    texts = passages(read_documents("stdlib:held-out"), tokenizer, options.length)
    questions = suite_questions("test", options.items)
    sources = {
        "source": read_documents("stdlib"),
        "traces": read_documents(options.corpus, ("trace", "output")),
    }
    for bits in options.bits:
        plan = uniform_plan(model_map, attention_bits=bits, mlp_bits=bits)
        likelihoods, answers = {}, {}
        for name, documents in sources.items():
            calibration = calibrate_on(documents, tokenizer, options.windows, 256, 0)
            model = carry_out(plan, folder, model_map, calibration).model
            likelihoods[name], answers[name] = measure(model, texts), ask(folder, model, tokenizer, questions)
            print(f"{bits} bits, {name}: held-out source ppl {likelihoods[name].perplexity:.3f}", flush=True)
        apart = compare(likelihoods["source"], likelihoods["traces"])
        print(f"{bits} bits, traces - source: {apart} nats a token")
        change = against(questions, answers["source"], answers["traces"])
        print(
            f"{bits} bits, source -> traces: {change}",
            flush=True,
        )


if __name__ == "__main__":
    main()
