/** IPv4 addresses as numbers, and ranges of them (RFC 4632). */

export interface Subnet {
  /** First address of the range, which no machine gets. */
  readonly first: number;
  readonly size: number;
  readonly prefixLength: number;
}

/** The number of an IPv4 address, or undefined for what is none. */
export function addressNumber(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let number = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    number = number * 256 + Number(part);
  }
  return number;
}

export function addressText(number: number): string {
  return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.');
}

/** Reads `10.80.0.0/17`; undefined for what is no such range. */
export function readSubnet(text: string): Subnet | undefined {
  const [base = '', length = '', ...rest] = text.split('/');
  const number = addressNumber(base);
  const prefixLength = Number(length);
  if (number === undefined || rest.length > 0 || !/^\d{1,2}$/.test(length) || prefixLength > 32) return undefined;
  const size = 2 ** (32 - prefixLength);
  return { first: number - (number % size), size, prefixLength };
}

export function contains(subnet: Subnet, number: number): boolean {
  return number >= subnet.first && number < subnet.first + subnet.size;
}

/** The MAC address of a machine: a locally administered prefix and the four bytes of its IPv4 address. */
export function macOf(number: number): string {
  const bytes = [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255];
  return ['0a', '58', ...bytes.map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
