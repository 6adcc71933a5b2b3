import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';

/** WebRTC clients that others wrote, as one script that puts them into a page as `clients`. */
const SOURCE = `
  import { WHIPClient as MedoozeWhip } from 'whip-whep/whip.js';
  import { WHEPClient as MedoozeWhep } from 'whip-whep/whep.js';
  import { WHIPClient as EyevinnWhip } from '@eyevinn/whip-web-client';
  import { WebRTCPlayer as EyevinnPlayer } from '@eyevinn/webrtc-player';
  // Its index names a file whose letters are of another case than the file's.
  import { SimliClient, generateSimliSessionToken, generateIceServers } from 'simli-client/dist/client.js';
  globalThis.clients = {
    MedoozeWhip, MedoozeWhep, EyevinnWhip, EyevinnPlayer, SimliClient, generateSimliSessionToken, generateIceServers,
  };
`;

let script: Promise<string> | undefined;

/** A page at `url` with those clients, an empty `#video` and an empty `#audio`; scripts of others may run in it. */
export async function openForeignPage(browser: Browser, url: string): Promise<Page> {
  script ??= bundled();
  const context = await browser.newContext({ permissions: ['microphone', 'camera'], bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${url}/healthz`);
  await page.setContent('<video id="video" autoplay playsinline></video><audio id="audio" autoplay></audio>');
  await page.addScriptTag({ content: await script });
  return page;
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: SOURCE, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
