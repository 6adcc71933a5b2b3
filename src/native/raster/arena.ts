import { assert } from '../../base/errors.ts';

const PAGE_BYTES = 65_536;
/** v128 loads want 16; a cache line keeps layers from sharing one. */
const ALIGNMENT = 64;

interface Span {
  readonly start: number;
  readonly bytes: number;
}

/** Hands out parts of a WebAssembly memory and takes them back: first fit, neighbours joined. */
export class Arena {
  private readonly memory: WebAssembly.Memory;
  private readonly used = new Map<number, number>();
  private free: Span[] = [];
  private end: number;

  /** @param start - first byte that the module does not use itself. */
  constructor(memory: WebAssembly.Memory, start: number) {
    this.memory = memory;
    this.end = aligned(start);
  }

  get usedBytes(): number {
    let total = 0;
    for (const bytes of this.used.values()) total += bytes;
    return total;
  }

  /** @returns the address; what lies there is undefined. Views of the memory may be detached by this. */
  take(byteLength: number): number {
    const bytes = aligned(Math.max(byteLength, ALIGNMENT));
    const at = this.free.findIndex((span) => span.bytes >= bytes);
    const span = this.free[at];
    let start: number;
    if (span === undefined) {
      start = this.end;
      this.end += bytes;
      const missing = this.end - this.memory.buffer.byteLength;
      if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } else {
      start = span.start;
      const rest = { start: start + bytes, bytes: span.bytes - bytes };
      this.free.splice(at, 1, ...(rest.bytes > 0 ? [rest] : []));
    }
    this.used.set(start, bytes);
    return start;
  }

  give(start: number): void {
    const bytes = this.used.get(start);
    assert(bytes !== undefined, 'only what was taken comes back');
    this.used.delete(start);
    const spans = [...this.free, { start, bytes }].sort((a, b) => a.start - b.start);
    this.free = [];
    for (const span of spans) {
      const last = this.free.at(-1);
      if (last !== undefined && last.start + last.bytes === span.start) {
        this.free[this.free.length - 1] = { start: last.start, bytes: last.bytes + span.bytes };
      } else this.free.push(span);
    }
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
