import { systemClock } from '../../../src/base/clock.ts';
import { Connection, type ConnectionEvents } from '../../../src/peer/rtc/connection.ts';
import { Page, until, type PageOptions } from '../../../bench/support/visitor/page.ts';

/** A server on this machine alone. */
export const RTC = { iceLite: true, hostAddresses: ['127.0.0.1'] };

/** What `closeAll` closes. */
export const opened: { close(): Promise<void> }[] = [];
/** For the end of each test. */
export async function closeAll(): Promise<void> {
  for (const each of opened.splice(0)) await each.close();
}

/** Listens to a connection: every event is a line. */
export function heard() {
  const log: string[] = [];
  const dropped = new Map<string, number>();
  const events: ConnectionEvents = {
    onConnected: () => log.push('connected'),
    onAudio: (packet, ssrc) => log.push(`audio ${packet.data.length} ${ssrc}`),
    onFeedback: (feedback, slot) => log.push(`${feedback.type} ${slot ?? 'all'}`),
    onClosed: (reason) => log.push(`closed: ${reason}`),
    onMessage: (message) => log.push(JSON.stringify(message)),
    onText: (text) => log.push(`text ${text}`),
    onOpen: () => log.push('open'),
    onAbuse: (reason) => log.push(`abuse: ${reason}`),
    onDropped: (counts) => {
      for (const [what, count] of Object.entries(counts)) dropped.set(what, (dropped.get(what) ?? 0) + count);
    },
    onFault: (reason) => log.push(`fault: ${reason}`),
  };
  return { log, dropped, events };
}

/**
 * A connection and the page at its other end, connected.
 * @param changed - events that are heard in another way.
 */
export async function connect(
  options: PageOptions = {},
  page = new Page(options),
  beforeAnswer = () => {},
  changed: Partial<ConnectionEvents> = {},
) {
  const { log, dropped, events } = heard();
  const connection = await Connection.open({
    offerSdp: await page.offer(),
    rtc: RTC,
    events: { ...events, ...changed },
    now: () => systemClock.now(),
    random: Math.random,
  });
  opened.push(connection, page);
  beforeAnswer();
  await page.accept(connection.answerSdp, options.link);
  await until(() => log.includes('connected'));
  return { page, connection, log, dropped };
}
