import * as z from 'zod';

/** How a portrait is named in every message and address. */
export const portraitIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a portrait is 1 to 64 of a-z, 0-9, -');

/** The key by which a browser knows its own uploads again: whoever has it may use and delete them. */
export const ownerKeySchema = z.string().regex(/^[\w-]{16,128}$/, 'an owner key is 16 to 128 letters, digits, - or _');
