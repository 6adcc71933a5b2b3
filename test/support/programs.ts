import { spawnSync } from 'node:child_process';

/**
 * Whether a program that some tests need answers. In CI (the variable `CI` is set) it must: tests that are skipped there
 * would prove nothing, and the set-up installs all that they need.
 */
export function isInstalled(program: string, ...args: readonly string[]): boolean {
  const answers = spawnSync(program, args).status === 0;
  if (!answers && process.env['CI'] !== undefined)
    throw new Error(`The tests in CI need ${program}, and it is missing`);
  return answers;
}
