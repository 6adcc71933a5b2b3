/** The camera and the microphone that the extension adds to the page's list. */
export const DEVICES = {
  video: { deviceId: 'visavis-camera', kind: 'videoinput', label: 'Visavis' },
  audio: { deviceId: 'visavis-microphone', kind: 'audioinput', label: 'Visavis' },
} as const;
const GROUP_ID = 'visavis';

export type Kind = keyof typeof DEVICES;

/** @returns an entry of `enumerateDevices`. */
export function deviceInfo(kind: Kind): MediaDeviceInfo {
  const about = { ...DEVICES[kind], groupId: GROUP_ID };
  const info = Object.create(InputDeviceInfo.prototype) as MediaDeviceInfo;
  const own = { ...about, toJSON: () => about, getCapabilities: () => capabilities(kind) };
  for (const [name, value] of Object.entries(own)) Object.defineProperty(info, name, { value, enumerable: true });
  return info;
}

/** @returns whether constraints of `getUserMedia` choose our device. */
export function chooses(constraints: boolean | MediaTrackConstraints | undefined, kind: Kind): boolean {
  if (typeof constraints !== 'object') return false;
  const wanted = [constraints, ...(constraints.advanced ?? [])].flatMap(({ deviceId }) => {
    if (deviceId === undefined || typeof deviceId === 'string' || Array.isArray(deviceId)) return deviceId ?? [];
    return [deviceId.exact ?? [], deviceId.ideal ?? []].flat();
  });
  return wanted.includes(DEVICES[kind].deviceId);
}

/**
 * Makes a received track look like one of our device, for pages that ask which device they were given.
 * @param onStart - called for the track, and for each clone of it.
 * @param onStop - called when the track is stopped. A clone has to be stopped separately, and calls it again.
 */
export function dressed(
  track: MediaStreamTrack,
  kind: Kind,
  onStart: () => void,
  onStop: () => void,
): MediaStreamTrack {
  const { deviceId, label } = DEVICES[kind];
  const settings = track.getSettings.bind(track);
  const stop = track.stop.bind(track);
  const clone = track.clone.bind(track);
  let isLive = true;
  onStart();
  const own = {
    label,
    getSettings: () => ({ ...settings(), deviceId, groupId: GROUP_ID }),
    getConstraints: () => ({}),
    getCapabilities: () => capabilities(kind),
    // The picture has one size and rate, whatever a page asks for.
    applyConstraints: async () => undefined,
    clone: () => dressed(clone(), kind, onStart, onStop),
    stop: () => {
      stop();
      if (isLive) onStop();
      isLive = false;
    },
  };
  for (const [name, value] of Object.entries(own)) Object.defineProperty(track, name, { value, configurable: true });
  return track;
}

function capabilities(kind: Kind): MediaTrackCapabilities {
  const about = { deviceId: DEVICES[kind].deviceId, groupId: GROUP_ID };
  if (kind === 'audio') return about;
  return { ...about, width: { min: 1, max: 512 }, height: { min: 1, max: 512 }, frameRate: { min: 1, max: 30 } };
}
