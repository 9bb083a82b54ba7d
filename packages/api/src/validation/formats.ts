/** Formats that strings and numbers of the API have. Each answers what is wrong, or undefined. */
export type FormatTest = (value: string | number) => string | undefined;

const QUANTITY = /^[+-]?(\d+(\.\d*)?|\.\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const DATE_TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const formats: Readonly<Record<string, FormatTest>> = {
  quantity: (value) =>
    typeof value === 'number' || QUANTITY.test(value) ? undefined : 'must be a quantity such as 2, 500m or 1Gi',
  'date-time': (value) =>
    DATE_TIME.test(String(value)) ? undefined : 'must be a date and time such as 2026-01-02T15:04:05Z',
  byte: (value) => (isBase64(String(value)) ? undefined : 'must be base64'),
  int32: (value) =>
    Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31 ? undefined : 'must fit into 32 bits (int32)',
  int64: (value) =>
    Number(value) >= -(2 ** 63) && Number(value) <= 2 ** 63 ? undefined : 'must fit into 64 bits (int64)',
};

/** Long texts are checked in slices: the expression engine must not recurse over megabytes. */
function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false;
  const SLICE = 65_536;
  for (let at = 0; at < text.length; at += SLICE) {
    const slice = text.slice(at, at + SLICE);
    if (!BASE64.test(slice) || (slice.endsWith('=') && at + SLICE < text.length)) return false;
  }
  return true;
}
