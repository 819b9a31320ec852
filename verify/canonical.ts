// RFC 8785: of all the ways to write a JSON value one is canonical, and this accepts nothing else. Nothing is built: it
// walks the bytes, so that a duplicate key, a number a parser would round, or nesting without end is met here and never
// by a parser. The bytes must be UTF-8 (checked by the caller) and end with a newline, which stops every loop.

export const MAX_DEPTH = 64;
/** More than any event has; what is built of so many takes less memory than the largest line. */
export const MAX_VALUES = 1 << 17;

export class NotCanonical extends Error {}

const [NEWLINE, QUOTE, BACKSLASH, COMMA, COLON] = [0x0a, 0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const KIND = Buffer.from('"kind"');
/** The one way to write each character that has to be escaped, besides quote and backslash. */
const ESCAPE = /^(?:\\[bfnrt]|\\u00(?:0[0-7be-f]|1[0-9a-f]))/;

/** Where the member `kind` of the outermost object begins; 0 while there is none. */
let kindAt = 0;
/** Values met in it. */
let values = 0;

/**
 * Throws NotCanonical unless `from` to `to` is one canonical object, with a newline at `to`. Returns where the value of
 * its member `kind` begins, or 0 where it has none.
 */
export function checkObject(bytes: Buffer, from: number, to: number): number {
  kindAt = values = 0;
  if (bytes[from] !== OPEN_OBJECT) throw new NotCanonical("it is not an object");
  if (object(bytes, from, 1) !== to) throw new NotCanonical("something follows the object");
  return kindAt;
}

export function startsWith(bytes: Buffer, at: number, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[at + i] !== start[i]) return false;
  return true;
}

// Each of the following takes where a value begins and returns where it ends.

function value(bytes: Buffer, from: number, depth: number): number {
  if (depth > MAX_DEPTH) throw new NotCanonical(`it is nested deeper than ${MAX_DEPTH} levels`);
  if (++values > MAX_VALUES) throw new NotCanonical(`it holds more than ${MAX_VALUES} values`);
  const first = bytes[from];
  if (first === QUOTE) return string(bytes, from);
  if (first === OPEN_OBJECT) return object(bytes, from, depth);
  if (first === OPEN_ARRAY) return array(bytes, from, depth);
  return atom(bytes, from);
}

function object(bytes: Buffer, from: number, depth: number): number {
  let at = from + 1;
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (let before = 0; ; at++) {
    if (bytes[at] !== QUOTE) throw new NotCanonical("a key is missing");
    const end = string(bytes, at);
    if (before > 0 && !isAfter(bytes, at, end, before))
      throw new NotCanonical("keys are not in canonical order, or one comes twice");
    if (bytes[end] !== COLON) throw new NotCanonical("a key has no value");
    if (depth === 1 && startsWith(bytes, at, KIND)) kindAt = end + 1;
    before = at;
    at = value(bytes, end + 1, depth + 1);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) throw new NotCanonical("an object is not closed");
  }
}

/** Whether a key rises above the one that begins at `before`, by UTF-16 code units: for ASCII by bytes. */
function isAfter(bytes: Buffer, from: number, end: number, before: number): boolean {
  for (let [a, b] = [from + 1, before + 1]; ; a++, b++) {
    const [own, other] = [bytes[a] as number, bytes[b] as number];
    if (own >= 0x80 || other >= 0x80 || own === BACKSLASH || other === BACKSLASH) {
      const key = (start: number, close: number) =>
        JSON.parse(bytes.toString("utf8", start, close)) as string;
      return key(from, end) > key(before, string(bytes, before));
    }
    if (own !== other || own === QUOTE) return own !== QUOTE && (other === QUOTE || own > other);
  }
}

function array(bytes: Buffer, from: number, depth: number): number {
  let at = from + 1;
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (; ; at++) {
    at = value(bytes, at, depth + 1);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) throw new NotCanonical("an array is not closed");
  }
}

function string(bytes: Buffer, from: number): number {
  for (let at = from + 1; ; ) {
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

/** A number as JavaScript prints it (no leading zero, no -0, nothing a double cannot hold), or a word. */
function atom(bytes: Buffer, from: number): number {
  let at = from;
  while (
    bytes[at] !== COMMA &&
    bytes[at] !== CLOSE_ARRAY &&
    bytes[at] !== CLOSE_OBJECT &&
    bytes[at] !== NEWLINE
  )
    at++;
  const text = bytes.toString("latin1", from, at);
  const number = Number(text);
  if (Number.isFinite(number) && String(number) === text) return at;
  if (text === "true" || text === "false" || text === "null") return at;
  throw new NotCanonical("a value is not JSON, or a number not written the canonical way");
}
