import { pino } from 'pino';

import type { LogFields, Logger } from '../base/logger.ts';

/** JSON lines on standard output, one event a line. */
export function openLogger(level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Logger {
  const log = pino({
    level,
    base: null,
    messageKey: 'event',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  });
  return {
    debug: (event, fields: LogFields = {}) => {
      log.debug(fields, event);
    },
    info: (event, fields: LogFields = {}) => {
      log.info(fields, event);
    },
    warn: (event, fields: LogFields = {}) => {
      log.warn(fields, event);
    },
    error: (event, fields: LogFields = {}) => {
      log.error(fields, event);
    },
  };
}
