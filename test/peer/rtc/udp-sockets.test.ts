import dgram from 'node:dgram';
import { once } from 'node:events';
import { UdpTransport } from 'werift';
import { expect, it } from 'vitest';
import { catchSocketErrors } from '../../../src/peer/rtc/udp-sockets.ts';

catchSocketErrors();
// As the second peer of a process does.
catchSocketErrors();

it('refuses a port that is taken, instead of ending the process', async () => {
  const taken = dgram.createSocket('udp4');
  taken.bind(0, '127.0.0.1');
  await once(taken, 'listening');
  const opening = UdpTransport.init('udp4', { port: taken.address().port, interfaceAddresses: { udp4: '127.0.0.1' } });
  await expect(opening).rejects.toMatchObject({ code: 'EADDRINUSE' });
  taken.close();
});

it('hears what fails on a socket later', async () => {
  const transport = await UdpTransport.init('udp4', { interfaceAddresses: { udp4: '127.0.0.1' } });
  expect(transport.socket.listenerCount('error')).toBe(1);
  expect(transport.socket.emit('error', new Error('the network went away'))).toBe(true);
  await transport.close();
});
