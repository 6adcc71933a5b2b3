// A program that joins a room with an avatar and speaks a WAV file: node examples/bot.mjs SERVER ROOM FILE.wav [PORTRAIT]
import { readFile } from 'node:fs/promises';
import { argv, exit, stdout } from 'node:process';
import { openCall, VoiceTrack } from 'visavis/client/node';

const [server = 'http://127.0.0.1:8080', room = 'tea', file = 'speech.wav', portrait = 'astronaut'] = argv.slice(2);
const call = openCall(server);
const voice = await VoiceTrack.open();
call.publish(voice.track);
await call.join({ room, portrait, name: 'Bot' }, { signal: AbortSignal.timeout(20_000) });

// The bot sees its own avatar, as the others do: VP8 in RTP packets.
let packets = 0;
for (const track of call.link?.ownStream.getVideoTracks() ?? []) track.onReceiveRtp.subscribe(() => packets++);
call.send({ type: 'emotion', name: 'happy', strength: 0.5 });
await voice.speakWav(await readFile(file));
stdout.write(`The avatar spoke; ${packets} packets of its picture arrived.\n`);
await call[Symbol.asyncDispose]();
exit();
