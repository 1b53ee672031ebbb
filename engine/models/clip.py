"""The CLIP text encoder of Stable Diffusion 1.x: tokens to the features that cross-attention reads.

The layers are those of `transformers`; the loop over them is ours, so that it can start from embeddings (textual
inversion) and say which hidden state it wants (CLIP skip). Tokens and weights of words are the business of
`engine.text`.
Source: Radford et al. 2021, arXiv 2103.00020.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from transformers.models.clip.configuration_clip import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel

from engine.models.config import ClipTextConfig


class TextFeatures(NamedTuple):
    """What the encoder gives.

    Attributes:
        hidden: Features of every token, `[b t d]`, after the final norm.
        pooled: Features of the first end token after the last layer and the final norm, `[b d]`.
    """

    hidden: Tensor
    pooled: Tensor


class ClipTextEncoder(nn.Module):
    """Tokens to features. State dict keys begin with `text_model.`, as below `cond_stage_model.transformer.`.

    Args:
        config: The network's shape.
    """

    def __init__(self, config: ClipTextConfig) -> None:
        super().__init__()
        self.config = config
        model: Any = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=config.vocab_size,
                hidden_size=config.hidden_size,
                intermediate_size=config.intermediate_size,
                num_hidden_layers=config.layers,
                num_attention_heads=config.heads,
                max_position_embeddings=config.max_tokens,
                hidden_act=config.activation,
                eos_token_id=config.eos_token,
                # Ours to know; the defaults make the library warn where training uses a smaller token table.
                bos_token_id=None,
                pad_token_id=None,
            )
        )
        # Early releases 5.x keep the parts one attribute further in.
        text_model: Any = getattr(model, "text_model", model)
        # Positions are always 0, 1, 2, ...; a buffer of them would have no value in a model built on `meta`.
        text_model.embeddings.position_ids = None
        self.text_model = text_model

    def embed(self, tokens: Tensor) -> Tensor:
        """The token table's rows, without positions: `[b t]` -> `[b t d]`."""
        return self.text_model.embeddings.token_embedding(tokens)

    def encode(self, tokens: Tensor, layer: int = -1, embeddings: Tensor | None = None) -> TextFeatures:
        """Encode each row by itself.

        Args:
            tokens: `[b t]`, whole numbers, t at most `config.max_tokens`.
            layer: Which hidden state: -1 after the last layer, -2 after the one before, ...; one that does not exist
                means the last. The final norm is applied to any.
            embeddings: `[b t d]`, what the tokens stand for, where it is not the token table's rows; see `embed`.

        Raises:
            ValueError: If there are too many tokens, or `layer` is not negative.
        """
        return self(tokens, layer, embeddings)

    def forward(self, tokens: Tensor, layer: int = -1, embeddings: Tensor | None = None) -> TextFeatures:
        """The same as `encode`."""
        config = self.config
        if tokens.ndim != 2 or tokens.shape[1] > config.max_tokens:
            raise ValueError(f"CLIP: tokens must be [b t], t <= {config.max_tokens}; not {list(tokens.shape)}.")
        if layer >= 0:
            raise ValueError(f"CLIP: layer counts from the end, so it must be negative, not {layer}.")

        model = self.text_model
        positions = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.embed(tokens) if embeddings is None else embeddings
        x = x + model.embeddings.position_embedding(positions)
        wanted = config.layers + layer if layer >= -config.layers else config.layers - 1
        chosen = x
        for index, block in enumerate(model.encoder.layers):
            x = cast(Tensor, block(x, None, is_causal=True))
            if index == wanted:
                chosen = x
        last = model.final_layer_norm(x)
        hidden = last if wanted == config.layers - 1 else model.final_layer_norm(chosen)
        end = (tokens == config.eos_token).int().argmax(dim=1)
        return TextFeatures(hidden, last[torch.arange(len(tokens), device=tokens.device), end])
