import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.array(
  z.object({
    id: z.string(),
    file: z.string(),
    name: z.string(),
    credit: z.string(),
    /** Who allows its use, in words. */
    consent: z.string().min(1),
  }),
);

/** A portrait that comes with the program. */
export interface BuiltInPortrait extends Omit<z.infer<typeof schema>[number], 'file'> {
  readonly image: Uint8Array;
}

/**
 * @param folder - of `portraits.json` and the pictures that it names.
 * @returns all of them, in the order of the file.
 */
export async function readBuiltInPortraits(folder: string): Promise<BuiltInPortrait[]> {
  const listed = schema.parse(JSON.parse(await readFile(join(folder, 'portraits.json'), 'utf8')));
  return Promise.all(listed.map(async ({ file, ...rest }) => ({ ...rest, image: await readFile(join(folder, file)) })));
}
