import { VERTEX_FLOATS, type Texture } from './scene-plan.ts';

/** Shade and alpha are Q15 of half their value, so that shade may reach just under 2. */
const HALF_ONE = 16384 * 65536;
const MOST = 2147418112;

/**
 * Draws one textured triangle over the canvas. Set-up is in doubles and the inside in integers, in an order that the
 * SIMD build repeats, so that both give the same pixels.
 * @param canvas - `[sizePx, sizePx, 4]` premultiplied; @param first - index of the triangle's first corner.
 */
export function drawTriangle(
  canvas: Uint8Array,
  sizePx: number,
  texture: Texture,
  vertices: Float32Array,
  indices: Uint16Array,
  first: number,
  opaque: number,
): void {
  const a = indices[first]! * VERTEX_FLOATS;
  let b = indices[first + 1]! * VERTEX_FLOATS;
  let c = indices[first + 2]! * VERTEX_FLOATS;
  const ax = vertices[a]!;
  const ay = vertices[a + 1]!;
  let area = (vertices[b]! - ax) * (vertices[c + 1]! - ay) - (vertices[c]! - ax) * (vertices[b + 1]! - ay);
  // What is turned away is drawn all the same: culling it tears jaw and nostrils.
  if (area < 0) {
    [b, c] = [c, b];
    area = -area;
  }
  if (!(area > 1e-3)) return;
  if (opaque === 0 && vertices[a + 5]! <= 0 && vertices[b + 5]! <= 0 && vertices[c + 5]! <= 0) return;
  const bx = vertices[b]!;
  const by = vertices[b + 1]!;
  const cx = vertices[c]!;
  const cy = vertices[c + 1]!;
  const inverse = 1 / area;
  const [b0, c0, b1, c1] = [by - ay, cy - ay, bx - ax, cx - ax];
  let d1 = vertices[b + 2]! - vertices[a + 2]!;
  let d2 = vertices[c + 2]! - vertices[a + 2]!;
  const ux = (d1 * c0 - d2 * b0) * inverse;
  const uy = (d2 * b1 - d1 * c1) * inverse;
  d1 = vertices[b + 3]! - vertices[a + 3]!;
  d2 = vertices[c + 3]! - vertices[a + 3]!;
  const vx = (d1 * c0 - d2 * b0) * inverse;
  const vy = (d2 * b1 - d1 * c1) * inverse;
  d1 = vertices[b + 4]! - vertices[a + 4]!;
  d2 = vertices[c + 4]! - vertices[a + 4]!;
  const sx = (d1 * c0 - d2 * b0) * inverse;
  const sy = (d2 * b1 - d1 * c1) * inverse;
  d1 = vertices[b + 5]! - vertices[a + 5]!;
  d2 = vertices[c + 5]! - vertices[a + 5]!;
  const tx = (d1 * c0 - d2 * b0) * inverse;
  const ty = (d2 * b1 - d1 * c1) * inverse;
  const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
  const bottom = Math.min(sizePx, Math.ceil(Math.max(ay, by, cy) - 0.5));
  const [e0y, e1y, e2y] = [by - ay, cy - by, ay - cy];
  // Each edge from its upper end, so that two triangles agree on the edge they share.
  const [s0, s1, s2] = [(bx - ax) / e0y, (cx - bx) / e1y, (ax - cx) / e2y];
  const [o0x, o0y] = e0y > 0 ? [ax, ay] : [bx, by];
  const [o1x, o1y] = e1y > 0 ? [bx, by] : [cx, cy];
  const [o2x, o2y] = e2y > 0 ? [cx, cy] : [ax, ay];
  const uStep = whole(ux * 65536);
  const vStep = whole(vx * 65536);
  const shadeStep = whole(sx * HALF_ONE);
  const alphaStep = whole(tx * HALF_ONE);
  const { pixels, widthPx, heightPx } = texture;
  const stride = widthPx * 4;
  const uMost = ((widthPx - 1) << 16) - 1;
  const vMost = ((heightPx - 1) << 16) - 1;
  for (let y = top; y < bottom; y++) {
    const py = y + 0.5;
    let left = -1e9;
    let right = 1e9;
    if (e0y !== 0) {
      const k = o0x + (py - o0y) * s0;
      if (e0y > 0) right = Math.min(right, k);
      else left = Math.max(left, k);
    }
    if (e1y !== 0) {
      const k = o1x + (py - o1y) * s1;
      if (e1y > 0) right = Math.min(right, k);
      else left = Math.max(left, k);
    }
    if (e2y !== 0) {
      const k = o2x + (py - o2y) * s2;
      if (e2y > 0) right = Math.min(right, k);
      else left = Math.max(left, k);
    }
    const from = Math.max(0, Math.ceil(left - 0.5));
    const to = Math.min(sizePx, Math.ceil(right - 0.5));
    if (from >= to) continue;
    const dx = from + 0.5 - ax;
    const dy = py - ay;
    // Half of the last bit that sampling uses, so that whole texels stay whole.
    let u = whole((vertices[a + 2]! + dx * ux + dy * uy - 0.5) * 65536 + 128);
    let v = whole((vertices[a + 3]! + dx * vx + dy * vy - 0.5) * 65536 + 128);
    let shade = clampStart((vertices[a + 4]! + dx * sx + dy * sy) * HALF_ONE);
    let alpha = clampStart((vertices[a + 5]! + dx * tx + dy * ty) * HALF_ONE);
    let at = (y * sizePx + from) * 4;
    for (let x = from; x < to; x++) {
      const us = u < 0 ? 0 : u > uMost ? uMost : u;
      const vs = v < 0 ? 0 : v > vMost ? vMost : v;
      const fx = (us >> 8) & 255;
      const fy = (vs >> 8) & 255;
      const texel = (vs >> 16) * stride + (us >> 16) * 4;
      const shade15 = shade >> 16;
      const alpha15 = alpha >> 16;
      let coverage = 0;
      if (opaque === 0) coverage = scaled(sampled(pixels, texel + 3, stride, fx, fy), alpha15);
      const kept = 255 - coverage + ((255 - coverage) >> 7);
      for (let channel = 0; channel < 3; channel++) {
        const colour = scaled(sampled(pixels, texel + channel, stride, fx, fy), shade15);
        const behind = opaque === 0 ? (canvas[at + channel]! * kept + 128) >> 8 : 0;
        canvas[at + channel] = saturated(colour + behind);
      }
      canvas[at + 3] = opaque === 0 ? saturated(coverage + ((canvas[at + 3]! * kept + 128) >> 8)) : 255;
      at += 4;
      u = (u + uStep) | 0;
      v = (v + vStep) | 0;
      shade = (shade + shadeStep) | 0;
      alpha = (alpha + alphaStep) | 0;
    }
  }
}

/** Slivers have steep gradients: they saturate instead of wrapping. */
function whole(value: number): number {
  return (value > 2147483647 ? 2147483647 : value < -2147483648 ? -2147483648 : value) | 0;
}

function clampStart(value: number): number {
  return (value < 0 ? 0 : value > MOST ? MOST : value) | 0;
}

function saturated(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Rows first, then columns, each rounded to 8 bits. */
function sampled(pixels: Uint8Array, at: number, stride: number, fx: number, fy: number): number {
  const left = (pixels[at]! * (256 - fy) + pixels[at + stride]! * fy + 128) >> 8;
  const right = (pixels[at + 4]! * (256 - fy) + pixels[at + 4 + stride]! * fy + 128) >> 8;
  return (left * (256 - fx) + right * fx + 128) >> 8;
}

/** `value` times a Q15 factor of half, as q15mulr does it. */
function scaled(value: number, half15: number): number {
  return ((((value << 7) * half15 + 0x4000) >> 15) + 32) >> 6;
}
