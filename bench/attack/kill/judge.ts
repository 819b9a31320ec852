// What the record holds after everything, against what the outside world was told. It shares no code with the writer:
// trees are the verifier's, canonical text is made here for the few shapes that the load uses.
import { createCover, leafHash } from "../../../verify/tree.ts";
import type { Memory } from "./memory.ts";
import { sha256 } from "./memory.ts";

export interface LeafRow {
  readonly epoch: number;
  readonly index: number;
  readonly entryId: string;
  readonly body: Buffer;
}

export interface EventRow {
  readonly runId: string;
  readonly seq: number;
  readonly attempt: number;
  readonly at: string;
  readonly observedBy: string;
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly salt: Buffer;
}

export interface GateRow {
  readonly id: string;
  readonly document: string;
  readonly digest: string;
  readonly charter: string;
  readonly charterDigest: string;
  readonly approvedDigests: readonly string[];
}

export interface BlobRow {
  readonly id: string;
  readonly commitment: string;
  readonly salt: Buffer;
  /** Null where the file is gone. */
  readonly bytes: Buffer | null;
}

export interface SeenHead {
  readonly size: number;
  /** 32 bytes as a binary string. */
  readonly root: string;
}

/** Everything that can be read afterwards. */
export interface WrittenRecord {
  /** In the log's order. */
  readonly leaves: readonly LeafRow[];
  /** Entries without a number. */
  readonly unnumbered: number;
  /** By run, then number. */
  readonly events: readonly EventRow[];
  readonly gates: readonly GateRow[];
  readonly blobs: readonly BlobRow[];
}

export interface Verdict {
  readonly lost: string[];
  readonly duplicated: string[];
  /** Anything else that is not as promised. */
  readonly broken: string[];
}

interface EntryText {
  readonly id: string;
  readonly kind: string;
  readonly about: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

const parse = ({ body }: LeafRow): EntryText => JSON.parse(body.toString("utf8")) as EntryText;

/** RFC 8785 for what JSON.parse gave and the load can have written: no number beyond the safe integers. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}

const countBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
};

/** Sent once, acknowledged or not: how often may it be there, and how often is it? */
function tell(verdict: Verdict, what: string, isAcknowledged: boolean, times: number): void {
  if (isAcknowledged && times === 0) verdict.lost.push(`${what} was acknowledged and is not there`);
  if (times > 1) verdict.duplicated.push(`${what} is there ${times} times`);
}

/** N1: what was acknowledged is in the log exactly once, at the one index it ever had. */
export function judgePresence(
  memory: Memory,
  { leaves, events, unnumbered }: WrittenRecord,
  verdict: Verdict,
): void {
  const entries = leaves.map(parse);
  for (const [id, times] of countBy(leaves, ({ entryId }) => entryId))
    if (times > 1) verdict.duplicated.push(`entry ${id} has ${times} numbers`);
  leaves.forEach(({ index, entryId }, place) => {
    if (index !== place) verdict.broken.push(`entry ${entryId} has the index ${index} at place ${place}`);
    if (entries[place]?.id !== entryId) verdict.broken.push(`number ${index} is not of the entry it names`);
  });
  if (unnumbered > 0) verdict.lost.push(`${unnumbered} entries have no number`);
  const marks = countBy(entries, ({ detail }) => String(detail.query_sha256));
  for (const { mark, isAcknowledged } of memory.entries)
    tell(verdict, `entry ${mark.slice(0, 12)}`, isAcknowledged, marks.get(mark) ?? 0);
  const texts = countBy(events, ({ body }) => String(body.text));
  for (const batch of memory.batches)
    for (const text of batch.texts)
      tell(verdict, `event “${text.slice(0, 60)}”`, batch.isAcknowledged, texts.get(text) ?? 0);
}

/** N2: every checkpoint that was ever seen is the head of the log as it was then. */
export function judgeHeads(leaves: readonly LeafRow[], seen: readonly SeenHead[], verdict: Verdict): void {
  const cover = createCover();
  const roots = new Map([[0, cover.root()]]);
  const sizes = new Set(seen.map(({ size }) => size));
  for (const { body } of leaves) {
    cover.append(0, leafHash(Buffer.concat([Buffer.of(0), body])));
    if (sizes.has(cover.size)) roots.set(cover.size, cover.root());
  }
  for (const { size, root } of seen) {
    const now = roots.get(size);
    if (now === undefined)
      verdict.lost.push(`a checkpoint of ${size} entries was out, and there are ${leaves.length}`);
    else if (now !== root) verdict.broken.push(`the checkpoint of ${size} entries is not of this log`);
  }
}

const hex = (binary: string): string => Buffer.from(binary, "binary").toString("hex");

function rootOf(events: readonly EventRow[]): string {
  const cover = createCover();
  for (const { at, attempt, kind, observedBy, seq, body, salt } of events) {
    const commitment = sha256(Buffer.concat([salt, Buffer.from(canonical(body), "utf8")]));
    const leaf = canonical({ at, attempt, commitment, kind, observedBy, seq });
    cover.append(0, leafHash(Buffer.concat([Buffer.of(0), Buffer.from(leaf, "utf8")])));
  }
  return hex(cover.root());
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly root: string;
}

/** N3: per run the numbers have no gap, and batches bind all of them once, in order. */
export function judgeRuns({ leaves, events }: WrittenRecord, verdict: Verdict): void {
  const ranges = new Map<string, Range[]>();
  for (const { kind, about, detail } of leaves.map(parse)) {
    if (kind !== "run.events_appended") continue;
    const run = about[0]?.slice("run:".length) ?? "";
    ranges.set(run, [...(ranges.get(run) ?? []), detail as unknown as Range]);
  }
  const runs = Map.groupBy(events, ({ runId }) => runId);
  for (const run of new Set([...ranges.keys(), ...runs.keys()])) {
    const stored = runs.get(run) ?? [];
    stored.forEach(({ seq }, place) => {
      if (seq !== place + 1) verdict.broken.push(`${run}: event ${seq} stands at place ${place + 1}`);
    });
    let bound = 0;
    for (const { from, to, root } of ranges.get(run) ?? []) {
      if (from !== bound + 1) verdict.broken.push(`${run}: a batch begins at ${from} after ${bound}`);
      if (rootOf(stored.slice(from - 1, to)) !== root)
        verdict.broken.push(`${run}: events ${from} to ${to} are not the ones the batch bound`);
      bound = to;
    }
    if (bound !== stored.length)
      verdict.broken.push(`${run}: ${stored.length} events, ${bound} bound by batches`);
  }
}

/** N13: what was shown and decided on can be rebuilt byte for byte, and is what the log cites. */
export function judgeShown(memory: Memory, { leaves, gates, blobs }: WrittenRecord, verdict: Verdict): void {
  const cited = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === "string") cited.add(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
  };
  const entries = leaves.map(parse);
  for (const { detail } of entries) collect(detail);
  const decisions = countBy(
    entries.filter(({ kind }) => kind === "gate.approval_given"),
    ({ about }) => about[0] ?? "",
  );
  const rows = new Map(gates.map((row) => [row.id, row]));
  for (const { gateId, document, digest, charter, charterDigest, isDecided } of memory.gates) {
    const row = rows.get(gateId);
    if (!row) {
      verdict.lost.push(`gate ${gateId} was shown and is not there`);
      continue;
    }
    const isWhole =
      row.document === document &&
      row.digest === digest &&
      sha256(row.document) === digest &&
      cited.has(digest);
    if (!isWhole) verdict.broken.push(`what gate ${gateId} showed cannot be rebuilt`);
    const isBound =
      row.charter === charter && sha256(row.charter) === charterDigest && cited.has(charterDigest);
    if (!isBound) verdict.broken.push(`the charter that gate ${gateId} was about cannot be rebuilt`);
    tell(verdict, `the decision at gate ${gateId}`, isDecided, decisions.get(`gate:${gateId}`) ?? 0);
    if (row.approvedDigests.some((approved) => approved !== digest))
      verdict.broken.push(`an approval at gate ${gateId} is bound to something else`);
  }
  const stored = new Map(blobs.map((row) => [row.id, row]));
  for (const { blobId, sha256: sent } of memory.blobs) {
    const row = stored.get(blobId);
    if (!row?.bytes) verdict.lost.push(`blob ${blobId} was acknowledged and is not there`);
    else if (sha256(row.bytes) !== sent) verdict.broken.push(`blob ${blobId} has other bytes`);
    else if (sha256(Buffer.concat([row.salt, row.bytes])) !== row.commitment || !cited.has(row.commitment))
      verdict.broken.push(`blob ${blobId} is not what the log commits to`);
  }
}

export function judge(memory: Memory, record: WrittenRecord, seen: readonly SeenHead[]): Verdict {
  const verdict: Verdict = { lost: [], duplicated: [], broken: [] };
  judgePresence(memory, record, verdict);
  judgeHeads(record.leaves, seen, verdict);
  judgeRuns(record, verdict);
  judgeShown(memory, record, verdict);
  return verdict;
}
