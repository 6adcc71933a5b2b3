import { assert } from '../../base/errors.ts';
import { foreignFlatBuffer, readFlexMap } from './flatbuffer.ts';
import type { TfliteTranslation } from './tflite-translation.ts';
import type { TfliteOperator } from './tflite-reader.ts';

type Inputs = readonly (number | undefined)[];

/**
 * The operators that the face models bring along. The attention mesh crops its own features around each eye and the
 * mouth: a matrix from landmarks, a bilinear crop through it, and the crop's landmarks back through it.
 */
export function translateCustom(t: TfliteTranslation, operator: TfliteOperator, inputs: Inputs): void {
  switch (operator.name) {
    case 'Landmarks2TransformMatrix':
      cropMatrix(t, operator, inputs);
      return;
    case 'TransformTensorBilinear':
      bilinearCrop(t, operator, inputs);
      return;
    case 'TransformLandmarks':
      landmarksBack(t, operator, inputs);
      return;
    case 'Convolution2DTransposeBias':
      transposedConvolution(t, operator, inputs);
      return;
    default:
      throw foreignFlatBuffer(`operator ${operator.name}`);
  }
}

/**
 * The matrix (4x4, of which x and y matter) from crop pixels to feature pixels: the box around some landmarks,
 * turned so that two of them lie level, enlarged.
 */
function cropMatrix(t: TfliteTranslation, operator: TfliteOperator, [landmarks]: Inputs): void {
  const { graph } = t;
  const options = readFlexMap(operator.customOptions);
  const number = (name: string): number => {
    const value = options.get(name);
    assert(typeof value === 'number', `Landmarks2TransformMatrix has ${name}`);
    return value;
  };
  const subset = options.get('subset_idxs');
  assert(Array.isArray(subset), 'Landmarks2TransformMatrix has subset_idxs');
  if (number('target_rotation_radians') !== 0) throw foreignFlatBuffer('a turned target');
  const points = graph.node('Reshape', [t.value(landmarks), graph.ints([-1, 3])]);
  const column = (rows: readonly number[], axis: number): string => {
    const picked = graph.node('Gather', [points, graph.ints(rows)], { axis: 0 });
    return graph.node('Gather', [picked, graph.ints([axis])], { axis: 1 });
  };
  const [left, right] = [[number('left_rotation_idx')], [number('right_rotation_idx')]];
  const one = graph.floats([1], [1, 1]);
  const zero = graph.floats([0], [1, 1]);
  const half = graph.floats([0.5], [1, 1]);
  const add = (a: string, b: string): string => graph.node('Add', [a, b]);
  const subtract = (a: string, b: string): string => graph.node('Sub', [a, b]);
  const times = (a: string, b: string): string => graph.node('Mul', [a, b]);
  const alongX = subtract(column(right, 0), column(left, 0));
  const alongY = subtract(column(right, 1), column(left, 1));
  const length = graph.node('Sqrt', [add(times(alongX, alongX), times(alongY, alongY))]);
  // The tilt of the line between the two landmarks; the box is taken with the tilt undone.
  const cosine = graph.node('Div', [alongX, length]);
  const sine = graph.node('Div', [alongY, length]);
  const x = column(subset as number[], 0);
  const y = column(subset as number[], 1);
  const levelX = add(times(x, cosine), times(y, sine));
  const levelY = subtract(times(y, cosine), times(x, sine));
  const extreme = (operatorName: string, values: string): string =>
    graph.node(operatorName, [values], { axes: [0], keepdims: 1 });
  const [lowX, highX] = [extreme('ReduceMin', levelX), extreme('ReduceMax', levelX)];
  const [lowY, highY] = [extreme('ReduceMin', levelY), extreme('ReduceMax', levelY)];
  const middleX = times(add(lowX, highX), half);
  const middleY = times(add(lowY, highY), half);
  const centreX = subtract(times(middleX, cosine), times(middleY, sine));
  const centreY = add(times(middleX, sine), times(middleY, cosine));
  const [outWidth, outHeight] = [number('output_width'), number('output_height')];
  const scaleX = times(subtract(highX, lowX), graph.floats([number('scale_x') / outWidth], [1, 1]));
  const scaleY = times(subtract(highY, lowY), graph.floats([number('scale_y') / outHeight], [1, 1]));
  const m00 = times(cosine, scaleX);
  const m01 = graph.node('Neg', [times(sine, scaleY)]);
  const m10 = times(sine, scaleX);
  const m11 = times(cosine, scaleY);
  const fromCentre = (centre: string, acrossX: string, acrossY: string): string => {
    const offset = add(
      times(acrossX, graph.floats([outWidth / 2], [1, 1])),
      times(acrossY, graph.floats([outHeight / 2], [1, 1])),
    );
    return subtract(centre, offset);
  };
  const rows = [
    [m00, m01, zero, fromCentre(centreX, m00, m01)],
    [m10, m11, zero, fromCentre(centreY, m10, m11)],
    [zero, zero, one, zero],
    [zero, zero, zero, one],
  ];
  const flat = graph.node('Concat', rows.flat(), { axis: 0 });
  t.finish(operator, graph.node('Reshape', [flat, graph.ints([1, 4, 4])]));
}

/** Samples at the centres of the crop's pixels; GridSample counts from -1 to 1 between the outer pixel centres. */
function bilinearCrop(t: TfliteTranslation, operator: TfliteOperator, [features, matrix]: Inputs): void {
  const { graph } = t;
  const [, height = 1, width = 1] = t.shape(features);
  const [, outHeight = 1, outWidth = 1] = t.shape(operator.outputs[0]);
  const centres: number[] = [];
  for (let y = 0; y < outHeight; y++) for (let x = 0; x < outWidth; x++) centres.push(x + 0.5, y + 0.5, 0, 1);
  const transposed = graph.node('Transpose', [t.value(matrix)], { perm: [0, 2, 1] });
  const placed = graph.node('MatMul', [graph.floats(centres, [1, outHeight * outWidth, 4]), transposed]);
  const flat = graph.node('Gather', [placed, graph.ints([0, 1])], { axis: 2 });
  const scaled = graph.node('Mul', [flat, graph.floats([2 / (width - 1), 2 / (height - 1)], [1, 1, 2])]);
  const centred = graph.node('Sub', [scaled, graph.floats([1 + 1 / (width - 1), 1 + 1 / (height - 1)], [1, 1, 2])]);
  const grid = graph.node('Reshape', [centred, graph.ints([1, outHeight, outWidth, 2])]);
  const sampled = graph.node('GridSample', [t.value(features), grid], {
    align_corners: 1,
    mode: 'bilinear',
    padding_mode: 'zeros',
  });
  t.finish(operator, sampled);
}

function landmarksBack(t: TfliteTranslation, operator: TfliteOperator, [landmarks, matrix]: Inputs): void {
  const { graph } = t;
  const [, count = 1] = t.shape(landmarks);
  const tail = graph.floats(
    Float32Array.from({ length: 2 * count }, (_, index) => index % 2),
    [1, count, 2],
  );
  const homogeneous = graph.node('Concat', [t.value(landmarks), tail], { axis: 2 });
  const transposed = graph.node('Transpose', [t.value(matrix)], { perm: [0, 2, 1] });
  const placed = graph.node('MatMul', [homogeneous, transposed]);
  t.finish(operator, graph.node('Gather', [placed, graph.ints([0, 1])], { axis: 2 }));
}

function transposedConvolution(t: TfliteTranslation, operator: TfliteOperator, [input, weights, bias]: Inputs): void {
  const { graph } = t;
  const options = new DataView(operator.customOptions.buffer, operator.customOptions.byteOffset, 12);
  const [strideX, strideY] = [options.getInt32(4, true), options.getInt32(8, true)];
  const [outChannels = 1, kernelHeight = 1, kernelWidth = 1, channels = 1] = t.shape(weights);
  if (kernelHeight !== strideY || kernelWidth !== strideX)
    throw foreignFlatBuffer('overlapping transposed convolution');
  const values = t.constant(weights);
  const taps = kernelHeight * kernelWidth;
  const planar = new Float32Array(values.length);
  for (let out = 0; out < outChannels; out++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let into = 0; into < channels; into++) {
        planar[(into * outChannels + out) * taps + tap] = values[(out * taps + tap) * channels + into]!;
      }
    }
  }
  const convolved = graph.node(
    'ConvTranspose',
    [
      t.value(input),
      graph.floats(planar, [channels, outChannels, kernelHeight, kernelWidth]),
      graph.floats(t.constant(bias), [outChannels]),
    ],
    { kernel_shape: [kernelHeight, kernelWidth], strides: [strideY, strideX] },
  );
  t.finish(operator, convolved);
}
