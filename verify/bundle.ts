// A bundle from its first line to its last: header, leaves from left to right with what they commit to, end.
import { type Block, readBlocks } from "./blocks.ts";
import { NotCanonical, newMembers, readObject } from "./canonical.ts";
import { ENTRY_START, MARK, startsWith } from "./entries.ts";
import { createMerges, type Merges } from "./merges.ts";
import { type Checkpoint, parseCheckpoint, Unreadable } from "./note.ts";
import { createOldCheckpoints, type OldCheckpoints } from "./old.ts";
import {
  createPayloads,
  type Entry,
  hexText,
  type Line,
  membersOf,
  type Payloads,
  textOf,
} from "./payloads.ts";
import type { Policy } from "./policy.ts";
import { createFindings, type Findings, type Report, shown } from "./report.ts";
import { checkSignatures } from "./signatures.ts";
import { type Cover, createCover, hashOfHex } from "./tree.ts";

export interface VerifyOptions {
  /** Checkpoints that the reader got earlier: signed notes, as octets. */
  readonly old?: readonly string[];
}

interface Reading {
  readonly findings: Findings;
  readonly cover: Cover;
  readonly payloads: Payloads;
  readonly merges: Merges;
  readonly old: OldCheckpoints;
  readonly checkpoint: Checkpoint;
  /** Payloads are meant to be in the file. */
  readonly isFull: boolean;
  entries: number;
  batches: number;
  /** The line of the newest entry, as long as lines that belong to it may follow. */
  line: { readonly bytes: Buffer; readonly from: number; readonly to: number } | null;
  /** The same entry, once somebody had to look into it. */
  entry: Entry | null;
  hasEnded: boolean;
}

const members = newMembers();

function lineAt(bytes: Buffer, from: number, to: number): Line {
  try {
    readObject(bytes, from, to, members);
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    throw new Unreadable(`it is not canonical JSON: ${error.message}`);
  }
  const line = new Map<string, string>();
  for (let at = 0; at < members.count; at++) {
    const key = bytes.toString("utf8", members.keyFrom[at] as number, members.keyTo[at] as number);
    line.set(key, bytes.toString("utf8", members.from[at] as number, members.to[at] as number));
  }
  return line;
}

const octetsOf = (text: string): string => Buffer.from(text, "utf8").toString("binary");

function begin(line: Line, findings: Findings, policy: Policy, old: readonly string[]): Reading {
  if (line.get("type") !== '"header"') throw new Unreadable("it is not the header of a bundle");
  const keys = ["about", "blobs", "checkpoint", "epoch", "format", "origin", "size", "type"] as const;
  const [about = "", blobs = "", note = "", epoch, format, origin = "", size] = membersOf(line, ...keys);
  if (format !== '"pilothouse-log/1"') throw new Unreadable("its format is not pilothouse-log/1");
  if (!/^"(export|dossier|proof)"$/.test(about) || !/^(true|false)$/.test(blobs))
    throw new Unreadable("its header does not say what the file is about, or whether payloads are in it");
  const checkpoint = parseCheckpoint(octetsOf(textOf(note)));
  const last = checkpoint.origin.slice(checkpoint.origin.lastIndexOf("/") + 1);
  if (octetsOf(textOf(origin)) !== checkpoint.origin || size !== String(checkpoint.size) || epoch !== last)
    findings.add("checkpoint", "fails", "The header names another log, epoch or size than its checkpoint.");
  checkSignatures(checkpoint, policy, findings);
  const cover = createCover();
  const isFull = blobs === "true" && about !== '"proof"';
  return {
    ...{ findings, checkpoint, cover, isFull },
    ...{ payloads: createPayloads(findings, isFull), merges: createMerges(findings) },
    old: createOldCheckpoints(old.map(parseCheckpoint), checkpoint, policy, findings),
    ...{ entries: 0, batches: 0, line: null, entry: null, hasEnded: false },
  };
}

function append(reading: Reading, level: number, hash: string): void {
  const { cover, checkpoint, findings, old } = reading;
  old.before(cover, 2 ** level);
  if (cover.size + 2 ** level <= checkpoint.size && cover.append(level, hash)) return;
  findings.add(
    "tree",
    "fails",
    `What follows is no part of a tree of ${checkpoint.size} entries here.`,
    cover.size,
  );
  throw new Unreadable("its place is taken, or is beyond the end");
}

/** Nothing more belongs to the newest entry. */
function closeEntry(reading: Reading): void {
  if (reading.entry) {
    reading.payloads.close();
    reading.merges.close(reading.entries === reading.cover.size);
  }
  reading.line = reading.entry = null;
}

/** Reads the text of the newest entry, which was found canonical before. */
function openEntry(reading: Reading): void {
  const { line, entry, cover } = reading;
  if (entry) return;
  if (!line) throw new Unreadable("an event, document or blob stands where no entry precedes it");
  const { body } = JSON.parse(line.bytes.toString("utf8", line.from, line.to)) as { body: string };
  const { kind, about, actor, detail, ...more } = JSON.parse(body) as Record<string, unknown>;
  const index = cover.size - 1;
  const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (typeof kind !== "string" || !Array.isArray(about) || !isObject(actor) || !isObject(detail)) {
    reading.findings.add("contents", "fails", "It does not say what happened, about what, by whom.", index);
    throw new Unreadable("what belongs to such an entry cannot be read");
  }
  const digest = (key: string) => (typeof more[key] === "string" ? more[key] : null);
  reading.entry = {
    ...{ index, version: typeof more.v === "number" ? more.v : 0, kind, about: about.map(String) },
    ...{ actor: actor as Entry["actor"], detail: detail as Entry["detail"] },
    ...{ charter: digest("charter"), before: digest("before"), after: digest("after") },
  };
  reading.payloads.open(reading.entry);
  reading.merges.open(reading.entry);
}

function readNode(reading: Reading, line: Line): void {
  closeEntry(reading);
  const [hash = "", index, level = "", _] = membersOf(line, "hash", "index", "level", "type");
  const height = /^\d{1,2}$/.test(level) ? Number(level) : 99;
  if (height > 52 || index !== String(reading.cover.size / 2 ** height)) {
    const says = `A subtree of 2^${height} entries does not begin here: entries are missing, twice or out of order.`;
    reading.findings.add("tree", "fails", says, reading.cover.size);
    throw new Unreadable("what follows cannot be placed");
  }
  append(reading, height, hashOfHex(hexText(hash)));
}

function readEnd(reading: Reading, line: Line, before: number): void {
  closeEntry(reading);
  const [lines] = membersOf(line, "lines", "type");
  if (lines !== String(before))
    throw new Unreadable(`it says that ${lines} lines precede it, and ${before} do`);
  reading.hasEnded = true;
}

/** Who made the file found that what is stored is not what was signed, and stopped there. */
function readBroken({ findings }: Reading, line: Line): void {
  const [index, why = ""] = membersOf(line, "index", "why", "type");
  findings.add(
    "contents",
    "fails",
    `Whoever made this file stopped here, saying: ${textOf(why)}`,
    Number(index),
  );
  throw new Unreadable("the file ends where its maker stopped");
}

function readDocument({ payloads, merges, entry }: Reading, line: Line): void {
  const document = payloads.document(line);
  if (document && entry) merges.document(entry, document);
}

/** `before`: how many lines precede it. */
function readLine(reading: Reading, line: Line, before: number): void {
  const type = textOf(line.get("type") ?? '""');
  if (type === "event" || type === "document" || type === "blob") openEntry(reading);
  switch (type) {
    case "node":
      readNode(reading, line);
      break;
    case "event":
      reading.payloads.event(line);
      break;
    case "document":
      readDocument(reading, line);
      break;
    case "blob":
      reading.payloads.blob(line);
      break;
    case "broken":
      readBroken(reading, line);
      break;
    case "end":
      readEnd(reading, line, before);
      break;
    default:
      throw new Unreadable(`its type is unknown: ${shown(type)}`);
  }
}

/** The entry lines of the block were read already, in `entries`. */
function readEntry(reading: Reading, { bytes, entries }: Block, at: number, from: number, to: number): void {
  closeEntry(reading);
  if (at === entries.indexes.length) throw new Unreadable(`the entry cannot be read: ${entries.problem}`);
  const { cover, findings } = reading;
  if (entries.indexes[at] !== cover.size) {
    const says = `An entry of index ${entries.indexes[at]} stands here: entries are missing, twice or out of order.`;
    findings.add("tree", "fails", says, cover.size);
    throw new Unreadable("what follows cannot be placed");
  }
  append(reading, 0, entries.hashes.slice(at * 32, at * 32 + 32));
  reading.line = { bytes, from, to };
  reading.entries += 1;
  if (entries.marks[at] === MARK.batch) reading.batches += 1;
  if (entries.marks[at] === MARK.read) openEntry(reading);
}

/** What can be said only at the end. */
function finish({
  findings,
  cover,
  checkpoint,
  payloads,
  entries,
  batches,
  isFull,
  old,
  merges,
}: Reading): void {
  const { size } = checkpoint;
  findings.add("format", "holds", "Every line is canonical and in its place, up to the end line.");
  if (cover.size < size)
    findings.add("tree", "fails", `Entries ${cover.size} to ${size - 1} are missing.`, cover.size);
  else if (cover.root() !== checkpoint.root) {
    const from = old.heldUpTo();
    const where = from === 0 ? "" : ` The first ${from} are as they were when you got your checkpoint.`;
    findings.add(
      "tree",
      "fails",
      `These entries are not the ones that were signed: they lead to another root.${where}`,
    );
  } else {
    const left = size - entries;
    const more = left === 0 ? "" : ` ${left} of them are left out and stand there by hash alone.`;
    findings.add("tree", "holds", `The ${size} entries lead to the root that was signed.${more}`);
  }
  old.finish();
  const { events, documents, blobs } = payloads.counts;
  if (!findings.has("contents", "fails"))
    findings.add(
      "contents",
      "holds",
      `${events} events, ${documents} documents and ${blobs} blobs are what entries commit to.`,
    );
  const unseen = batches - payloads.counts.batches;
  if (unseen > 0)
    findings.add(
      "contents",
      isFull ? "not_shown" : "note",
      `The events of ${unseen} batches are not in this file.`,
    );
  if (!isFull)
    findings.add(
      "contents",
      "note",
      "Payloads (events, blobs and reasons) are not in this file: it was made without them.",
    );
  if (merges.counts.merges === 0) findings.add("merges", "note", "No merge is among the entries shown.");
  payloads.tellRedacted(entries === size);
}

/** Reads the stream once, in memory that does not grow with it. Never throws for what it reads. */
export async function verifyBundle(
  stream: AsyncIterable<Uint8Array>,
  policy: Policy,
  { old = [] }: VerifyOptions = {},
): Promise<Report> {
  const findings = createFindings();
  let reading: Reading | null = null;
  let lines = 0;
  let inLine = false;
  try {
    for await (const block of readBlocks(stream)) {
      const { bytes } = block;
      inLine = true;
      for (let from = 0, entry = 0; from < bytes.length; lines++) {
        const to = bytes.indexOf(0x0a, from);
        if (reading?.hasEnded) throw new Unreadable("something follows the end line");
        if (startsWith(bytes, from, ENTRY_START)) {
          if (!reading) throw new Unreadable("it is not the header of a bundle");
          readEntry(reading, block, entry++, from, to);
        } else {
          if (block.entries.isText === false) throw new Unreadable("this part of the file is not UTF-8");
          const line = lineAt(bytes, from, to);
          if (reading) readLine(reading, line, lines);
          else reading = begin(line, findings, policy, old);
        }
        from = to + 1;
      }
      inLine = false;
    }
    if (!reading?.hasEnded)
      throw new Unreadable(lines === 0 ? "The file is empty." : "The file has no end line: it was cut.");
    finish(reading);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return findings.report(inLine ? `Line ${lines + 1}: ${error.message}.` : error.message);
  }
  return findings.report(null);
}
