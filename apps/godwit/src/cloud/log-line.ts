import type { LogFields } from '@godwit/base';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Syslog's priorities, as systemd's journal reads them at the beginning of a line (sd-daemon(3)). */
const PRIORITIES: Readonly<Record<LogLevel, number>> = { debug: 7, info: 6, warn: 4, error: 3 };

/** Fields that stand before the message, because everybody reads them first. */
const PART = 'part';

/**
 * One line for a person who reads the journal: `<4>network: the rules are gone table=godwit_ab`. The journal has the
 * time, and colours by priority. Words of a value that hold spaces are quoted; nothing breaks the line.
 */
export function journalLine(level: LogLevel, message: string, fields: LogFields): string {
  const part = typeof fields[PART] === 'string' ? `${oneLine(fields[PART])}: ` : '';
  const facts = Object.entries(fields)
    .filter(([name, value]) => name !== PART && value !== undefined)
    .map(([name, value]) => ` ${name}=${word(value)}`);
  return `<${PRIORITIES[level]}>${part}${oneLine(message)}${facts.join('')}\n`;
}

function word(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
  return /^[^\s"=]+$/.test(text) || typeof value !== 'string' ? text : JSON.stringify(text);
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, '; ');
