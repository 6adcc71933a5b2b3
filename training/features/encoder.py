"""The streaming audio encoder: causal dilated convolutions over frames of 20 ms."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.onnx.symbolic_opset9 import unused

from training.config import EncoderConfig
from training.linear import Linear


class Block(nn.Module):
    """One dilated convolution and one mixing layer around a residual path. Causal: it looks back only."""

    def __init__(self, width, taps, dilation):
        super().__init__()
        self.taps, self.dilation = taps, dilation
        self.norm = nn.LayerNorm(width)
        self.gather = Linear(taps * width, width, stays_low=True)
        self.mix = Linear(width, width)
        nn.init.zeros_(self.mix.weight)  # a block begins as nothing, so that a deeper network can begin as a shallower one
        nn.init.zeros_(self.mix.bias)

    @property
    def history_frames(self):
        return (self.taps - 1) * self.dilation

    def forward(self, x, history):
        """x: [batch, frames, width]; history: [batch, history_frames, width], normalised frames heard before.

        Returns the output, [batch, frames, width], and the next history.
        """
        heard = torch.cat([history, self.norm(x)], 1)  # [batch, history_frames + frames, width]
        low = self.gather.lower(heard)
        # Cut by where they end, which needs no number of frames: the exported graph takes any.
        ends = [(tap + 1 - self.taps) * self.dilation or None for tap in range(self.taps)]
        taps = [low[:, tap * self.dilation : end] for tap, end in enumerate(ends)]
        y = F.relu(self.gather(torch.cat(taps, -1)))  # [batch, frames, width]
        return x + self.mix(y), heard[:, -self.history_frames :]  # [batch, frames, width], [batch, history_frames, width]


def fading_sums(told, state, keep):
    """told: [batch, frames, dims]; state: [batch, dims], the sum before. Returns sum = keep * sum + told, frame by frame."""
    age = torch.arange(int(told.shape[1]), device=told.device, dtype=told.dtype)
    fade = (keep ** (age[:, None] - age)).tril()  # [frames, frames]
    return fade @ told + keep ** (age[:, None] + 1) * state[:, None]  # [batch, frames, dims]


class FadingSums(torch.autograd.Function):
    """`fading_sums` as a recurrent node, which adds frame by frame: so a file's sums are those of a call to the last bit."""

    @staticmethod
    def forward(context, told, state, keep, dims):
        return fading_sums(told, state, keep)

    @staticmethod
    def symbolic(graph, told, state, keep, dims):
        absent = unused(graph)
        constant = lambda value: graph.op('Constant', value_t=torch.as_tensor(value))
        same = torch.eye(dims)[None]
        sums, _ = graph.op(
            'RNN', graph.op('Transpose', told, perm_i=[1, 0, 2]), constant(same), constant(keep * same), absent, absent,
            graph.op('Unsqueeze', state, constant([0])), hidden_size_i=dims, activations_s=['Affine'],
            activation_alpha_f=[1.0], activation_beta_f=[0.0], outputs=2,
        )
        return graph.op('Transpose', graph.op('Squeeze', sums, constant([1])), perm_i=[1, 0, 2])


class Speaker(nn.Module):
    """What the voice has been like for some seconds: a running mean over the frames that tell most of it.

    The same formants mean another vowel from a smaller head, and rounding is heard in little else; whose head it is
    shows over seconds, which the convolutions do not see.
    """

    def __init__(self, width, dims, memory_frames):
        super().__init__()
        self.keep = math.exp(-1 / memory_frames)
        self.norm = nn.LayerNorm(width)
        self.say = Linear(width, dims + 1)
        self.use = Linear(dims, width)
        nn.init.zeros_(self.use.weight)
        nn.init.zeros_(self.use.bias)

    def forward(self, x, state):
        """x: [batch, frames, width]; state: [batch, dims + 1], sums so far. Returns x with the voice, and the next state."""
        said = self.say(self.norm(x))  # [batch, frames, dims + 1]
        weight = said[..., -1:].sigmoid()  # [batch, frames, 1]
        told = torch.cat([weight * torch.tanh(said[..., :-1]), weight], -1)  # [batch, frames, dims + 1]
        exporting, dims = torch.onnx.is_in_onnx_export(), self.say.out_features
        sums = FadingSums.apply(told, state, self.keep, dims) if exporting else fading_sums(told, state, self.keep)
        voice = sums[..., :-1] / (sums[..., -1:] + 1)  # [batch, frames, dims]
        return x + self.use(voice), sums[:, -1]  # [batch, frames, width], [batch, dims + 1]


class Encoder(nn.Module):
    """Log-mel frames -> features, and what the heads read from them.

    Frame n has heard the sound up to (n + 1) * 20 ms. Its features speak of the two motion frames that end
    100 ms and 80 ms before that.
    """

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.config = config
        self.register_buffer('mel_mean', torch.zeros(config.mel_bins))
        self.register_buffer('mel_std', torch.ones(config.mel_bins))
        self.register_buffer('mouth_mean', torch.zeros(config.mouth_dims))
        self.register_buffer('mouth_std', torch.ones(config.mouth_dims))
        self.stem = Linear(config.mel_bins * config.mel_frames_per_frame, config.width)
        self.blocks = nn.ModuleList(Block(config.width, config.taps, dilation) for dilation in config.dilations)
        if config.speaker_dims:
            self.speaker = Speaker(config.width, config.speaker_dims, config.speaker_memory_s * 50)
        self.norm = nn.LayerNorm(config.width)
        self.bottleneck = Linear(config.width, config.bottleneck)
        self.mouth = Linear(config.bottleneck, config.frames_per_hop * config.mouth_dims)
        self.phone = Linear(config.bottleneck, config.phone_classes)
        self.closure = Linear(config.bottleneck, 1)
        self.prosody = Linear(config.bottleneck, config.prosody_dims)

    def listen(self, mel, state):
        """mel: [batch, melFrames, melBins]; state: [batch, stateLength].

        Returns bottleneck features, [batch, frames, bottleneck], and the next state.
        """
        config = self.config
        x = (mel - self.mel_mean) / self.mel_std  # [batch, melFrames, melBins]
        parts = [x[:, part :: config.mel_frames_per_frame] for part in range(config.mel_frames_per_frame)]
        x = self.stem(torch.cat(parts, -1))  # [batch, frames, width]
        offset, states, voice = 0, [], state[:, :0]
        for index, block in enumerate(self.blocks):
            if config.speaker_dims and index == config.speaker_after:
                x, voice = self.speaker(x, state[:, -config.speaker_dims - 1 :])  # [batch, frames, width]
            length = block.history_frames * config.width
            history = state[:, offset : offset + length].reshape(-1, block.history_frames, config.width)
            x, history = block(x, history)  # [batch, frames, width]
            states.append(history.reshape(-1, length))
            offset += length
        states.append(voice)
        x = torch.tanh(self.bottleneck(self.norm(x)))  # [batch, frames, bottleneck]
        return x, torch.cat(states, -1)  # [batch, frames, bottleneck], [batch, stateLength]

    def silence(self, batch, device=None):
        return torch.zeros(batch, self.config.state_length, device=device)  # [batch, stateLength]

    def forward(self, mel, state):
        """Whole hops. mel: [batch, 4 * hops, melBins]; state: [batch, stateLength].

        Returns features, [batch, hops, featureDims], of each hop's last frame, and the next state.
        """
        x, next_state = self.listen(mel, state)  # [batch, 2 * hops, bottleneck], [batch, stateLength]
        newest = x[:, self.config.frames_per_hop - 1 :: self.config.frames_per_hop]  # [batch, hops, bottleneck]
        return torch.cat([newest, self.mouth(newest)], -1), next_state  # [batch, hops, featureDims], [batch, stateLength]
