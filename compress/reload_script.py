"""Run by an interpreter of its own: what stock transformers computes from folders on the disk.

Nothing of ours is imported, so that what loads here loads anywhere. Standard input is JSON
`{"folders": [...], "tokens": [[...], ...], "dtype": "bfloat16", "threads": 1, "trust": false, "result": F}`;
into that file goes JSON, one entry per folder: summed loss in nats and predicted tokens of every token list,
and the weights that were missing or unexpected.
"""

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Load every folder and measure it."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    request = json.load(sys.stdin)
    torch.set_num_threads(request["threads"])
    results = []
    for folder in request["folders"]:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=getattr(torch, request["dtype"]),
            local_files_only=True,
            output_loading_info=True,
            trust_remote_code=request["trust"],
        )
        model, report = loaded
        model.eval()
        with torch.inference_mode():
            model(input_ids=torch.tensor([[0, 1]]))
            if (Path(folder) / "adapter").is_dir():
                from peft import PeftModel

                model = PeftModel.from_pretrained(model, str(Path(folder) / "adapter")).eval()
            results.append(
                {
                    "nats": [_loss(model, tokens) for tokens in request["tokens"]],
                    "tokens": [len(tokens) - 1 for tokens in request["tokens"]],
                    "gaps": sorted(map(str, [*report["missing_keys"], *report["mismatched_keys"]])),
                    "unexpected": sorted(map(str, report["unexpected_keys"])),
                }
            )
    # A file, because libraries write what they like to the standard output.
    Path(request["result"]).write_text(json.dumps(results), encoding="utf-8")


def _loss(model: Any, tokens: list[int]) -> float:
    import torch

    ids = torch.tensor([tokens])
    logits = model(input_ids=ids, use_cache=False).logits[0, :-1].float()
    return float(torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum"))


if __name__ == "__main__":
    main()
