import { Scope } from '../../base/lifecycle.ts';
import { mediaTimeUs } from '../../base/timeline.ts';
import { restMotion } from '../../media/motion-space.ts';
import { readAvatarFile } from '../../media/portrait/avatar-file.ts';
import type { AvatarSection } from '../../media/portrait/avatar-section.ts';
import { encodeImage } from '../../native/codec/image.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import { MeshCodec } from '../../native/raster/mesh-codec.ts';
import { readInput } from './avatar-argument.ts';
import { checkOutput } from './output-path.ts';

export interface InspectFlags {
  readonly preview?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const PREVIEW_SIDE_PX = 512;

/** What an avatar file holds. @throws AvatarError `AVATAR_…` or `OUTPUT_FAILED`. */
export async function inspect(path: string, flags: InspectFlags): Promise<void> {
  if (flags.preview !== undefined) checkOutput(flags.preview, { inputs: [path], force: flags.force === true });
  const bytes = await readInput(path);
  const { metadata, sections } = readAvatarFile(bytes);
  if (flags.preview !== undefined) await drawPreview(bytes, flags.preview, flags.force === true);
  const parts = [...sections].map(([name, section]) => ({ name, ...describe(section) }));
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ file: path, bytes: bytes.length, ...metadata, parts })}\n`);
    return;
  }
  const { consent, portraitSha256, tool, codec, details } = metadata;
  const lines: readonly (readonly [string, string])[] = [
    ['size', `${(bytes.length / 1e6).toFixed(2)} MB, ${parts.length} parts`],
    ['consent', `"${consent.text}"`],
    ['', `given ${consent.time}, for ${consent.scope}`],
    ['portrait', `SHA-256 ${portraitSha256}`],
    ['made by', `${tool}, codec ${codec}`],
    ...Object.entries(details).map(([name, value]) => [name, plain(value)] as const),
  ];
  process.stdout.write(`${path}\n`);
  for (const [name, value] of lines) process.stdout.write(`  ${name.padEnd(10)} ${value}\n`);
  for (const { name, kind, byteLength } of parts) {
    process.stdout.write(`  ${''.padEnd(10)} ${name.padEnd(24)} ${kind.padEnd(22)} ${byteLength} bytes\n`);
  }
}

function describe(section: AvatarSection): { readonly kind: string; readonly byteLength: number } {
  if (section.type !== 'image')
    return { kind: `${section.type} ${section.shape.join('x')}`, byteLength: section.values.byteLength };
  const { encoding, widthPx, heightPx, channels, bytes } = section;
  return { kind: `${encoding} ${widthPx}x${heightPx}x${channels}`, byteLength: bytes.byteLength };
}

/** A detail on one line, nested facts as `name value`. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(plain).join('; ');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, each]) => `${name} ${plain(each)}`)
      .join(', ');
  }
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : String(value);
}

async function drawPreview(avatar: Uint8Array, path: string, replace: boolean): Promise<void> {
  await using scope = new Scope();
  const options = { sizePx: PREVIEW_SIDE_PX, background: 'portrait', badge: false, seed: 1 } as const;
  const decoder = scope.own(await new MeshCodec().open(avatar, options));
  const { widthPx, heightPx } = decoder;
  const rgba = new Uint8Array(widthPx * heightPx * 4);
  decoder.drawRgba(restMotion(), mediaTimeUs(0), rgba);
  const { bytes } = await encodeImage({ widthPx, heightPx, channels: 4, bytes: rgba }, 'png');
  const file = scope.own(OutputFile.open(path, { replace }));
  file.write(bytes);
  file.commit();
}
