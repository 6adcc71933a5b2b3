import { describe, expect, it } from 'vitest';
import { isPublicAddress, OutgoingRules } from '../../../../src/server/doors/outgoing/outgoing-rules.ts';

describe('isPublicAddress()', () => {
  it.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1'])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    'localhost',
    'abcd.local',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('OutgoingRules', () => {
  const code = (hosts: readonly string[], url: string): string => {
    try {
      const { mayReach } = new OutgoingRules(hosts).check(new URL(url));
      return mayReach('127.0.0.1') ? 'anywhere' : 'the internet';
    } catch (thrown) {
      return (thrown as { code: string }).code;
    }
  };

  it.each([
    ['https://live.example/whip', 'the internet'],
    ['https://1.1.1.1/whip', 'the internet'],
    ['http://live.example/whip', 'TARGET_REFUSED'],
    ['https://127.0.0.1/whip', 'TARGET_REFUSED'],
    ['https://0x7f.1/whip', 'TARGET_REFUSED'],
    ['https://2130706433/whip', 'TARGET_REFUSED'],
    ['https://[::1]/whip', 'TARGET_REFUSED'],
    ['https://[::ffff:10.0.0.1]/whip', 'TARGET_REFUSED'],
    ['https://user:secret@live.example/whip', 'TARGET_REFUSED'],
    ['ftp://live.example/whip', 'TARGET_REFUSED'],
  ])('without a list: %s', (url, expected) => {
    expect(code([], url)).toBe(expected);
  });

  it.each([
    ['http://10.0.0.5:7088/whip', 'anywhere'],
    ['http://10.0.0.5:7089/whip', 'TARGET_REFUSED'],
    ['https://LIVE.example/whip', 'anywhere'],
    ['https://eu.live.example.org/whip', 'anywhere'],
    ['https://example.org/whip', 'TARGET_REFUSED'],
    ['https://badexample.org/whip', 'TARGET_REFUSED'],
    ['https://other.example/whip', 'TARGET_REFUSED'],
  ])('with a list: %s', (url, expected) => {
    expect(code(['10.0.0.5:7088', 'live.example', '*.example.org'], url)).toBe(expected);
  });

  it('`none` allows nothing', () => {
    expect(code(['none'], 'https://live.example/whip')).toBe('TARGET_REFUSED');
  });
});
