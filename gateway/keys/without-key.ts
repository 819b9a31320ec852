// A provider's answer without the key it was asked with, however it spells it: as it is, with characters escaped as in
// JSON (once or in a text within a text), or percent-encoded.

const REDACTED = "[key]";
const MOST_KEPT = 200;

const kept = new Map<string, RegExp>();

const hexOf = (char: string, digits: number): string => char.charCodeAt(0).toString(16).padStart(digits, "0");
const anyCase = (hex: string): string => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** One alternative of each matches at a place, and none is empty: the time is that of the text's length. */
const spellings = (char: string): string => {
  const plain = char.replace(/[^A-Za-z0-9]/, (sign) => `\\x${hexOf(sign, 2)}`);
  const slashed = /[/"]/.test(char) ? `|\\\\{1,8}${plain}` : "";
  return `(?:${plain}|\\\\{1,8}u${anyCase(hexOf(char, 4))}|%${anyCase(hexOf(char, 2))}${slashed})`;
};

function patternOf(key: string): RegExp {
  const known = kept.get(key);
  if (known) return known;
  const pattern = new RegExp([...key].map(spellings).join(""), "g");
  kept.set(key, pattern);
  const oldest = kept.keys().next().value;
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return pattern;
}

const replaced = (text: string, key: string): string =>
  key === "" ? text : text.replace(patternOf(key), REDACTED);

/** Byte for byte: what is no text stays as it is. */
export function bodyWithoutKey(body: Buffer, key: string): Buffer {
  const text = body.toString("latin1");
  const without = replaced(text, Buffer.from(key).toString("latin1"));
  return without === text ? body : Buffer.from(without, "latin1");
}

/** A header with the key in it is left out. */
export function headersWithoutKey(
  headers: Readonly<Record<string, string>>,
  key: string,
): Record<string, string> {
  const shown = Object.entries(headers).filter(([, value]) => replaced(value, key) === value);
  return Object.fromEntries(shown);
}
