import { systemClock } from '../../base/clock.ts';
import { Scope } from '../../base/lifecycle.ts';
import { readAvatarFile } from '../../media/portrait/avatar-file.ts';
import { checkConsent } from '../../media/portrait/consent.ts';
import { OutputFile } from '../../native/codec/output-file.ts';
import { PortraitEnroller } from '../../native/worker/enrol-portrait.ts';
import { readInput } from './avatar-argument.ts';
import { outputPath, STANDARD_STREAM } from './output-path.ts';
import { Progress } from './progress.ts';
import type { Settings } from './settings.ts';
import { writeToStandardOutput } from './standard-output.ts';

export interface EnrolFlags {
  readonly consent: string;
  readonly scope: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A portrait to an avatar file. @throws AvatarError. */
export async function enrol(portrait: string, flags: EnrolFlags, settings: Settings): Promise<void> {
  const force = flags.force === true;
  const { path, note } = outputPath(flags.out, portrait, '.avatar', { inputs: [portrait], force });
  const consent = checkConsent({ text: flags.consent, time: new Date().toISOString(), scope: flags.scope });
  const startUs = systemClock.now();
  await using scope = new Scope();
  const progress = scope.own(new Progress({ unit: '%', quiet: flags.quiet === true }));
  const image = await readInput(portrait);
  const enroller = scope.own(await PortraitEnroller.open());
  const { avatar, warnings, quality } = await enroller.enrol(image, consent, {
    signal: settings.signal,
    onProgress: ({ stage }) => {
      progress.stage(`Enrolling: ${stage}`);
    },
  });
  progress.close();
  for (const { message } of warnings) process.stderr.write(`visavis: warning: ${message}\n`);
  if (note !== undefined) process.stderr.write(`visavis: ${note}\n`);
  if (path === STANDARD_STREAM) {
    await writeToStandardOutput(avatar);
    return;
  }
  const file = scope.own(OutputFile.open(path, { replace: force }));
  file.write(avatar);
  file.commit();
  const { portraitSha256 } = readAvatarFile(avatar).metadata;
  const tookS = (systemClock.now() - startUs) / 1e6;
  const made = { out: path, bytes: avatar.length, portraitSha256, consent, quality, warnings, tookS };
  if (flags.json === true) process.stdout.write(`${JSON.stringify(made)}\n`);
  else if (flags.quiet !== true) {
    process.stderr.write(`${path}: ${(avatar.length / 1e6).toFixed(1)} MB in ${tookS.toFixed(1)} s\n`);
  }
}
