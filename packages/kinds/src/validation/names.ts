/**
 * Rules for names, from RFC 1123, RFC 1035 and the Kubernetes API conventions. Each `…Fault` answers what
 * is wrong in words, or undefined.
 */
const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const DNS_1035_LABEL = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const NAME_PART = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VARIABLE_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;
const PORT_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;

const tooLong = (limit: number) => `must be no more than ${limit} bytes`;

export function dnsLabelFault(name: string): string | undefined {
  if (name.length > 63) return tooLong(63);
  if (DNS_LABEL.test(name)) return undefined;
  return "must be a lowercase RFC 1123 label: lower case letters, digits and '-', with a letter or digit at both ends (such as 'my-name')";
}

export function dns1035LabelFault(name: string): string | undefined {
  if (name.length > 63) return tooLong(63);
  if (DNS_1035_LABEL.test(name)) return undefined;
  return "must be a DNS-1035 label: lower case letters, digits and '-', beginning with a letter and ending with a letter or digit (such as 'my-name')";
}

export function dnsSubdomainFault(name: string): string | undefined {
  if (name.length > 253) return tooLong(253);
  if (DNS_SUBDOMAIN.test(name)) return undefined;
  return "must be a lowercase RFC 1123 subdomain: lower case letters, digits, '-' and '.', with a letter or digit at both ends (such as 'example.com')";
}

/** A name that can stand in a URL path: what RBAC objects are called. */
export function pathSegmentFault(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`;
  if (name.includes('/')) return "may not contain '/'";
  if (name.includes('%')) return "may not contain '%'";
  return undefined;
}

/** A label or annotation key: `name` or `prefix.example.com/name`. */
export function qualifiedNameFault(key: string): string | undefined {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = slash < 0 ? key : key.slice(slash + 1);
  if (prefix === '') return 'prefix part must be non-empty';
  if (prefix !== undefined) {
    const fault = dnsSubdomainFault(prefix);
    if (fault) return `prefix part ${fault}`;
  }
  if (name === '') return 'name part must be non-empty';
  if (name.length > 63) return `name part ${tooLong(63)}`;
  if (NAME_PART.test(name)) return undefined;
  return "name part must consist of letters, digits, '-', '_' and '.', with a letter or digit at both ends (such as 'MyName' or 'my.name')";
}

export function labelValueFault(value: string): string | undefined {
  if (value === '') return undefined;
  if (value.length > 63) return tooLong(63);
  if (NAME_PART.test(value)) return undefined;
  return "a label value must be empty or consist of letters, digits, '-', '_' and '.', with a letter or digit at both ends (such as 'MyValue')";
}

export function variableNameFault(name: string): string | undefined {
  if (VARIABLE_NAME.test(name) && name !== '.' && name !== '..') return undefined;
  return "must consist of letters, digits, '_', '-' and '.', and not begin with a digit (such as 'MY_NAME')";
}

/** A key of a ConfigMap or Secret: it becomes a file name. */
export function configKeyFault(key: string): string | undefined {
  if (key.length > 253) return tooLong(253);
  if (key === '.' || key === '..' || key.startsWith('..')) return "must not be '.', nor begin with '..'";
  if (CONFIG_KEY.test(key)) return undefined;
  return "must consist of letters, digits, '-', '_' and '.' (such as 'key.name')";
}

/** A port's name (an IANA service name, RFC 6335). */
export function portNameFault(name: string): string | undefined {
  if (name.length > 15) return tooLong(15);
  if (!PORT_NAME.test(name))
    return "must consist of lower case letters, digits and '-', with a letter or digit at both ends";
  if (!/[a-z]/.test(name)) return 'must contain at least one letter';
  if (name.includes('--')) return "must not contain '--'";
  return undefined;
}

export function portNumberFault(port: number): string | undefined {
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? undefined : 'must be between 1 and 65535, inclusive';
}

export const isQualifiedName = (key: string): boolean => qualifiedNameFault(key) === undefined;
export const isLabelValue = (value: string): boolean => labelValueFault(value) === undefined;
export const isDnsLabel = (name: string): boolean => dnsLabelFault(name) === undefined;
export const isDnsSubdomain = (name: string): boolean => dnsSubdomainFault(name) === undefined;
