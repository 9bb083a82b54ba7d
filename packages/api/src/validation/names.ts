/** The rules of names (RFC 1123 and Kubernetes' own). Each answers what is wrong, or undefined. */

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

export type NameRule = 'subdomain' | 'label' | 'path-segment';

export function wrongName(rule: NameRule, name: string): string | undefined {
  if (rule === 'path-segment') {
    if (name === '.' || name === '..') return `may not be '${name}'`;
    if (name.includes('/') || name.includes('%')) return `may not contain '/' or '%'`;
    return undefined;
  }
  return rule === 'label' ? wrongLabelName(name) : wrongSubdomain(name);
}

export function wrongLabelName(name: string): string | undefined {
  if (name.length > 63) return 'must be no more than 63 characters';
  if (LABEL.test(name)) return undefined;
  return "a lowercase RFC 1123 label consists of lower case letters, digits and '-', and begins and ends with a letter or digit (such as 'my-name')";
}

export function wrongSubdomain(name: string): string | undefined {
  if (name.length > 253) return 'must be no more than 253 characters';
  if (SUBDOMAIN.test(name)) return undefined;
  return "a lowercase RFC 1123 subdomain consists of lower case letters, digits, '-' and '.', and begins and ends with a letter or digit (such as 'example.com')";
}

/** A label key or another name with an optional DNS prefix, such as `example.com/color`. */
export function wrongQualifiedName(name: string): string | undefined {
  const parts = name.split('/');
  if (parts.length > 2) return "a qualified name has at most one '/'";
  const last = parts.at(-1) as string;
  if (parts.length === 2) {
    const wrong = parts[0] === '' ? 'prefix part must not be empty' : wrongSubdomain(parts[0] as string);
    if (wrong) return `prefix part: ${wrong}`;
  }
  if (last === '') return 'name part must not be empty';
  if (last.length > 63) return 'name part must be no more than 63 characters';
  if (QUALIFIED.test(last)) return undefined;
  return "name part consists of letters, digits, '-', '_' and '.', and begins and ends with a letter or digit (such as 'MyName')";
}

export function wrongLabelValue(value: string): string | undefined {
  if (value.length > 63) return 'must be no more than 63 characters';
  if (LABEL_VALUE.test(value)) return undefined;
  return "a label value is empty or consists of letters, digits, '-', '_' and '.', and begins and ends with a letter or digit (such as 'my_value')";
}
