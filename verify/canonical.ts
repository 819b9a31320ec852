// RFC 8785: of all the ways to write a JSON value one is canonical, and this reads nothing else. Nothing is built:
// it walks the bytes, so that a duplicate key, a number a parser would round, or nesting without end is met here and
// never by a parser. The bytes must be UTF-8 (checked by the caller) and end with a newline, which stops every loop.

export const MAX_DEPTH = 64;
const MAX_MEMBERS = 64;

/** Where the members of the outermost object lie. One is made and used again for line after line. */
export interface Members {
  count: number;
  readonly keyFrom: Int32Array;
  readonly keyTo: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

export function newMembers(): Members {
  const places = () => new Int32Array(MAX_MEMBERS);
  return { count: 0, keyFrom: places(), keyTo: places(), from: places(), to: places() };
}

export class NotCanonical extends Error {}

const [QUOTE, BACKSLASH, COMMA, MINUS, COLON] = [0x22, 0x5c, 0x2c, 0x2d, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** The one way to write each character that has to be escaped, besides quote and backslash. */
const ESCAPE = /^(?:\\[bfnrt]|\\u00(?:0[0-7be-f]|1[0-9a-f]))/;

/** Returns where the string ends, behind its quote. */
function string(bytes: Buffer, from: number): number {
  let at = from + 1;
  for (;;) {
    let byte = bytes[at] as number;
    while (byte !== QUOTE && byte !== BACKSLASH && byte >= 0x20) byte = bytes[++at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) throw new NotCanonical("a string holds a bare control character, or never ends");
    if (bytes[at + 1] === QUOTE || bytes[at + 1] === BACKSLASH) at += 2;
    else {
      const escaped = ESCAPE.exec(bytes.toString("latin1", at, at + 6));
      if (!escaped) throw new NotCanonical("a string holds an escape that is not the canonical one");
      at += escaped[0].length;
    }
  }
}

/** As JavaScript prints it; so no leading zero, no -0, nothing a double cannot hold. */
function number(bytes: Buffer, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  const first = at;
  while (isDigit(bytes[at])) at++;
  const isFraction = bytes[at] === 0x2e || bytes[at] === 0x65;
  const isShort = at - first <= 15 && first === from && (bytes[first] !== 0x30 || at - first === 1);
  if (at > first && isShort && !isFraction) return at;
  while (/[-+.e0-9]/.test(String.fromCharCode(bytes[at] as number))) at++;
  const text = bytes.toString("latin1", from, Math.min(at, from + 40));
  const value = Number(text);
  if (at - from > 40 || text === "" || String(value) !== text)
    throw new NotCanonical("a number is not written the canonical way, or is beyond what a double can hold");
  return at;
}

/** Keys rise by UTF-16 code units, which for ASCII are its bytes; so no key comes twice. */
function isAfter(bytes: Buffer, from: number, to: number, beforeFrom: number, beforeTo: number): boolean {
  const length = Math.min(to - from, beforeTo - beforeFrom);
  for (let at = 0; at < length; at++) {
    const [a, b] = [bytes[beforeFrom + at] as number, bytes[from + at] as number];
    if (a >= 0x80 || b >= 0x80 || a === BACKSLASH || b === BACKSLASH) {
      const key = (first: number, end: number): string =>
        JSON.parse(`"${bytes.toString("utf8", first, end)}"`);
      return key(from, to) > key(beforeFrom, beforeTo);
    }
    if (a !== b) return a < b;
  }
  return to - from > beforeTo - beforeFrom;
}

function object(bytes: Buffer, from: number, depth: number, members: Members | null): number {
  let at = from + 1;
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (let [beforeFrom, beforeTo] = [0, -1]; ; at++) {
    if (bytes[at] !== QUOTE) throw new NotCanonical("a key is missing");
    const keyFrom = at + 1;
    const keyTo = string(bytes, at) - 1;
    if (beforeTo >= 0 && !isAfter(bytes, keyFrom, keyTo, beforeFrom, beforeTo))
      throw new NotCanonical("keys are not in canonical order, or one comes twice");
    if (bytes[keyTo + 1] !== COLON) throw new NotCanonical("a key has no value");
    at = value(bytes, keyTo + 2, depth + 1, null);
    if (members) {
      const { count } = members;
      if (count === MAX_MEMBERS) throw new NotCanonical("an object has more members than any line has");
      members.keyFrom[count] = keyFrom;
      members.keyTo[count] = keyTo;
      members.from[count] = keyTo + 2;
      members.to[count] = at;
      members.count = count + 1;
    }
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) throw new NotCanonical("an object is not closed");
    beforeFrom = keyFrom;
    beforeTo = keyTo;
  }
}

function array(bytes: Buffer, from: number, depth: number): number {
  let at = from + 1;
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (; ; at++) {
    at = value(bytes, at, depth + 1, null);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) throw new NotCanonical("an array is not closed");
  }
}

function word(bytes: Buffer, from: number): number {
  const end = ["true", "false", "null"].find(
    (text) => bytes.toString("latin1", from, from + text.length) === text,
  );
  if (end === undefined) throw new NotCanonical("it is not JSON");
  return from + end.length;
}

function value(bytes: Buffer, from: number, depth: number, members: Members | null): number {
  if (depth > MAX_DEPTH) throw new NotCanonical(`it is nested deeper than ${MAX_DEPTH} levels`);
  const first = bytes[from];
  if (first === QUOTE) return string(bytes, from);
  if (first === OPEN_OBJECT) return object(bytes, from, depth, members);
  if (first === OPEN_ARRAY) return array(bytes, from, depth);
  if (first === MINUS || isDigit(first)) return number(bytes, from);
  return word(bytes, from);
}

/** Throws NotCanonical unless `from` to `to` is one canonical object, with a newline at `to`. Fills `members`. */
export function readObject(bytes: Buffer, from: number, to: number, members: Members): void {
  members.count = 0;
  if (bytes[from] !== OPEN_OBJECT) throw new NotCanonical("it is not an object");
  if (object(bytes, from, 1, members) !== to) throw new NotCanonical("something follows the object");
}
