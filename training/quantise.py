"""int8 weights for an ONNX graph, by rewriting its matrix products."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

WEIGHT_LIMIT = 63
"""Seven bits: two products of 8-bit activations and 8-bit weights overflow 16 bits on processors without VNNI."""


def quantise(source, target):
    """Writes `target`: each product with a constant matrix becomes DynamicQuantizeLinear and MatMulInteger, weights
    scaled per output column. Returns how many products were rewritten."""
    model = onnx.load(source)
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    nodes, quantised = [], set()
    count = 0
    for node in graph.node:
        if node.op_type not in ('MatMul', 'Gemm') or node.input[1] not in constants:
            nodes.append(node)
            continue
        weight = numpy_helper.to_array(constants[node.input[1]])
        if any(attribute.name == 'transB' and attribute.i for attribute in node.attribute):
            weight = weight.T
        scale = np.maximum(np.abs(weight).max(0), 1e-8) / WEIGHT_LIMIT
        name, x, y = f'int8_{count}', node.input[0], node.output[0]
        graph.initializer.extend([
            numpy_helper.from_array(np.round(weight / scale).astype(np.int8), f'{name}_weight'),
            numpy_helper.from_array(scale.astype(np.float32), f'{name}_scale'),
        ])
        if x not in quantised:
            quantised.add(x)
            nodes.append(helper.make_node('DynamicQuantizeLinear', [x], [f'{x}_int8', f'{x}_scale', f'{x}_zero']))
        has_bias = node.op_type == 'Gemm' and len(node.input) > 2
        product = f'{name}_product' if has_bias else y
        nodes += [
            helper.make_node('MatMulInteger', [f'{x}_int8', f'{name}_weight', f'{x}_zero'], [f'{name}_sum']),
            helper.make_node('Cast', [f'{name}_sum'], [f'{name}_float'], to=onnx.TensorProto.FLOAT),
            helper.make_node('Mul', [f'{x}_scale', f'{name}_scale'], [f'{name}_unit']),
            helper.make_node('Mul', [f'{name}_float', f'{name}_unit'], [product]),
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
