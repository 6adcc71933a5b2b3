import type { ConsentRecord } from '../media/portrait/consent.ts';

export interface Enroller {
  /** @throws AvatarError `IMAGE_…`, `FACE_…` or `CONSENT_MISSING`. */
  enrol(image: Uint8Array, consent: ConsentRecord, options?: { readonly owner?: string }): Promise<Enrolled>;
  /** A portrait may soon come: what takes time is done now. */
  prepare?(): void;
  /** Changes whenever enrolment would give another result: portraits that came with the program are then done anew. */
  readonly version: string;
}

export interface Enrolled {
  readonly avatar: Uint8Array;
  /** Perceptual hash of the face. */
  readonly likeness?: string;
  readonly thumbnail: { readonly mediaType: string; readonly bytes: Uint8Array };
}
