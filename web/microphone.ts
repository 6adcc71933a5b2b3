import { openMicrophone } from '../client/browser.ts';
import { LevelMeter } from './level-meter.ts';

export type MicrophoneProblem = 'denied' | 'missing' | 'failed';
/** What befalls an open microphone. */
export type MicrophoneTrouble = 'unplugged' | 'silenced' | 'back';

/** The microphone: asked for once, shared by the test in the lobby and the call. */
export class Microphone {
  #stream: MediaStream | undefined;
  #opening: Promise<MediaStreamTrack> | undefined;
  #deviceId: string | undefined;
  #meter: LevelMeter | undefined;
  #onLevel: ((level: number) => void) | undefined;
  #onTrack: ((track: MediaStreamTrack) => void) | undefined;
  #onTrouble: ((trouble: MicrophoneTrouble) => void) | undefined;
  #muted = false;
  /** It was unplugged while in use: the next device is taken in its place. */
  #isLost = false;

  get track(): MediaStreamTrack | undefined {
    return this.#stream?.getAudioTracks()[0];
  }

  get deviceId(): string | undefined {
    return this.track?.getSettings().deviceId ?? this.#deviceId;
  }

  /** Hears each track, when there is a new one: after opening, and after another device was chosen. */
  onTrack(listener: (track: MediaStreamTrack) => void): void {
    this.#onTrack = listener;
    if (this.track !== undefined) listener(this.track);
  }

  /** Hears when the microphone is unplugged, muted by the system, or back. */
  onTrouble(listener: (trouble: MicrophoneTrouble) => void): void {
    this.#onTrouble = listener;
  }

  /** Hears when a device was plugged in or out; one that was lost in use has been replaced by then where it can be. */
  onDevices(listener: () => void): void {
    (navigator.mediaDevices as MediaDevices | undefined)?.addEventListener('devicechange', () => {
      void this.#replace().then(listener);
    });
  }

  /** Hears 0..1 for each picture of the screen while the microphone is open; `undefined` ends it. */
  onLevel(listener: ((level: number) => void) | undefined): void {
    this.#onLevel = listener;
    this.#measure();
  }

  /**
   * Opens it, asking the person where that is needed; the second time it is there already.
   * @throws DOMException of `getUserMedia`; see `problemOf`.
   */
  async open(): Promise<MediaStreamTrack> {
    this.#opening ??= this.#open();
    try {
      return await this.#opening;
    } catch (thrown) {
      this.#opening = undefined;
      throw thrown;
    }
  }

  /** Opens another device in place of the one before. */
  async choose(deviceId: string): Promise<void> {
    this.#deviceId = deviceId;
    if (this.#stream === undefined) return;
    this.#opening = this.#open();
    await this.#opening;
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.track !== undefined) this.track.enabled = !muted;
  }

  /** Lets the device go: its light goes out. */
  close(): void {
    this.#meter?.close();
    this.#meter = undefined;
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#opening = undefined;
    this.#isLost = false;
  }

  async devices(): Promise<readonly MediaDeviceInfo[]> {
    const all = await (navigator.mediaDevices as MediaDevices | undefined)?.enumerateDevices();
    return (all ?? []).filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
  }

  async #open(): Promise<MediaStreamTrack> {
    const stream = await openMicrophone(this.#deviceId);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = stream;
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw new DOMException('The stream has no sound', 'NotFoundError');
    track.enabled = !this.#muted;
    this.#isLost = false;
    this.#watch(track);
    this.#measure();
    this.#onTrack?.(track);
    return track;
  }

  #watch(track: MediaStreamTrack): void {
    const tell = (type: string, trouble: MicrophoneTrouble): void => {
      track.addEventListener(type, () => {
        // Of a device that was given up for another nothing is said.
        if (this.track !== track) return;
        if (trouble === 'unplugged') {
          this.close();
          this.#isLost = true;
        }
        this.#onTrouble?.(trouble);
      });
    };
    tell('ended', 'unplugged');
    tell('mute', 'silenced');
    tell('unmute', 'back');
  }

  async #replace(): Promise<void> {
    if (!this.#isLost) return;
    this.#deviceId = undefined;
    try {
      await this.open();
      this.#onTrouble?.('back');
    } catch {
      // There is none yet; the next change of devices may bring one.
    }
  }

  #measure(): void {
    this.#meter?.close();
    this.#meter = undefined;
    if (this.#stream !== undefined && this.#onLevel !== undefined) {
      this.#meter = new LevelMeter(this.#stream, this.#onLevel);
    }
  }
}

export function problemOf(thrown: unknown): MicrophoneProblem {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'missing' : 'failed';
}
