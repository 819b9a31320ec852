// The costly part of a bundle: each entry's text is taken out of its line, read, and hashed as a leaf. Depends on the
// lines alone, so that blocks of lines can be read side by side.
import { isUtf8 } from "node:buffer";
import { isDigit, NotCanonical, newMembers, readObject } from "./canonical.ts";
import { leafHash } from "./tree.ts";

/** What the tree takes in at most; C2SP tlog-tiles writes the length in 16 bits. */
export const MAX_ENTRY = 65_535;
export const ENTRY_START = Buffer.from('{"body":"');
const TAIL = Buffer.from('","index":');
const END = Buffer.from(',"type":"entry"}');
const [NEWLINE, QUOTE, BACKSLASH] = [0x0a, 0x22, 0x5c];

/** What an entry asks for besides its place in the tree. */
export const MARK = { plain: 0, batch: 1, read: 2 } as const;
/** Kinds that mean something together with others, or with what has to follow them. */
const READ =
  /^"(?:gate\.|run\.(?:launched|merge|rejected|failed|cancelled|patch_imported|bundle_uploaded)|payload\.redacted)/;

export interface EntryBlock {
  readonly indexes: Float64Array<ArrayBuffer>;
  /** One after the other, 32 bytes each. */
  readonly hashes: string;
  readonly marks: Uint8Array<ArrayBuffer>;
  /** What is wrong with the entry after the last one read; null when all were read. */
  readonly problem: string | null;
  /** Whether all bytes are UTF-8. */
  readonly isText: boolean;
}

export function startsWith(bytes: Buffer, at: number, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[at + i] !== start[i]) return false;
  return true;
}

const members = newMembers();
/** 0x00, the text of an entry, a newline; twice as long, so that no line has to be measured while it is read. */
const leaf = Buffer.alloc(2 * MAX_ENTRY + 100);

/** Undoes the escaping of a line into `leaf`. Returns where the text ends in the line and in `leaf`. */
function takeText(bytes: Buffer, from: number, end: number): { at: number; length: number } {
  if (end - from > 2 * MAX_ENTRY + 90) throw new NotCanonical(`it is longer than ${MAX_ENTRY} bytes`);
  let [at, to] = [from, 1];
  for (; at < end; at++) {
    let byte = bytes[at] as number;
    if (byte <= BACKSLASH) {
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        byte = bytes[++at] as number;
        // Canonical text holds no control character, so nothing else in it needs an escape.
        if (byte !== QUOTE && byte !== BACKSLASH) throw new NotCanonical("its text is not canonical JSON");
      }
    }
    leaf[to++] = byte;
  }
  if (to - 1 > MAX_ENTRY) throw new NotCanonical(`it is longer than ${MAX_ENTRY} bytes`);
  return { at, length: to };
}

/** The number between the text and the end of an entry's line. */
function indexAt(bytes: Buffer, at: number, end: number): number {
  const from = at + TAIL.length;
  let [to, index] = [from, 0];
  for (; to < from + 16 && isDigit(bytes[to]); to++) index = index * 10 + (bytes[to] as number) - 0x30;
  const isNumber = to > from && Number.isSafeInteger(index) && (bytes[from] !== 0x30 || to - from === 1);
  if (!isNumber || to + END.length !== end || !startsWith(bytes, at, TAIL) || !startsWith(bytes, to, END))
    throw new NotCanonical("its line does not end with its index as an entry's must");
  return index;
}

function markOf(): number {
  for (let at = 0; at < members.count; at++) {
    const from = members.keyFrom[at] as number;
    if ((members.keyTo[at] as number) - from === 4 && leaf.toString("latin1", from, from + 4) === "kind") {
      const kind = leaf.toString("latin1", members.from[at] as number, members.to[at] as number);
      if (kind === '"run.events_appended"') return MARK.batch;
      return READ.test(kind) ? MARK.read : MARK.plain;
    }
  }
  throw new NotCanonical("it has no kind");
}

/** Reads every entry line of a block of whole lines, and leaves the others alone. */
export function readEntries(bytes: Buffer): EntryBlock {
  const indexes: number[] = [];
  const marks: number[] = [];
  const hashes: string[] = [];
  const isText = isUtf8(bytes);
  let problem = isText ? null : "this part of the file is not UTF-8";
  for (let from = 0; from < bytes.length && problem === null; ) {
    const end = bytes.indexOf(NEWLINE, from);
    if (startsWith(bytes, from, ENTRY_START)) {
      try {
        const { at, length } = takeText(bytes, from + ENTRY_START.length, end);
        const index = indexAt(bytes, at, end);
        leaf[length] = NEWLINE;
        readObject(leaf, 1, length, members);
        marks.push(markOf());
        hashes.push(leafHash(leaf.subarray(0, length)));
        indexes.push(index);
      } catch (error) {
        if (!(error instanceof NotCanonical)) throw error;
        problem = error.message;
      }
    }
    from = end + 1;
  }
  return {
    indexes: Float64Array.from(indexes),
    hashes: hashes.join(""),
    marks: Uint8Array.from(marks),
    problem,
    isText,
  };
}
