import { IncomingMessage } from 'node:http';

import { describe, expect, test } from 'vitest';

import { isFromThisMachine, isHostAllowed, isOriginAllowed, visitorOf } from '../../signaling/origin.ts';

/** What these functions read of a request. */
function request(headers: IncomingMessage['headers'], remoteAddress = '127.0.0.1', httpVersion = '1.1') {
  return Object.assign(Object.create(IncomingMessage.prototype) as IncomingMessage, {
    headers,
    httpVersion,
    socket: { remoteAddress },
  });
}

describe('isHostAllowed()', () => {
  const local = { names: ['visavis.local'], onlyLoopback: true };
  test.each([
    ['localhost:8080', true],
    ['LOCALHOST.', true],
    ['127.0.0.1', true],
    ['[::1]:8080', true],
    ['visavis.local:8080', true],
    ['evil.example', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example:8080', false],
    ['evil.example:80:localhost', false],
    ['192.168.1.2:8080', false],
    ['', false],
    [undefined, false],
  ])('on loopback %j is %s', (host, expected) => {
    expect(isHostAllowed(request(host === undefined ? {} : { host }), local)).toBe(expected);
  });

  test('for the network an address is always one of its names, another name where it is listed or none is', () => {
    const named = { names: ['call.example'], onlyLoopback: false };
    const hosts = ['call.example', '10.0.0.2:8080', '[2001:db8::1]', 'evil.example'];
    expect(hosts.map((host) => isHostAllowed(request({ host }), named))).toEqual([true, true, true, false]);
    expect(isHostAllowed(request({ host: 'any.example' }), { names: [], onlyLoopback: false })).toBe(true);
  });
});

describe('isFromThisMachine()', () => {
  const host = '127.0.0.1:8080';
  test.each([
    ['a program', request({ host }), true],
    ['a page of the server', request({ host, origin: `http://${host}` }), true],
    ['over IPv6', request({ host: '[::1]:8080' }, '::1'), true],
    ['over IPv4 in IPv6', request({ host }, '::ffff:127.0.0.1'), true],
    ['another machine', request({ host }, '192.168.1.9'), false],
    ['a name that was pointed here', request({ host: 'evil.example' }), false],
    ['a foreign page', request({ host, origin: 'https://evil.example' }), false],
    ['a page of another port', request({ host, origin: 'http://127.0.0.1:3000' }), false],
    ['a link on a foreign page', request({ host, 'sec-fetch-site': 'cross-site' }), false],
    ['a proxy', request({ host, 'x-forwarded-for': '203.0.113.9' }), false],
    ['a proxy of the other kind', request({ host, forwarded: 'for=203.0.113.9' }), false],
    ['nginx as it comes', request({ host }, '127.0.0.1', '1.0'), false],
  ])('%s: %#', (_, from, expected) => {
    expect(isFromThisMachine(from)).toBe(expected);
  });
});

describe('isOriginAllowed()', () => {
  test.each([
    [undefined, true],
    ['http://call.example', true],
    ['https://friend.example', true],
    ['https://evil.example', false],
    ['http://[', false],
    ['null', false],
  ])('a page of %j: %s', (origin, expected) => {
    const headers = { host: 'call.example', ...(origin === undefined ? {} : { origin }) };
    expect(isOriginAllowed(request(headers), ['https://friend.example'])).toBe(expected);
  });
});

describe('visitorOf()', () => {
  test('believes only what the proxy appended, and nothing where there is no proxy', () => {
    const forwarded = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
    expect(visitorOf(request(forwarded), true)).toBe('203.0.113.9');
    expect(visitorOf(request(forwarded), false)).toBe('127.0.0.1');
    expect(visitorOf(request({}), true)).toBe('127.0.0.1');
  });

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
  ])('counts %s as %s', (address, visitor) => {
    expect(visitorOf(request({}, address), false)).toBe(visitor);
  });
});
