"""The diffusion transformer: it cleans one new motion token, given the tokens before it, the sound and the conditions.

Attention is causal and the tokens of the context know nothing of the noisy one. So training can ask for every token of
a window at once: the clean tokens run along as context, and each noisy token looks at the clean tokens before its own.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.onnx.symbolic_opset9 import unused

from training.config import DenoiserConfig
from training.linear import Linear
from training.motion.channels import CHANNELS, FELT_MOUTH, HEAD, MOUTH, slices

SLICES = slices()
NOISE_FREQUENCIES = 8


class Norm(nn.LayerNorm):
    """Without weights that are learnt. Both the exporter and onnxruntime know the operator only with weights."""

    def __init__(self, width):
        super().__init__(width, elementwise_affine=False)
        self.register_buffer('one', torch.ones(width), persistent=False)
        self.register_buffer('zero', torch.zeros(width), persistent=False)

    def forward(self, x):
        return F.layer_norm(x, self.normalized_shape, self.one, self.zero, self.eps)


def attention(query, key, value, mask, heads):
    """query: [batch, newest, width]; key, value: [batch, tokens, width]; mask: [newest, tokens]. Returns the shape of `query`."""
    split = lambda x: x.unflatten(-1, (heads, -1)).transpose(1, 2)  # [batch, heads, tokens, width / heads]
    query, key, value = split(query), split(key), split(value)
    weight = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1]) + mask  # [batch, heads, newest, tokens]
    return (weight.softmax(-1) @ value).transpose(1, 2).flatten(2)


class Attention(torch.autograd.Function):
    """`attention` as the one node that onnxruntime has for it, in place of fourteen."""

    @staticmethod
    def forward(context, query, key, value, mask, heads):
        return attention(query, key, value, mask, heads)

    @staticmethod
    def symbolic(graph, query, key, value, mask, heads):
        absent = unused(graph)
        bias = graph.op('Unsqueeze', mask, graph.op('Constant', value_t=torch.tensor([0, 1])))  # [1, 1, newest, tokens]
        return graph.op('com.microsoft::MultiHeadAttention', query, key, value, absent, absent, bias, num_heads_i=heads)


class Block(nn.Module):
    """Self-attention and a two-layer perceptron, each shifted, scaled and gated by the condition (AdaLN-Zero,
    Peebles and Xie 2023)."""

    def __init__(self, width, heads):
        super().__init__()
        self.width, self.heads = width, heads
        self.norm = Norm(width)
        self.attend = Linear(width, 3 * width)
        self.merge = Linear(width, width)
        self.expand = Linear(width, 4 * width)
        self.contract = Linear(4 * width, width)
        self.modulate = Linear(width, 6 * width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)

    def attention(self, x, mask):
        query, key, value = self.attend(x).split(self.width, -1)  # [batch, tokens, width] each
        look = Attention.apply if torch.onnx.is_in_onnx_export() else attention
        return self.merge(look(query[:, -len(mask) :], key, value, mask, self.heads))  # [batch, newest, width]

    def forward(self, x, held, given, mask):
        """x: [batch, tokens, width]; held: [1, 1, width], the condition of every token of the context; given: [batch, noisy,
        width], that of the noisy tokens after them; mask: [newest, tokens], 0 where a token may look and -inf elsewhere.

        Returns the newest tokens, [batch, newest, width]: nobody asks the last block for the others.
        """
        newest, tokens = mask.shape
        # The context's condition is a weight like others, so what it says is reckoned once and not for each of its tokens.
        context = self.modulate(held)  # [1, 1, 6 * width]
        said = context + F.pad(self.modulate(given) - context, (0, 0, tokens - int(given.shape[1]), 0))  # [batch, tokens, 6 * width]
        before, after = said.split([2 * self.width, 4 * self.width], -1)  # [batch, tokens, 2 * width], [..., 4 * width]
        shift, scale = before.split(self.width, -1)  # [batch, tokens, width] each
        gate, shift2, scale2, gate2 = after[:, -newest:].split(self.width, -1)  # [batch, newest, width] each
        x = x[:, -newest:] + gate * self.attention(self.norm(x) * (1 + scale) + shift, mask)  # [batch, newest, width]
        y = F.relu(self.expand(self.norm(x) * (1 + scale2) + shift2))  # [batch, newest, 4 * width]
        return x + gate2 * self.contract(y)  # [batch, newest, width]


class Denoiser(nn.Module):
    """Predicts the clean token (x0) from a noisy one.

    The head's channels are smooth: in 20 ms they change by far less than their spread. For them the network sees
    velocity and acceleration, and says how the motion departs from going straight on, in units of `head_step`, so that
    its errors stay below what can be seen.

    What the mouth said before is hidden: it would only be continued, with its errors, where the sound tells better.
    """

    def __init__(self, config: DenoiserConfig):
        super().__init__()
        self.config = config
        width, frames, heads = config.width, config.frames_per_hop, len(HEAD)
        self.channels = config.token_dims // frames
        self.context_in = Linear(config.token_dims + 2 * frames * heads, width)
        self.noisy_in = Linear(config.token_dims, width)
        self.features_in = Linear(config.feature_dims, width)
        self.null_context = nn.Parameter(torch.zeros(width))
        self.null_features = nn.Parameter(torch.zeros(config.feature_dims))
        self.position = nn.Parameter(torch.randn(1, config.context_tokens + 1, width) * 0.02)
        self.context_given = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.condition_in = nn.Sequential(
            Linear(config.condition_dims + 2 * NOISE_FREQUENCIES, width), nn.SiLU(), Linear(width, width), nn.SiLU()
        )
        self.blocks = nn.ModuleList(Block(width, config.heads) for _ in range(config.layers))
        self.norm = Norm(width)
        self.modulate = Linear(width, 2 * width)
        self.out = Linear(width, config.token_dims)
        self.speak = Linear(config.feature_dims, config.token_dims)
        for layer in (self.modulate, self.out, self.speak):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.register_buffer('is_head', torch.tensor([float(name in HEAD) for name in CHANNELS]).repeat(frames))  # [tokenDims]
        remembered = [float(name not in MOUTH or name in FELT_MOUTH) for name in CHANNELS]
        self.register_buffer('remembered', torch.tensor(remembered).repeat(frames))  # [tokenDims]
        self.register_buffer('head_step', torch.ones(config.token_dims))  # [tokenDims], standardised units
        self.register_buffer('velocity_step', torch.ones(heads))  # [6], standardised units per frame
        self.register_buffer('acceleration_step', torch.ones(heads))  # [6]
        self.register_buffer('frequencies', math.pi * 2 ** torch.arange(NOISE_FREQUENCIES).float() / 2)

    def movement(self, tokens):
        """tokens: [batch, tokens, tokenDims]. Returns the head's velocity and acceleration, [batch, tokens, 24]."""
        heads, count = len(HEAD), int(tokens.shape[1])
        frames = tokens.reshape(-1, count * self.config.frames_per_hop, self.channels)[:, :, -heads:]  # [batch, frames, 6]
        pad = lambda x: torch.cat([torch.zeros_like(x[:, :1]), x], 1)
        velocity = pad(frames[:, 1:] - frames[:, :-1])  # [batch, frames, 6]
        acceleration = pad(velocity[:, 1:] - velocity[:, :-1])  # [batch, frames, 6]
        moved = torch.cat([velocity / self.velocity_step, acceleration / self.acceleration_step], -1)  # [batch, frames, 12]
        return moved.clamp(-6, 6).reshape(-1, count, 2 * heads * self.config.frames_per_hop)  # [batch, tokens, 24]

    def straight_on(self, context):
        """Returns where each token's motion gets if it keeps the velocity of its last two frames, same shape."""
        newest = context[:, :, -self.channels :]  # [batch, tokens, channels]
        velocity = newest - context[:, :, -2 * self.channels : -self.channels]  # [batch, tokens, channels]
        steps = [newest + (frame + 1) * velocity for frame in range(self.config.frames_per_hop)]
        return torch.cat(steps, -1)  # [batch, tokens, tokenDims]

    def remember(self, context, has_context):
        held = self.context_in(torch.cat([context * self.remembered, self.movement(context)], -1))  # [batch, tokens, width]
        return has_context * held + (1 - has_context) * self.null_context  # [batch, tokens, width]

    def given(self, condition, noise_level):
        """condition: [batch, tokens, conditionDims]; noise_level: [batch, tokens, 1]. Returns [batch, tokens, width]."""
        phase = noise_level * self.frequencies  # [batch, tokens, frequencies]
        return self.condition_in(torch.cat([condition, phase.sin(), phase.cos()], -1))  # [batch, tokens, width]

    def through_blocks(self, x, given, mask):
        """x: [batch, tokens, width]; given: [batch, noisy, width]. Returns the noisy tokens, [batch, noisy, width]."""
        for block in self.blocks[:-1]:
            x = block(x, self.context_given, given, mask)  # [batch, tokens, width]
        return self.blocks[-1](x, self.context_given, given, mask[-given.shape[1] :])  # [batch, noisy, width]

    def settle(self, x, given, features, before, has_context):
        """The clean tokens from the last layer's x. before: [batch, tokens, tokenDims], the clean token before each."""
        shift, scale = self.modulate(given).split(self.config.width, -1)  # [batch, tokens, width] each
        y = self.out(self.norm(x) * (1 + scale) + shift) + self.speak(features)  # [batch, tokens, tokenDims]
        follows = self.is_head * has_context  # [batch, tokens, tokenDims]
        return follows * (self.straight_on(before) + self.head_step * y) + (1 - follows) * y  # [batch, tokens, tokenDims]

    def hear(self, features, has_audio):
        return has_audio * features + (1 - has_audio) * self.null_features  # [batch, tokens, featureDims]

    def forward(self, context, noisy, features, condition, noise_level):
        """context: [batch, contextTokens, tokenDims]; noisy: [batch, 1, tokenDims];
        features: [batch, contextTokens + 1, featureDims]; condition: [batch, conditionDims]; noise_level: [batch].

        Returns the clean token, [batch, 1, tokenDims].
        """
        condition = condition.unsqueeze(1)  # [batch, 1, conditionDims]
        has_audio, has_context = condition[..., SLICES['audio']], condition[..., SLICES['context']]  # [batch, 1, 1]
        features = self.hear(features, has_audio)  # [batch, contextTokens + 1, featureDims]
        x = torch.cat([self.remember(context, has_context), self.noisy_in(noisy)], 1)  # [batch, contextTokens + 1, width]
        x = x + self.features_in(features) + self.position  # [batch, contextTokens + 1, width]
        given = self.given(condition, noise_level[:, None, None])  # [batch, 1, width]
        tokens = self.config.context_tokens + 1
        mask = torch.full((tokens, tokens), -math.inf).triu(1)  # [contextTokens + 1, contextTokens + 1]
        x = self.through_blocks(x, given, mask)  # [batch, 1, width]
        return self.settle(x, given, features[:, -1:], context[:, -1:], has_context)  # [batch, 1, tokenDims]

    def forward_all(self, clean, noisy, features, condition, noise_level):
        """Every token of a window but the first at once, for training.

        clean: [batch, contextTokens + 1, tokenDims]; noisy: [batch, contextTokens, tokenDims], tokens 1 and later;
        features: [batch, contextTokens + 1, featureDims]; condition: [batch, contextTokens, conditionDims];
        noise_level: [batch, contextTokens, 1]. Returns clean tokens 1 and later, [batch, contextTokens, tokenDims].
        """
        tokens = self.config.context_tokens
        has_audio, has_context = condition[:, :1, SLICES['audio']], condition[:, :1, SLICES['context']]  # [batch, 1, 1]
        features = self.hear(features, has_audio)  # [batch, tokens + 1, featureDims]
        heard = self.features_in(features) + self.position  # [batch, tokens + 1, width]
        x = torch.cat([self.remember(clean[:, :-1], has_context) + heard[:, :-1], self.noisy_in(noisy) + heard[:, 1:]], 1)
        given = self.given(condition, noise_level)  # [batch, tokens, width]
        x = self.through_blocks(x, given, training_mask(tokens, x.device))  # [batch, tokens, width]
        return self.settle(x, given, features[:, 1:], clean[:, :-1], has_context)  # [batch, tokens, tokenDims]


def training_mask(tokens, device):
    """Clean token i looks at clean tokens up to i; noisy token i + 1 looks at clean tokens up to i and at itself."""
    earlier = torch.ones(tokens, tokens, dtype=torch.bool, device=device).tril()
    itself = torch.eye(tokens, dtype=torch.bool, device=device)
    allowed = torch.cat([torch.cat([earlier, torch.zeros_like(earlier)], 1), torch.cat([earlier, itself], 1)], 0)
    return torch.zeros(allowed.shape, device=device).masked_fill(~allowed, -math.inf)  # [2 * tokens, 2 * tokens]
