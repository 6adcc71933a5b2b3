import type { Closable } from '../../base/lifecycle.ts';
import type { Appearance, TurnGain } from '../../media/appearance.ts';
import type { PortraitAnalysis } from '../../media/portrait/analysis.ts';
import type { AvatarMetadata } from '../../media/portrait/avatar-header.ts';
import { buildAppearance } from '../../media/portrait/build-appearance.ts';
import { checkConsent, type ConsentRecord } from '../../media/portrait/consent.ts';
import { likenessOf } from '../../media/portrait/likeness.ts';
import { packAppearance } from '../codec/appearance-file.ts';
import { makeThumbnail } from '../codec/image.ts';
import { FaceMeasurer } from '../model/face-measure.ts';
import { PortraitAnalyser } from '../model/portrait-analyser.ts';
import { measureTurnGain } from '../model/turn-gain.ts';
import { MeshCodec } from '../raster/mesh-codec.ts';
import type { Enrolled, EnrolProgress } from './enrol-protocol.ts';

export interface EnrolOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EnrolProgress) => void;
}

/** Changes whenever the same portrait would give another avatar file. */
export const ENROLMENT_VERSION = 'visavis 0.1.0 mesh-24';

const THUMBNAIL_SIDE_PX = 256;
/** Measured by bench/enrol.ts: analysis takes about half of an enrolment. */
const ANALYSIS_SHARE = 0.45;
const BUILD_SHARE = 0.75;
const TURN_SHARE = 0.85;
const TURN_SIZE_PX = 512;

/** Makes avatar files on the thread it is called from; `EnrolClient` is the same behind a worker. */
export class PortraitEnroller implements Closable {
  readonly #analyser: PortraitAnalyser;

  private constructor(analyser: PortraitAnalyser) {
    this.#analyser = analyser;
  }

  /** @throws AvatarError `BUNDLE_…` when the packages with the networks are damaged. */
  static async open(): Promise<PortraitEnroller> {
    return new PortraitEnroller(await PortraitAnalyser.open());
  }

  /**
   * @param image - a JPEG, PNG, WebP or AVIF file.
   * @throws AvatarError `CONSENT_MISSING`, `IMAGE_…`, `FACE_…` or `AVATAR_TOO_LARGE`; the signal's reason when aborted.
   */
  async enrol(image: Uint8Array, consent: ConsentRecord, options: EnrolOptions = {}): Promise<Enrolled> {
    const checked = checkConsent(consent);
    const { signal, onProgress, ...rest } = options;
    const begin = (stage: EnrolProgress['stage'], done: number): void => {
      signal?.throwIfAborted();
      onProgress?.({ stage, done });
    };
    const analysis = await this.#analyser.analyse(image, {
      ...rest,
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ stage, done }) => {
        begin(stage, done * ANALYSIS_SHARE);
      },
    });
    begin('build', ANALYSIS_SHARE);
    const built = buildAppearance(analysis);
    begin('turn', BUILD_SHARE);
    const appearance = { ...built, facts: { ...built.facts, turnGain: await this.#turnGain(built) } };
    begin('pack', TURN_SHARE);
    const avatar = await packAppearance(appearance, metadataOf(analysis, checked));
    const picture = { widthPx: analysis.sizePx, heightPx: analysis.sizePx, rgba: analysis.rgba };
    const bytes = await makeThumbnail(picture, THUMBNAIL_SIDE_PX);
    const { landmarks, quality, warnings } = analysis;
    const likeness = likenessOf(picture, landmarks);
    return { avatar, thumbnail: { mediaType: 'image/jpeg', bytes }, likeness, warnings, quality };
  }

  close(): Promise<void> {
    return this.#analyser.close();
  }

  async #turnGain(appearance: Appearance): Promise<TurnGain> {
    const options = { sizePx: TURN_SIZE_PX, background: 'portrait', badge: false, seed: 1 } as const;
    const decoder = new MeshCodec().preview(appearance, options);
    try {
      return await measureTurnGain(decoder, FaceMeasurer.with(this.#analyser.landmarker));
    } finally {
      decoder.close();
    }
  }
}

function metadataOf(analysis: PortraitAnalysis, consent: ConsentRecord): AvatarMetadata {
  const { pose, quality, sizePx, source, warnings } = analysis;
  return {
    portraitSha256: source.sha256,
    consent,
    tool: ENROLMENT_VERSION,
    codec: 'mesh',
    details: {
      sizePx,
      portrait: { ...source },
      pose: { yawDeg: pose.yawDeg, pitchDeg: pose.pitchDeg, rollDeg: pose.rollDeg, pxPerCm: pose.pxPerCm },
      quality: { ...quality },
      warnings: warnings.map(({ code, message }) => ({ code, message })),
    },
  };
}

/** Enrols one portrait with networks of its own; see `PortraitEnroller.enrol`. */
export async function enrolPortrait(
  image: Uint8Array,
  consent: ConsentRecord,
  options: EnrolOptions = {},
): Promise<Uint8Array> {
  const enroller = await PortraitEnroller.open();
  try {
    return (await enroller.enrol(image, consent, options)).avatar;
  } finally {
    await enroller.close();
  }
}
