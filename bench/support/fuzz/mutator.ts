import type { Random } from '../../../src/base/random.ts';

/** Numbers at which parsers go wrong. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 12, 16, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff] as const;
const LONGEST_BYTES = 2048;

/**
 * Changes a packet as a hostile one would differ from a good one: bits, bytes and numbers at edges; parts cut, repeated,
 * moved, or taken from another packet. One input in twenty is noise.
 * @param corpus - good packets, and what was found to reach further.
 */
export function mutate(random: Random, corpus: readonly Buffer[]): Buffer {
  const below = (limit: number): number => Math.floor(random.uniform() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  if (below(20) === 0) return Buffer.from(Array.from({ length: below(120) }, () => below(256)));
  let packet = Buffer.from(pick(corpus));
  const changes = 1 + below(4);
  for (let change = 0; change < changes; change++) packet = mutateOnce(packet, pick(corpus), below, pick);
  return packet.subarray(0, LONGEST_BYTES);
}

function mutateOnce(
  packet: Buffer,
  other: Buffer,
  below: (limit: number) => number,
  pick: <T>(list: readonly T[]) => T,
): Buffer<ArrayBuffer> {
  const copy = Buffer.from(packet);
  const at = below(copy.length + 1);
  switch (below(10)) {
    case 0:
      if (at < copy.length) copy[at]! ^= 1 << below(8);
      return copy;
    case 1:
      if (at < copy.length) copy[at] = below(256);
      return copy;
    case 2:
      if (at < copy.length) copy[at] = pick(EDGES) & 0xff;
      return copy;
    case 3:
    case 4:
      // Lengths and counts are mostly of two bytes, at even places.
      if ((at & ~1) + 2 <= copy.length) copy.writeUInt16BE(pick(EDGES), at & ~1);
      return copy;
    case 5:
      if ((at & ~3) + 4 <= copy.length) copy.writeUInt32BE(below(2) * 0xffff_0000 + pick(EDGES), at & ~3);
      return copy;
    case 6:
      return copy.subarray(0, at);
    case 7:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.min(copy.length, at + 1 + below(16)))]);
    case 8: {
      const end = Math.min(copy.length, at + 4 * (1 + below(8)));
      const part = copy.subarray(at, end);
      return Buffer.concat([copy.subarray(0, end), ...Array<Buffer>(1 + below(6)).fill(part), copy.subarray(end)]);
    }
    default:
      return Buffer.concat([copy.subarray(0, at), other.subarray(below(other.length + 1))]);
  }
}
