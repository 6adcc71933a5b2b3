"""The diffusion transformer: it cleans one new motion token, given the tokens before it, the sound and the conditions."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from training.config import DenoiserConfig
from training.linear import Linear
from training.motion.channels import CHANNELS, HEAD, slices

SLICES = slices()
NOISE_FREQUENCIES = 16


class Block(nn.Module):
    """Self-attention and a two-layer perceptron, each shifted, scaled and gated by the condition (AdaLN-Zero,
    Peebles and Xie 2023)."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.head_width = heads, width // heads
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.attend = Linear(width, 3 * width)
        self.merge = Linear(width, width)
        self.expand = Linear(width, 4 * width)
        self.contract = Linear(4 * width, width)
        self.modulate = Linear(width, 6 * width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)

    def attention(self, x):
        split = lambda y: y.reshape(y.shape[0], y.shape[1], self.heads, -1).transpose(1, 2)
        query, key, value = (split(y) for y in self.attend(x).chunk(3, -1))  # [batch, heads, tokens, width / heads]
        weight = query @ key.transpose(-1, -2) / math.sqrt(self.head_width)  # [batch, heads, tokens, tokens]
        mixed = (weight.softmax(-1) @ value).transpose(1, 2)  # [batch, tokens, heads, width / heads]
        return self.merge(mixed.reshape(x.shape))  # [batch, tokens, width]

    def forward(self, x, condition):
        """x: [batch, tokens, width]; condition: [batch, 1, width]."""
        shift, scale, gate, shift2, scale2, gate2 = self.modulate(condition).chunk(6, -1)  # [batch, 1, width] each
        x = x + gate * self.attention(self.norm(x) * (1 + scale) + shift)  # [batch, tokens, width]
        y = F.relu(self.expand(self.norm(x) * (1 + scale2) + shift2))  # [batch, tokens, 4 * width]
        return x + gate2 * self.contract(y)  # [batch, tokens, width]


class Denoiser(nn.Module):
    """Predicts the clean token (x0) from a noisy one.

    The head's channels are smooth: in 20 ms they change by far less than their spread. For them the network says how
    the motion departs from going straight on, in units of `head_step`, so that its errors stay below what can be seen.
    """

    def __init__(self, config: DenoiserConfig):
        super().__init__()
        self.config = config
        width, frames = config.width, config.frames_per_hop
        self.context_in = Linear(config.token_dims, width)
        self.noisy_in = Linear(config.token_dims, width)
        self.features_in = Linear(config.feature_dims, width)
        self.null_context = nn.Parameter(torch.zeros(config.token_dims))
        self.null_features = nn.Parameter(torch.zeros(config.feature_dims))
        self.position = nn.Parameter(torch.randn(1, config.context_tokens + 1, width) * 0.02)
        self.condition_in = nn.Sequential(
            Linear(config.condition_dims + 2 * NOISE_FREQUENCIES, width), nn.SiLU(), Linear(width, width), nn.SiLU()
        )
        self.blocks = nn.ModuleList(Block(width, config.heads) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulate = Linear(width, 2 * width)
        self.out = Linear(width, config.token_dims)
        self.speak = Linear(config.feature_dims, config.token_dims)
        for layer in (self.modulate, self.out, self.speak):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        is_head = torch.tensor([float(name in HEAD) for name in CHANNELS])
        self.register_buffer('is_head', is_head.repeat(frames))  # [tokenDims]
        self.register_buffer('head_step', torch.ones(config.token_dims))  # [tokenDims], standardised units
        self.register_buffer('frequencies', math.pi * 2 ** (torch.arange(NOISE_FREQUENCIES) / 2 - 2))

    def straight_on(self, context):
        """Returns where the head gets if it keeps the velocity of its last two frames, [batch, 1, tokenDims]."""
        channels = self.config.token_dims // self.config.frames_per_hop
        newest = context[:, -1:, -channels:]  # [batch, 1, channels]
        velocity = newest - context[:, -1:, -2 * channels : -channels]  # [batch, 1, channels]
        steps = [newest + (frame + 1) * velocity for frame in range(self.config.frames_per_hop)]
        return torch.cat(steps, -1)  # [batch, 1, tokenDims]

    def forward(self, context, noisy, features, condition, noise_level):
        """context: [batch, contextTokens, tokenDims]; noisy: [batch, 1, tokenDims];
        features: [batch, contextTokens + 1, featureDims]; condition: [batch, conditionDims]; noise_level: [batch].

        Returns the clean token, [batch, 1, tokenDims].
        """
        has_audio = condition[:, SLICES['audio']].unsqueeze(1)  # [batch, 1, 1]
        has_context = condition[:, SLICES['context']].unsqueeze(1)  # [batch, 1, 1]
        features = has_audio * features + (1 - has_audio) * self.null_features  # [batch, contextTokens + 1, featureDims]
        held = has_context * context + (1 - has_context) * self.null_context  # [batch, contextTokens, tokenDims]
        phase = noise_level[:, None] * self.frequencies  # [batch, frequencies]
        given = torch.cat([condition, phase.sin(), phase.cos()], -1)  # [batch, conditionDims + 2 * frequencies]
        given = self.condition_in(given).unsqueeze(1)  # [batch, 1, width]
        x = torch.cat([self.context_in(held), self.noisy_in(noisy)], 1)  # [batch, contextTokens + 1, width]
        x = x + self.features_in(features) + self.position  # [batch, contextTokens + 1, width]
        for block in self.blocks:
            x = block(x, given)  # [batch, contextTokens + 1, width]
        shift, scale = self.modulate(given).chunk(2, -1)  # [batch, 1, width] each
        y = self.out(self.norm(x[:, -1:]) * (1 + scale) + shift)  # [batch, 1, tokenDims]
        y = y + self.speak(features[:, -1:])  # [batch, 1, tokenDims]
        follows = self.is_head * has_context  # [batch, 1, tokenDims]
        return follows * (self.straight_on(context) + self.head_step * y) + (1 - follows) * y  # [batch, 1, tokenDims]
