// Packs the program, installs the package in a fresh folder and uses it there: node setup/check-package.mjs
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { exit, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const LIMIT_BYTES = 30_000_000;
const folder = mkdtempSync(join(tmpdir(), 'visavis-package-'));

function run(what, cwd, command, ...args) {
  const { status, stdout: output, stderr: errors } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return output;
  stderr.write(`${what} failed:\n${output}${errors}`);
  rmSync(folder, { recursive: true, force: true });
  exit(1);
}

const file = run('Packing', ROOT, 'npm', 'pack', '--silent', '--pack-destination', folder).trim().split('\n').at(-1);
const { size } = statSync(join(folder, file));
writeFileSync(join(folder, 'package.json'), '{ "name": "fresh", "version": "1.0.0", "type": "module" }');
run('Installing', folder, 'npm', 'install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', `./${file}`);
writeFileSync(
  join(folder, 'use.mts'),
  `import { openCall } from 'visavis/client/node';
import { callerMessageSchema, readText } from 'visavis/protocol';
import { openServer } from 'visavis/server';

const server = await openServer({ environment: { PORT: '0', VISAVIS_DATA_DIR: './data', VISAVIS_CAPACITY: '1' } });
await server.whenReady();
const call = openCall(server.url);
await call.join({ room: 'tea', portrait: 'astronaut' }, { signal: AbortSignal.timeout(30_000) });
// @ts-expect-error: the types arrived, and a state is no number.
const wrong: number = call.state;
const read = readText(callerMessageSchema, '{"type":"leave"}');
console.log(call.state.type, server.sessionCount, read.kind);
await call[Symbol.asyncDispose]();
await server.close();
process.exit();
`,
);
const compiler = resolve(ROOT, 'node_modules/typescript-native/bin/tsc');
const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,esnext.disposable,dom'];
const types = ['--types', 'node', '--typeRoots', resolve(ROOT, 'node_modules/@types'), '--skipLibCheck'];
run('Type-checking', folder, 'node', compiler, ...options, ...types, 'use.mts');
const said = run('A call', folder, 'node', 'use.mjs').trim();
const version = run('The command', folder, 'npx', 'visavis', '--version').split('\n')[0];
rmSync(folder, { recursive: true, force: true });
if (said !== 'live 1 message' || size > LIMIT_BYTES) {
  stderr.write(`The package is wrong: ${size} bytes, and a call said "${said}"\n`);
  exit(1);
}
stdout.write(`${file}: ${(size / 1e6).toFixed(1)} MB, a call in a fresh folder was live; ${version}\n`);
