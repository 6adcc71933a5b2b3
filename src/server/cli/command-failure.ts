import { AvatarError, messageOf } from '../../base/errors.ts';

export const EXIT_FAILURE = 1;
export const EXIT_WRONG_USAGE = 2;

/** The command cannot be understood: exit 2. Its message says what would be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Why a command ends before it is done: a signal, or standard output that takes no more. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly exitCode: number;

  /** @param message - for the user; empty where nothing needs to be said. */
  constructor(exitCode: number, message = '') {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What to do about a failure, where the message alone does not say it. */
const ADVICE: Readonly<Partial<Record<AvatarError['code'], string>>> = {
  AVATAR_CORRUPT: 'Enrol the portrait again: visavis enrol PORTRAIT --consent TEXT.',
  AVATAR_FOREIGN: 'Give a portrait (JPEG, PNG, WebP, AVIF) or a file that `visavis enrol` wrote.',
  AVATAR_VERSION: 'Enrol the portrait again with this version.',
  BUNDLE_DIGEST_MISMATCH: 'Restore the folder models/ (git checkout models).',
  BUNDLE_INCOMPLETE: 'Restore the folder models/ (git checkout models).',
  CODEC_FAILED: 'Run `visavis doctor`.',
};

/**
 * @param command - whose help a complaint about usage names, such as `visavis render`.
 * @returns the one line that stderr gets.
 */
export function failureLine(thrown: unknown, command: string): string {
  const message = messageOf(thrown)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
  const usage = thrown instanceof UsageError ? `See ${command} --help.` : undefined;
  const advice = thrown instanceof AvatarError ? ADVICE[thrown.code] : usage;
  return `visavis: ${message}${advice === undefined || message.includes(advice) ? '' : ` ${advice}`}`;
}

export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof UsageError ? EXIT_WRONG_USAGE : EXIT_FAILURE;
}
