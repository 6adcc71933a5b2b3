import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AvatarError, messageOf } from '../base/errors.ts';
import { createDurably } from './durable-file.ts';

const schema = z.object({
  watermarkKey: z.string().min(16),
  provenanceKey: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() }),
});

/** What marks this operator's pictures and signs for them. Made once; whoever has the file can forge both. */
export type OperatorKeys = z.infer<typeof schema>;

/** @returns the file of the operator's keys: of the watermark, and of what is signed about pictures. */
export function operatorKeysPath(dataDir: string): string {
  return join(dataDir, 'keys.json');
}

/**
 * Reads the keys, or makes them where there are none.
 * @param path - a JSON file that only its owner may read.
 * @throws AvatarError `CONFIG_INVALID` when there is a file and it holds no keys: making new ones would disown every
 * picture that was marked before.
 */
export async function openOperatorKeys(path: string): Promise<OperatorKeys> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    try {
      return schema.parse(JSON.parse(text));
    } catch (thrown) {
      const why = thrown instanceof SyntaxError ? messageOf(thrown) : 'a key is missing or of another kind';
      throw new AvatarError('CONFIG_INVALID', `Cannot read the operator's keys in ${path}: ${why}`, { cause: thrown });
    }
  }
  const keys = schema.parse({
    watermarkKey: randomBytes(24).toString('base64url'),
    provenanceKey: generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
  });
  try {
    // Whole or not at all: half a file would stop every later start.
    await createDurably(path, `${JSON.stringify(keys, null, 2)}\n`);
  } catch (thrown) {
    // Another process that starts beside this one was first.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return openOperatorKeys(path);
    throw thrown;
  }
  return keys;
}
