import type { OtherVoice } from './listening-play.ts';

/** Of the others in a call, who is listened to: who speaks keeps it until silent. */
export class FloorKeeper {
  #holder: string | undefined;
  #speaks = false;

  /** @returns whether what is heard of this participant is to be listened to. */
  hears(participantId: string, { voice }: OtherVoice): boolean {
    if (participantId !== this.#holder && (this.#speaks || !voice.speaking)) return this.#holder === undefined;
    this.#holder = participantId;
    this.#speaks = voice.speaking;
    return true;
  }
}
