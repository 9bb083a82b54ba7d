import { Failure } from '@godwit/base';

const decoder = new TextDecoder();

/** Reads protobuf's wire format (proto2): fields one after another, each with its number and wire type. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** Number of the field that `next` has come to. */
  field = 0;
  #wireType = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Goes to the next field; false at the end. Its value must then be taken or skipped. */
  next(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    return true;
  }

  /** Whether the field that `next` has come to is a whole number. */
  get isNumber(): boolean {
    return this.#wireType === 0;
  }

  /** A whole number; beyond 53 bits it loses precision, as it would in JSON. */
  integer(): number {
    this.#expect(0);
    return this.#varint();
  }

  double(): number {
    this.#expect(1);
    const at = this.#advance(8);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 8).getFloat64(0, true);
  }

  bytes(): Uint8Array {
    this.#expect(2);
    const length = this.#varint();
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    return decoder.decode(this.bytes());
  }

  skip(): void {
    if (this.#wireType === 0) this.#varint();
    else if (this.#wireType === 1) this.#advance(8);
    else if (this.#wireType === 2) this.#advance(this.#varint());
    else if (this.#wireType === 5) this.#advance(4);
    else throw malformed(`there is no wire type ${this.#wireType}`);
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType) throw malformed(`field ${this.field} has wire type ${this.#wireType}`);
  }

  #advance(length: number): number {
    const at = this.#at;
    if (length < 0 || at + length > this.#bytes.length) throw malformed('it ends in the middle of a field');
    this.#at += length;
    return at;
  }

  #varint(): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return low;
    }
    // Larger ones are rare, and negative ones always have ten bytes.
    let wide = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      wide |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, wide));
    }
    throw malformed('a number does not end');
  }

  #byte(): number {
    const at = this.#advance(1);
    return this.#bytes[at] as number;
  }
}

export function malformed(problem: string): Failure {
  return new Failure('malformed-protobuf', problem);
}
