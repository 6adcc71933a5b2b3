import { InvalidArgumentError, Option, type Command } from 'commander';
import { frameRateOption } from './frame-rate-option.ts';
import { addControlOptions } from './control-options.ts';
import type { Settings } from './settings.ts';
import type { StreamFlags } from './stream.ts';
import type { Target } from './datagrams.ts';

const LIVE_LINK_PORT = 11_111;
const VMC_PORT = 39_539;

export function addStreamCommand(program: Command, settings: Settings): void {
  const command = program
    .command('stream')
    .summary('send motion to Unreal or to VRM programs in real time')
    .description(
      'Sends the motion of a voice over UDP in real time: as Live Link Face does, to Unreal, or in the Virtual Motion Capture protocol, to programs that show VRM models. The voice is a sound file, or PCM that comes as it is spoken.',
    )
    .argument('<audio>', 'WAV, FLAC, MP3, Ogg, WebM, M4A or AAC; - is standard input')
    .addOption(
      new Option(
        '--live-link <host:port>',
        `send what Live Link Face sends; port ${LIVE_LINK_PORT} if none is given`,
      ).argParser((text) => targetOf(text, LIVE_LINK_PORT)),
    )
    .addOption(
      new Option(
        '--vmc <host:port>',
        `send the Virtual Motion Capture protocol; port ${VMC_PORT} if none is given`,
      ).argParser((text) => targetOf(text, VMC_PORT)),
    )
    .option('--subject <name>', 'by which Unreal lists the face', 'Visavis')
    .option('--arkit-expressions', 'with --vmc: ARKit’s 52 shapes, for models that have them, instead of VRM’s presets')
    .addOption(
      new Option('--pcm <rate>', 'standard input is raw mono PCM of this rate in Hz, 16 bits, little-endian').argParser(
        rateOf,
      ),
    )
    .addOption(frameRateOption().default(60))
    .option('--model <folder>', 'another motion bundle');
  addControlOptions(command, 'another each time')
    .option('--json', 'print what was sent as JSON')
    .option('-q, --quiet', 'no report')
    .addHelpText(
      'after',
      `
Examples:
  visavis stream speech.wav --live-link 192.168.1.20
  visavis stream speech.wav --vmc localhost:39539 --arkit-expressions
  ffmpeg -loglevel error -f pulse -i default -f s16le -ac 1 -ar 16000 - | visavis stream - --pcm 16000 --live-link localhost`,
    )
    .action(async (audio: string, flags: StreamFlags) => {
      const { stream } = await import('./stream.ts');
      await stream(audio, flags, settings);
    });
}

function targetOf(text: string, usualPort: number): Target {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? usualPort : Number(port);
  if (host === undefined || number < 1 || number > 65_535) {
    throw new InvalidArgumentError('Give HOST or HOST:PORT, and an IPv6 address in brackets.');
  }
  return { host, port: number };
}

function rateOf(text: string): number {
  const rate = Number(text);
  if (!Number.isInteger(rate) || rate < 8000 || rate > 192_000) {
    throw new InvalidArgumentError('Give a rate from 8000 to 192000.');
  }
  return rate;
}
