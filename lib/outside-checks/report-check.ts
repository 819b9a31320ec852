// A program with a token says what it found about a patch. It is kept as it was said; what it changes is only what a charter that
// requires the check waits for.
import { randomBytes } from "node:crypto";
import { may, requirePermission } from "../authz/require.ts";
import { isMember } from "../authz/rules.ts";
import { read, type Tx, transaction } from "../db.ts";
import { forbidden, notFound, refused } from "../errors.ts";
import { SALT_BYTES } from "../events/rules.ts";
import { newId } from "../ids.ts";
import { rebindMergeGate } from "../merges/rebind-merge-gate.ts";
import { payloadCommitment } from "../model-calls/rules.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { canonicalText } from "../record/rules.ts";
import { lockRun, type RunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { readJunit } from "./rules.ts";
import type { CheckDocument, ReportCheck } from "./schema.ts";
import {
  type CheckRow,
  countChecks,
  findNewest,
  insertCheck,
  isTaken,
  selectTested,
  type Tested,
} from "./store.ts";

/** Of one run. What did not pass is always kept: a merge must not go on because there was no room to say so. */
const MOST_PASSED = 2000;

export interface ReportedCheck {
  readonly checkId: string;
  readonly runId: string;
  /** Digest of the patch that it is about. */
  readonly patch: string;
  readonly source: string;
  readonly verdict: string;
}

interface Said {
  readonly patchId: string;
  readonly patch: string;
  readonly document: CheckDocument;
}

/** The same words again, as the newest of their source, are the same report. */
export async function reportCheck(scope: Scope, input: ReportCheck): Promise<ReportedCheck> {
  const { actor } = scope;
  if (actor.kind !== "token") throw forbidden("Only a program with a token of its own reports from outside.");
  const junit =
    input.junit === undefined ? null : readJunit(input.junit, input.verdict, (bytes) => sha256Hex(bytes));
  const { runId, patchId } = await testedBy(scope, input);
  return transaction(scope, async (tx) => {
    const run = await lockRun(tx, runId);
    requirePermission(scope, "evidence.report", run.pilotId);
    if (await isTaken(tx.db, patchId))
      throw refused("What this patch was made of has been taken away; nothing more is kept about it.");
    const { digest: patch } = await tx.db.patch.findUniqueOrThrow({
      where: { id: patchId },
      select: { digest: true },
    });
    const { source, verdict, url = null } = input;
    const tested = input.commit ?? input.tree ?? "";
    const said: Said = { patchId, patch, document: { v: 1, patch, tested, source, verdict, url, junit } };
    const before = await findNewest(tx.db, patchId, source);
    const checkId =
      before && isSame(before, said, actor.personId) ? before.id : await keep(tx, scope, run, said, actor);
    return { checkId, runId, patch, source, verdict };
  });
}

/** The patch that was tested, of those this program may report about. */
async function testedBy(scope: Scope, { runId, commit, tree }: ReportCheck): Promise<Tested> {
  const all = await read(scope, (db) => selectTested(db, { commit, tree, runId }));
  const seen = all.filter((one) => isMember(scope.grants, one.pilotId));
  const own = seen.filter(({ pilotId }) => may(scope, "evidence.report", pilotId));
  const [only] = own;
  if (!only) {
    const [other] = seen;
    if (other) requirePermission(scope, "evidence.report", other.pilotId);
    throw notFound("patch");
  }
  if (own.some((one) => one.runId !== only.runId))
    throw refused("Several runs made exactly this. Name the run.");
  return only;
}

const isSame = (before: CheckRow, { document }: Said, personId: string): boolean =>
  before.canonical === canonicalText(document) && before.reportedBy === personId;

async function keep(
  tx: Tx,
  scope: Scope,
  run: RunRow,
  { patchId, patch, document }: Said,
  { personId, tokenId }: { readonly personId: string; readonly tokenId: string },
): Promise<string> {
  const count = await countChecks(tx.db, run.id);
  if (document.verdict === "passed" && count >= MOST_PASSED)
    throw refused("So much was reported about this run that nothing that passed is kept any more.");
  const id = newId("outside_check", scope.clock.now());
  const canonical = canonicalText(document);
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const commitment = payloadCommitment(salt, Buffer.from(canonical, "utf8")).toString("hex");
  const { source, verdict } = document;
  await insertCheck(tx.db, {
    ...{ id, runId: run.id, patchId, number: count + 1, source, verdict, canonical, salt, commitment },
    ...{ reportedBy: personId, tokenId, reportedAt: new Date(scope.clock.now()) },
  });
  tx.record({
    kind: "run.check_reported",
    about: [`run:${run.id}`, `pilot:${run.pilotId}`],
    charter: run.charterDigest,
    detail: { check: id, source: sha256Hex(Buffer.from(source, "utf8")), verdict, patch, report: commitment },
  });
  tx.ring({ channel: "run_changed", payload: run.id });
  await rebindMergeGate(tx, scope, run);
  return id;
}
