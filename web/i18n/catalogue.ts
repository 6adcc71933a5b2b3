import type { en } from './en.ts';

/** The name of a sentence of the page. */
export type MessageKey = keyof typeof en;
/** All sentences in one language. */
export type Catalogue = Readonly<Record<MessageKey, string>>;
