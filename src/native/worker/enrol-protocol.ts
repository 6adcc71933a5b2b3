import type { PortraitQuality, PortraitWarning } from '../../media/portrait/analysis.ts';
import type { ConsentRecord } from '../../media/portrait/consent.ts';

/** What enrolment is asked; it tells `EnrolProgress` meanwhile and answers with `Enrolled`. */
export interface EnrolRequest {
  /** The portrait's file; copied by the message. */
  readonly image: Uint8Array;
  readonly consent: ConsentRecord;
}

export type EnrolStage = 'decode' | 'detect' | 'crop' | 'landmarks' | 'matte' | 'build' | 'turn' | 'pack';

export interface EnrolProgress {
  /** The stage that begins. */
  readonly stage: EnrolStage;
  /** Share of the work that is done, 0..1. */
  readonly done: number;
}

export interface Enrolled {
  /** An `.avatar` file. */
  readonly avatar: Uint8Array;
  /** The crop, small: 256x256 JPEG. */
  readonly thumbnail: { readonly mediaType: 'image/jpeg'; readonly bytes: Uint8Array };
  /** Perceptual hash of the face: `likenessOf`. */
  readonly likeness: string;
  readonly warnings: readonly PortraitWarning[];
  readonly quality: PortraitQuality;
}
