import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const root = resolve(import.meta.dirname, '../..');

/** Runs `body` in a process of its own, with the net hung. @returns what it wrote, and its exit code. */
async function runUnderNet(body: string): Promise<{ readonly lines: readonly string[]; readonly code: number | null }> {
  const program = `
    import dgram from 'node:dgram';
    import { silentMeter } from '${root}/src/base/meter.ts';
    import { hangLastNet } from '${root}/src/server/last-net.ts';
    import { ownedBy } from '${root}/src/peer/rtc/fault-scope.ts';
    const say = (line) => console.log(line);
    const write = (event) => say(event);
    hangLastNet({ debug: write, info: write, warn: write, error: write }, silentMeter);
    const owner = (name) => ({ fail: (thrown) => say(name + ' ends: ' + thrown.message) });
    const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    ${body}
    await later(50);
    say('still here');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { cwd: root });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const code = await new Promise<number | null>((exited) => child.on('exit', exited));
  return { lines: output.trim().split('\n'), code };
}

it('ends only the connection that a rejection, a timer or a socket of its own failed for', async () => {
  const { lines, code } = await runUnderNet(`
    ownedBy(owner('first'), async () => { await later(1); throw new Error('rejected'); });
    ownedBy(owner('second'), () => setTimeout(() => { throw new Error('thrown'); }, 2));
    const socket = await ownedBy(owner('third'), async () => {
      const each = dgram.createSocket('udp4');
      await new Promise((bound) => each.bind(0, '127.0.0.1', bound));
      each.on('message', () => { throw new Error('received'); });
      return each;
    });
    const sender = dgram.createSocket('udp4');
    sender.send('x', socket.address().port, '127.0.0.1');
    await later(200);
    socket.close();
    sender.close();`);
  expect(code).toBe(0);
  expect(lines.toSorted()).toEqual(
    ['first ends: rejected', 'second ends: thrown', 'third ends: received', 'still here'].toSorted(),
  );
});

it('ends a connection that fails at what its page sent, and no other', async () => {
  const { lines, code } = await runUnderNet(`
    const { connect, closeAll } = await import('${root}/test/peer/support/connected.ts');
    const bystander = await connect();
    const { page, log } = await connect({}, undefined, undefined, {
      onAudio: () => void Promise.reject(new Error('a sound that nothing expects')),
    });
    page.speak(Uint8Array.of(1), 960);
    for (let tries = 0; tries < 200 && log.length < 3; tries++) await later(10);
    say(log.filter((line) => /fault|closed/.test(line)).join(', '));
    say('bystander ' + bystander.connection.connected);
    await closeAll();`);
  expect(lines).toContain('fault: a sound that nothing expects, closed: a fault');
  expect(lines).toContain('bystander true');
  expect(code).toBe(0);
});

it('survives what nobody owns, and gives up when it does not stop', async () => {
  const few = await runUnderNet(`for (let i = 0; i < 10; i++) Promise.reject(new Error('no one'));`);
  expect(few.code).toBe(0);
  expect(few.lines.filter((line) => line === 'process.fault')).toHaveLength(10);
  expect(few.lines).toContain('still here');
  const many = await runUnderNet(`for (let i = 0; i < 11; i++) Promise.reject(new Error('no one'));`);
  expect(many.code).toBe(1);
  expect(many.lines.at(-1)).toBe('process.ends');
});
