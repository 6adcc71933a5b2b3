import { assert } from '../../base/errors.ts';
import { foreignFlatBuffer } from './flatbuffer.ts';
import { OnnxGraphWriter } from './onnx-writer.ts';
import { translateCustom } from './tflite-onnx-custom.ts';
import { type TfliteModel, type TfliteOperator } from './tflite-reader.ts';
import { TfliteTranslation } from './tflite-translation.ts';

/**
 * Translates a TFLite graph into an ONNX one, so that one engine runs every network. Activations of four axes change
 * from `[n, height, width, channels]` to `[n, channels, height, width]` on the way in and back on the way out; inputs
 * and outputs keep TFLite's names and shapes.
 * @returns the bytes of an ONNX model.
 * @throws AvatarError `BUNDLE_FOREIGN` at an operator or option that the face models do not use.
 */
export function onnxOfTflite(model: TfliteModel): Uint8Array {
  const graph = new OnnxGraphWriter();
  const translation = new TfliteTranslation(graph, model);
  for (const input of model.inputs) {
    const { name, shape } = translation.tensor(input);
    graph.input(name, shape);
    translation.name(input, shape.length === 4 ? graph.node('Transpose', [name], { perm: TO_PLANAR }) : name);
  }
  for (const operator of model.operators) translate(translation, operator);
  for (const output of model.outputs) {
    const { name, shape } = translation.tensor(output);
    graph.node('Identity', [translation.interleaved(output)], {}, name);
    graph.output(name, shape);
  }
  return graph.done();
}

const TO_PLANAR = [0, 3, 1, 2];

function translate(t: TfliteTranslation, operator: TfliteOperator): void {
  const { graph } = t;
  const [first, second, third] = operator.inputs;
  switch (operator.name) {
    case 'DEQUANTIZE':
      assert(first !== undefined && operator.outputs[0] !== undefined, 'DEQUANTIZE has one of each');
      t.alias(operator.outputs[0], first);
      return;
    case 'CONV_2D':
      convolution(t, operator, false);
      return;
    case 'DEPTHWISE_CONV_2D':
      convolution(t, operator, true);
      return;
    case 'PRELU':
      t.finish(operator, graph.node('PRelu', [t.value(first), t.value(second)]));
      return;
    case 'RELU':
      t.finish(operator, graph.node('Relu', [t.value(first)]));
      return;
    case 'HARD_SWISH':
      t.finish(operator, graph.node('HardSwish', [t.value(first)]));
      return;
    case 'LOGISTIC':
      t.finish(operator, graph.node('Sigmoid', [t.value(first)]));
      return;
    case 'ADD':
      t.finish(operator, graph.node('Add', [t.value(first), t.value(second)]), operator.int8Option(0));
      return;
    case 'MUL':
      t.finish(operator, graph.node('Mul', [t.value(first), t.value(second)]), operator.int8Option(0));
      return;
    case 'AVERAGE_POOL_2D':
      averagePool(t, operator);
      return;
    case 'MAX_POOL_2D':
      maxPool(t, operator);
      return;
    case 'PAD': {
      const amounts = [...t.ints(second)];
      const order = [0, 3, 1, 2];
      const pads = [...order.map((axis) => amounts[2 * axis]!), ...order.map((axis) => amounts[2 * axis + 1]!)];
      t.finish(operator, graph.node('Pad', [t.value(first), graph.ints(pads)]));
      return;
    }
    case 'RESHAPE':
      reshape(t, operator);
      return;
    case 'STRIDED_SLICE':
      if (String(t.shape(first)) !== String(t.shape(operator.outputs[0]))) throw foreignFlatBuffer('a true slice');
      t.finish(operator, t.value(first));
      return;
    case 'CONCATENATION': {
      const axis = operator.int32Option(0);
      if (t.shape(first).length === 4) throw foreignFlatBuffer('a concatenation of pictures');
      const values = operator.inputs.map((input) => t.value(input));
      t.finish(operator, graph.node('Concat', values, { axis }));
      return;
    }
    case 'RESIZE_BILINEAR':
      resize(t, operator);
      return;
    default:
      translateCustom(t, operator, [first, second, third]);
  }
}

function convolution(t: TfliteTranslation, operator: TfliteOperator, depthwise: boolean): void {
  const { graph } = t;
  const [input, weights, bias] = operator.inputs;
  const [, height = 1, width = 1, channels = 1] = t.shape(input);
  const [, outHeight = 1, outWidth = 1, outChannels = 1] = t.shape(operator.outputs[0]);
  const [, kernelHeight = 1, kernelWidth = 1] = t.shape(weights);
  const strideX = operator.int32Option(1, 1);
  const strideY = operator.int32Option(2, 1);
  const vertical = padding(operator, height, outHeight, kernelHeight, strideY);
  const horizontal = padding(operator, width, outWidth, kernelWidth, strideX);
  const values = t.constant(weights);
  const taps = kernelHeight * kernelWidth;
  const planar = new Float32Array(values.length);
  // Depthwise weights are [1, h, w, channels], others [out, h, w, in]; ONNX wants [out, in or 1, h, w].
  const inner = depthwise ? 1 : channels;
  for (let out = 0; out < outChannels; out++) {
    for (let into = 0; into < inner; into++) {
      for (let tap = 0; tap < taps; tap++) {
        const from = depthwise ? tap * outChannels + out : (out * taps + tap) * channels + into;
        planar[(out * inner + into) * taps + tap] = values[from]!;
      }
    }
  }
  if (depthwise && outChannels !== channels) throw foreignFlatBuffer('a depth multiplier');
  const inputs = [t.value(input), graph.floats(planar, [outChannels, inner, kernelHeight, kernelWidth])];
  if (bias !== undefined && bias >= 0) inputs.push(graph.floats(t.constant(bias), [outChannels]));
  const convolved = graph.node('Conv', inputs, {
    group: depthwise ? channels : 1,
    kernel_shape: [kernelHeight, kernelWidth],
    pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
    strides: [strideY, strideX],
  });
  t.finish(operator, convolved, operator.int8Option(depthwise ? 4 : 3));
}

function maxPool(t: TfliteTranslation, operator: TfliteOperator): void {
  const [input] = operator.inputs;
  const [, height = 1, width = 1] = t.shape(input);
  const [, outHeight = 1, outWidth = 1] = t.shape(operator.outputs[0]);
  const [strideX, strideY] = [operator.int32Option(1, 1), operator.int32Option(2, 1)];
  const [kernelX, kernelY] = [operator.int32Option(3, 1), operator.int32Option(4, 1)];
  const vertical = padding(operator, height, outHeight, kernelY, strideY);
  const horizontal = padding(operator, width, outWidth, kernelX, strideX);
  const pooled = t.graph.node('MaxPool', [t.value(input)], {
    kernel_shape: [kernelY, kernelX],
    pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
    strides: [strideY, strideX],
  });
  t.finish(operator, pooled, operator.int8Option(5));
}

function averagePool(t: TfliteTranslation, operator: TfliteOperator): void {
  const [, height, width] = t.shape(operator.outputs[0]);
  if (height !== 1 || width !== 1) throw foreignFlatBuffer('an average pool of parts');
  t.finish(operator, t.graph.node('GlobalAveragePool', [t.value(operator.inputs[0])]), operator.int8Option(5));
}

function reshape(t: TfliteTranslation, operator: TfliteOperator): void {
  const shape = t.shape(operator.outputs[0]);
  const flat = t.graph.node('Reshape', [t.interleaved(operator.inputs[0]), t.graph.ints(shape)]);
  t.finish(operator, shape.length === 4 ? t.graph.node('Transpose', [flat], { perm: TO_PLANAR }) : flat);
}

function resize(t: TfliteTranslation, operator: TfliteOperator): void {
  const [, height = 1, width = 1, channels = 1] = t.shape(operator.outputs[0]);
  const alignCorners = operator.int8Option(2) !== 0;
  const halfPixel = operator.int8Option(3) !== 0;
  const resized = t.graph.node(
    'Resize',
    [t.value(operator.inputs[0]), '', '', t.graph.ints([1, channels, height, width])],
    {
      coordinate_transformation_mode: alignCorners ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric',
      mode: 'linear',
    },
  );
  t.finish(operator, resized);
}

/** TFLite's SAME padding: what is missing is split, the odd pixel behind. Its VALID has none. */
function padding(
  operator: TfliteOperator,
  size: number,
  outSize: number,
  kernel: number,
  stride: number,
): { before: number; after: number } {
  const same = operator.int8Option(0) === 0;
  const missing = same ? Math.max(0, (outSize - 1) * stride + kernel - size) : 0;
  return { before: missing >> 1, after: missing - (missing >> 1) };
}
