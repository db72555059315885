"""From a request's prompt to tokens, in either shape."""

from typing import Any

from core_bench.engines.base import Message
from core_bench.errors import CoreBenchError

# Some templates print today's date unless they are given one; a run that is continued tomorrow must ask
# the same question.
_DATE = "01 Jan 2026"


def prompt_tokens(tokenizer: Any, prompt: str | tuple[Message, ...], model: str) -> list[int]:
    """Return the tokens of a plain prompt, or of a chat rendered with the model's own template.

    Args:
        tokenizer: A transformers tokenizer.
        prompt: A string is tokenised as it is; messages go through the chat template, which ends with the
            mark that begins the assistant's turn.
        model: The model's name, for messages to people.

    Raises:
        CoreBenchError: The model has no chat template, or its template refuses the messages.
    """
    if isinstance(prompt, str):
        # verbose=False: the engine reports too long prompts itself, the tokenizer need not warn.
        return list(tokenizer(prompt, verbose=False)["input_ids"])
    if not tokenizer.chat_template:
        raise CoreBenchError(
            f"{model} has no chat template, so it can not be asked in the chat shape",
            "Ask it in the completion shape: --shape completion",
        )
    import jinja2

    messages = [{"role": message.role, "content": message.content} for message in prompt]
    try:
        text = tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, date_string=_DATE
        )
    except jinja2.TemplateError as error:
        raise CoreBenchError(f"the chat template of {model} refuses the prompt: {error}") from error
    # The template has written the special tokens itself.
    return list(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])
