import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Target } from './attacks.ts';

interface Common {
  readonly target: Omit<Target, 'random'>;
  readonly seed: number;
}
export type AttackerOrders =
  | (Common & { readonly type: 'visitors'; readonly perMinute: number })
  | (Common & { readonly type: 'datagrams'; readonly each: number; readonly perSecond: number });

/** Counts, by kind of attack. */
export interface AttackerReport {
  readonly sent: Record<string, number>;
  /** The server did not let the attack get as far as it wanted, mostly for want of a place. */
  readonly refused: Record<string, number>;
  /** What went wrong on the attackers' side. */
  readonly troubles: Record<string, number>;
}

/** Attackers in another process. */
export class Attacker {
  readonly finished: Promise<AttackerReport>;
  readonly #child: ChildProcess;

  constructor(orders: AttackerOrders) {
    const here = fileURLToPath(import.meta.url);
    // Beside this file, compiled as it is.
    const path = fileURLToPath(new URL(`./attacker-process${extname(here)}`, import.meta.url));
    this.#child = fork(path, [JSON.stringify(orders)]);
    this.finished = new Promise((resolve, reject) => {
      this.#child.once('message', (report) => {
        resolve(report as AttackerReport);
      });
      this.#child.once('exit', (code) => {
        reject(new Error(`The attackers ended with ${code}`));
      });
    });
  }

  /** No new attackers; those that are there finish. */
  async stop(): Promise<AttackerReport> {
    if (this.#child.connected) this.#child.send('stop');
    return this.finished;
  }
}
