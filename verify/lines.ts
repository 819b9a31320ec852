// The costly part of a bundle, which depends on its lines alone, so that blocks of them can be read side by side: each
// line is found canonical, and of an entry its text as well, which is then hashed as a leaf.
import { isUtf8 } from "node:buffer";
import { checkObject, NotCanonical, startsWith } from "./canonical.ts";
import { type Hash, leafHash } from "./tree.ts";

/** What the tree takes in at most; C2SP tlog-tiles writes the length in 16 bits. */
const MAX_ENTRY = 65_535;
const ENTRY_START = Buffer.from('{"body":"');
const ENTRY_END = /^","index":(0|[1-9]\d{0,14}),"type":"entry"\}$/;
const [NEWLINE, QUOTE, BACKSLASH] = [0x0a, 0x22, 0x5c];

/** A line that is no entry; an entry that says all by itself, that binds events, or that has to be looked into. */
export const MARK = { other: 0, plain: 1, batch: 2, read: 3 } as const;
const BATCH = Buffer.from('"run.events_appended"');
/** Kinds that mean something together with others, or with what has to follow them. */
const READ = [
  "break_glass.",
  "gate.",
  "run.launched",
  "run.merge",
  "run.rejected",
  "run.failed",
  "run.cancelled",
  "run.check_reported",
]
  .concat(
    "run.patch_imported",
    "run.bundle_uploaded",
    "model.called",
    "model.answered",
    "payload.redacted",
    "passkey.",
  )
  .map((kind) => Buffer.from(`"${kind}`));

/** What was found in the lines of a block, in their order. */
export interface Lines {
  readonly marks: Uint8Array<ArrayBuffer>;
  /** Of the entries. */
  readonly indexes: Float64Array<ArrayBuffer>;
  /** Of the entries, 32 bytes each. */
  readonly hashes: string;
  /** What is wrong with the line after those; null when all were read. */
  readonly problem: string | null;
}

/** Reads whole lines, each with its newline. */
export function readLines(bytes: Buffer): Lines {
  const [marks, indexes, hashes]: [number[], number[], string[]] = [[], [], []];
  let problem = isUtf8(bytes) ? null : "this part of the file is not UTF-8";
  for (let from = 0; from < bytes.length && problem === null; ) {
    const to = bytes.indexOf(NEWLINE, from);
    const isEntry = startsWith(bytes, from, ENTRY_START);
    try {
      if (isEntry) {
        const { index, hash, mark } = readEntry(bytes, from, to);
        indexes.push(index);
        hashes.push(hash);
        marks.push(mark);
      } else {
        checkObject(bytes, from, to);
        marks.push(MARK.other);
      }
    } catch (error) {
      if (!(error instanceof NotCanonical)) throw error;
      problem = `${isEntry ? "the entry cannot be read" : "it is not canonical JSON"}: ${error.message}`;
    }
    from = to + 1;
  }
  const columns = { marks: Uint8Array.from(marks), indexes: Float64Array.from(indexes) };
  return { ...columns, hashes: hashes.join(""), problem };
}

/** 0x00, the text of an entry, a newline. */
const leaf = Buffer.alloc(MAX_ENTRY + 2);

function readEntry(bytes: Buffer, from: number, to: number): { index: number; hash: Hash; mark: number } {
  let [at, end] = [from + ENTRY_START.length, 1];
  for (; at < to && bytes[at] !== QUOTE; at++) {
    // Canonical text holds no control character, so that nothing else in it needs an escape in its line.
    if (bytes[at] === BACKSLASH && bytes[++at] !== QUOTE && bytes[at] !== BACKSLASH)
      throw new NotCanonical("its text is not canonical JSON");
    if (end > MAX_ENTRY) throw new NotCanonical(`it is longer than ${MAX_ENTRY} bytes`);
    leaf[end++] = bytes[at] as number;
  }
  const index = ENTRY_END.exec(bytes.toString("latin1", at, to))?.[1];
  if (index === undefined) throw new NotCanonical("its line does not end with its index as an entry's must");
  leaf[end] = NEWLINE;
  const kind = checkObject(leaf, 1, end);
  if (kind === 0) throw new NotCanonical("it has no kind");
  const isRead = READ.some((start) => startsWith(leaf, kind, start));
  const mark = startsWith(leaf, kind, BATCH) ? MARK.batch : isRead ? MARK.read : MARK.plain;
  return { index: Number(index), hash: leafHash(leaf.subarray(0, end)), mark };
}

export interface Line {
  readonly mark: number;
  /** Of an entry. */
  readonly index: number;
  /** Of an entry, as a leaf. */
  readonly hash: Hash;
  readonly text: () => string;
}

/** The lines of a block one by one. */
export function* linesOf(bytes: Buffer, { marks, indexes, hashes }: Lines): Generator<Line> {
  let [start, entry] = [0, 0];
  for (const mark of marks) {
    const [from, to] = [start, bytes.indexOf(NEWLINE, start)];
    const hash = hashes.slice(entry * 32, entry * 32 + 32);
    yield { mark, index: indexes[entry] ?? 0, hash, text: () => bytes.toString("utf8", from, to) };
    if (mark !== MARK.other) entry += 1;
    start = to + 1;
  }
}
