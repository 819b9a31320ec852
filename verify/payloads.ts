// What follows an entry in a bundle: the events, documents and blobs that it commits to by digest.
import { createHash, type Hash as Digest } from "node:crypto";
import { fromBase64, Unreadable } from "./note.ts";
import { createRedactions } from "./redactions.ts";
import { type Findings, shown } from "./report.ts";
import { type Cover, createCover, hexOf, leafHash, sha256 } from "./tree.ts";

/** A line of a bundle: the canonical text of each member. */
export type Line = ReadonlyMap<string, string>;

export interface Entry {
  readonly index: number;
  /** Version of its format; 0 where it says none. */
  readonly version: number;
  readonly kind: string;
  readonly about: readonly string[];
  readonly actor: Readonly<Record<string, unknown>>;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Digest of the charter in force. */
  readonly charter: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Document {
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
}

const HEX = /^[0-9a-f]{64}$/;
/** Under which member of which entry a payload of this name is cited. A name that is not here proves nothing. */
const CITED: Readonly<Record<string, RegExp>> = {
  charter: /^\S+ charter$|^pilot\.charter_written digest$/,
  decision: /^gate\.\S+ digest$|^run\.merge_intended decision$/,
  evidence: /^run\.evidence_recorded digest$/,
  manifest: /^run\.patch_imported (digest|manifest)$/,
  diff: /^run\.patch_imported diff$/,
  bundle: /^run\.(patch_imported|agent_finished) bundle$|^run\.bundle_uploaded commitment$/,
  reason: /^\S+ reason_sha256$/,
  state: /^\S+ (before|after)$/,
};

function isCited(entry: Entry, name: string, digest: string): boolean {
  const pattern = Object.hasOwn(CITED, name) ? CITED[name] : undefined;
  const { charter, before, after } = entry;
  const cites = [...Object.entries(entry.detail), ...Object.entries({ charter, before, after })];
  return (
    pattern !== undefined &&
    cites.some(([key, value]) => value === digest && pattern.test(`${entry.kind} ${key}`))
  );
}

/** Under which members entries of a kind cite blobs, which follow where payloads are in the file. */
const FOLLOWED: ReadonlyMap<string, readonly (readonly [name: string, member: string])[]> = new Map([
  ["run.patch_imported", ["manifest", "diff", "bundle"].map((name) => [name, name] as const)],
  ["run.bundle_uploaded", [["bundle", "commitment"]]],
]);

/** The members of a line, which must be exactly these. */
export function membersOf(line: Line, ...keys: string[]): string[] {
  const values = keys.flatMap((key) => line.get(key) ?? []);
  if (line.size !== keys.length || values.length !== keys.length)
    throw new Unreadable(
      `a line of type ${shown(line.get("type") ?? "none")} has other members than it must have`,
    );
  return values;
}

export function textOf(raw: string): string {
  if (!raw.startsWith('"')) throw new Unreadable("a text is expected where something else stands");
  return JSON.parse(raw) as string;
}

export function hexText(raw: string, length = 64): string {
  const hex = raw.slice(1, -1);
  if (raw.length !== length + 2 || !/^"[0-9a-f]+"$/.test(raw))
    throw new Unreadable("a digest is not written as one");
  return hex;
}

interface Batch {
  readonly cover: Cover;
  readonly from: number;
  readonly count: number;
}

interface Blob {
  readonly name: string;
  readonly commitment: string;
  readonly salt: string;
  readonly hash: Digest;
  parts: number;
}

export interface Payloads {
  /** Opens the entry that the lines from here on belong to. */
  open(entry: Entry): void;
  event(line: Line): void;
  /** The document when the entry cites it. */
  document(line: Line): Document | null;
  blob(line: Line): void;
  /** The next entry begins, or the end is reached. */
  close(): void;
  /** Says what was redacted, and whether entries say so too. `isWhole`: no leaf is left out. */
  tellRedacted(isWhole: boolean): void;
  readonly counts: { events: number; documents: number; blobs: number; batches: number };
}

/** `isFull`: payloads are meant to be in the file. */
export function createPayloads(findings: Findings, isFull: boolean): Payloads {
  const counts = { events: 0, documents: 0, blobs: 0, batches: 0 };
  const redactions = createRedactions(findings);
  /** What followed the open entry already. */
  const met = new Set<string>();
  let entry: Entry | null = null;
  let batch: Batch | null = null;
  let blob: Blob | null = null;

  const opened = (): Entry => {
    if (!entry) throw new Unreadable("an event, document or blob stands where no entry precedes it");
    return entry;
  };
  const fails = (says: string) => findings.add("contents", "fails", says, entry?.index);
  const run = () => opened().about.find((subject) => subject.startsWith("run:")) ?? "";

  function meet(name: string, digest: string): void {
    if (met.has(`${name} ${digest}`)) fails(`What it cites as ${shown(name)} follows it twice.`);
    met.add(`${name} ${digest}`);
  }

  function endBlob(): void {
    if (blob) fails(`The blob ${shown(blob.name)} is not there to its end.`);
    blob = null;
  }

  /** What the entry cites has to follow it, or it is missing. */
  function missBlobs({ kind, detail }: Entry): void {
    for (const [name, member] of FOLLOWED.get(kind) ?? []) {
      const commitment = String(detail[member]);
      if (HEX.test(commitment) && !met.has(`${name} ${commitment}`))
        redactions.missingBlob(run(), commitment);
    }
  }

  function begin({ kind, detail }: Entry): Batch {
    const [from, to] = [Number(detail.from), Number(detail.to)];
    if (kind !== "run.events_appended" || !HEX.test(String(detail.root)) || !(from <= to))
      throw new Unreadable("events follow an entry that binds none");
    return { cover: createCover(), from, count: to - from + 1 };
  }

  return {
    counts,
    open(next) {
      entry = next;
      met.clear();
      if (entry.kind === "payload.redacted") redactions.say(entry);
    },
    event(line) {
      const { detail } = opened();
      endBlob();
      batch ??= begin(opened());
      const hasBody = line.has("body");
      const [at, attempt, kind, observedBy, of = "", seq, , ...payload] = membersOf(
        line,
        ...["at", "attempt", "kind", "observedBy", "run", "seq", "type"],
        ...(hasBody ? ["body", "salt"] : ["commitment"]),
      );
      const [first = "", salt = ""] = payload;
      const commitment = hasBody
        ? hexOf(sha256(Buffer.concat([Buffer.from(hexText(salt), "hex"), Buffer.from(first)])))
        : hexText(first);
      if (!hasBody) redactions.event(run());
      const leaf = `\0{"at":${at},"attempt":${attempt},"commitment":"${commitment}","kind":${kind},"observedBy":${observedBy},"seq":${seq}}`;
      if (
        `run:${textOf(of)}` !== run() ||
        attempt !== String(detail.attempt) ||
        seq !== String(batch.from + batch.cover.size)
      )
        fails(
          `The events that follow are not ${String(detail.from)} to ${String(detail.to)} of its run and attempt.`,
        );
      batch.cover.append(0, leafHash(Buffer.from(leaf)));
      counts.events += 1;
    },
    document(line) {
      endBlob();
      const [name, sha, text] = membersOf(line, "name", "sha256", "text", "type").map(textOf) as [
        string,
        string,
        string,
      ];
      counts.documents += 1;
      meet(name, sha);
      if (hexOf(sha256(Buffer.from(text))) !== sha)
        fails(`The text of the document ${shown(name)} has another digest than it says.`);
      else if (!isCited(opened(), name, sha))
        fails(`It does not cite the document ${shown(name)} that follows it.`);
      else return { name, sha256: sha, text };
      return null;
    },
    blob(line) {
      const isRedacted = line.has("redacted");
      const [named = "", committed = "", , salt = '""', part = "0", last = "", base64 = '""'] = isRedacted
        ? membersOf(line, "name", "commitment", "type", "redacted").slice(0, 3)
        : membersOf(line, "name", "commitment", "type", "salt", "part", "last", "base64");
      const [name, commitment] = [textOf(named), hexText(committed)];
      if (blob && (blob.commitment !== commitment || blob.name !== name || part === "0")) endBlob();
      if (!blob) meet(name, commitment);
      if (!blob && !isCited(opened(), name, commitment))
        fails(`It does not cite the blob ${shown(name)} that follows it.`);
      if (isRedacted) {
        if (line.get("redacted") !== "true") throw new Unreadable("a blob is redacted or it is not");
        redactions.blob(run(), commitment);
        return;
      }
      const octets = fromBase64(textOf(base64));
      if (octets === null || !/^(true|false)$/.test(last))
        throw new Unreadable("a part of a blob is not written as one");
      blob ??= {
        name,
        commitment,
        salt,
        hash: createHash("sha256").update(Buffer.from(hexText(salt), "hex")),
        parts: 0,
      };
      if (part !== String(blob.parts) || salt !== blob.salt)
        fails(`A part of the blob ${shown(name)} is missing, comes twice or is another's.`);
      blob.parts += 1;
      blob.hash.update(Buffer.from(octets, "binary"));
      if (last !== "true") return;
      counts.blobs += 1;
      if (blob.hash.digest("hex") !== commitment)
        fails(`The bytes of the blob ${shown(name)} are not what it commits to.`);
      blob = null;
    },
    close() {
      endBlob();
      if (batch) {
        const { cover, count } = batch;
        if (cover.size !== count)
          fails(`It binds ${count} events and ${cover.size} follow: all must, or none.`);
        else if (hexOf(cover.root()) !== opened().detail.root)
          fails("An event that follows is not the one it binds: the events' tree has another root.");
        else counts.batches += 1;
      }
      if (entry && isFull) missBlobs(entry);
      batch = null;
      entry = null;
    },
    tellRedacted: redactions.tell,
  };
}
