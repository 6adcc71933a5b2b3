import { readFileSync } from 'node:fs';

export interface ProcessLimits {
  /** Processor time from now on. A process that is stopped, or has to wait for others, uses none. */
  readonly cpuMs: number;
  /** Memory that is resident. */
  readonly memoryBytes: number;
}

const INTERVAL_MS = 250;
/** Linux tells times in hundredths of a second and memory in pages, whatever the machine (proc_pid_stat(5)). */
const MS_PER_TICK = 10;
const BYTES_PER_PAGE = 4096;

/**
 * Watches what another process takes, where the system tells it (Linux).
 * @param onExcess - called once, with words for a message.
 * @returns a function that ends the watch.
 */
export function watchProcess(
  pid: number | undefined,
  limits: ProcessLimits,
  onExcess: (what: string) => void,
): () => void {
  const before = pid === undefined ? undefined : usageOf(pid);
  if (pid === undefined || before === undefined) return () => undefined;
  const timer = setInterval(() => {
    const usage = usageOf(pid);
    if (usage === undefined) return;
    const cpuMs = usage.cpuMs - before.cpuMs;
    const isSlow = cpuMs > limits.cpuMs;
    if (!isSlow && usage.memoryBytes <= limits.memoryBytes) return;
    clearInterval(timer);
    onExcess(
      isSlow
        ? `it took more than ${limits.cpuMs / 1000} s of processor time`
        : `it took more than ${Math.round(limits.memoryBytes / 1e6)} MB of memory`,
    );
  }, INTERVAL_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

interface Usage {
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

function usageOf(pid: number): Usage | undefined {
  try {
    // A file of the kernel's, not of a disk: reading it never waits.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name that may hold anything, in parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [userTicks, systemTicks, pages] = [fields[11], fields[12], fields[21]].map(Number);
    if (userTicks === undefined || systemTicks === undefined || pages === undefined) return undefined;
    return { cpuMs: (userTicks + systemTicks) * MS_PER_TICK, memoryBytes: pages * BYTES_PER_PAGE };
  } catch {
    return undefined;
  }
}
