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
    return text_tokens(tokenizer, prompt_text(tokenizer, prompt, model), prompt)


def text_tokens(tokenizer: Any, text: str, prompt: str | tuple[Message, ...]) -> list[int]:
    """Return the tokens of a text that begins with the text of `prompt`."""
    # A template has written the special tokens itself.
    # verbose=False: the engine reports too long prompts itself, the tokenizer need not warn.
    special = isinstance(prompt, str)
    return list(tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"])


def prompt_text(tokenizer: Any, prompt: str | tuple[Message, ...], model: str) -> str:
    """Return a plain prompt as it is, and the text that the model's template makes of a chat.

    Raises:
        CoreBenchError: As in `prompt_tokens`.
    """
    if isinstance(prompt, str):
        return prompt
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
    except (jinja2.TemplateError, ValueError) as error:
        raise CoreBenchError(f"the chat template of {model} refuses the prompt: {error}") from error
    return str(text)
