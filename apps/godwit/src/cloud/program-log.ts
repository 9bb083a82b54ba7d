import type { Log, LogFields } from '@godwit/base';
import { type Logger, pino } from 'pino';

/** The program's log: one JSON line an event, to a file, a pipe or the terminal's error stream. */
export function programLog(destination: string | 1 | 2, level: string): Log {
  return wrap(
    pino(
      { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ dest: destination, sync: false, mkdir: true }),
    ),
  );
}

function wrap(logger: Logger): Log {
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    with: (fields: LogFields) => wrap(logger.child({ ...fields })),
  };
}
