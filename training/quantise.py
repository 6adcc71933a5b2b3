"""int8 weights for an ONNX graph, by rewriting its matrix products."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

WEIGHT_LIMIT = 63
"""Seven bits: two products of 8-bit activations and 8-bit weights overflow 16 bits on processors without VNNI."""
INPUT_LIMIT = 127
ZERO = 128
"""Inputs become unsigned around this, which every processor multiplies fast."""


def lower(x, constants):
    """Returns nodes that make `x` 8 bits wide, each row of the batch by its own largest value: so what a session gets does
    not depend on who else is in the batch."""
    return [
        helper.make_node('Abs', [x], [f'{x}_size']),
        helper.make_node('ReduceMax', [f'{x}_size'], [f'{x}_largest'], axes=[-1], keepdims=1),
        helper.make_node('Max', [f'{x}_largest', constants['smallest']], [f'{x}_span']),
        helper.make_node('Div', [x, f'{x}_span'], [f'{x}_part']),
        helper.make_node('QuantizeLinear', [f'{x}_part', constants['step'], constants['zero']], [f'{x}_int8']),
    ]


def quantise(source, target):
    """Writes `target`: each product with a constant matrix becomes a MatMulInteger, weights scaled per output column and
    inputs per row of the last axis. Returns how many products were rewritten."""
    model = onnx.load(source)
    graph = model.graph
    matrices = {tensor.name: tensor for tensor in graph.initializer}
    constants = {'smallest': 'int8_smallest', 'step': 'int8_step', 'zero': 'int8_zero'}
    graph.initializer.extend([
        numpy_helper.from_array(np.float32(1e-8), constants['smallest']),
        numpy_helper.from_array(np.float32(1 / INPUT_LIMIT), constants['step']),
        numpy_helper.from_array(np.uint8(ZERO), constants['zero']),
    ])
    nodes, lowered = [], set()
    count = 0
    for node in graph.node:
        if node.op_type not in ('MatMul', 'Gemm') or node.input[1] not in matrices:
            nodes.append(node)
            continue
        weight = numpy_helper.to_array(matrices[node.input[1]])
        if any(attribute.name == 'transB' and attribute.i for attribute in node.attribute):
            weight = weight.T
        scale = np.maximum(np.abs(weight).max(0), 1e-8) / WEIGHT_LIMIT
        name, x, y = f'int8_{count}', node.input[0], node.output[0]
        graph.initializer.extend([
            numpy_helper.from_array(np.round(weight / scale).astype(np.int8), f'{name}_weight'),
            numpy_helper.from_array((scale / INPUT_LIMIT).astype(np.float32), f'{name}_scale'),
        ])
        if x not in lowered:
            lowered.add(x)
            nodes += lower(x, constants)
        has_bias = node.op_type == 'Gemm' and len(node.input) > 2
        product = f'{name}_product' if has_bias else y
        nodes += [
            helper.make_node('MatMulInteger', [f'{x}_int8', f'{name}_weight', constants['zero']], [f'{name}_sum']),
            helper.make_node('Cast', [f'{name}_sum'], [f'{name}_float'], to=onnx.TensorProto.FLOAT),
            # One scale after the other: of the product of both onnxruntime makes a fused node that knows one row only.
            helper.make_node('Mul', [f'{name}_float', f'{name}_scale'], [f'{name}_share']),
            helper.make_node('Mul', [f'{name}_share', f'{x}_span'], [product]),
        ]
        if has_bias:
            nodes.append(helper.make_node('Add', [product, node.input[2]], [y]))
        count += 1
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    onnx.checker.check_model(model)
    onnx.save(model, target)
    return count
