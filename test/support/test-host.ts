import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '../../src/base/clock.ts';
import { AvatarError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { silentMeter } from '../../src/base/meter.ts';
import { readConfig } from '../../src/server/config.ts';
import { doorsExtension } from '../../src/server/doors-extension.ts';
import { Host } from '../../src/server/host.ts';
import { PrometheusMeter } from '../../src/server/metrics.ts';
import type { Enroller } from '../../src/server/enroller.ts';
import { FakePeer } from './fake-peer.ts';

/** Takes any bytes for a face, unless they say they are none. */
export const fakeEnroller: Enroller = {
  version: 'fake 1',
  enrol: async (image, consent) => {
    if (consent.text === '') throw new AvatarError('CONSENT_MISSING', 'Cannot enrol without consent');
    if (Buffer.from(image).includes('cat')) throw new AvatarError('FACE_NOT_FOUND', 'Cannot find a face');
    return { avatar: Buffer.from(image), thumbnail: { mediaType: 'image/webp', bytes: Buffer.from('thumbnail') } };
  },
};

export interface TestHost extends AsyncDisposable {
  readonly host: Host;
  readonly peer: FakePeer;
  readonly url: string;
  readonly folder: string;
}

/**
 * The real process without media, on port 0, with a folder of its own.
 * @param enroller - a test that brings its own decides when portraits are ready, and waits for them itself.
 */
export async function openTestHost(
  environment: Record<string, string> = {},
  capacity = 2,
  folder?: string,
  enroller?: Enroller,
): Promise<TestHost> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'visavis-')));
  await mkdir(join(root, 'models', 'portraits'), { recursive: true });
  await mkdir(join(root, 'dist', 'web'), { recursive: true });
  const builtIn = { id: 'astronaut', file: 'a.png', name: 'A', credit: 'C', consent: 'public domain' };
  await writeFile(join(root, 'models', 'portraits', 'portraits.json'), JSON.stringify([builtIn]));
  await writeFile(join(root, 'models', 'portraits', 'a.png'), 'a face');
  await writeFile(join(root, 'dist', 'web', 'index.html'), '<script type="application/json">{{settings}}</script>');
  await writeFile(join(root, 'dist', 'web', 'view.html'), '<video></video>');
  let peer: FakePeer | undefined;
  const host = await Host.open({
    config: readConfig({ PORT: '0', VISAVIS_DATA_DIR: join(root, 'var'), ...environment }),
    clock: systemClock,
    log: silentLogger,
    meter: new PrometheusMeter(),
    enroller: enroller ?? fakeEnroller,
    root,
    extend: doorsExtension({ clock: systemClock, logger: silentLogger, meter: silentMeter }),
    openPeer: async (avatars, onEvent) => (peer = new FakePeer(avatars, onEvent, capacity)),
  });
  if (enroller === undefined) await host.whenReady();
  if (peer === undefined) throw new Error('the host opened no peer');
  return {
    host,
    peer,
    url: host.url,
    folder: root,
    [Symbol.asyncDispose]: async () => {
      await host.close();
      if (folder === undefined) await rm(root, { recursive: true, force: true });
    },
  };
}
