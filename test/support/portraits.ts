import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';

/** A portrait that the tests made or may ship, as a file. */
export interface PortraitFixture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const ROOT = resolve(import.meta.dirname, '../..');

/** A photo with a toothy smile, the same painted, grey, with glasses and with dark skin; a drawing, the same so. */
export async function portraitFixtures(): Promise<PortraitFixture[]> {
  const photo = await astronautPng();
  const drawing = await drawnFaceSvg();
  return [
    { name: 'photo with a toothy smile', bytes: photo },
    { name: 'drawing with a closed mouth', bytes: await pngOfSvg(drawing) },
    { name: 'painting', bytes: await painted(photo) },
    { name: 'greyscale', bytes: await png(sharp(photo).greyscale()) },
    { name: 'glasses', bytes: await photoWithGlasses(photo) },
    { name: 'dark skin', bytes: await photoWithDarkSkin(photo) },
    { name: 'drawing with glasses', bytes: await pngOfSvg(withGlasses(drawing)) },
    { name: 'drawing with dark skin', bytes: await pngOfSvg(withDarkSkin(drawing)) },
  ];
}

/** NASA's portrait of Eileen Collins, in the public domain; it comes with the program. */
export async function astronautPng(): Promise<Uint8Array> {
  return new Uint8Array(await readFile(resolve(ROOT, 'models/portraits/astronaut.png')));
}

export async function drawnFacePng(): Promise<Uint8Array> {
  return pngOfSvg(await drawnFaceSvg());
}

/** @returns the drawing, which is nobody's portrait, as SVG. */
export async function drawnFaceSvg(): Promise<string> {
  return readFile(resolve(ROOT, 'test/fixtures/drawn-face.svg'), 'utf8');
}

export async function pngOfSvg(svg: string): Promise<Uint8Array> {
  return png(sharp(Buffer.from(svg)));
}

export function withGlasses(svg: string): string {
  const rim = 'fill="#ffffff" fill-opacity="0.08" stroke="#23262b" stroke-width="7"';
  const glasses = `<rect x="264" y="328" width="106" height="76" rx="30" ${rim}/><rect x="398" y="328" width="106" height="76" rx="30" ${rim}/>
    <path d="M370 358 C378 350 390 350 398 358 M264 352 L236 346 M504 352 L532 346" stroke="#23262b" stroke-width="7" fill="none"/>`;
  return svg.replace('</svg>', `${glasses}</svg>`);
}

export function withDarkSkin(svg: string): string {
  const tones: Readonly<Record<string, string>> = {
    '#f3cba9': '#8a5a3c',
    '#e0a982': '#6e432b',
    '#a9704f': '#42261a',
    '#b87d5a': '#4f3020',
    '#cf946e': '#633d29',
    '#8d5b40': '#382015',
    '#7c4d35': '#2a170e',
    '#c58a66': '#5e3a27',
    '#a46c4c': '#472a1b',
    '#8f5a3e': '#2f1a10',
    '#e58f78': '#8c4f3a',
    '#d57f68': '#7a412f',
    '#a66f51': '#452819',
    '#a06848': '#402517',
    '#ffe3c8': '#b98560',
    '#ffe2c6': '#b07b57',
    '#f2c4a0': '#8f5f41',
    '#3d2719': '#120b08',
    '#38231a': '#120b08',
    '#3a2518': '#15100d',
    '#442c1d': '#1a1410',
    '#6a4a33': '#2c231d',
    '#bb6a5c': '#6b3a35',
    '#90453e': '#4a2522',
    '#b05e54': '#6d3b38',
    '#cd8072': '#8a544d',
    '#ad6257': '#6a3c37',
  };
  return Object.entries(tones).reduce((drawing, [light, dark]) => drawing.replaceAll(light, dark), svg);
}

/** Thin metal rims. @param photo - the astronaut's, whose eyes are where the lenses go. */
export async function photoWithGlasses(photo: Uint8Array): Promise<Uint8Array> {
  const rim = 'rx="9" fill="#ffffff" fill-opacity="0.07" stroke="#6b5f50" stroke-width="1.3"';
  const glasses = `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"><g transform="rotate(3 225 103)">
    <rect x="185" y="90" width="37" height="26" ${rim}/><rect x="230" y="90" width="37" height="26" ${rim}/>
    <path d="M222 98 C225 95 227 95 230 98 M185 97 L176 94 M267 97 L275 94" stroke="#6b5f50" stroke-width="1.3" fill="none"/></g></svg>`;
  return png(sharp(photo).composite([{ input: Buffer.from(glasses) }]));
}

/** @param photo - the astronaut's, whose face and neck are where the tone changes: what is redder than it is blue. */
export async function photoWithDarkSkin(photo: Uint8Array): Promise<Uint8Array> {
  const { data, info } = await sharp(photo).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  for (let at = 0; at < data.length; at += 3) {
    const [x, y] = [(at / 3) % info.width, Math.floor(at / 3 / info.width)];
    const face = Math.hypot((x - 223) / 52, (y - 112) / 62);
    const neck = Math.hypot((x - 219) / 36, (y - 172) / 30);
    const warm = ((data[at] ?? 0) - (data[at + 2] ?? 0) + 4) / 24;
    const share = Math.min(1, Math.max(0, (1.1 - Math.min(face, neck)) / 0.1)) * Math.min(1, Math.max(0, warm));
    [0.52, 0.43, 0.4].forEach((tone, channel) => {
      data[at + channel] = (data[at + channel] ?? 0) * (1 - share * (1 - tone));
    });
  }
  return png(sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } }));
}

/** Strokes that keep edges (Kuwahara), warm varnish and the weave of a canvas. */
export async function painted(image: Uint8Array): Promise<Uint8Array> {
  const { data, info } = await sharp(image).resize(768).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const out = Buffer.alloc(data.length);
  const radius = 3;
  const luma = Float64Array.from({ length: width * height }, (_, at) => data[3 * at + 1] ?? 0);
  const sums = integral(luma, width, height);
  const squares = integral(
    luma.map((value) => value * value),
    width,
    height,
  );
  const channels = [0, 1, 2].map((channel) =>
    integral(
      Float64Array.from({ length: width * height }, (_, at) => data[3 * at + channel] ?? 0),
      width,
      height,
    ),
  );
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let calmest = Infinity;
      let box: readonly [number, number, number, number] = [x, y, x + 1, y + 1];
      for (const [dx, dy] of [
        [-radius, -radius],
        [0, -radius],
        [-radius, 0],
        [0, 0],
      ] as const) {
        const left = Math.max(0, x + dx);
        const top = Math.max(0, y + dy);
        const right = Math.min(width, x + dx + radius + 1);
        const bottom = Math.min(height, y + dy + radius + 1);
        const count = (right - left) * (bottom - top);
        const mean = boxSum(sums, width, left, top, right, bottom) / count;
        const variance = boxSum(squares, width, left, top, right, bottom) / count - mean * mean;
        if (variance < calmest) {
          calmest = variance;
          box = [left, top, right, bottom];
        }
      }
      const [left, top, right, bottom] = box;
      const count = (right - left) * (bottom - top);
      const weave = 3 * Math.sin(x * 1.9) * Math.sin(y * 1.9);
      for (let channel = 0; channel < 3; channel++) {
        const value = boxSum(channels[channel] ?? sums, width, left, top, right, bottom) / count;
        const varnish = [1.02, 0.95, 0.78][channel] ?? 1;
        out[3 * (y * width + x) + channel] = Math.max(0, Math.min(255, Math.round(value * varnish + weave)));
      }
    }
  }
  return png(sharp(out, { raw: { width, height, channels: 3 } }));
}

function integral(plane: Float64Array, width: number, height: number): Float64Array {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += plane[y * width + x] ?? 0;
      sums[(y + 1) * (width + 1) + x + 1] = (sums[y * (width + 1) + x + 1] ?? 0) + row;
    }
  }
  return sums;
}

function boxSum(sums: Float64Array, width: number, left: number, top: number, right: number, bottom: number): number {
  const at = (x: number, y: number): number => sums[y * (width + 1) + x] ?? 0;
  return at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top);
}

async function png(image: Sharp): Promise<Uint8Array> {
  return new Uint8Array(await image.png().toBuffer());
}
