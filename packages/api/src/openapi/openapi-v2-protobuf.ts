import { Failure } from '@godwit/base';
import { WireWriter } from '../protobuf/index.ts';
import type { SwaggerDocument } from './openapi-v2.ts';

/** What clients call this form of the document; with `@` before the version it breaks RFC 9110, and is sent all the same. */
export const openapiProtobufTypes: readonly string[] = [
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
];

type Json = Readonly<Record<string, unknown>>;
/** Writes a value of JSON as a field. */
type Write = (writer: WireWriter, field: number, value: never) => void;

/** A message: its fields by their names in JSON, and the number of the field for `x-...`. */
interface Message {
  readonly fields: Readonly<Record<string, readonly [field: number, write: Write]>>;
  readonly extensions?: number;
}

const text = (writer: WireWriter, field: number, value: string) => writer.text(field, value);
const texts = (writer: WireWriter, field: number, values: readonly string[]) => {
  for (const value of values) writer.text(field, value);
};
const flag = (writer: WireWriter, field: number, value: boolean) => writer.integer(field, value ? 1 : 0);
const count = (writer: WireWriter, field: number, value: number) => writer.integer(field, value);
const double = (writer: WireWriter, field: number, value: number) => writer.double(field, value);
/** Any value as YAML text, of which JSON is a part. */
const any = (writer: WireWriter, field: number, value: unknown) => writer.message(field, anyOf(value));
const anys = (writer: WireWriter, field: number, values: readonly unknown[]) => {
  for (const value of values) writer.message(field, anyOf(value));
};
const type = (writer: WireWriter, field: number, value: string) => writer.message(field, holding(1, value));
const object =
  (message: () => Message): Write =>
  (writer, field, value) =>
    writer.message(field, messageOf(message(), value));

/** A map: a list of names and values within a message of its own. */
const map =
  (valueOf: (value: Json) => WireWriter, within = 1): Write =>
  (writer, field, entries: Json) => {
    const all = new WireWriter();
    for (const [name, value] of Object.entries(entries)) {
      const entry = holding(1, name);
      entry.message(2, valueOf(value as Json));
      all.message(within, entry);
    }
    writer.message(field, all);
  };

function anyOf(value: unknown): WireWriter {
  return holding(2, JSON.stringify(value));
}

/** A message that holds only this one text, or message. */
function holding(field: number, content: string | WireWriter): WireWriter {
  const writer = new WireWriter();
  if (typeof content === 'string') writer.text(field, content);
  else writer.message(field, content);
  return writer;
}

function messageOf({ fields, extensions }: Message, value: Json): WireWriter {
  const writer = new WireWriter();
  for (const [name, content] of Object.entries(value)) {
    if (content === undefined) continue;
    const known = fields[name];
    if (known) known[1](writer, known[0], content as never);
    else if (extensions !== undefined && name.startsWith('x-')) {
      const extension = holding(1, name);
      extension.message(2, anyOf(content));
      writer.message(extensions, extension);
    } else throw new Failure('unknown-openapi-field', `OpenAPI v2 in protobuf has no field for ${name}`);
  }
  return writer;
}

/** Field numbers are those of gnostic's OpenAPIv2.proto, which clients are built with. */
const schema: Message = {
  fields: {
    $ref: [1, text],
    format: [2, text],
    title: [3, text],
    description: [4, text],
    default: [5, any],
    maximum: [7, double],
    minimum: [9, double],
    maxLength: [11, count],
    minLength: [12, count],
    pattern: [13, text],
    maxItems: [14, count],
    minItems: [15, count],
    uniqueItems: [16, flag],
    maxProperties: [17, count],
    minProperties: [18, count],
    required: [19, texts],
    enum: [20, anys],
    additionalProperties: [21, (writer, field, value: Json) => writer.message(field, holding(1, schemaOf(value)))],
    type: [22, type],
    items: [23, (writer, field, value: Json) => writer.message(field, holding(1, schemaOf(value)))],
    properties: [25, map((value) => schemaOf(value))],
  },
  extensions: 31,
};

function schemaOf(value: Json): WireWriter {
  return messageOf(schema, value);
}

const bodyParameter: Message = {
  fields: {
    description: [1, text],
    name: [2, text],
    in: [3, text],
    required: [4, flag],
    schema: [5, object(() => schema)],
  },
};

const pathParameter: Message = {
  fields: {
    required: [1, flag],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [5, text],
    uniqueItems: [19, flag],
  },
};

const queryParameter: Message = {
  fields: { ...pathParameter.fields, type: [6, text], uniqueItems: [20, flag] },
};

function parameter(value: Json): WireWriter {
  if (value.in === 'body') return holding(1, messageOf(bodyParameter, value));
  const inPath = value.in === 'path';
  return holding(2, holding(inPath ? 4 : 3, messageOf(inPath ? pathParameter : queryParameter, value)));
}

const parameters = (writer: WireWriter, field: number, values: readonly Json[]) => {
  for (const value of values) writer.message(field, holding(1, parameter(value)));
};

const response: Message = {
  fields: {
    description: [1, text],
    schema: [2, (writer, field, value: Json) => writer.message(field, holding(1, schemaOf(value)))],
  },
};

const operation: Message = {
  fields: {
    tags: [1, texts],
    description: [3, text],
    operationId: [5, text],
    produces: [6, texts],
    consumes: [7, texts],
    parameters: [8, parameters],
    responses: [9, map((value) => holding(1, messageOf(response, value)))],
    schemes: [10, texts],
  },
  extensions: 13,
};

const pathItem: Message = {
  fields: {
    get: [2, object(() => operation)],
    put: [3, object(() => operation)],
    post: [4, object(() => operation)],
    delete: [5, object(() => operation)],
    patch: [8, object(() => operation)],
    parameters: [9, parameters],
  },
};

const document: Message = {
  fields: {
    swagger: [1, text],
    info: [2, object(() => ({ fields: { title: [1, text], version: [2, text] } }))],
    paths: [8, map((value) => messageOf(pathItem, value), 2)],
    definitions: [9, map(schemaOf)],
  },
};

/** The OpenAPI v2 document as kubectl asks for it. Throws when it has a field that is not known here. */
export function openapiV2Protobuf(content: SwaggerDocument): Uint8Array {
  return messageOf(document, { ...content }).bytes();
}
