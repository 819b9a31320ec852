// What the worker signs about a merge that took place, once, from the rows that the merge was decided on.
import type { KeyObject } from "node:crypto";
import { z } from "zod";
import { maySee } from "../authz/require.ts";
import { read, type Tx, transaction } from "../db.ts";
import { notFound } from "../errors.ts";
import { isApproverIn } from "../merges/rules.ts";
import { firstEntryId, lockMerge } from "../merges/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { charterDigestOf } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { enveloped, keyIdOf, rawEd25519 } from "./envelope.ts";
import type { AttestationRow, AttestationView } from "./schema.ts";
import { type Attested, statementsOf } from "./statements.ts";
import {
  findByMerge,
  findOfRun,
  insertAttestation,
  listUnattested,
  listWaiting,
  settleNote,
} from "./store.ts";

const Decided = z.looseObject({ needed: z.int(), attempt: z.int() });
const Judged = z.looseObject({ runner: z.string(), sameHost: z.boolean() });

export const unattestedMerges = (scope: Scope): Promise<string[]> => read(scope, listUnattested);
export const waitingNotes = (scope: Scope): Promise<AttestationRow[]> => read(scope, listWaiting);

/** Signs and keeps it; what was signed before stays as it is. */
export async function attestMerge(scope: Scope, mergeId: string, privateKey: KeyObject): Promise<void> {
  await transaction(scope, async (tx) => {
    await lockMerge(tx.db, mergeId);
    if (await findByMerge(tx.db, mergeId)) return;
    const of = await attestedOf(tx, mergeId);
    const publicKey = new Uint8Array(rawEd25519(privateKey));
    const envelopes = statementsOf(of)
      .map((statement) => `${JSON.stringify(enveloped(privateKey, statement))}\n`)
      .join("");
    const digest = sha256Hex(Buffer.from(envelopes, "utf8"));
    const { commit, tree, run: runId } = of;
    await insertAttestation(tx.db, {
      ...{ mergeId, runId, commit, tree, publicKey, envelopes, digest, noteState: "waiting" },
      madeAt: new Date(scope.clock.now()),
    });
    tx.record({
      kind: "run.attested",
      about: [`run:${runId}`, `gate:${of.gate}`],
      charter: of.charter,
      detail: { merge: mergeId, commit, tree, statements: digest, key: keyIdOf(publicKey) },
    });
  });
}

async function attestedOf({ db }: Tx, mergeId: string): Promise<Attested> {
  const merge = await db.merge.findUnique({ where: { id: mergeId } });
  if (!merge?.newCommit || merge.state !== "moved") throw notFound("merge");
  const { newCommit: commit, runId, gateId, patchId, targetRef: ref, expectedOld: base } = merge;
  const run = await db.run.findUniqueOrThrow({ where: { id: runId } });
  const agent = await db.agent.findUniqueOrThrow({ where: { id: run.agentId } });
  const patch = await db.patch.findUniqueOrThrow({ where: { id: patchId } });
  const gate = await db.gate.findUniqueOrThrow({
    where: { id: gateId },
    include: { approvals: { orderBy: [{ createdAt: "asc" }, { id: "asc" }] } },
  });
  const evidence = await db.evidence.findMany({ where: { patchId }, orderBy: { createdAt: "asc" } });
  const { needed, attempt } = Decided.parse(JSON.parse(gate.document));
  return {
    ...{ deployment: await firstEntryId(db), commit, tree: patch.tree, ref, base },
    ...{ repository: run.repositoryId, run: run.id, attempt, kind: run.kind },
    agent: { id: agent.id, driver: agent.driver, model: agent.model },
    ...{
      launchedBy: run.launchedBy,
      launchedAt: run.launchedAt,
      mergedAt: merge.settledAt ?? merge.createdAt,
    },
    ...{ charter: run.charterDigest, patch: patch.digest, gate: gateId, decision: gate.digest, needed },
    // Whoever stands in the commit's message is who counted when it was decided.
    approvals: gate.approvals
      .filter((approval) => approval.withdrawnAt === null && isApproverIn(merge.message, approval))
      .map(({ personId: person, role, createdAt: at, digest, assertion }) => ({
        ...{ person, role, at, digest, signed: assertion !== null },
      })),
    evidence: evidence.map(({ digest, verdict, canonical }) => {
      const { runner, sameHost } = Judged.parse(JSON.parse(canonical));
      return { digest, verdict, runner, sameHost };
    }),
  };
}

/** Whether the authority took the note; the merge stands either way. */
export type NoteOutcome =
  | { readonly outcome: "written" }
  | { readonly outcome: "refused"; readonly sentence: string };

export async function recordNote(scope: Scope, row: AttestationRow, result: NoteOutcome): Promise<void> {
  const { mergeId, runId, commit } = row;
  await transaction(scope, async (tx) => {
    const reason = result.outcome === "written" ? null : result.sentence.slice(0, 1000);
    const settledAt = new Date(scope.clock.now());
    if (!(await settleNote(tx.db, mergeId, result.outcome, reason, settledAt))) return;
    tx.record({
      kind: "run.attestation_noted",
      about: [`run:${runId}`],
      charter: await charterDigestOf(tx.db, runId),
      detail: { merge: mergeId, commit, outcome: result.outcome },
    });
  });
}

/** Null while there is none. Throws not_found for whom the run is not to be seen. */
async function ofRun(scope: Scope, runId: string): Promise<AttestationRow | null> {
  return read(scope, async (db) => {
    const run = await db.run.findUnique({ where: { id: runId }, select: { pilotId: true } });
    if (!run || !maySee(scope, run.pilotId)) throw notFound("run");
    return findOfRun(db, runId);
  });
}

export async function findAttestation(scope: Scope, runId: string): Promise<AttestationView | null> {
  const row = await ofRun(scope, runId);
  if (!row) return null;
  const { mergeId, commit, publicKey, madeAt, noteState: note, noteReason } = row;
  const base64 = Buffer.from(publicKey).toString("base64");
  return { mergeId, commit, keyId: keyIdOf(publicKey), publicKey: base64, madeAt, note, noteReason };
}

/** One DSSE envelope a line. */
export async function attestationLines(scope: Scope, runId: string): Promise<string> {
  const row = await ofRun(scope, runId);
  if (!row) throw notFound("attestation");
  return row.envelopes;
}
