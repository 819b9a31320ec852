// The judge must find what it looks for: a record that is as it should be, and one of each kind that is not.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText } from "#lib/record/rules.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { canonical, type EventRow, judge, type LeafRow, type WrittenRecord } from "./judge.ts";
import { createMemory, type Memory, sha256 } from "./memory.ts";

const RUN = "run_1";
const LEASE = "lse_1";
const DOCUMENT = canonicalText({ decides: "activate", gate: "gat_1" });
const CHARTER = canonicalText({ goal: "less red" });
const BYTES = Buffer.from("a bundle");
const SALT = Buffer.alloc(32, 7);
const COMMITMENT = sha256(Buffer.concat([SALT, BYTES]));

const event = (seq: number): EventRow => ({
  ...{ runId: RUN, seq, attempt: 1, at: "2030-01-02T03:04:05.000Z", observedBy: "runner", kind: "note" },
  body: { text: `${LEASE} event ${seq}` },
  salt: Buffer.alloc(32, seq),
});

/** As lib/events binds a batch, by the writer's own tree. */
function batchRoot(events: readonly EventRow[]): string {
  const leaves = events.map(({ at, attempt, kind, observedBy, seq, body, salt }) => {
    const commitment = sha256(Buffer.concat([salt, Buffer.from(canonicalText(body))]));
    return leafHash(Buffer.from(canonicalText({ at, attempt, commitment, kind, observedBy, seq })));
  });
  return memoryTree(leaves).root.toString("hex");
}

const EVENTS = [1, 2, 3, 4, 5].map(event);
const BATCHES: readonly (readonly [from: number, to: number])[] = [
  [1, 2],
  [3, 5],
];
const appended = ([from, to]: readonly [number, number]) =>
  ({
    kind: "run.events_appended",
    about: [`run:${RUN}`],
    detail: { attempt: 1, from, to, root: batchRoot(EVENTS.slice(from - 1, to)) },
  }) as const;

const ENTRIES = [
  { kind: "log.searched", about: ["log:all"], detail: { query_sha256: sha256("one"), results: 0 } },
  ...BATCHES.map(appended),
  { kind: "gate.opened", about: ["gate:gat_1"], detail: { digest: sha256(DOCUMENT) } },
  { kind: "pilot.created", about: ["pilot:pil_1"], detail: { charter: sha256(CHARTER) } },
  { kind: "gate.approval_given", about: ["gate:gat_1"], detail: { digest: sha256(DOCUMENT) } },
  { kind: "run.bundle_uploaded", about: [`run:${RUN}`], detail: { commitment: COMMITMENT } },
] as const;

const leafOf = (entry: object, index: number): LeafRow => ({
  ...{ epoch: 1, index, entryId: `ent_${index}` },
  body: Buffer.from(canonicalText({ v: 2, id: `ent_${index}`, ...entry })),
});

const LEAVES = ENTRIES.map(leafOf);

const record = (): WrittenRecord => ({
  ...{ leaves: LEAVES, unnumbered: 0, events: EVENTS },
  gates: [
    {
      ...{ id: "gat_1", document: DOCUMENT, digest: sha256(DOCUMENT), approvedDigests: [sha256(DOCUMENT)] },
      ...{ charter: CHARTER, charterDigest: sha256(CHARTER) },
    },
  ],
  blobs: [{ id: "blb_1", commitment: COMMITMENT, salt: SALT, bytes: BYTES }],
});

const headsOf = (leaves: readonly LeafRow[]) =>
  [0, 3, leaves.length].map((size) => {
    const tree = memoryTree(leaves.slice(0, size).map(({ body }) => leafHash(body)));
    return { size, root: tree.root.toString("binary") };
  });

function told(): Memory {
  const memory = createMemory();
  memory.entries.push({ mark: sha256("one"), isAcknowledged: true });
  memory.entries.push({ mark: sha256("never answered"), isAcknowledged: false });
  for (const [from, to] of BATCHES) {
    const texts = EVENTS.slice(from - 1, to).map(({ body }) => String(body.text));
    memory.batches.push({ runId: RUN, texts, isAcknowledged: true });
  }
  memory.gates.push({
    ...{ gateId: "gat_1", document: DOCUMENT, digest: sha256(DOCUMENT), isDecided: true },
    ...{ charter: CHARTER, charterDigest: sha256(CHARTER) },
  });
  memory.blobs.push({ blobId: "blb_1", runId: RUN, sha256: sha256(BYTES) });
  return memory;
}

const verdictOn = (changes: Partial<WrittenRecord>, memory = told(), heads = headsOf(LEAVES)) =>
  judge(memory, { ...record(), ...changes }, heads);

test("a record that holds all that was acknowledged, once and unchanged, is found to be so", () => {
  expect(verdictOn({})).toEqual({ lost: [], duplicated: [], broken: [] });
});

test("what was sent and never acknowledged may be there once, and not twice", () => {
  const memory = told();
  const searched = { kind: "log.searched", about: [], detail: { query_sha256: sha256("never answered") } };
  const once = [...LEAVES, leafOf(searched, LEAVES.length)];
  expect(verdictOn({ leaves: once }, memory)).toEqual({ lost: [], duplicated: [], broken: [] });
  const twice = [...once, leafOf(searched, once.length)];
  expect(verdictOn({ leaves: twice }, memory).duplicated).toHaveLength(1);
});

describe("finds", () => {
  test("an acknowledged entry that is gone, also as a checkpoint that covers more than there is", () => {
    const { lost, broken } = verdictOn({
      leaves: LEAVES.slice(1).map((leaf, index) => ({ ...leaf, index })),
    });
    expect(lost.join()).toContain(`entry ${sha256("one").slice(0, 12)} was acknowledged and is not there`);
    expect(lost.join()).toContain("a checkpoint of 7 entries was out, and there are 6");
    expect(broken.join()).toContain("the checkpoint of 3 entries is not of this log");
  });

  test("entries without a number, and a number given twice", () => {
    expect(verdictOn({ unnumbered: 2 }).lost).toEqual(["2 entries have no number"]);
    const [first] = LEAVES;
    if (!first) throw new Error("there is no leaf");
    const twice = verdictOn({ leaves: [...LEAVES, { ...first, index: LEAVES.length }] });
    expect(twice.duplicated).toContain("entry ent_0 has 2 numbers");
  });

  test("an acknowledged event that is gone, one that is there twice, and the hole it leaves", () => {
    const gone = verdictOn({ events: EVENTS.filter(({ seq }) => seq !== 2) });
    expect(gone.lost).toEqual([`event “${LEASE} event 2” was acknowledged and is not there`]);
    expect(gone.broken.join()).toContain("event 3 stands at place 2");
    const again = verdictOn({ events: [...EVENTS, { ...event(5), seq: 6 }] });
    expect(again.duplicated).toEqual([`event “${LEASE} event 5” is there 2 times`]);
    expect(again.broken).toEqual([`${RUN}: 6 events, 5 bound by batches`]);
  });

  test("an event whose words were changed", () => {
    const changed = EVENTS.map((row) => (row.seq === 4 ? { ...row, salt: Buffer.alloc(32, 99) } : row));
    expect(verdictOn({ events: changed }).broken).toEqual([
      `${RUN}: events 3 to 5 are not the ones the batch bound`,
    ]);
  });

  test("a checkpoint of another history", () => {
    const heads = [{ size: 3, root: "x".repeat(32) }];
    expect(verdictOn({}, told(), heads).broken).toEqual(["the checkpoint of 3 entries is not of this log"]);
  });

  test("a document, a charter or a blob that is not what was shown", () => {
    const { gates, blobs } = record();
    const other = (change: object) =>
      verdictOn({ gates: gates.map((row) => ({ ...row, ...change })) }).broken;
    expect(other({ document: `${DOCUMENT} ` })).toEqual(["what gate gat_1 showed cannot be rebuilt"]);
    expect(other({ charter: "{}" })).toEqual(["the charter that gate gat_1 was about cannot be rebuilt"]);
    expect(other({ approvedDigests: ["0"] })).toEqual([
      "an approval at gate gat_1 is bound to something else",
    ]);
    const kept = (bytes: Buffer | null) => verdictOn({ blobs: blobs.map((row) => ({ ...row, bytes })) });
    expect(kept(Buffer.from("another")).broken).toEqual(["blob blb_1 has other bytes"]);
    expect(kept(null).lost).toEqual(["blob blb_1 was acknowledged and is not there"]);
  });

  test("a decision that was acknowledged and is not in the log, or is there twice", () => {
    const memory = told();
    const without = ENTRIES.filter(({ kind }) => kind !== "gate.approval_given").map(leafOf);
    expect(verdictOn({ leaves: without }, memory, []).lost).toEqual([
      "the decision at gate gat_1 was acknowledged and is not there",
    ]);
    const twice = [...ENTRIES, ...ENTRIES.filter(({ kind }) => kind === "gate.approval_given")].map(leafOf);
    expect(verdictOn({ leaves: twice }, memory, []).duplicated).toEqual([
      "the decision at gate gat_1 is there 2 times",
    ]);
  });
});

test("its canonical text is RFC 8785's for everything JSON can say here", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(canonical(JSON.parse(JSON.stringify(value)))).toBe(
        canonicalText(JSON.parse(JSON.stringify(value))),
      );
    }),
  );
});
