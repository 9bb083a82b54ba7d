import { addressNumber } from '../ipv4.ts';

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

/** An IPv4 or IPv6 range such as `10.0.0.0/8`. */
export function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(length)) return false;
  return isIpv4(address) ? Number(length) <= 32 : isIpv6(address) && Number(length) <= 128;
}
