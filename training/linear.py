"""A linear layer that trains in bfloat16 on processors, where that is half again as fast, and runs in float32."""

import torch
from torch import nn
from torch.nn import functional as F


class Linear(nn.Linear):
    def __init__(self, inputs, outputs, stays_low=False):
        """stays_low: in training the output stays bfloat16, for layers whose input is soon lowered again."""
        super().__init__(inputs, outputs)
        self.stays_low = stays_low

    def lower(self, x):
        """Returns `x` as this layer multiplies it, so that what is cut from it need not be lowered piece by piece."""
        return x.to(torch.bfloat16) if self.training and not x.is_cuda else x

    def forward(self, x):
        if not self.training or x.is_cuda:
            return super().forward(x)  # [..., out]
        y = F.linear(self.lower(x), self.lower(self.weight), self.lower(self.bias))  # [..., out]
        return y if self.stays_low else y.float()
