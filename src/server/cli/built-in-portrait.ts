import { join } from 'node:path';
import { readBuiltInPortraits } from '../built-in-portraits.ts';
import { packageFolder } from '../package-folder.ts';

/** @returns the record of a portrait that comes with the program, or nothing when `image` is none of them. */
export async function builtInPortrait(image: Uint8Array): Promise<{ readonly consent: string } | undefined> {
  const portraits = await readBuiltInPortraits(join(packageFolder(), 'models/portraits'));
  return portraits.find((portrait) => Buffer.compare(portrait.image, image) === 0);
}
