// How the C2SP formats write numbers and bytes in a line of text. Each value has exactly one spelling.
import { HASH_BYTES, type Hash } from "./hashing.ts";

/** ASCII decimal without leading zeros; null for anything else and above 2^53 − 1, where numbers lose digits. */
export function parseDecimal(text: string): number | null {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** RFC 4648 section 4, padded, without stray bits; null for anything else. */
export function parseBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

export function parseHash(text: string): Hash | null {
  const bytes = parseBase64(text);
  return bytes?.length === HASH_BYTES ? bytes : null;
}

/** Those below U+0020; the later ones are no matter of ASCII, and the formats allow them. */
const CONTROL = /(?![\n\u{7f}-\u{9f}])\p{Cc}/u;

/** Whether a text may stand in a note: well-formed Unicode, no control character of ASCII but the newline. */
export const isPlainText = (text: string): boolean => text.isWellFormed() && !CONTROL.test(text);
