// A server inside another Express application: node examples/embedded.mjs
import process, { env, stdout } from 'node:process';
import express from 'express';
import { openServer } from 'visavis/server';

const app = express();
app.get('/hello', (_request, response) => {
  response.send(`${server.sessionCount} people are in a call.`);
});

// Pages of the application, such as page.html beside a bundled client.js.
app.use('/example', express.static(env.EXAMPLE_FOLDER ?? 'examples'));

// Whatever the application does not know is the avatar server's: its page at `/`, and `/api/v1`.
const server = await openServer({ app, environment: { PORT: env.PORT, VISAVIS_DATA_DIR: env.VISAVIS_DATA_DIR } });
await server.whenReady();
stdout.write(`Visavis: ${server.url}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit()));
