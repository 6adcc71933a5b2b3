import { minimumJerk } from '../../base/easing.ts';
import { addPose, type Pose } from './pose.ts';

/** Something a face does for a while: it comes, is held, and goes. */
export interface Episode {
  readonly pose: Pose;
  /** How long it waits before it comes. */
  readonly waitS?: number;
  readonly riseS: number;
  readonly holdS: number;
  readonly fallS: number;
}

/** The episodes that are under way on a face. */
export class Episodes {
  #playing: { readonly episode: Episode; ageS: number }[] = [];

  start(episode: Episode): void {
    this.#playing.push({ episode, ageS: -(episode.waitS ?? 0) });
  }

  /** Lets all go from where they are, in `fallS`. */
  release(fallS: number): void {
    this.#playing = this.#playing.map(({ episode, ageS }) => {
      const share = shareAt(episode, ageS);
      const pose = episode.pose.map(([channel, value]) => [channel, value * share] as const);
      return { episode: { pose, riseS: 0, holdS: 0, fallS }, ageS: 0 };
    });
  }

  /** Goes on by `stepS` and adds what is under way to `motion`, in place. */
  step(stepS: number, motion: Float32Array): void {
    for (const playing of this.#playing) {
      playing.ageS += stepS;
      addPose(playing.episode.pose, shareAt(playing.episode, playing.ageS), motion);
    }
    this.#playing = this.#playing.filter(({ episode, ageS }) => ageS < episode.riseS + episode.holdS + episode.fallS);
  }
}

function shareAt({ riseS, holdS, fallS }: Episode, ageS: number): number {
  if (ageS < riseS) return minimumJerk(ageS / riseS);
  return 1 - minimumJerk((ageS - riseS - holdS) / fallS);
}
