// Gives an OpenAI Realtime agent a face. Open the address that it prints.
//   OPENAI_API_KEY=… node examples/openai-realtime.mjs "Say hello and introduce yourself."
import { WebSocket } from 'ws';

const { VISAVIS_URL = 'http://127.0.0.1:8080', OPENAI_API_KEY } = process.env;
const { OPENAI_URL = 'wss://api.openai.com/v1/realtime?model=gpt-realtime' } = process.env;
const say = (socket, message) => socket.send(JSON.stringify(message));

const session = await (await fetch(`${VISAVIS_URL}/api/v1/sessions`, { method: 'POST' })).json();
console.log(session.viewUrl);
const face = new WebSocket(session.speakUrl);
await new Promise((opened) => face.once('open', opened));
const agent = new WebSocket(OPENAI_URL, { headers: { authorization: `Bearer ${OPENAI_API_KEY}` } });
agent.on('open', () => say(agent, { type: 'response.create', response: { instructions: process.argv[2] } }));

let item_id;
agent.on('message', (text) => {
  const event = JSON.parse(text);
  if (event.type === 'response.output_audio.delta') face.send(Buffer.from(event.delta, 'base64'));
  if (event.type === 'response.output_audio.delta') item_id = event.item_id;
  if (event.type === 'response.output_audio.done') say(face, { type: 'end' });
  if (event.type === 'input_audio_buffer.speech_started') say(face, { type: 'clear' });
});
// The agent is told how much of its interrupted answer was heard, so that it remembers no more.
face.on('message', (text) => {
  const { type, turn, playedMs } = JSON.parse(text);
  if (type !== 'cleared' || turn === null) return;
  say(agent, { type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: playedMs });
});
