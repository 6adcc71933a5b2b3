import { AvatarError } from '../../base/errors.ts';

/** What the person shown agreed to; kept inside the avatar file so that it travels with the face. */
export interface ConsentRecord {
  /** In the words of whoever enrolled, 1..2000 characters. */
  readonly text: string;
  /** When consent was recorded: ISO 8601, UTC. */
  readonly time: string;
  /** What the avatar may be used for: names separated by commas, such as `film, live-call`. */
  readonly scope: string;
}

/** Allows films and other recordings that the command line makes. */
export const FILM_SCOPE = 'film';
/** Allows live calls. */
export const LIVE_CALL_SCOPE = 'live-call';

export const CONSENT_TEXT_LIMIT = 2000;
export const CONSENT_SCOPE_LIMIT = 100;

/**
 * @returns the record, trimmed.
 * @throws AvatarError `CONSENT_MISSING` when there is nothing a reader could hold on to.
 */
export function checkConsent(record: ConsentRecord): ConsentRecord {
  const text = record.text.trim();
  const scope = record.scope.trim();
  if (text.length === 0 || text.length > CONSENT_TEXT_LIMIT) {
    throw missing(`its text has ${text.length} characters, expected 1 to ${CONSENT_TEXT_LIMIT}`);
  }
  if (scope.length === 0 || scope.length > CONSENT_SCOPE_LIMIT) {
    throw missing(`its scope has ${scope.length} characters, expected 1 to ${CONSENT_SCOPE_LIMIT}`);
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(record.time)) {
    throw missing(`its time is "${record.time.slice(0, 40)}", expected ISO 8601 in UTC`);
  }
  return { text, time: record.time, scope };
}

/** @returns whether a record's scope allows a use. */
export function scopeAllows(scope: string, use: string): boolean {
  return scope
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .includes(use);
}

function missing(found: string): AvatarError {
  return new AvatarError(
    'CONSENT_MISSING',
    `Cannot enrol without consent: ${found}; say who agreed to what, for example --consent "I am the person shown"`,
  );
}
