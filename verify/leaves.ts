// The lines between header and end: leaves from left to right, each shown or by a hash, and what follows those shown.
import { type Line, MARK } from "./lines.ts";
import { type Entry, entryOf, isCount, isDigest, isText, type Members, read } from "./members.ts";
import { createMerges } from "./merges/merges.ts";
import type { Checkpoint } from "./note.ts";
import type { OldCheckpoints } from "./old.ts";
import { createPasskeys } from "./passkeys/passkeys.ts";
import { createPayloads } from "./payloads.ts";
import type { Policy } from "./policy.ts";
import { type Findings, shown, Unreadable } from "./report.ts";
import { createCover, type Hash, hashOfHex } from "./tree.ts";

const NODE = { type: isText, level: isCount, index: isCount, hash: isDigest };
const BROKEN = { type: isText, index: isCount, why: isText };
const END = { type: isText, lines: isCount };

/** `isFull`: payloads are meant to be in the file. */
export function createLeaves(
  { origin, size, root }: Checkpoint,
  old: OldCheckpoints,
  isFull: boolean,
  findings: Findings,
  pins: Policy["passkeys"],
) {
  const cover = createCover();
  const payloads = createPayloads(findings, isFull);
  const passkeys = createPasskeys(findings, pins, origin.endsWith("/1"));
  const merges = createMerges(findings, passkeys.isSigned);
  /** Entries shown, and those that bind events. */
  let [entries, batches] = [0, 0];
  /** The newest entry shown, as long as what belongs to it may follow; what it says, once somebody had to know. */
  let newest: Line | null = null;
  let entry: Entry | null = null;

  function append(level: number, hash: Hash): void {
    const end = cover.size + 2 ** level;
    old.compare(cover, end);
    if (end <= size && cover.append(level, hash)) return;
    findings.add("tree", "fails", `What follows is no part of a tree of ${size} entries here.`, cover.size);
    throw new Unreadable("its place is taken, or is beyond the end");
  }

  function misplaced(what: string): never {
    const says = `${what} here: entries are missing, twice or out of order.`;
    findings.add("tree", "fails", says, cover.size);
    throw new Unreadable("what follows cannot be placed");
  }

  function open(): Entry {
    if (!newest) throw new Unreadable("an event, document or blob stands where no entry precedes it");
    if (entry) return entry;
    entry = entryOf(newest.text(), newest.index);
    if (!entry) {
      findings.add("contents", "fails", "It does not say what happened, about what, by whom.", newest.index);
      throw new Unreadable("what belongs to such an entry cannot be read");
    }
    payloads.open(entry);
    passkeys.open(entry);
    merges.open(entry);
    return entry;
  }

  /** Nothing more belongs to the newest entry. */
  function close(): void {
    if (entry) payloads.close(entry);
    if (entry) passkeys.close(entry, entries === cover.size);
    if (entry) merges.close(entry, entries === cover.size);
    newest = entry = null;
  }

  function node(line: Members): void {
    close();
    const { level, index, hash } = read(line, NODE);
    if (level > 52 || index !== cover.size / 2 ** level)
      misplaced(`A subtree of 2^${level} entries does not begin`);
    append(level, hashOfHex(hash));
  }

  function document(line: Members): void {
    const of = open();
    const cited = payloads.document(of, line);
    if (cited) passkeys.document(cited);
    if (cited) merges.document(of, cited);
  }

  /** Who made the file found that what is stored is not what was signed, and stopped there. */
  function broken(line: Members): never {
    const { index, why } = read(line, BROKEN);
    findings.add("contents", "fails", `Whoever made this file stopped here, saying: ${why}`, index);
    throw new Unreadable("the file ends where its maker stopped");
  }

  function end(line: Members, before: number): void {
    close();
    const { lines } = read(line, END);
    if (lines !== before) throw new Unreadable(`it says that ${lines} lines precede it, and ${before} do`);
  }

  return {
    close,
    entry(line: Line): void {
      close();
      if (line.index !== cover.size) misplaced(`An entry of index ${line.index} stands`);
      append(0, line.hash);
      newest = line;
      entries += 1;
      if (line.mark === MARK.batch) batches += 1;
      if (line.mark === MARK.read) open();
    },

    /** A line that is no entry, and how many precede it. Returns whether it is the last. */
    other(written: string, before: number): boolean {
      const line = JSON.parse(written) as Members;
      if (line.type === "node") node(line);
      else if (line.type === "event") payloads.event(open(), line, written);
      else if (line.type === "document") document(line);
      else if (line.type === "blob") payloads.blob(open(), line);
      else if (line.type === "broken") broken(line);
      else if (line.type === "end") end(line, before);
      else throw new Unreadable(`its type is unknown: ${shown(String(line.type))}`);
      return line.type === "end";
    },

    /** What can be said only at the end. */
    finish(): void {
      findings.add("format", "holds", "Every line is canonical and in its place, up to the end line.");
      old.compare(cover, cover.size + 1);
      const left = size - entries;
      const more = left === 0 ? "" : ` ${left} of them are left out and stand there by hash alone.`;
      const held = old.heldUpTo();
      const where = held === 0 ? "" : ` The first ${held} are as they were when you got your checkpoint.`;
      const other = "These entries are not the ones that were signed: they lead to another root.";
      if (cover.size < size)
        findings.add("tree", "fails", `Entries ${cover.size} to ${size - 1} are missing.`, cover.size);
      else if (cover.root() !== root) findings.add("tree", "fails", `${other}${where}`);
      else findings.add("tree", "holds", `The ${size} entries lead to the root that was signed.${more}`);
      passkeys.finish();
      merges.finish();
      payloads.finish(batches, entries === size);
    },
  };
}
