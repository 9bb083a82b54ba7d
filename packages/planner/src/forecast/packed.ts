import { Failure } from '@godwit/base';

/** Numbers as text: their 64 bits each, little endian, in base64. */
export function packed(numbers: Float64Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
}

/** @throws Failure `forecast-damaged` when it is not so many numbers; NaN is one */
export function unpacked(text: string, count: number): Float64Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (bytes.length !== count * Float64Array.BYTES_PER_ELEMENT)
    throw new Failure('forecast-damaged', `${bytes.length} bytes are not ${count} numbers`);
  return new Float64Array(bytes.buffer);
}
