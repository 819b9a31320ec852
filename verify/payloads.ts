// What follows an entry in a bundle: the events, documents and blobs that it commits to by digest.
import { createHash, type Hash as Digest } from "node:crypto";
import {
  type Entry,
  isAny,
  isCount,
  isDigest,
  isFlag,
  isText,
  isTrue,
  type Members,
  read,
  runsOf,
} from "./members.ts";
import { fromBase64 } from "./note.ts";
import { createRedactions } from "./redactions.ts";
import { type Findings, shown, Unreadable } from "./report.ts";
import { createRequests, ITEM } from "./requests.ts";
import { type Cover, createCover, hexOf, leafHash, sha256 } from "./tree.ts";

const FACTS = {
  ...{ type: isText, run: isText, seq: isCount, attempt: isCount },
  ...{ at: isText, observedBy: isText, kind: isText },
};
const EVENT = { ...FACTS, body: isAny, salt: isDigest };
const REDACTED_EVENT = { ...FACTS, commitment: isDigest };
const DOCUMENT = { type: isText, name: isText, sha256: isDigest, text: isText };
const BLOB = { type: isText, name: isText, commitment: isDigest };
const PART_OF_BLOB = { ...BLOB, salt: isDigest, part: isCount, last: isFlag, base64: isText };
const REDACTED_BLOB = { ...BLOB, redacted: isTrue };
const BLOB_ELSEWHERE = { ...BLOB, elsewhere: isTrue };

export interface Document {
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}

/** Under which member of which entry a payload of this name is cited. A name that is not here proves nothing. */
const CITED: ReadonlyMap<string, RegExp> = new Map([
  ["charter", /^\S+ charter$|^pilot\.charter_written digest$/],
  ["decision", /^gate\.\S+ digest$|^run\.merge_intended decision$/],
  ["assertion", /^(gate\.approval_given|break_glass\.used) assertion$/],
  ["evidence", /^run\.evidence_recorded digest$/],
  ["manifest", /^run\.patch_imported (digest|manifest)$/],
  ["diff", /^run\.patch_imported diff$/],
  ["bundle", /^run\.(patch_imported|agent_finished) bundle$|^run\.bundle_uploaded commitment$/],
  ["task", /^run\.launched task$/],
  ["message", /^message\.sent text$/],
  ["comment", /^review\.commented text$/],
  ["ask", /^ask\.opened asked$/],
  ["response", /^model\.answered response$/],
  ["reason", /^\S+ reason_sha256$/],
  ["state", /^\S+ (before|after)$/],
]);

function isCited({ kind, detail, charter, before, after }: Entry, name: string, by: string): boolean {
  const cites = [...Object.entries(detail), ...Object.entries({ charter, before, after })];
  return cites.some(([member, value]) => value === by && CITED.get(name)?.test(`${kind} ${member}`));
}

/** Under which members entries of a kind cite blobs, which follow where payloads are in the file. */
const FOLLOWED: ReadonlyMap<string, readonly (readonly [name: string, member: string])[]> = new Map([
  ["run.patch_imported", ["manifest", "diff", "bundle"].map((name) => [name, name] as const)],
  ["run.bundle_uploaded", [["bundle", "commitment"]]],
  ["run.launched", [["task", "task"]]],
  ["message.sent", [["message", "text"]]],
  ["review.commented", [["comment", "text"]]],
  ["ask.opened", [["ask", "asked"]]],
  ["model.answered", [["response", "response"]]],
]);

const saltedWith = (salt: string): Digest => createHash("sha256").update(Buffer.from(salt, "hex"));

/** What an event is known by. Its line is canonical, so the text of its body lies between the members beside it. */
function commitmentOf(event: ReturnType<typeof readEvent>, line: string): string {
  if ("commitment" in event) return event.commitment;
  const { at, attempt, kind, observedBy, run, salt, seq, type } = event;
  const from = `${JSON.stringify({ at, attempt })}"body":`.length;
  const to = line.length - JSON.stringify({ kind, observedBy, run, salt, seq, type }).length;
  return saltedWith(salt).update(line.slice(from, to)).digest("hex");
}

const readEvent = (line: Members) =>
  Object.hasOwn(line, "body") ? read(line, EVENT) : read(line, REDACTED_EVENT);

/** `isFull`: payloads are meant to be in the file. */
export function createPayloads(findings: Findings, isFull: boolean) {
  const counts = { events: 0, documents: 0, blobs: 0, batches: 0 };
  const redactions = createRedactions();
  const requests = createRequests(findings, isFull);
  /** What followed the newest entry already. */
  const met = new Set<string>();
  /** What follows it, and has not ended. */
  let batch: Cover | null = null;
  let blob: { readonly id: string; readonly name: string; readonly hash: Digest; parts: number } | null =
    null;

  const fails = ({ index }: Entry, says: string) => findings.add("contents", "fails", says, index);

  /** Whether the entry cites what follows it now; and that it does so for the first time. */
  function meet(entry: Entry, what: string, name: string, by: string): boolean {
    if (met.has(`${name} ${by}`)) fails(entry, `What it cites as ${shown(name)} follows it twice.`);
    met.add(`${name} ${by}`);
    const isMet = isCited(entry, name, by);
    if (!isMet) fails(entry, `It does not cite the ${what} ${shown(name)} that follows it.`);
    return isMet;
  }

  function endBlob(entry: Entry): void {
    if (blob) fails(entry, `The blob ${shown(blob.name)} is not there to its end.`);
    blob = null;
  }

  function beginBlob(entry: Entry, name: string, commitment: string, isElsewhere = false): void {
    endBlob(entry);
    if (name === ITEM && requests.takes(entry)) requests.add(entry, commitment, isElsewhere);
    else meet(entry, "blob", name, commitment);
  }

  function endBatch(entry: Entry, { size, root }: Cover): void {
    const bound = Number(entry.detail.to) - Number(entry.detail.from) + 1;
    if (size !== bound) fails(entry, `It binds ${bound} events and ${size} follow: all must, or none.`);
    else if (hexOf(root()) !== entry.detail.root)
      fails(entry, "An event that follows is not the one it binds: the events' tree has another root.");
    else counts.batches += 1;
  }

  return {
    /** Lines from here on belong to this entry. */
    open(entry: Entry): void {
      met.clear();
      if (entry.kind === "payload.redacted") redactions.say(entry);
    },

    /** `written` is the text of the line. */
    event(entry: Entry, line: Members, written: string): void {
      const { from, to, root, attempt } = entry.detail;
      endBlob(entry);
      const isBinding = isCount(from) && isCount(to) && from <= to && isDigest(root);
      if (entry.kind !== "run.events_appended" || !isBinding)
        throw new Unreadable("events follow an entry that binds none");
      batch ??= createCover();
      const event = readEvent(line);
      const { at, kind, observedBy, seq } = event;
      const run = runsOf(entry)[0] ?? "";
      if (`run:${event.run}` !== run || event.attempt !== attempt || seq !== from + batch.size)
        fails(entry, `The events that follow are not ${from} to ${to} of its run and attempt.`);
      const commitment = commitmentOf(event, written);
      const leaf = JSON.stringify({ at, attempt: event.attempt, commitment, kind, observedBy, seq });
      batch.append(0, leafHash(Buffer.from(`\0${leaf}`)));
      counts.events += 1;
      if ("commitment" in event) redactions.of(run).events += 1;
    },

    /** The document when the entry cites it. */
    document(entry: Entry, line: Members): Document | null {
      endBlob(entry);
      const document = read(line, DOCUMENT);
      counts.documents += 1;
      const isMet = meet(entry, "document", document.name, document.sha256);
      if (hexOf(sha256(Buffer.from(document.text))) === document.sha256) return isMet ? document : null;
      fails(entry, `The text of the document ${shown(document.name)} has another digest than it says.`);
      return null;
    },

    blob(entry: Entry, line: Members): void {
      if (Object.hasOwn(line, "redacted")) {
        const { name, commitment } = read(line, REDACTED_BLOB);
        beginBlob(entry, name, commitment);
        redactions.of(runsOf(entry)[0] ?? "").blobs.add(commitment);
        return;
      }
      if (Object.hasOwn(line, "elsewhere")) {
        const { name, commitment } = read(line, BLOB_ELSEWHERE);
        beginBlob(entry, name, commitment, true);
        if (name !== ITEM) fails(entry, `The blob ${shown(name)} is not shown where it is cited.`);
        return;
      }
      const { name, commitment, salt, part, last, base64 } = read(line, PART_OF_BLOB);
      const bytes = fromBase64(base64);
      if (bytes === null) throw new Unreadable("a part of a blob is not written as one");
      const id = `${name} ${commitment} ${salt}`;
      if (part === 0 || blob?.id !== id) beginBlob(entry, name, commitment);
      blob ??= { id, name, hash: saltedWith(salt), parts: 0 };
      if (part !== blob.parts)
        fails(entry, `A part of the blob ${shown(name)} is missing, comes twice or is another's.`);
      blob.parts += 1;
      blob.hash.update(bytes);
      if (!last) return;
      counts.blobs += 1;
      if (blob.hash.digest("hex") !== commitment)
        fails(entry, `The bytes of the blob ${shown(name)} are not what it commits to.`);
      blob = null;
    },

    /** The next entry begins, or the end is reached. */
    close(entry: Entry): void {
      endBlob(entry);
      if (batch) endBatch(entry, batch);
      batch = null;
      requests.close(entry);
      if (!isFull) return;
      const miss = (cited: string) => redactions.of(runsOf(entry)[0] ?? "").missing.add(cited);
      for (const [name, member] of FOLLOWED.get(entry.kind) ?? []) {
        const cited = entry.detail[member];
        if (isDigest(cited) && !met.has(`${name} ${cited}`)) miss(cited);
      }
    },

    /** `bound`: entries that bind events. `isWhole`: no leaf is left out. */
    finish(bound: number, isWhole: boolean): void {
      const { events, documents, blobs, batches } = counts;
      const says = `${events} events, ${documents} documents and ${blobs} blobs are what entries commit to.`;
      if (!findings.has("contents", "fails")) findings.add("contents", "holds", says);
      const unseen = `The events of ${bound - batches} batches are not in this file.`;
      if (bound > batches) findings.add("contents", isFull ? "not_shown" : "note", unseen);
      const without = "Payloads (events, blobs and reasons) are not in this file: it was made without them.";
      if (!isFull) findings.add("contents", "note", without);
      redactions.tell(findings, isWhole);
    },
  };
}
