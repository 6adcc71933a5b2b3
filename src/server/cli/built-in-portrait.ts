import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { packageFolder } from '../package-folder.ts';

const schema = z.array(z.object({ id: z.string(), file: z.string(), consent: z.string().min(1) }));

/** @returns the record of a portrait that comes with the program, or nothing when `image` is none of them. */
export async function builtInPortrait(image: Uint8Array): Promise<{ readonly consent: string } | undefined> {
  const folder = join(packageFolder(), 'models/portraits');
  const portraits = schema.parse(JSON.parse(await readFile(join(folder, 'portraits.json'), 'utf8')));
  for (const { file, consent } of portraits) {
    const known = await readFile(join(folder, file));
    if (known.equals(image)) return { consent };
  }
  return undefined;
}
