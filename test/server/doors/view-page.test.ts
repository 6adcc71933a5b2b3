import { afterEach, expect, it } from 'vitest';
import { keyOut, readColour } from '../../../web/chroma-key.ts';
import { openTestHost, type TestHost } from '../../support/test-host.ts';

const hosts: TestHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host[Symbol.asyncDispose]();
});

it('may stand in frames of this server, and of origins that the operator lists', async () => {
  const frames = async (environment: Record<string, string>): Promise<(string | null | undefined)[]> => {
    const host = await openTestHost(environment);
    hosts.push(host);
    const { headers } = await fetch(`${host.url}/view/s-x`);
    const policy = headers.get('content-security-policy') ?? '';
    return [/frame-ancestors ([^;]*)/.exec(policy)?.[1], headers.get('x-frame-options')];
  };
  expect(await frames({})).toEqual(["'self'", null]);
  expect(await frames({ VISAVIS_FRAME_ANCESTORS: 'https://a.example, https://*.b.example:8443' })).toEqual([
    "'self' https://a.example https://*.b.example:8443",
    null,
  ]);
  // Every other page keeps its rule.
  expect((await fetch(hosts[0]?.url ?? '')).headers.get('x-frame-options')).toBe('SAMEORIGIN');
});

it.each(["https://a.example; script-src 'unsafe-inline'", 'javascript:alert(1)', "'none'", 'a.example'])(
  'refuses %s as an origin',
  async (origins) => {
    await expect(openTestHost({ VISAVIS_FRAME_ANCESTORS: origins })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  },
);

it('keys the background out whatever its brightness, keeps a face, and fades between', () => {
  const pixels = Uint8ClampedArray.of(
    ...[0, 255, 0, 255],
    ...[12, 236, 14, 255],
    ...[224, 172, 140, 255],
    ...[20, 20, 20, 255],
    ...[100, 200, 70, 255],
  );
  keyOut(pixels, [0, 255, 0]);
  const alpha = [3, 7, 11, 15, 19].map((at) => pixels[at] ?? -1);
  expect(alpha.slice(0, 4)).toEqual([0, 0, 255, 255]);
  expect(alpha[4]).toBeGreaterThan(0);
  expect(alpha[4]).toBeLessThan(255);
  // No green rim.
  expect(pixels[17]).toBeLessThan(200);
  expect(readColour('#00FF7f')).toEqual([0, 255, 127]);
  expect(readColour('green')).toBeUndefined();
});
