/** Small numbers in few bytes: how what was learned of a hundred thousand machines is kept. */
export { ByteReader, damaged } from './byte-reader.ts';
export { ByteWriter } from './byte-writer.ts';
