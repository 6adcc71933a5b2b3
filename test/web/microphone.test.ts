import { afterEach, expect, test, vi } from 'vitest';

/** Of `web/microphone.ts`, which is compiled with the types of a browser and these tests without. */
interface Microphone {
  readonly track: unknown;
  open(): Promise<unknown>;
  close(): void;
  setMuted(muted: boolean): void;
  onTrack(listener: (track: unknown) => void): void;
  onTrouble(listener: (trouble: string) => void): void;
  onDevices(listener: () => void): void;
}
const PATH = '../../web/microphone.ts';
const { Microphone, problemOf } = (await import(PATH)) as {
  Microphone: new () => Microphone;
  problemOf: (thrown: unknown) => string;
};

/** A device list that devices are plugged into and pulled out of. */
class FakeDevices extends EventTarget {
  tracks: FakeTrack[] = [];
  plugged = true;

  getUserMedia(): Promise<object> {
    if (!this.plugged) return Promise.reject(new DOMException('none', 'NotFoundError'));
    const track = new FakeTrack();
    this.tracks.push(track);
    return Promise.resolve({ getAudioTracks: () => [track], getTracks: () => [track] });
  }
}

class FakeTrack extends EventTarget {
  enabled = true;
  readonly stop = vi.fn();
}

afterEach(() => {
  vi.unstubAllGlobals();
});

function start(): { devices: FakeDevices; microphone: Microphone; said: string[] } {
  const devices = new FakeDevices();
  vi.stubGlobal('navigator', { mediaDevices: devices });
  const microphone = new Microphone();
  const said: string[] = [];
  microphone.onTrouble((trouble) => said.push(trouble));
  microphone.onDevices(() => said.push('devices'));
  return { devices, microphone, said };
}

test('an unplugged microphone is said, and the next one that is plugged in takes its place', async () => {
  const { devices, microphone, said } = start();
  const heard: unknown[] = [];
  microphone.onTrack((track) => heard.push(track));
  microphone.setMuted(true);
  await microphone.open();
  devices.plugged = false;
  devices.tracks[0]?.dispatchEvent(new Event('ended'));
  expect(said).toEqual(['unplugged']);
  expect(microphone.track).toBeUndefined();
  devices.dispatchEvent(new Event('devicechange'));
  await vi.waitFor(() => {
    expect(said).toEqual(['unplugged', 'devices']);
  });
  devices.plugged = true;
  devices.dispatchEvent(new Event('devicechange'));
  await vi.waitFor(() => {
    expect(said).toEqual(['unplugged', 'devices', 'back', 'devices']);
  });
  expect(heard).toEqual(devices.tracks);
  expect(devices.tracks[1]?.enabled).toBe(false);
});

test('a microphone that the system mutes is said; one that was closed on purpose stays closed and silent', async () => {
  const { devices, microphone, said } = start();
  await microphone.open();
  devices.tracks[0]?.dispatchEvent(new Event('mute'));
  devices.tracks[0]?.dispatchEvent(new Event('unmute'));
  microphone.close();
  devices.tracks[0]?.dispatchEvent(new Event('ended'));
  devices.dispatchEvent(new Event('devicechange'));
  await vi.waitFor(() => {
    expect(said).toEqual(['silenced', 'back', 'devices']);
  });
  expect(devices.tracks).toHaveLength(1);
});

test.each([
  ['NotAllowedError', 'denied'],
  ['NotFoundError', 'missing'],
  ['AbortError', 'failed'],
])('%s is told as %s', (name, problem) => {
  expect(problemOf(new DOMException('', name))).toBe(problem);
});
