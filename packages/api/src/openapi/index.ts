/** OpenAPI v2 and v3, made from the kinds: what kubectl reads before it writes, explains and compares. */
export * from './openapi-documents.ts';
export * from './openapi-v2.ts';
export * from './openapi-v2-protobuf.ts';
export * from './openapi-v3.ts';
