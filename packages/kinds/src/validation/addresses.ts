import { addressNumber } from '../ipv4.ts';
import type { Faults } from './faults.ts';

/** Dotted, without leading zeros. */
export function isIpv4(text: string): boolean {
  return addressNumber(text) !== undefined;
}

/** IPv6 as a URL's host may hold it; the platform's own parser decides. */
export function isIpv6(text: string): boolean {
  return text.includes(':') && URL.canParse(`http://[${text}]/`);
}

export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/**
 * An address that is asked for numbers. One with a user or password in it is not repeated: it would stand in clear wherever
 * this is told, as in the object itself.
 */
export function checkUrl(field: string, text: string, faults: Faults): void {
  if (/^[^/?#]*\/\/[^/?#]*@/.test(text)) {
    const why = 'they would stand in clear in the object, in events and in logs';
    faults.forbidden(
      field,
      `must not hold a user or password: ${why}. It is asked without; a proxy before it can add them, such as one that reads them from a Secret`,
    );
    return;
  }
  const url = URL.parse(text);
  if (!url) faults.invalid(field, text, 'must be an address such as http://prometheus:9090');
  else if (!/^https?:$/.test(url.protocol)) faults.invalid(field, text, 'must begin with http:// or https://');
}

/** An IPv4 or IPv6 range such as `10.0.0.0/8`. */
export function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  return isIpv4(address) ? Number(length) <= 32 : isIpv6(address) && Number(length) <= 128;
}
