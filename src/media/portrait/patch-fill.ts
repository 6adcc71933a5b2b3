import { seededRandom, type Random } from '../../base/random.ts';
import { clamp, smoothstep } from '../../base/ramp.ts';
import { boxBlur, halve } from './inpaint.ts';

/** A head uncovers no more than this share of the picture; deeper inside a smooth fill is as good. */
const FULL_SHARE = 0.085;
const END_SHARE = 0.12;
/** Patches are squares of this many pixels to each side of their middle. */
const RADIUS = 2;
/** Patches are taken from where at least this share of them is known: a narrow strip beside the head counts too. */
const KNOWN_SHARE = 0.55;
/** Rounds of search and vote on the coarse grid and on the fine one. */
const COARSE_ROUNDS = 5;
const FINE_ROUNDS = 1;
/** Patches are looked for no further than this share of the picture away, and nearer ones are preferred. */
const SEARCH_SHARE = 0.3;
const FAR_COST = 1500;
/** What was filled in counts less than what is known, the less the deeper it lies. */
const LEAST_TRUST = 0.25;
/**
 * On plain ground a copy would stand out by a shade, so it keeps its texture and takes the light of its new place, as far
 * as the two are this close (0..255); further apart it is an object that goes on behind the head. Texture is what is
 * smaller than a share of the picture.
 */
const PLAIN = 14;
const STRUCTURE = 34;
const FINE_SHARE = 1 / 50;
const SEED = 17;

/** One scale of the picture, and for each unknown place near the border where its patch comes from. */
interface Grid {
  readonly size: number;
  readonly colours: Float32Array;
  /** `[size, size]` 0 not compared .. 1 known. */
  readonly trust: Float32Array;
  /** `[size, size]` 1 where a patch may be taken from. */
  readonly sources: Uint8Array;
  /** Places that are filled, in the order of rows. */
  readonly targets: Int32Array;
  /** `[size, size]` the place that each target's middle comes from, or -1. */
  readonly field: Int32Array;
  readonly costs: Float32Array;
  /** `[size, size]` what the trust of each target's patch adds up to. */
  readonly totals: Float32Array;
}

/**
 * Fills what a head hides of its background with patches of what stands beside it, so that stripes, horizons and textures
 * go on behind it (PatchMatch, Barnes et al. 2009; votes of overlapping patches, Wexler et al. 2007).
 * @param colours - `[size, size, 3]`, filled smoothly; the unknown part near the known one is overwritten.
 * @param known - `[size, size]` 0..1.
 */
export function patchFill(colours: Float32Array, known: Float32Array, size: number): void {
  const random = seededRandom(SEED);
  const half = size >> 1;
  const coarse = gridOf(
    halve(halve(colours, size, size, 3), half, half, 3),
    halve(halve(known, size, size, 1), half, half, 1),
    half >> 1,
  );
  if (coarse.targets.length === 0 || !coarse.sources.includes(1)) return;
  for (const target of coarse.targets) coarse.field[target] = nearestSource(coarse, target);
  refine(coarse, COARSE_ROUNDS, random);
  const fine = gridOf(halve(colours, size, size, 3), halve(known, size, size, 1), half);
  for (const target of fine.targets) fine.field[target] = finer(coarse, fine, target);
  vote(fine);
  refine(fine, FINE_ROUNDS, random);
  paint(colours, known, size, fine);
}

function gridOf(colours: Float32Array, shares: Float32Array, size: number): Grid {
  const known = Float32Array.from(shares, (share) => (share >= 0.999 ? 1 : 0));
  const whole = boxBlur(known, size, size, RADIUS);
  const sources = Uint8Array.from(whole, (share, at) => {
    const [x, y] = [at % size, Math.floor(at / size)];
    const inside = Math.min(x, y, size - 1 - x, size - 1 - y) >= RADIUS;
    return inside && known[at] === 1 && share > KNOWN_SHARE ? 1 : 0;
  });
  const depth = depthOf(known, size);
  const reach = END_SHARE * size;
  const targets = Int32Array.from([...known.keys()].filter((at) => known[at] === 0 && depth[at]! < reach));
  const trust = Float32Array.from(known, (value, at) =>
    value === 1 ? 1 : depth[at]! < reach ? Math.max(LEAST_TRUST, 1 - depth[at]! / (0.06 * size)) : 0,
  );
  const field = new Int32Array(known.length).fill(-1);
  const totals = new Float32Array(known.length);
  for (const target of targets) totals[target] = totalOf(trust, size, target);
  return { size, colours, trust, sources, targets, field, costs: new Float32Array(known.length), totals };
}

/** Steps to the nearest known place, roughly: two passes of a chamfer distance. */
function depthOf(known: Float32Array, size: number): Float32Array {
  const depth = Float32Array.from(known, (value) => (value === 1 ? 0 : 4 * size));
  const pass = (turn: 1 | -1): void => {
    for (let step = 0; step < known.length; step++) {
      const at = turn === 1 ? step : known.length - 1 - step;
      const x = at % size;
      let best = depth[at]!;
      const before = at - turn;
      if ((turn === 1 ? x > 0 : x < size - 1) && before >= 0) best = Math.min(best, depth[before]! + 1);
      const above = at - turn * size;
      if (above >= 0 && above < known.length) {
        best = Math.min(best, depth[above]! + 1);
        if (x > 0) best = Math.min(best, depth[above - 1]! + Math.SQRT2);
        if (x < size - 1) best = Math.min(best, depth[above + 1]! + Math.SQRT2);
      }
      depth[at] = best;
    }
  };
  pass(1);
  pass(-1);
  return depth;
}

/** The nearest place along the row or, failing that, anywhere, from which a patch can be taken. */
function nearestSource({ size, sources }: Grid, target: number): number {
  const [x, y] = [target % size, Math.floor(target / size)];
  for (let reach = 1; reach < size; reach++) {
    for (const [dx, dy] of [
      [-reach, 0],
      [reach, 0],
      [0, -reach],
      [0, reach],
      [-reach, -reach],
      [reach, -reach],
    ] as const) {
      const [sx, sy] = [x + dx, y + dy];
      if (sx >= 0 && sy >= 0 && sx < size && sy < size && sources[sy * size + sx] === 1) return sy * size + sx;
    }
  }
  return sources.indexOf(1);
}

/** Where a target of the fine grid comes from, as the coarse one has it. */
function finer(coarse: Grid, fine: Grid, target: number): number {
  const [x, y] = [target % fine.size, Math.floor(target / fine.size)];
  const above = Math.min(coarse.size - 1, y >> 1) * coarse.size + Math.min(coarse.size - 1, x >> 1);
  const from = coarse.field[above]!;
  if (from < 0) return nearestSource(fine, target);
  const sx = clamp(2 * (from % coarse.size) + (x & 1), 0, fine.size - 1);
  const sy = clamp(2 * Math.floor(from / coarse.size) + (y & 1), 0, fine.size - 1);
  return fine.sources[sy * fine.size + sx] === 1 ? sy * fine.size + sx : nearestSource(fine, target);
}

function refine(grid: Grid, rounds: number, random: Random): void {
  for (let round = 0; round < rounds; round++) {
    for (const target of grid.targets) grid.costs[target] = costOf(grid, target, grid.field[target]!, Infinity);
    search(grid, 1, random);
    search(grid, -1, random);
    vote(grid);
  }
}

/** One sweep: each target tries what its neighbours have, moved along, and places at random around its own. */
function search(grid: Grid, turn: 1 | -1, random: Random): void {
  const { costs, field, size, sources, targets } = grid;
  const most = SEARCH_SHARE * size;
  for (let step = 0; step < targets.length; step++) {
    const target = targets[turn === 1 ? step : targets.length - 1 - step]!;
    const attempt = (from: number): void => {
      if (from < 0 || from >= sources.length || sources[from] === 0 || from === field[target]) return;
      const cost = costOf(grid, target, from, costs[target]!);
      if (cost >= costs[target]!) return;
      costs[target] = cost;
      field[target] = from;
    };
    for (const back of [turn, turn * size]) {
      const beside = field[target - back] ?? -1;
      if (beside >= 0) attempt(beside + back);
    }
    for (let reach = most; reach >= 1; reach /= 2) {
      const own = field[target]!;
      const x = (own % size) + Math.round((2 * random.uniform() - 1) * reach);
      const y = Math.floor(own / size) + Math.round((2 * random.uniform() - 1) * reach);
      if (x >= 0 && y >= 0 && x < size && y < size) attempt(y * size + x);
    }
  }
}

/** How unlike two patches are, and how far apart. @param limit - above it the exact value does not matter. */
function costOf({ colours, size, totals, trust }: Grid, target: number, from: number, limit: number): number {
  const x = target % size;
  const y = (target - x) / size;
  const fromX = from % size;
  const apart = (fromX - x) ** 2 + ((from - fromX) / size - y) ** 2;
  const far = (FAR_COST * apart) / (size * size * SEARCH_SHARE ** 2);
  const total = totals[target]!;
  const most = (limit - far) * total;
  let sum = 0;
  let compared = 0;
  for (let dy = -RADIUS; dy <= RADIUS; dy++) {
    if (y + dy < 0 || y + dy >= size) continue;
    for (let dx = -RADIUS; dx <= RADIUS; dx++) {
      const step = dy * size + dx;
      const weight = x + dx < 0 || x + dx >= size ? 0 : trust[target + step]!;
      if (weight === 0 || trust[from + step]! < 1) continue;
      const a = (target + step) * 3;
      const b = (from + step) * 3;
      const red = colours[a]! - colours[b]!;
      const green = colours[a + 1]! - colours[b + 1]!;
      const blue = colours[a + 2]! - colours[b + 2]!;
      compared += weight;
      sum += weight * (red * red + green * green + blue * blue);
    }
    if (sum > most) return Infinity;
  }
  return compared > 0 ? far + sum / compared : Infinity;
}

/** What the trust of a target's patch adds up to. */
function totalOf(trust: Float32Array, size: number, target: number): number {
  const x = target % size;
  const y = (target - x) / size;
  let total = 0;
  for (let dy = -RADIUS; dy <= RADIUS; dy++) {
    for (let dx = -RADIUS; dx <= RADIUS; dx++) {
      if (x + dx < 0 || x + dx >= size || y + dy < 0 || y + dy >= size) continue;
      total += trust[target + dy * size + dx]!;
    }
  }
  return total;
}

/** Each target becomes the mean of what the patches around it say, better patches first. */
function vote({ colours, costs, field, size, targets, trust }: Grid): void {
  const next = new Float32Array(targets.length * 3);
  targets.forEach((target, index) => {
    let total = 0;
    const x = target % size;
    for (let dy = -RADIUS; dy <= RADIUS; dy++) {
      for (let dx = -RADIUS; dx <= RADIUS; dx++) {
        if (x + dx < 0 || x + dx >= size) continue;
        const beside = target + dy * size + dx;
        const from = field[beside] ?? -1;
        if (from < 0) continue;
        const place = from - dy * size - dx;
        if (trust[place]! < 1) continue;
        const at = place * 3;
        const weight = 1 / (200 + costs[beside]!) ** 2;
        total += weight;
        for (let channel = 0; channel < 3; channel++) next[index * 3 + channel]! += weight * colours[at + channel]!;
      }
    }
    if (total > 0) for (let channel = 0; channel < 3; channel++) next[index * 3 + channel]! /= total;
    else for (let channel = 0; channel < 3; channel++) next[index * 3 + channel] = colours[target * 3 + channel]!;
  });
  targets.forEach((target, index) => {
    for (let channel = 0; channel < 3; channel++) colours[target * 3 + channel] = next[index * 3 + channel]!;
  });
}

/** Copies at the picture's own scale; where neighbours come from different places they fade into each other. */
function paint(colours: Float32Array, known: Float32Array, size: number, { field, size: half }: Grid): void {
  const source = colours.slice();
  const low = lowPass(source, size);
  const depth = depthOf(
    Float32Array.from(known, (share) => (share >= 0.999 ? 1 : 0)),
    size,
  );
  const sum = new Float64Array(3);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at++) {
      if (known[at]! >= 1) continue;
      const weight = (1 - known[at]!) * (1 - smoothstep(FULL_SHARE, END_SHARE, depth[at]! / size));
      if (weight <= 0) continue;
      sum.fill(0);
      let total = 0;
      for (const [dx, dy] of CELLS) {
        const [cx, cy] = [(x >> 1) + dx, (y >> 1) + dy];
        if (cx < 0 || cy < 0 || cx >= half || cy >= half) continue;
        const from = field[cy * half + cx]!;
        if (from < 0) continue;
        const sx = clamp(2 * ((from % half) - cx) + x, 0, size - 1);
        const sy = clamp(2 * (Math.floor(from / half) - cy) + y, 0, size - 1);
        if (known[sy * size + sx]! < 1) continue;
        const share = dx === 0 && dy === 0 ? 2 : 1;
        total += share;
        const from3 = (sy * size + sx) * 3;
        let apart = 0;
        for (let channel = 0; channel < 3; channel++) {
          apart = Math.max(apart, Math.abs(low[from3 + channel]! - source[at * 3 + channel]!));
        }
        const relit = 1 - smoothstep(PLAIN, STRUCTURE, apart);
        for (let channel = 0; channel < 3; channel++) {
          const light = relit * (source[at * 3 + channel]! - low[from3 + channel]!);
          sum[channel]! += share * (source[from3 + channel]! + light);
        }
      }
      if (total === 0) continue;
      for (let channel = 0; channel < 3; channel++) {
        colours[at * 3 + channel]! += weight * (sum[channel]! / total - colours[at * 3 + channel]!);
      }
    }
  }
}

function lowPass(colours: Float32Array, size: number): Float32Array {
  const low = new Float32Array(colours.length);
  const plane = new Float32Array(size * size);
  const radius = Math.max(1, Math.round(size * FINE_SHARE));
  for (let channel = 0; channel < 3; channel++) {
    for (let at = 0; at < plane.length; at++) plane[at] = colours[at * 3 + channel]!;
    const blurred = boxBlur(boxBlur(plane, size, size, radius), size, size, radius);
    for (let at = 0; at < plane.length; at++) low[at * 3 + channel] = blurred[at]!;
  }
  return low;
}

const CELLS = [
  [0, 0],
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;
