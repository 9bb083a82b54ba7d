import { fstatSync } from 'node:fs';
import type { Log, LogFields } from '@godwit/base';
import { type Logger, pino } from 'pino';
import { journalLine, type LogLevel, logLevels } from './log-line.ts';

/** The program's log: a line to read where systemd's journal takes it, else one JSON line an event. */
export function programLog(destination: string | 1 | 2, level: string): Log {
  if (destination === 2 && isJournal(process.env.JOURNAL_STREAM)) return journalLog(level, {});
  return wrap(
    pino(
      { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ dest: destination, sync: false, mkdir: true }),
    ),
  );
}

/** systemd names device and inode of the stream; what a program further down redirected is another one. */
function isJournal(stream: string | undefined): boolean {
  if (stream === undefined) return false;
  const { dev, ino } = fstatSync(2);
  return stream === `${dev}:${ino}`;
}

function journalLog(level: string, common: LogFields): Log {
  const least = logLevels.findIndex((name) => name === level);
  const write = (at: LogLevel) => (message: string, fields?: LogFields) => {
    if (logLevels.indexOf(at) < least) return;
    process.stderr.write(journalLine(at, message, { ...common, ...fields }));
  };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: (fields) => journalLog(level, { ...common, ...fields }),
  };
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
