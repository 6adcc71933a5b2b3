import type { Holdings } from './inspected-server.ts';

/** What allocators and caches may keep of a long run, before it counts as growth. */
const HEAP_SLACK_MB = 8;
const RSS_SLACK = 0.1;
const RSS_SLACK_MB = 30;

/** Goals, and whether they were met. */
export class Verdict {
  #missed = 0;

  require(goal: string, isMet: boolean): void {
    if (!isMet) this.#missed++;
    console.log(`${isMet ? 'met   ' : 'MISSED'}  ${goal}`);
  }

  atMost(what: string, found: number, limit: number): void {
    this.require(`${what}: ${found} (at most ${limit})`, found <= limit);
  }

  /** Memory and handles between two moments with the same people there, both after a garbage collection. */
  flat(before: Holdings, after: Holdings | undefined): void {
    if (after === undefined) {
      this.require('memory is flat', false);
      return;
    }
    const one = (value: number): number => Math.round(value * 10) / 10;
    this.atMost('heap, MB', after.heapMb, one(before.heapMb + HEAP_SLACK_MB));
    this.atMost('resident memory, MB', after.rssMb, one(before.rssMb * (1 + RSS_SLACK) + RSS_SLACK_MB));
    this.atMost('UDP sockets', after.udpSockets, before.udpSockets);
    this.atMost('TCP sockets', after.tcpSockets, before.tcpSockets + 2);
    this.atMost('timers', after.timers, before.timers + 5);
  }

  /** Prints the outcome and ends the process with 1 when a goal was missed. */
  end(): void {
    console.log(this.#missed === 0 ? 'All goals are met.' : `${this.#missed} goals are missed.`);
    process.exitCode = this.#missed === 0 ? 0 : 1;
  }
}
