import { afterAll, describe, expect, it } from 'vitest';
import { unpackAppearance } from '../../../src/native/codec/appearance-file.ts';
import { EnrolClient } from '../../../src/native/worker/enrol-client.ts';
import { readAvatarFile, writeAvatarFile } from '../../../src/media/portrait/avatar-file.ts';
import type { AvatarSection } from '../../../src/media/portrait/avatar-section.ts';
import { drawnFacePng } from '../../support/portraits.ts';

const CONSENT = { text: 'A drawing of nobody', time: '2026-01-01T00:00:00Z', scope: 'evaluation' };
const client = new EnrolClient({ capacity: 3, perOwner: 1 });
const enrolled = drawnFacePng().then((image) => client.enrol(image, CONSENT));

afterAll(() => client.close());

describe('EnrolClient', { timeout: 120_000 }, () => {
  it('makes an avatar file that loads, with consent and digest inside', async () => {
    const { avatar, thumbnail, warnings } = await enrolled;
    const { metadata, appearance } = await unpackAppearance(avatar);
    expect(metadata.consent).toEqual(CONSENT);
    expect(metadata.portraitSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(appearance.facts.vertexCount).toBeGreaterThan(468);
    expect(avatar.length).toBeLessThan(6_000_000);
    expect(warnings).toEqual([]);
    expect([...thumbnail.bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  });

  it('reports progress from the worker, in order', async () => {
    const stages: string[] = [];
    await client.enrol(await drawnFacePng(), CONSENT, { onProgress: ({ stage }) => stages.push(stage) });
    expect(stages).toEqual(['decode', 'detect', 'crop', 'landmarks', 'matte', 'build', 'turn', 'pack']);
  });

  it('carries refusals across the thread with their code', async () => {
    const noise = Uint8Array.from({ length: 5000 }, (_, at) => at % 251);
    await expect(client.enrol(noise, CONSENT)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    await expect(client.enrol(await drawnFacePng(), { ...CONSENT, text: '' })).rejects.toMatchObject({
      code: 'CONSENT_MISSING',
    });
  });

  it('stops in the middle when aborted, and serves the next', async () => {
    const abort = new AbortController();
    const stopped = client.enrol(await drawnFacePng(), CONSENT, {
      signal: abort.signal,
      onProgress: ({ stage }) => {
        if (stage === 'decode') abort.abort(new Error('changed my mind'));
      },
    });
    await expect(stopped).rejects.toThrow('changed my mind');
    await expect(client.enrol(new Uint8Array(3), CONSENT)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  });

  const codesOf = async (owners: readonly string[]): Promise<string[]> => {
    const outcomes = await Promise.allSettled(
      owners.map((owner) => client.enrol(new Uint8Array(1), CONSENT, { owner })),
    );
    return outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as { code: string }).code : ''));
  };

  it('refuses more portraits of one owner than may wait, and takes those of others', async () => {
    // The first is enrolled, the second waits.
    expect(await codesOf(['a', 'a', 'a', 'b'])).toEqual([
      'IMAGE_UNREADABLE',
      'IMAGE_UNREADABLE',
      'CAPACITY_FULL',
      'IMAGE_UNREADABLE',
    ]);
  });

  it('refuses more portraits than may wait', async () => {
    expect((await codesOf(['a', 'b', 'c', 'd', 'e'])).filter((code) => code === 'CAPACITY_FULL')).toHaveLength(1);
  });

  it.each(['decode', 'detect', 'crop', 'landmarks', 'matte', 'build', 'turn', 'pack'] as const)(
    'is closed in the middle of %s without harm to this process',
    async (at) => {
      const own = new EnrolClient();
      let closing: Promise<void> | undefined;
      const enrolling = own.enrol(await drawnFacePng(), CONSENT, {
        onProgress: ({ stage }) => {
          if (stage === at) closing = own.close('the server is stopping');
        },
      });
      await expect(enrolling).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
      await closing;
      await expect(own.enrol(new Uint8Array(1), CONSENT)).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    },
  );

  it('outlives a process that is killed in the middle: the portrait fails, the next gets a new process', async () => {
    const own = new EnrolClient();
    const killed = own.enrol(await drawnFacePng(), CONSENT, {
      onProgress: ({ stage }) => {
        if (stage === 'landmarks' && own.pid !== undefined) process.kill(own.pid, 'SIGKILL');
      },
    });
    await expect(killed).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await expect(own.enrol(new Uint8Array(1), CONSENT)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    await own.close();
  });
});

describe('unpackAppearance()', () => {
  const altered = async (change: (sections: Map<string, AvatarSection>) => void): Promise<Uint8Array> => {
    const { metadata, sections } = readAvatarFile((await enrolled).avatar);
    const copy = new Map(sections);
    change(copy);
    return writeAvatarFile(metadata, copy);
  };

  it.each<[string, (sections: Map<string, AvatarSection>) => void]>([
    ['without its mesh', (sections) => sections.delete('appearance.vertexPositions')],
    ['without a layer', (sections) => sections.delete('image.face')],
    [
      'with a triangle that names a vertex that is not there',
      (sections) =>
        sections.set('appearance.faceTriangles', { type: 'uint16', shape: [3], values: Uint16Array.of(0, 1, 65_535) }),
    ],
    [
      'with a layer that is no picture',
      (sections) =>
        sections.set('image.plate', {
          type: 'image',
          encoding: 'jpeg',
          widthPx: 8,
          heightPx: 8,
          channels: 3,
          bytes: new Uint8Array(90),
        }),
    ],
    [
      'with facts that are no facts',
      (sections) => sections.set('appearance.facts', { type: 'uint8', shape: [2], values: Uint8Array.of(123, 125) }),
    ],
    [
      'with a vertex nowhere',
      (sections) => {
        const section = sections.get('appearance.vertexPositions');
        if (section?.type !== 'float32') return;
        const values = section.values.slice();
        values[7] = NaN;
        sections.set('appearance.vertexPositions', { ...section, values });
      },
    ],
  ])('refuses a well-formed file %s', async (_, change) => {
    await expect(altered(change).then(unpackAppearance)).rejects.toMatchObject({ code: 'AVATAR_CORRUPT' });
  });
});
