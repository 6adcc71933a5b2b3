"""int8 weights for an ONNX graph, by rewriting its matrix products."""

from collections import Counter

import numpy as np
import onnx
from onnx import helper, numpy_helper

BLOCK = 64
"""Neighbours of a column that share one scale; onnxruntime scales the inputs by as many. So what a session gets does not
depend on who else is in the batch, and one large value spoils no more than its block."""
WEIGHT_LIMIT = 127
ZERO = 128
"""Weights are stored unsigned around this."""
ACCURACY_INT8 = 4
"""onnxruntime's name for products of 8-bit inputs and weights."""


def lower(weight):
    """weight: [inputs, outputs]. Returns uint8 [outputs, blocks, BLOCK] and the blocks' scales, [outputs * blocks]."""
    inputs, outputs = weight.shape
    blocks = -(-inputs // BLOCK)
    padded = np.zeros((outputs, blocks * BLOCK), np.float32)
    padded[:, :inputs] = weight.T
    padded = padded.reshape(outputs, blocks, BLOCK)
    scale = np.maximum(np.abs(padded).max(-1), 1e-8) / WEIGHT_LIMIT  # [outputs, blocks]
    return (np.round(padded / scale[..., None]) + ZERO).astype(np.uint8), scale.astype(np.float32).reshape(-1)


def biases(graph, matrices):
    """Returns product node's output -> the Add that does nothing but add a constant vector to it, and that vector's name."""
    uses = Counter(name for node in graph.node for name in node.input)
    found = {}
    for node in graph.node:
        if node.op_type == 'Add':
            for product, vector in (node.input, reversed(node.input)):
                if vector in matrices and len(matrices[vector].dims) == 1 and uses[product] == 1:
                    found[product] = (node, vector)
    return found


def quantise(source, target):
    """Writes `target`: each product with a constant matrix, and what is added to it, becomes one MatMulNBits of 8 bits.
    What the transformer makes of the condition keeps its float32 weights (the exporter turns them round first, so they are no
    constants here): that is 40 microseconds of a hop, and lowered they would double its error. Returns how many products were rewritten."""
    model = onnx.load(source)
    graph = model.graph
    matrices = {tensor.name: tensor for tensor in graph.initializer}
    added = biases(graph, matrices)
    nodes, merged, count = [], [], 0
    for node in graph.node:
        if node.op_type not in ('MatMul', 'Gemm') or node.input[1] not in matrices:
            nodes.append(node)
            continue
        weight = numpy_helper.to_array(matrices[node.input[1]])
        if any(attribute.name == 'transB' and attribute.i for attribute in node.attribute):
            weight = weight.T
        inputs, outputs = weight.shape
        values, scale = lower(weight)
        name, y, bias = f'int8_{count}', node.output[0], []
        graph.initializer.extend([
            numpy_helper.from_array(values, f'{name}_weight'), numpy_helper.from_array(scale, f'{name}_scale'),
        ])
        if node.op_type == 'Gemm' and len(node.input) > 2:
            bias = ['', '', node.input[2]]
        elif y in added:
            addition, vector = added[y]
            merged.append(addition)
            y, bias = addition.output[0], ['', '', vector]
        nodes.append(helper.make_node(
            'MatMulNBits', [node.input[0], f'{name}_weight', f'{name}_scale', *bias], [y], domain='com.microsoft',
            K=inputs, N=outputs, bits=8, block_size=BLOCK, accuracy_level=ACCURACY_INT8,
        ))
        count += 1
    del graph.node[:]
    graph.node.extend(node for node in nodes if node not in merged)
    used = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    if 'com.microsoft' not in {opset.domain for opset in model.opset_import}:
        model.opset_import.append(helper.make_opsetid('com.microsoft', 1))
    onnx.checker.check_model(model)
    onnx.save(model, target)
    return count
