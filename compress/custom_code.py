"""The modelling file of a checkpoint whose blocks have different FFN widths.

No stock config has a field for that, so such a folder brings two short files and loads with
trust_remote_code. They subclass the stock model and exchange its FFN layers, nothing else.
"""

from typing import Any

from compress.model_map import ARCHITECTURES

MODULE = "modeling_ffn_widths"

_TEMPLATE = '''"""{model} whose blocks have FFN layers of different widths (`ffn_widths` in config.json)."""

import copy

from transformers import {config}, {model}


class FfnWidthsConfig({config}):
    """The stock config and one width per block."""

    model_type = "{kind}_ffn_widths"

    def __init__(self, ffn_widths=None, **settings):
        super().__init__(**settings)
        self.ffn_widths = ffn_widths


class FfnWidthsForCausalLM({model}):
    """The stock model with FFN layers as wide as the config says."""

    config_class = FfnWidthsConfig

    def __init__(self, config):
        super().__init__(config)
        for layer, width in zip(self.model.layers, config.ffn_widths or []):
            own = copy.copy(config)
            own.intermediate_size = width
            layer.mlp = type(layer.mlp)(own)
        self.post_init()
'''


def modelling_file(model_type: str) -> str:
    """Return the text of the modelling file for an architecture."""
    model = ARCHITECTURES[model_type]
    config = model.removesuffix("ForCausalLM") + ("TextConfig" if model_type == "gemma3_text" else "Config")
    return _TEMPLATE.format(model=model, config=config, kind=model_type)


def custom_settings(model_type: str) -> dict[str, Any]:
    """Return what config.json has to say so that the file is found."""
    return {
        "model_type": f"{model_type}_ffn_widths",
        "architectures": ["FfnWidthsForCausalLM"],
        "auto_map": {
            "AutoConfig": f"{MODULE}.FfnWidthsConfig",
            "AutoModelForCausalLM": f"{MODULE}.FfnWidthsForCausalLM",
        },
    }
