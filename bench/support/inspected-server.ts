import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** What a process holds right after a garbage collection. */
export interface Holdings {
  readonly rssMb: number;
  readonly heapMb: number;
  /** Buffers outside the JavaScript heap. */
  readonly externalMb: number;
  readonly udpSockets: number;
  readonly tcpSockets: number;
  readonly timers: number;
}

const EXPRESSION = `JSON.stringify({ memory: process.memoryUsage(), resources: process.getActiveResourcesInfo() })`;

/**
 * The built program as its own process, as if behind a proxy: each visitor of a bench has an address of its own, which it
 * writes to `X-Forwarded-For`. The bench looks into the process through Node's inspector.
 */
export class InspectedServer implements AsyncDisposable {
  readonly url: string;
  readonly process: ChildProcess;
  readonly #inspector: WebSocket;
  readonly #folder: string;
  #requests = 0;

  private constructor(url: string, child: ChildProcess, inspector: WebSocket, folder: string) {
    this.url = url;
    this.process = child;
    this.#inspector = inspector;
    this.#folder = folder;
  }

  /**
   * @param environment - settings besides the usual ones of the bench.
   * @throws Error when the server ends before it is ready.
   */
  static async start(environment: Readonly<Record<string, string>> = {}): Promise<InspectedServer> {
    const folder = mkdtempSync(join(tmpdir(), 'visavis-bench-'));
    const child = spawn(process.execPath, ['--inspect=127.0.0.1:0', 'dist/src/server/main.js'], {
      env: {
        ...process.env,
        PORT: '0',
        VISAVIS_DATA_DIR: folder,
        VISAVIS_LOG_LEVEL: 'silent',
        VISAVIS_HOST_ADDRESSES: '127.0.0.1',
        VISAVIS_TRUST_PROXY: 'true',
        VISAVIS_OPEN_ROOMS: 'true',
        VISAVIS_OPERATOR_KEY: 'operator-of-this-bench',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A bench that is interrupted leaves no server behind.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        child.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
        process.exit(1);
      });
    }
    const [url, inspectorUrl] = await Promise.all([
      lineOf(child, 'stdout', /^Visavis: (\S+)$/m),
      lineOf(child, 'stderr', /^Debugger listening on (\S+)$/m),
    ]);
    while (!(await fetch(`${url}/readyz`)).ok) await new Promise((later) => setTimeout(later, 200));
    const inspector = new WebSocket(inspectorUrl, { perMessageDeflate: false });
    await once(inspector, 'open');
    return new InspectedServer(url, child, inspector, folder);
  }

  get signalingUrl(): string {
    return `${this.url.replace(/^http/, 'ws')}/signaling`;
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Resident memory, MB. Costs the process nothing. */
  get rssMb(): number {
    const status = this.isRunning ? readFileSync(`/proc/${this.process.pid}/status`, 'utf8') : '';
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 100) / 10;
  }

  /** Collects garbage first, which stops the process for some tens of milliseconds. */
  async holdings(): Promise<Holdings> {
    // Twice, because what a finaliser lets go of is garbage of the next collection.
    await this.#ask('HeapProfiler.collectGarbage');
    await this.#ask('HeapProfiler.collectGarbage');
    const { result } = (await this.#ask('Runtime.evaluate', { expression: EXPRESSION, returnByValue: true })) as {
      readonly result: { readonly value: string };
    };
    const { memory, resources } = JSON.parse(result.value) as {
      readonly memory: NodeJS.MemoryUsage;
      readonly resources: readonly string[];
    };
    const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10;
    const count = (kind: string): number => resources.filter((each) => each === kind).length;
    return {
      rssMb: megabytes(memory.rss),
      heapMb: megabytes(memory.heapUsed),
      externalMb: megabytes(memory.external),
      udpSockets: count('UDPWrap'),
      tcpSockets: count('TCPSocketWrap'),
      timers: count('Timeout'),
    };
  }

  /** @returns the sum of a counter over all its labels, by the start of its name; `/metrics` as an operator reads it. */
  async figures(...names: readonly string[]): Promise<Record<string, number>> {
    const response = await fetch(`${this.url}/metrics`, {
      headers: { authorization: 'Bearer operator-of-this-bench' },
    });
    const lines = (await response.text()).split('\n');
    const sumOf = (name: string): number =>
      lines
        .filter((line) => line.startsWith(name))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    return Object.fromEntries(names.map((name) => [name, sumOf(name)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#inspector.terminate();
    const exited = this.isRunning ? once(this.process, 'exit') : undefined;
    this.process.kill('SIGKILL');
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#requests;
    return new Promise((resolve, reject) => {
      const hear = (bytes: Buffer): void => {
        const reply = JSON.parse(bytes.toString()) as { readonly id?: number; readonly result?: unknown };
        if (reply.id !== id) return;
        this.#inspector.off('message', hear);
        this.#inspector.off('close', end);
        resolve(reply.result);
      };
      const end = (): void => {
        reject(new Error(`The server went away during ${method}`));
      };
      this.#inspector.on('message', hear);
      this.#inspector.once('close', end);
      this.#inspector.send(JSON.stringify({ id, method, params }));
    });
  }
}

/** @returns what `pattern` captures from the child's output, once it is there. @throws Error when the child ends first. */
function lineOf(child: ChildProcess, stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child[stream]?.on('data', (bytes: Buffer) => {
      // Read on to its end, or the process would wait for a reader; kept only until the line is found.
      if (text === '' || !pattern.test(text)) text += bytes.toString();
      const found = pattern.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => {
      reject(new Error(`The server ended with ${code}: ${text}`));
    });
  });
}
