// The SIMD build of media/render/reference-triangle.ts and colour.ts: the same arithmetic in the same order, so that the
// pixels are equal. Memory is laid out by the caller; nothing is allocated here.

const VERTEX_BYTES: usize = 24;
const HALF_ONE: f64 = 1073741824;
const MOST: f64 = 2147418112;

/** Two neighbouring numbers of a vertex. */
// @ts-ignore: decorator
@inline
function pair(vertex: usize, offset: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(vertex + offset));
}

/** How both of a pair change along the picture, from what they differ by at two corners. */
// @ts-ignore: decorator
@inline
function across(d1: v128, d2: v128, b: v128, c: v128, inverse: v128): v128 {
  return f64x2.mul(f64x2.sub(f64x2.mul(d1, c), f64x2.mul(d2, b)), inverse);
}

// @ts-ignore: decorator
@inline
function at(vertex: usize, offset: usize): f64 {
  return <f64>load<f32>(vertex + offset);
}

/** Both rows of two texels mixed by `fy`: the left texel in lanes 0..3, the right one in 4..7. */
// @ts-ignore: decorator
@inline
function rows(texels: usize, stride: usize, u: i32, v: i32): v128 {
  const from = texels + <usize>(v >> 16) * stride + (<usize>(u >> 16) << 2);
  const top = v128.load_ext<u8>(from);
  const low = v128.load_ext<u8>(from + stride);
  // top * (256 - fy) + low * fy with one product: what wraps on the way comes back, as the sum fits in 16 bits.
  const mixed = i16x8.add(i16x8.shl(top, 8), i16x8.mul(i16x8.sub(low, top), i16x8.splat(<i16>((v >> 8) & 255))));
  return i16x8.shr_u(i16x8.add(mixed, i16x8.splat(128)), 8);
}

/** Weights of the left and the right texel. */
// @ts-ignore: decorator
@inline
function columns(u: i32): v128 {
  const fx = <i16>((u >> 8) & 255);
  return v128.shuffle<i64>(i16x8.splat(256 - fx), i16x8.splat(fx), 0, 2);
}

// @ts-ignore: decorator
@inline
function factor(shade: i32, alpha: i32): v128 {
  return i16x8.replace_lane(i16x8.splat(<i16>(shade >> 16)), 3, <i16>(alpha >> 16));
}

/** Two neighbouring texels of each of two pixels, mixed: both colours, 8 bits in 16. */
// @ts-ignore: decorator
@inline
function sampled(m0: v128, m1: v128): v128 {
  const mixed = i16x8.add(v128.shuffle<i64>(m0, m1, 0, 2), v128.shuffle<i64>(m0, m1, 1, 3));
  return i16x8.shr_u(i16x8.add(mixed, i16x8.splat(128)), 8);
}

/** One pixel's rows times its columns, when its texels are known to lie inside the texture. */
// @ts-ignore: decorator
@inline
function weighed(texels: usize, stride: usize, u: i32, v: i32): v128 {
  return i16x8.mul(rows(texels, stride, u, v), columns(u));
}

/** Two neighbouring pixels of a run: both colours, 8 bits in 16. */
// @ts-ignore: decorator
@inline
function sampledPair(texels: usize, stride: usize, u: i32, v: i32, uStep: i32, vStep: i32): v128 {
  return sampled(weighed(texels, stride, u, v), weighed(texels, stride, u + uStep, v + vStep));
}

/**
 * A run of pixels that are opaque, not shaded, and well inside the texture: most of a person. Gives what the general
 * case gives, without clamping, shading and blending. @returns how many pixels it drew, a multiple of 4.
 */
// @ts-ignore: decorator
@inline
function plainRun(target: usize, length: i32, texels: usize, stride: usize, u0: i32, v0: i32, uStep: i32, vStep: i32): i32 {
  let u = u0;
  let v = v0;
  let x = 0;
  const solid = i32x4.splat(0xff000000);
  for (; x + 3 < length; x += 4, target += 16) {
    const first = sampledPair(texels, stride, u, v, uStep, vStep);
    const second = sampledPair(texels, stride, u + 2 * uStep, v + 2 * vStep, uStep, vStep);
    u += 4 * uStep;
    v += 4 * vStep;
    v128.store(target, v128.or(i8x16.narrow_i16x8_u(first, second), solid));
  }
  return x;
}

/** Shade and alpha of two pixels, as whole numbers of 32 bits, to what colours and coverage are multiplied by. */
// @ts-ignore: decorator
@inline
function factors(light: v128): v128 {
  return v128.shuffle<i16>(light, light, 1, 1, 1, 3, 5, 5, 5, 7);
}

// @ts-ignore: decorator
@inline
function lit(sampled: v128, light: v128): v128 {
  const product = i16x8.q15mulr_sat_s(i16x8.shl(sampled, 7), factors(light));
  return i16x8.shr_s(i16x8.add(product, i16x8.splat(32)), 6);
}

/** Two pixels over what lies behind them. */
// @ts-ignore: decorator
@inline
function over(colour: v128, behind: v128): v128 {
  const coverage = v128.shuffle<i16>(colour, colour, 3, 3, 3, 3, 7, 7, 7, 7);
  let kept = i16x8.sub(i16x8.splat(255), coverage);
  kept = i16x8.add(kept, i16x8.shr_s(kept, 7));
  return i16x8.add(colour, i16x8.shr_u(i16x8.add(i16x8.mul(behind, kept), i16x8.splat(128)), 8));
}

/** As `plainRun`, shaded, and blended where it is not opaque. */
// @ts-ignore: decorator
@inline
function litRun(
  target: usize,
  length: i32,
  texels: usize,
  stride: usize,
  u0: i32,
  v0: i32,
  uStep: i32,
  vStep: i32,
  shade: i32,
  alpha: i32,
  shadeStep: i32,
  alphaStep: i32,
  opaque: bool,
): i32 {
  let u = u0;
  let v = v0;
  let x = 0;
  const solid = i32x4.splat(0xff000000);
  let light = i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(shade), 1, alpha), 3, alpha + alphaStep);
  light = i32x4.replace_lane(light, 2, shade + shadeStep);
  const lightStep = i32x4.shl(
    i32x4.replace_lane(i32x4.replace_lane(i32x4.splat(shadeStep), 1, alphaStep), 3, alphaStep),
    1,
  );
  for (; x + 3 < length; x += 4, target += 16) {
    let first = lit(sampledPair(texels, stride, u, v, uStep, vStep), light);
    light = i32x4.add(light, lightStep);
    let second = lit(sampledPair(texels, stride, u + 2 * uStep, v + 2 * vStep, uStep, vStep), light);
    light = i32x4.add(light, lightStep);
    u += 4 * uStep;
    v += 4 * vStep;
    if (opaque) {
      v128.store(target, v128.or(i8x16.narrow_i16x8_u(first, second), solid));
    } else {
      const behind = v128.load(target);
      first = over(first, i16x8.extend_low_i8x16_u(behind));
      second = over(second, i16x8.extend_high_i8x16_u(behind));
      v128.store(target, i8x16.narrow_i16x8_u(first, second));
    }
  }
  return x;
}

/** Draws `count` triangles; see drawTriangle in the reference. */
export function drawTriangles(
  canvas: usize,
  sizePx: i32,
  texels: usize,
  widthPx: i32,
  heightPx: i32,
  vertices: usize,
  indices: usize,
  opaqueFlags: usize,
  first: i32,
  count: i32,
): void {
  const stride = <usize>widthPx << 2;
  const uMost = ((widthPx - 1) << 16) - 1;
  const vMost = ((heightPx - 1) << 16) - 1;
  const texelsMost = f64x2.replace_lane(f64x2.splat(<f64>(widthPx - 2)), 1, <f64>(heightPx - 2));
  for (let triangle = first; triangle < first + count; triangle++) {
    const corner = indices + <usize>triangle * 6;
    const a = vertices + VERTEX_BYTES * <usize>load<u16>(corner);
    let b = vertices + VERTEX_BYTES * <usize>load<u16>(corner, 2);
    let c = vertices + VERTEX_BYTES * <usize>load<u16>(corner, 4);
    const opaque = load<u8>(opaqueFlags + <usize>triangle) != 0;
    const ax = at(a, 0);
    const ay = at(a, 4);
    let area = (at(b, 0) - ax) * (at(c, 4) - ay) - (at(c, 0) - ax) * (at(b, 4) - ay);
    if (area < 0) {
      const swap = b;
      b = c;
      c = swap;
      area = -area;
    }
    if (!(area > 1e-3)) continue;
    if (!opaque && at(a, 20) <= 0 && at(b, 20) <= 0 && at(c, 20) <= 0) continue;
    const bx = at(b, 0);
    const by = at(b, 4);
    const cx = at(c, 0);
    const cy = at(c, 4);
    const top = max<i32>(0, <i32>ceil<f64>(max<f64>(-1e6, min<f64>(ay, min<f64>(by, cy))) - 0.5));
    const bottom = min<i32>(sizePx, <i32>ceil<f64>(min<f64>(1e6, max<f64>(ay, max<f64>(by, cy))) - 0.5));
    if (top >= bottom) continue;
    const inverse = f64x2.splat(1 / area);
    const b0 = f64x2.splat(by - ay);
    const c0 = f64x2.splat(cy - ay);
    const b1 = f64x2.splat(bx - ax);
    const c1 = f64x2.splat(cx - ax);
    // Two lanes: u and v, then shade and alpha.
    const texelA = pair(a, 8);
    const texelB = pair(b, 8);
    const texelC = pair(c, 8);
    let d1 = f64x2.sub(texelB, texelA);
    let d2 = f64x2.sub(texelC, texelA);
    const texelAcross = across(d1, d2, b0, c0, inverse);
    const texelDown = across(d2, d1, c1, b1, inverse);
    const lightA = pair(a, 16);
    d1 = f64x2.sub(pair(b, 16), lightA);
    d2 = f64x2.sub(pair(c, 16), lightA);
    const lightAcross = across(d1, d2, b0, c0, inverse);
    const lightDown = across(d2, d1, c1, b1, inverse);
    const texelStep = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(texelAcross, f64x2.splat(65536)));
    const uStep = i32x4.extract_lane(texelStep, 0);
    const vStep = i32x4.extract_lane(texelStep, 1);
    const lightStep = i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(lightAcross, f64x2.splat(HALF_ONE)));
    const shadeStep = i32x4.extract_lane(lightStep, 0);
    const alphaStep = i32x4.extract_lane(lightStep, 1);
    const least = f64x2.gt(f64x2.min(texelA, f64x2.min(texelB, texelC)), f64x2.splat(2));
    const last = f64x2.lt(f64x2.max(texelA, f64x2.max(texelB, texelC)), texelsMost);
    const inside = i64x2.all_true(v128.and(least, last));
    const plain = inside && opaque && at(a, 16) == 1 && at(b, 16) == 1 && at(c, 16) == 1;
    // Each edge from its upper end, so that two triangles agree on the edge they share. Those on the right stand in lane
    // 0, those on the left in lane 1 with their sign turned, so that the least of both lanes is what bounds a row.
    let x0 = f64x2.splat(1e9);
    let y0 = f64x2.splat(0);
    let s0 = f64x2.splat(0);
    let x1 = x0;
    let y1 = y0;
    let s1 = s0;
    let rights = 0;
    let lefts = 0;
    for (let edge = 0; edge < 3; edge++) {
      const px = edge == 0 ? ax : edge == 1 ? bx : cx;
      const py = edge == 0 ? ay : edge == 1 ? by : cy;
      const qx = edge == 0 ? bx : edge == 1 ? cx : ax;
      const qy = edge == 0 ? by : edge == 1 ? cy : ay;
      const rise = qy - py;
      if (rise > 0) {
        const slope = (qx - px) / rise;
        if (rights++ == 0) {
          x0 = f64x2.replace_lane(x0, 0, px);
          y0 = f64x2.replace_lane(y0, 0, py);
          s0 = f64x2.replace_lane(s0, 0, slope);
        } else {
          x1 = f64x2.replace_lane(x1, 0, px);
          y1 = f64x2.replace_lane(y1, 0, py);
          s1 = f64x2.replace_lane(s1, 0, slope);
        }
      } else if (rise < 0) {
        const slope = (qx - px) / rise;
        if (lefts++ == 0) {
          x0 = f64x2.replace_lane(x0, 1, -qx);
          y0 = f64x2.replace_lane(y0, 1, qy);
          s0 = f64x2.replace_lane(s0, 1, -slope);
        } else {
          x1 = f64x2.replace_lane(x1, 1, -qx);
          y1 = f64x2.replace_lane(y1, 1, qy);
          s1 = f64x2.replace_lane(s1, 1, -slope);
        }
      }
    }
    for (let y = top; y < bottom; y++) {
      const py = <f64>y + 0.5;
      const row = f64x2.splat(py);
      const first = f64x2.add(x0, f64x2.mul(f64x2.sub(row, y0), s0));
      const second = f64x2.add(x1, f64x2.mul(f64x2.sub(row, y1), s1));
      const bounds = f64x2.mul(f64x2.min(first, second), f64x2(1, -1));
      const ends = i32x4.trunc_sat_f64x2_s_zero(f64x2.ceil(f64x2.sub(bounds, f64x2.splat(0.5))));
      const from = max<i32>(0, i32x4.extract_lane(ends, 1));
      const to = min<i32>(sizePx, i32x4.extract_lane(ends, 0));
      if (from >= to) continue;
      const dx = f64x2.splat(<f64>from + 0.5 - ax);
      const dy = f64x2.splat(py - ay);
      const texel = f64x2.add(f64x2.add(texelA, f64x2.mul(dx, texelAcross)), f64x2.mul(dy, texelDown));
      const start = i32x4.trunc_sat_f64x2_s_zero(
        f64x2.add(f64x2.mul(f64x2.sub(texel, f64x2.splat(0.5)), f64x2.splat(65536)), f64x2.splat(128)),
      );
      let u = i32x4.extract_lane(start, 0);
      let v = i32x4.extract_lane(start, 1);
      let shade = <i32>HALF_ONE;
      let alpha = <i32>HALF_ONE;
      if (!plain) {
        const lightAt = f64x2.add(f64x2.add(lightA, f64x2.mul(dx, lightAcross)), f64x2.mul(dy, lightDown));
        const whole = f64x2.max(f64x2.mul(lightAt, f64x2.splat(HALF_ONE)), f64x2.splat(0));
        const light = i32x4.trunc_sat_f64x2_s_zero(f64x2.min(whole, f64x2.splat(MOST)));
        shade = i32x4.extract_lane(light, 0);
        alpha = i32x4.extract_lane(light, 1);
      }
      let target = canvas + (<usize>(y * sizePx + from) << 2);
      let x = from;
      if (inside && to - from > 3) {
        const length = to - from;
        const drawn = plain
          ? plainRun(target, length, texels, stride, u, v, uStep, vStep)
          : litRun(target, length, texels, stride, u, v, uStep, vStep, shade, alpha, shadeStep, alphaStep, opaque);
        x += drawn;
        target += <usize>drawn << 2;
        u += uStep * drawn;
        v += vStep * drawn;
        shade += shadeStep * drawn;
        alpha += alphaStep * drawn;
      }
      for (; x + 1 < to; x += 2) {
        const u0 = min<i32>(max<i32>(u, 0), uMost);
        const v0 = min<i32>(max<i32>(v, 0), vMost);
        const m0 = i16x8.mul(rows(texels, stride, u0, v0), columns(u0));
        const f0 = factor(shade, alpha);
        u += uStep;
        v += vStep;
        shade += shadeStep;
        alpha += alphaStep;
        const u1 = min<i32>(max<i32>(u, 0), uMost);
        const v1 = min<i32>(max<i32>(v, 0), vMost);
        const m1 = i16x8.mul(rows(texels, stride, u1, v1), columns(u1));
        const f1 = factor(shade, alpha);
        u += uStep;
        v += vStep;
        shade += shadeStep;
        alpha += alphaStep;
        const mixed = i16x8.add(v128.shuffle<i64>(m0, m1, 0, 2), v128.shuffle<i64>(m0, m1, 1, 3));
        const sampled = i16x8.shr_u(i16x8.add(mixed, i16x8.splat(128)), 8);
        const factors = v128.shuffle<i64>(f0, f1, 0, 2);
        const product = i16x8.q15mulr_sat_s(i16x8.shl(sampled, 7), factors);
        let colour = i16x8.shr_s(i16x8.add(product, i16x8.splat(32)), 6);
        if (!opaque) {
          const coverage = v128.shuffle<i16>(colour, colour, 3, 3, 3, 3, 7, 7, 7, 7);
          let kept = i16x8.sub(i16x8.splat(255), coverage);
          kept = i16x8.add(kept, i16x8.shr_s(kept, 7));
          const behind = i16x8.mul(v128.load_ext<u8>(target), kept);
          colour = i16x8.add(colour, i16x8.shr_u(i16x8.add(behind, i16x8.splat(128)), 8));
        } else {
          colour = i16x8.replace_lane(i16x8.replace_lane(colour, 3, 255), 7, 255);
        }
        v128.store64_lane(target, i8x16.narrow_i16x8_u(colour, colour), 0);
        target += 8;
      }
      if (x < to) {
        const u0 = min<i32>(max<i32>(u, 0), uMost);
        const v0 = min<i32>(max<i32>(v, 0), vMost);
        const m0 = i16x8.mul(rows(texels, stride, u0, v0), columns(u0));
        const mixed = i16x8.add(m0, v128.shuffle<i64>(m0, m0, 1, 0));
        const sampled = i16x8.shr_u(i16x8.add(mixed, i16x8.splat(128)), 8);
        const product = i16x8.q15mulr_sat_s(i16x8.shl(sampled, 7), factor(shade, alpha));
        let colour = i16x8.shr_s(i16x8.add(product, i16x8.splat(32)), 6);
        if (!opaque) {
          const coverage = v128.shuffle<i16>(colour, colour, 3, 3, 3, 3, 3, 3, 3, 3);
          let kept = i16x8.sub(i16x8.splat(255), coverage);
          kept = i16x8.add(kept, i16x8.shr_s(kept, 7));
          const pixel = i16x8.extend_low_i8x16_u(i32x4.splat(load<i32>(target)));
          const behind = i16x8.mul(pixel, kept);
          colour = i16x8.add(colour, i16x8.shr_u(i16x8.add(behind, i16x8.splat(128)), 8));
        } else {
          colour = i16x8.replace_lane(colour, 3, 255);
        }
        v128.store32_lane(target, i8x16.narrow_i16x8_u(colour, colour), 0);
      }
    }
  }
}

/** Fills with one 32-bit pixel. */
export function fill(canvas: usize, pixels: i32, value: i32): void {
  const four = i32x4.splat(value);
  for (let i = 0; i < pixels; i += 4) v128.store(canvas + (<usize>i << 2), four);
}

export function copy(target: usize, source: usize, bytes: i32): void {
  memory.copy(target, source, bytes);
}

/** The canvas over the plate on the left, its alpha as grey on the right: see besideMatte in the reference. */
export function besideMatte(wide: usize, canvas: usize, plate: usize, sizePx: i32): void {
  const row = <usize>sizePx << 2;
  for (let y = 0; y < sizePx; y++) {
    let from = <usize>y * row;
    let to = wide + <usize>y * row * 2;
    for (let x = 0; x < sizePx; x++, from += 4, to += 4) {
      const alpha = <i32>load<u8>(canvas + from, 3);
      const inverse = 255 - alpha + ((255 - alpha) >> 7);
      for (let channel: usize = 0; channel < 3; channel++) {
        const behind = (<i32>load<u8>(plate + from + channel) * inverse + 128) >> 8;
        store<u8>(to + channel, <u8>min<i32>(255, <i32>load<u8>(canvas + from + channel) + behind));
        store<u8>(to + row + channel, <u8>alpha);
      }
      store<u8>(to, 255, 3);
      store<u8>(to + row, 255, 3);
    }
  }
}

/** BT.601 limited range; see rgbaToI420 in the reference. `width` is a multiple of 4. */
export function rgbaToI420(source: usize, width: i32, height: i32, target: usize): void {
  const uStart = target + <usize>(width * height);
  const vStart = uStart + <usize>((width * height) >> 2);
  const stride = <usize>width << 2;
  const luma = i16x8(66, 129, 25, 0, 66, 129, 25, 0);
  const blueness = i16x8(-38, -74, 112, 0, -38, -74, 112, 0);
  const redness = i16x8(112, -94, -18, 0, 112, -94, -18, 0);
  for (let y = 0; y < height; y += 2) {
    let from = source + <usize>y * stride;
    let yOut = target + <usize>(y * width);
    let chroma = <usize>((y >> 1) * (width >> 1));
    for (let x = 0; x < width; x += 4) {
      const top = v128.load(from);
      const low = v128.load(from + stride);
      const top0 = i16x8.extend_low_i8x16_u(top);
      const top1 = i16x8.extend_high_i8x16_u(top);
      const low0 = i16x8.extend_low_i8x16_u(low);
      const low1 = i16x8.extend_high_i8x16_u(low);
      store<i32>(yOut, lumaOf(top0, top1, luma));
      store<i32>(yOut + <usize>width, lumaOf(low0, low1, luma));
      // Sums of 2 x 2: the first in lanes 0..3, the second in 4..7.
      const sum0 = i16x8.add(top0, low0);
      const sum1 = i16x8.add(top1, low1);
      const sums = i16x8.add(v128.shuffle<i64>(sum0, sum1, 0, 2), v128.shuffle<i64>(sum0, sum1, 1, 3));
      store<i16>(uStart + chroma, chromaOf(sums, blueness));
      store<i16>(vStart + chroma, chromaOf(sums, redness));
      from += 16;
      yOut += 4;
      chroma += 2;
    }
  }
}

// @ts-ignore: decorator
@inline
function pairSums(a: v128, b: v128): v128 {
  return i32x4.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7));
}

// @ts-ignore: decorator
@inline
function lumaOf(low: v128, high: v128, weights: v128): i32 {
  const sums = pairSums(i32x4.dot_i16x8_s(low, weights), i32x4.dot_i16x8_s(high, weights));
  const bytes = i32x4.shr_u(i32x4.add(sums, i32x4.splat(4224)), 8);
  const words = i16x8.narrow_i32x4_u(bytes, bytes);
  return i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0);
}

// @ts-ignore: decorator
@inline
function chromaOf(sums: v128, weights: v128): i16 {
  const dots = i32x4.dot_i16x8_s(sums, weights);
  const both = pairSums(dots, dots);
  const bytes = i32x4.shr_u(i32x4.add(both, i32x4.splat(131584)), 10);
  const words = i16x8.narrow_i32x4_u(bytes, bytes);
  return i16x8.extract_lane_s(i8x16.narrow_i16x8_u(words, words), 0);
}
