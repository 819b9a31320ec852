// JSON of a request, read twice: by JSON.parse for its values, and by a scan of the bytes for what JSON.parse does not
// tell: where each field and each item stands, so that untouched parts go on byte by byte, and keys written twice, of
// which another parser might believe the other one.
import { Problem } from "../http/problem.ts";

export interface Span {
  readonly start: number;
  /** Offset after it. */
  readonly end: number;
}

export interface Member {
  readonly key: string;
  readonly value: Span;
  /** Of an array: its elements. */
  readonly elements: readonly Span[] | null;
}

export interface Document {
  readonly bytes: Buffer;
  readonly value: Readonly<Record<string, unknown>>;
  readonly members: readonly Member[];
}

export const MAX_DEPTH = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

const refused = (sentence: string, cause?: unknown) => new Problem("bad_request", sentence, { cause });

function parse(bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw refused("The body is not JSON in UTF-8.", error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refused("The body is not a JSON object.");
  return value as Record<string, unknown>;
}

/** Throws bad_request for what is no object in JSON, too deep, or has a key twice or one called `__proto__`. */
export function readJson(bytes: Buffer): Document {
  return { bytes, value: parse(bytes), members: scanMembers(bytes) };
}

interface Frame {
  readonly isObject: boolean;
  /** The key whose value comes next; null where a key is awaited, or in an array. */
  key: string | null;
  /** Where the value begins; -1 before its first byte. */
  start: number;
  readonly elements: Span[];
}

const frameOf = (isObject: boolean): Frame => ({
  isObject,
  key: null,
  start: -1,
  elements: [],
});

/** Offset after the string that begins at `start`. */
function stringEnd(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(QUOTE, start + 1); ; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** Two spellings of one key are one key. */
function keyOf(bytes: Buffer, start: number, end: number): string {
  const inner = bytes.toString("utf8", start, end);
  return inner.includes("\\") ? (JSON.parse(inner) as string) : inner.slice(1, -1);
}

function addKey(frame: Frame, keys: Set<string>, key: string): void {
  if (key === "__proto__") throw refused('The body has a key "__proto__", which nobody means.');
  if (keys.has(key))
    throw refused(`The body has the key ${JSON.stringify(key.slice(0, 80))} twice in one object.`);
  keys.add(key);
  frame.key = key;
}

/** The bytes are JSON already: JSON.parse took them. */
function scanMembers(bytes: Buffer): Member[] {
  const members: Member[] = [];
  const frames: Frame[] = [];
  const keySets: Set<string>[] = [];
  let frame: Frame | undefined;
  let lastEnd = 0;

  const finishValue = (of: Frame, closed: readonly Span[] | null) => {
    if (of.start === -1) return; // an empty object or array
    const span = { start: of.start, end: lastEnd };
    if (frames.length === 1 && of.key !== null) members.push({ key: of.key, value: span, elements: closed });
    else if (frames.length === 2 && !of.isObject) of.elements.push(span);
    of.start = -1;
    of.key = null;
  };

  let closed: readonly Span[] | null = null;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === COLON) {
      at++;
    } else if (byte === COMMA || byte === 0x7d || byte === 0x5d) {
      if (frame) finishValue(frame, closed);
      closed = null;
      at++;
      if (byte === COMMA) continue;
      const done = frames.pop();
      if (done?.isObject) keySets[frames.length]?.clear();
      closed = done && !done.isObject ? done.elements : null;
      frame = frames.at(-1);
      lastEnd = at;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (frame && frame.start === -1) frame.start = at;
      frame = frameOf(byte === 0x7b);
      frames.push(frame);
      if (frames.length > MAX_DEPTH) throw refused(`The body is nested deeper than ${MAX_DEPTH} levels.`);
      at++;
    } else if (byte === QUOTE) {
      const end = stringEnd(bytes, at);
      if (frame?.isObject && frame.key === null) {
        const depth = frames.length - 1;
        keySets[depth] ??= new Set<string>();
        addKey(frame, keySets[depth], keyOf(bytes, at, end));
      } else if (frame && frame.start === -1) frame.start = at;
      lastEnd = end;
      at = end;
    } else {
      if (frame && frame.start === -1) frame.start = at;
      at++;
      while (at < bytes.length && isPlain(bytes[at] ?? 0)) at++;
      lastEnd = at;
    }
  }
  return members;
}

/** Of a number, true, false or null. */
const isPlain = (byte: number) =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x30 && byte <= 0x39) ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e ||
  byte === 0x45;
