import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(resolve(ROOT, path), 'utf8');
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found]) => found ?? '');

const DASHBOARD = 'ops/grafana/dashboards/visavis.json';
const compose = read('docker-compose.yml');
const example = read('.env.example');

describe('docker-compose.yml', () => {
  test('takes every secret from outside, and does not start without one', () => {
    const names = new Set(matches(compose, /\$\{(\w+)/g));
    const secrets = [...names].filter((name) => /SECRET|KEY|PASSWORD/.test(name));
    expect(secrets.length).toBeGreaterThanOrEqual(5);
    for (const name of secrets) expect(compose, name).toContain(`\${${name}:?`);
    // A default in the file is a secret that everybody knows.
    expect(compose).not.toMatch(/\$\{\w+:?-/);
    for (const name of names) expect(example, name).toMatch(new RegExp(`^#?${name}=`, 'm'));
  });

  test('lets nothing but the proxy and the relay be reached from other machines', () => {
    const services = compose.slice(compose.indexOf('\nservices:'), compose.indexOf('\nnetworks:'));
    const published = [...services.matchAll(/^ {2}(\w+):$|^ {4}ports: \[(.*)\]$/gm)];
    const ports = new Map<string, string>();
    let service = '';
    for (const [, name, list] of published) {
      if (name !== undefined) service = name;
      else ports.set(service, list ?? '');
    }
    const open = [...ports].filter(([, list]) => list.split(',').some((port) => !port.includes('127.0.0.1:')));
    expect(open.map(([name]) => name).sort()).toEqual(['caddy', 'coturn']);
  });

  test('the relay passes on to avatars alone, within quotas', () => {
    for (const option of ['denied-peer-ip=0.0.0.0-255.255.255.255', 'no-multicast-peers', 'no-tcp-relay']) {
      expect(compose).toContain(`--${option}`);
    }
    expect(compose).toMatch(/--user-quota=\d+\n.*--total-quota=\d+\n.*--max-bps=\d+/);
  });

  test('names every image by an exact version, and a Node release that is maintained', () => {
    const images = [...matches(compose, /image: (\S+:\S+)/g), ...matches(read('Dockerfile'), /^FROM (\S+)/gm)];
    expect(images.length).toBeGreaterThanOrEqual(6);
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+\.\d+(-[\w.-]+)?(@sha256:[0-9a-f]{64})?$/);
    const releases = matches(read('Dockerfile'), /^FROM node:(\d+)\./gm).map(Number);
    for (const release of releases) expect(release).toBeGreaterThanOrEqual(22);
  });
});

test('.env.example names every setting that the program reads', () => {
  const sources = [
    'src/server/config.ts',
    'signaling/settings.ts',
    'src/server/speech/speech-settings.ts',
    'src/server/livekit/livekit-settings.ts',
  ];
  const names = new Set(sources.flatMap((path) => matches(read(path), /\b(VISAVIS_[A-Z_]+)\b/g)));
  expect(names.size).toBeGreaterThan(30);
  for (const name of names) expect(example, name).toMatch(new RegExp(`^#?${name}=`, 'm'));
});

describe('figures that operators watch', () => {
  const alerts = read('ops/prometheus/alerts.yml');

  test('alerts and the dashboard name only figures that the program has', () => {
    const folders = ['src', 'signaling'].map((folder) => resolve(ROOT, folder));
    const sources = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => readFileSync(resolve(folder, path), 'utf8')),
    );
    const watched = [...matches(alerts, /expr: (.*)/g), ...matches(read(DASHBOARD), /"expr": "(.*)"/g)];
    const names = new Set(watched.flatMap((expression) => matches(expression, /\b((?:avatar|signaling)_\w+)/g)));
    expect(names.size).toBeGreaterThan(15);
    for (const name of names) {
      // Two kinds of figure get a part of their name when they are made: the stages' durations, and what signaling counts.
      const made = name
        .replace(/_bucket$/, '')
        .replace(/^avatar_(motion|render|video)_duration/, 'avatar_${stage}_duration')
        .replace(/^signaling_(\w+)$/, 'readonly $1: number');
      expect(
        sources.some((text) => text.includes(made)),
        name,
      ).toBe(true);
    }
  });

  test('docs/operating.md says what to do at each alert', () => {
    const names = matches(alerts, /alert: (\w+)/g);
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) expect(read('docs/operating.md'), name).toContain(`| \`${name}\` |`);
  });
});
