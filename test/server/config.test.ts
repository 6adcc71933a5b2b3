import { describe, expect, test } from 'vitest';

import { readConfig } from '../../src/server/config.ts';

const SECRET = 'a secret of thirty-two characters or more';
const REMOTE = { VISAVIS_SIGNALING_URL: 'ws://signaling:8081/signaling' };

describe('readConfig()', () => {
  test('serves this machine on port 8080 with signaling inside when nothing is set', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, badge: true, remoteSignaling: undefined });
    expect(config.signaling).toMatchObject({ host: '127.0.0.1', tokenSecret: undefined });
    expect(config.capacity).toBeGreaterThan(0);
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('reads ports, addresses and lists', () => {
    const config = readConfig({
      PORT: '9000',
      VISAVIS_UDP_PORTS: '40000-40100',
      VISAVIS_HOST_ADDRESSES: '10.0.0.1, 10.0.0.2',
      VISAVIS_TURN_URLS: 'turn:a turn:b',
      VISAVIS_TURN_SECRET: SECRET,
      VISAVIS_CAPACITY: '',
    });
    expect(config.rtc).toMatchObject({ hostAddresses: ['10.0.0.1', '10.0.0.2'], portRange: [40_000, 40_100] });
    expect(config.signaling?.turn?.urls).toEqual(['turn:a', 'turn:b']);
  });

  test('is an avatar peer of another signaling server where one is named', () => {
    const config = readConfig({
      HOST: '0.0.0.0',
      VISAVIS_TOKEN_SECRET: SECRET,
      VISAVIS_PEER_SECRET: SECRET,
      ...REMOTE,
    });
    expect(config.signaling).toBeUndefined();
    expect(config.remoteSignaling?.publicUrl).toBe('ws://signaling:8081/signaling');
  });

  test.each([
    [{ PORT: 'eighty' }, 'PORT="eighty"'],
    [{ PORT: '99999' }, 'PORT'],
    [{ VISAVIS_CAPACITY: '0' }, 'VISAVIS_CAPACITY'],
    [{ VISAVIS_CAPACITY: 'many' }, 'VISAVIS_CAPACITY'],
    [{ VISAVIS_BADGE: 'maybe' }, 'VISAVIS_BADGE'],
    [{ VISAVIS_UDP_PORTS: '500-400' }, 'VISAVIS_UDP_PORTS'],
    [{ VISAVIS_OPERATOR_KEY: 'short' }, 'VISAVIS_OPERATOR_KEY'],
    [{ VISAVIS_SIGNALING_URL: 'http://x' }, 'VISAVIS_SIGNALING_URL'],
    [{ VISAVIS_TRUST_PROXY: 'true', VISAVIS_TOKEN_SECRET: SECRET }, 'VISAVIS_OPERATOR_KEY'],
    [{ VISAVIS_TRUST_PROXY: 'true', VISAVIS_OPERATOR_KEY: SECRET }, 'VISAVIS_TOKEN_SECRET'],
    [{ VISAVIS_TRUST_PROXY: 'true', VISAVIS_OPERATOR_KEY: SECRET, ...REMOTE }, 'VISAVIS_TOKEN_SECRET'],
    [{ VISAVIS_TURN_URLS: 'turn:a' }, 'VISAVIS_TURN_SECRET'],
    [{ HOST: '0.0.0.0' }, 'VISAVIS_TOKEN_SECRET'],
    [{ VISAVIS_TOKEN_SECRET: 'thirty-one characters are short' }, 'VISAVIS_TOKEN_SECRET'],
    [{ VISAVIS_PEER_SECRET: 'change-me-between-peers' }, 'VISAVIS_PEER_SECRET'],
    [{ VISAVIS_PEER_SECRET: 'x'.repeat(64) }, 'VISAVIS_PEER_SECRET'],
    [{ VISAVIS_TURN_SECRET: 'short' }, 'VISAVIS_TURN_SECRET'],
    [{ HOST: '0.0.0.0', VISAVIS_PEER_SECRET: SECRET, ...REMOTE }, 'VISAVIS_TOKEN_SECRET'],
    [{ VISAVIS_TOKEN_SECRET: SECRET, ...REMOTE }, 'VISAVIS_PEER_SECRET'],
  ])('refuses %o by name', (environment, name) => {
    expect(() => readConfig(environment)).toThrow(name);
  });

  test('does not write a secret into its message', () => {
    expect(() => readConfig({ VISAVIS_OPERATOR_KEY: 'short' })).toThrow(/^(?!.*short)/);
    expect(() => readConfig({ VISAVIS_PEER_SECRET: 'short' })).toThrow(/^(?!.*short)/);
  });

  test('opens rooms to the network only when told so', () => {
    expect(readConfig({ HOST: '0.0.0.0', VISAVIS_OPEN_ROOMS: 'true' }).signaling?.tokenSecret).toBeUndefined();
    expect(readConfig({ HOST: '0.0.0.0', VISAVIS_TOKEN_SECRET: SECRET }).signaling?.tokenSecret).toBe(SECRET);
  });
});
