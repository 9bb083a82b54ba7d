import { hasCode } from '@godwit/base';
import { StatusFailure } from '@godwit/kinds';
import { type Field, type Message, messageNamed, messageOfKind } from './message-table.ts';
import { malformed, WireReader } from './wire-reader.ts';

type Json = Record<string, unknown>;

/** `k8s` and a zero byte, before the envelope (`runtime.Unknown`) around every object. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];
const DEEPEST = 100;

/**
 * Reads an object from Kubernetes' protobuf encoding into what its JSON would be. Throws `BadRequest` for
 * what is broken and `UnsupportedMediaType` for kinds whose messages are not known here.
 */
export function readProtobuf(bytes: Uint8Array): unknown {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) throw broken('it does not begin with k8s and a zero byte');
  try {
    const { apiVersion, kind, raw } = readEnvelope(bytes.subarray(MAGIC.length));
    const name = messageOfKind(apiVersion, kind);
    if (!messageNamed(name)) {
      throw new StatusFailure('UnsupportedMediaType', `${apiVersion} ${kind} is taken as JSON or YAML only`);
    }
    return { apiVersion, kind, ...readMessage(raw, name, 0) };
  } catch (error) {
    if (hasCode(error, 'malformed-protobuf')) throw broken((error as Error).message, error);
    throw error;
  }
}

function broken(problem: string, cause?: unknown): StatusFailure {
  return new StatusFailure('BadRequest', `the request body is not valid protobuf: ${problem}`, undefined, cause);
}

function readEnvelope(bytes: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } {
  const envelope = { apiVersion: '', kind: '', raw: new Uint8Array() };
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field === 2) envelope.raw = new Uint8Array(reader.bytes());
    else if (reader.field === 1) {
      const type = new WireReader(reader.bytes());
      while (type.next()) {
        if (type.field === 1) envelope.apiVersion = type.text();
        else if (type.field === 2) envelope.kind = type.text();
        else type.skip();
      }
    } else reader.skip();
  }
  return envelope;
}

function readMessage(bytes: Uint8Array, name: string, depth: number): Json {
  if (depth > DEEPEST) throw malformed('it is nested too deeply');
  const message = messageNamed(name) as Message;
  const object: Json = {};
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const field = message.get(reader.field);
    if (field) readField(reader, field, object, depth);
    else reader.skip();
  }
  return object;
}

function readField(reader: WireReader, field: Field, object: Json, depth: number): void {
  const { name, shape, type } = field;
  if (name === undefined) Object.assign(object, readMessage(reader.bytes(), type, depth + 1));
  else if (shape === 'list') {
    const list = (object[name] ?? []) as unknown[];
    list.push(readValue(reader, type, depth));
    object[name] = list;
  } else if (shape === 'map') {
    const map = (object[name] ?? {}) as Json;
    readEntry(new WireReader(reader.bytes()), type, map, depth);
    object[name] = map;
  } else {
    const value = readValue(reader, type, depth);
    // Everything is written, also what nobody set; only where that can be told apart is a zero meant.
    const zero = value === '' || value === 0 || value === false || value === undefined;
    if (!zero || (field.keepsZero && value !== undefined)) object[name] = value;
  }
}

function readEntry(reader: WireReader, type: string, map: Json, depth: number): void {
  let key = '';
  let value: unknown = type === 'int' ? 0 : '';
  while (reader.next()) {
    if (reader.field === 1) key = reader.text();
    else if (reader.field === 2) value = readValue(reader, type, depth);
    else reader.skip();
  }
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

function readValue(reader: WireReader, type: string, depth: number): unknown {
  switch (type) {
    case 'string':
      return reader.text();
    case 'bool':
      return reader.integer() !== 0;
    case 'int':
      return reader.integer();
    case 'float':
      return reader.double();
    case 'bytes':
      return base64(reader.bytes());
    case 'Items':
      return items(parts(reader.bytes()));
    case 'Quantity':
      return String(parts(reader.bytes()).get(1)?.at(-1) ?? '');
    case 'IntOrString':
      return intOrString(parts(reader.bytes()));
    case 'Time':
      return instant(parts(reader.bytes()), 0);
    case 'MicroTime':
      return instant(parts(reader.bytes()), 6);
    case 'Raw':
      return raw(parts(reader.bytes()));
    default:
      return readMessage(reader.bytes(), type, depth + 1);
  }
}

/** The fields of a small message by number: whole numbers, and everything else as text. */
function parts(bytes: Uint8Array): Map<number, (string | number)[]> {
  const found = new Map<number, (string | number)[]>();
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const values = found.get(reader.field) ?? [];
    values.push(reader.isNumber ? reader.integer() : reader.text());
    found.set(reader.field, values);
  }
  return found;
}

type Parts = ReadonlyMap<number, readonly (string | number)[]>;

function items(found: Parts): string[] {
  return (found.get(1) ?? []).map(String);
}

function intOrString(found: Parts): string | number {
  const isText = found.get(1)?.at(-1) === 1;
  return isText ? String(found.get(3)?.at(-1) ?? '') : Number(found.get(2)?.at(-1) ?? 0);
}

/** Undefined for the zero instant, which is written as an empty message. */
function instant(found: Parts, digits: number): string | undefined {
  if (found.size === 0) return undefined;
  const seconds = Number(found.get(1)?.at(-1) ?? 0);
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (digits === 0) return `${whole}Z`;
  const micros = Math.floor(Number(found.get(2)?.at(-1) ?? 0) / 1000);
  return `${whole}.${String(micros).padStart(digits, '0')}Z`;
}

function raw(found: Parts): unknown {
  const text = String(found.get(1)?.at(-1) ?? '');
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('a field that holds JSON does not');
  }
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
