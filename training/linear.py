"""A linear layer that trains in bfloat16 on processors, where that is half again as fast, and runs in float32."""

import torch
from torch import nn
from torch.nn import functional as F


class Linear(nn.Linear):
    def forward(self, x):
        if not self.training or x.is_cuda:
            return super().forward(x)  # [..., out]
        half = lambda tensor: tensor.to(torch.bfloat16)
        return F.linear(half(x), half(self.weight), half(self.bias)).float()  # [..., out]
