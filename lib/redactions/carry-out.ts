// The part of a redaction that happens in the database. The worker calls these in this order; each may be repeated
// after a crash at any point, and an order is finished only by the last one.
import { takeArtefacts } from "../artefacts/service.ts";
import { takeAsks } from "../asks/service.ts";
import { takeComments } from "../comments/service.ts";
import { type Db, read, transaction } from "../db.ts";
import { notFound, refused } from "../errors.ts";
import { eventCommitment } from "../events/rules.ts";
import { takeEvidence } from "../findings/take-evidence.ts";
import { takeMessages } from "../messages/service.ts";
import { takeSaid } from "../model-calls/take-payloads.ts";
import { takeChecks } from "../outside-checks/service.ts";
import { canonicalText } from "../record/rules.ts";
import { holdOf } from "../retention/hold.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { takeNatives } from "../snapshots/service.ts";
import { takeViewed } from "../viewed/service.ts";
import { copiesOf, redactedBody, TAKEN_AWAY, withoutTexts } from "./rules.ts";
import type { RedactionTarget } from "./schema.ts";
import * as store from "./store.ts";

/** Rows of one transaction: some megabytes at most, and a fraction of a second. */
const BATCH = 500;

/** An order as the worker carries it out. */
export interface RedactionWork {
  readonly id: string;
  readonly runId: string;
  readonly pilotId: string;
  readonly repositoryId: string;
  /** Digest of the charter the run was launched under. */
  readonly charterDigest: string;
  readonly target: RedactionTarget;
  readonly isMerged: boolean;
  /** Files to delete; none unless everything goes. */
  readonly blobs: readonly string[];
  /** Commits built for merges of this run. */
  readonly commits: readonly string[];
}

/** Orders that wait, the oldest first. */
export async function listUnfinished(scope: Scope): Promise<string[]> {
  return read(scope, (db) => store.selectUnfinished(db, 50));
}

/** Null when there is nothing to do now: finished meanwhile, under a legal hold, or a merge is being decided. */
export async function findWork(scope: Scope, redactionId: string): Promise<RedactionWork | null> {
  return read(scope, async (db) => {
    const redaction = await store.findRedaction(db, redactionId);
    if (!redaction || redaction.finishedAt) return null;
    const run = await store.findRunOf(db, redaction.runId);
    if (!run) throw notFound("run");
    if ((await holdOf(db, run.pilotId)) !== null || (await store.isDeciding(db, redaction.runId)))
      return null;
    const { id, runId, target } = redaction;
    const { pilotId, repositoryId, charterDigest, status } = run;
    const everything = target.kind === "all";
    return {
      ...{ id, runId, pilotId, repositoryId, charterDigest, target },
      isMerged: status === "merged",
      blobs: everything ? await store.blobsOf(db, runId) : [],
      commits: everything ? await store.mergeCommits(db, runId) : [],
    };
  });
}

const seqsOf = (target: RedactionTarget) => (target.kind === "events" ? target.seqs : null);
const aboutOf = ({ id, runId, pilotId }: RedactionWork) =>
  [`redaction:${id}`, `run:${runId}`, `pilot:${pilotId}`] as const;

/** No hold begins until the transaction ends. One that is there leaves the order as it is; lifted, it goes on. */
async function refuseIfHeld(db: Db, { pilotId }: RedactionWork): Promise<void> {
  if ((await holdOf(db, pilotId)) !== null) throw refused("A legal hold was put on the pilot meanwhile.");
}

/** A short step outside the database: whoever sets a hold waits for it, and none begins after that. */
export async function unlessHeld(
  scope: Scope,
  work: RedactionWork,
  step: () => Promise<void>,
): Promise<void> {
  await transaction(scope, async (tx) => {
    await refuseIfHeld(tx.db, work);
    await step();
  });
}

/**
 * Takes the texts of events away, some hundred a transaction, each with its entry; unless single ones are meant, what
 * was sent to models and what came back goes in the same way.
 */
export async function takeEvents(scope: Scope, work: RedactionWork): Promise<void> {
  while ((await takeSome(scope, work)) === BATCH);
  if (work.target.kind !== "events") while ((await takeSomeOfCalls(scope, work)) > 0);
}

async function takeSomeOfCalls(scope: Scope, work: RedactionWork): Promise<number> {
  return transaction(scope, async (tx) => {
    await lockRun(tx, work.runId);
    await refuseIfHeld(tx.db, work);
    const rows = await takeSaid(tx, work.runId);
    if (rows === 0) return 0;
    tx.record({
      kind: "payload.redacted",
      about: [...aboutOf(work)],
      charter: work.charterDigest,
      detail: { events: 0, blobs: rows, rows: 0, reached: ["model_calls"], not_reached: [] },
    });
    return rows;
  });
}

async function takeSome(scope: Scope, work: RedactionWork): Promise<number> {
  return transaction(scope, async (tx) => {
    await lockRun(tx, work.runId); // no gate opens meanwhile
    if (await store.isDeciding(tx.db, work.runId)) throw refused("A merge of the run is being decided.");
    await refuseIfHeld(tx.db, work);
    const events = await store.lockEvents(tx.db, work.runId, seqsOf(work.target), BATCH);
    if (events.length === 0) return 0;
    await store.takeEvents(
      tx.db,
      work.runId,
      events.map(({ seq, body, salt }) => ({
        seq,
        body: redactedBody(body),
        commitment: salt && eventCommitment(salt, body),
      })),
    );
    tx.record({
      kind: "payload.redacted",
      about: [...aboutOf(work)],
      charter: work.charterDigest,
      detail: { events: events.length, blobs: 0, rows: 0, reached: ["events"], not_reached: [] },
    });
    return events.length;
  });
}

/** The rest of the rows, and the entry that lists every copy. Files and git objects are gone by now. */
export async function finishRedaction(scope: Scope, work: RedactionWork): Promise<void> {
  const copies = copiesOf({ kind: work.target.kind, isMerged: work.isMerged });
  const now = new Date(scope.clock.now());
  await transaction(scope, async (tx) => {
    await lockRun(tx, work.runId); // nothing is found in it meanwhile
    await refuseIfHeld(tx.db, work);
    if (!(await store.markFinished(tx.db, work.id, copies, now))) return;
    const findings = await takeEvidence(tx.db, work.runId);
    const seqs = seqsOf(work.target);
    const everything = work.target.kind === "all";
    const events = await store.countTaken(tx.db, work.runId, seqs);
    const task = everything
      ? (await store.takeTask(tx.db, work.runId)) + (await takeTalk(tx.db, work.runId))
      : 0;
    const blobs = task + (everything ? await store.markBlobsDeleted(tx.db, work.runId, now) : 0);
    const texts = everything ? await takeTexts(tx.db, work.runId, now) : 0;
    const rows = texts + findings.length + (await store.deleteWords(tx.db, work.runId, seqs));
    const names = (reached: boolean) =>
      copies.filter((copy) => copy.reached === reached).map(({ name }) => name);
    tx.record({
      kind: "payload.redacted",
      about: [...aboutOf(work), ...findings.map((id) => `finding:${id}` as const)],
      charter: work.charterDigest,
      detail: { events, blobs, rows, reached: names(true), not_reached: names(false) },
    });
  });
}

/** What people wrote to the agent and about its patches, what it asked, and what its program called its sessions. Returns how many commitments that were. */
async function takeTalk(db: Db, runId: string): Promise<number> {
  await takeNatives(db, runId, TAKEN_AWAY);
  await takeViewed(db, runId);
  const comments = await takeComments(db, runId, TAKEN_AWAY);
  return comments + (await takeMessages(db, runId, TAKEN_AWAY)) + (await takeAsks(db, runId, TAKEN_AWAY));
}

/** Evidence, patch and run keep their numbers, digests and closed words. Returns how many rows that were. */
async function takeTexts(db: Db, runId: string, now: Date): Promise<number> {
  const evidence = await store.evidenceOf(db, runId);
  for (const { id, canonical } of evidence) {
    await store.replaceEvidence(db, id, canonicalText(withoutTexts(JSON.parse(canonical))));
  }
  const { summary, reason } = await store.runTexts(db, runId);
  await store.replaceRunTexts(db, runId, {
    ...(summary === null ? {} : { summary: withoutTexts(summary) as object }),
    reason: reason ? TAKEN_AWAY : reason,
  });
  const checks = await takeChecks(db, runId, withoutTexts);
  const artefacts = await takeArtefacts(db, runId, TAKEN_AWAY, now);
  return evidence.length + checks + artefacts + (await store.clearPatches(db, runId)) + 1;
}
