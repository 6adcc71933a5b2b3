import { Avatar } from './avatar.ts';
import { chooses, deviceInfo, dressed, type Kind } from './devices.ts';

/**
 * Runs in the page's own world before its scripts: adds "Visavis" to the cameras and microphones that the page sees, and gives
 * it the avatar when it opens them. The browser answers all other requests unchanged.
 */
const devices = navigator.mediaDevices as MediaDevices | undefined;
// Pages that were opened without https have no devices at all.
if (devices !== undefined) wrap(devices);

function wrap(target: MediaDevices): void {
  const list = target.enumerateDevices.bind(target);
  const open = target.getUserMedia.bind(target);
  let avatar: Promise<Avatar> | undefined;
  let users = 0;

  /** One avatar for all tracks of the page. */
  const openAvatar = (): Promise<Avatar> => {
    const opening = (avatar ??= open({ audio: true }).then((microphone) => Avatar.open(microphone)));
    opening.catch(() => {
      if (avatar === opening) avatar = undefined;
    });
    return opening;
  };
  const leave = (): void => {
    users--;
    if (users > 0) return;
    void avatar?.then((each) => {
      each.close();
    });
    avatar = undefined;
  };
  const trackOf = async (kind: Kind): Promise<MediaStreamTrack> => {
    users++;
    try {
      const copy = (await openAvatar())[kind].clone();
      return dressed(copy, kind, () => users++, leave);
    } finally {
      // `dressed` has counted the track.
      users--;
    }
  };

  target.enumerateDevices = async () => [...(await list()), deviceInfo('video'), deviceInfo('audio')];
  target.getUserMedia = async (constraints = {}) => {
    const { video, audio } = constraints;
    const isOurs = { video: chooses(video, 'video'), audio: chooses(audio, 'audio') };
    if (!isOurs.video && !isOurs.audio) return open(constraints);
    const others = { video: isOurs.video ? false : (video ?? false), audio: isOurs.audio ? false : (audio ?? false) };
    const rest = others.video !== false || others.audio !== false ? (await open(others)).getTracks() : [];
    const kinds = (['video', 'audio'] as const).filter((kind) => isOurs[kind]);
    const own = await Promise.all(kinds.map(trackOf)).catch((thrown: unknown) => {
      for (const track of rest) track.stop();
      throw thrown;
    });
    return new MediaStream([...rest, ...own]);
  };
}
