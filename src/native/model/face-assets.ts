import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { AvatarError, messageOf } from '../../base/errors.ts';

/** The weights and geometry inside the npm packages that ship them; they are read where they lie. */
export interface FaceAssets {
  readonly detector: Uint8Array;
  readonly landmarks: Uint8Array;
  readonly geometry: Uint8Array;
  readonly matte: Uint8Array;
}

const FACE_PACKAGE = '@mediapipe/face_mesh';
const MATTE_PACKAGE = '@mediapipe/selfie_segmentation';

/** @throws AvatarError `BUNDLE_INCOMPLETE` when a package is missing or packed in another way. */
export async function readFaceAssets(): Promise<FaceAssets> {
  const packed = await readPackageFile(FACE_PACKAGE, 'face_mesh_solution_packed_assets.data');
  const loader = new TextDecoder().decode(
    await readPackageFile(FACE_PACKAGE, 'face_mesh_solution_packed_assets_loader.js'),
  );
  const part = (name: string): Uint8Array => {
    // The loader carries the packing list as JSON: {"filename": ".../name", "start": 0, "end": 123}.
    const entry = new RegExp(`"filename":\\s*"[^"]*/${name}",\\s*"start":\\s*(\\d+),\\s*"end":\\s*(\\d+)`).exec(loader);
    const [, start, end] = entry ?? [];
    if (start === undefined || end === undefined || Number(end) > packed.length) {
      throw new AvatarError('BUNDLE_INCOMPLETE', `Cannot find ${name} in ${FACE_PACKAGE}; run npm install again`);
    }
    // A copy, because readers of float arrays need alignment.
    return packed.slice(Number(start), Number(end));
  };
  return {
    detector: part('face_detection_short_range.tflite'),
    landmarks: part('face_landmark_with_attention.tflite'),
    geometry: part('geometry_pipeline_metadata_landmarks.binarypb'),
    matte: await readPackageFile(MATTE_PACKAGE, 'selfie_segmentation.tflite'),
  };
}

async function readPackageFile(packageName: string, file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(createRequire(import.meta.url).resolve(`${packageName}/${file}`)));
  } catch (thrown) {
    throw new AvatarError(
      'BUNDLE_INCOMPLETE',
      `Cannot read ${file} of ${packageName} (${messageOf(thrown)}); run npm install again`,
      { cause: thrown },
    );
  }
}
