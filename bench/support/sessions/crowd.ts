import { readFileSync } from 'node:fs';
import type { Page } from '../visitor/page.ts';
import { openSession, openSpeaker, viewersOf, watch } from './watcher.ts';

const SETTLE_MS = 2000;
const MEASURED_S = 10;

/** Processor time of a server, in cores. */
export interface CrowdCost {
  readonly one: number;
  readonly all: number;
  /** Pictures a second that each of all viewers received, the one with the fewest: an overloaded server sends fewer. */
  readonly picturesPerSecond: number;
}

/**
 * What the server takes while one viewer watches a session, and while `viewers` do.
 * @throws Error when a viewer does not connect, or does not stay: the figure would be wrong.
 */
export async function measureCrowd(url: string, pid: number, viewers: number): Promise<CrowdCost> {
  const session = await openSession(url);
  const speaker = await openSpeaker(session);
  const watching = [await watch(session)];
  try {
    const one = await coresOf(pid);
    while (watching.length < viewers) watching.push(await watch(session));
    const before = watching.map(picturesOf);
    const all = await coresOf(pid);
    const fewest = Math.min(...watching.map((viewer, index) => picturesOf(viewer) - (before[index] ?? 0)));
    const counted = await viewersOf(url, session);
    if (counted !== viewers) throw new Error(`Cannot measure: ${counted} of ${viewers} viewers stayed`);
    return { one, all, picturesPerSecond: fewest / (MEASURED_S + SETTLE_MS / 1000) };
  } finally {
    speaker.close();
    await Promise.all(watching.map((viewer) => viewer.close()));
  }
}

function picturesOf(viewer: Page): number {
  return (viewer.video[0] ?? []).filter(({ header }) => header.marker).length;
}

async function coresOf(pid: number): Promise<number> {
  await new Promise((later) => setTimeout(later, SETTLE_MS));
  const before = processorS(pid);
  const startMs = performance.now();
  await new Promise((later) => setTimeout(later, MEASURED_S * 1000));
  return ((processorS(pid) - before) * 1000) / (performance.now() - startMs);
}

/** Processor time that a process has taken, in seconds (proc(5): fields 14 and 15, in ticks of 10 ms). */
function processorS(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
