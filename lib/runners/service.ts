// Runners: enrolled by a token, known by their key ever after, revoked for good.
import { randomBytes } from "node:crypto";
import { requirePermission } from "../authz/require.ts";
import { CANARIES } from "../controls/canary-rules.ts";
import { type Db, read, type Tx, transaction } from "../db.ts";
import { conflict, notFound } from "../errors.ts";
import { newId } from "../ids.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { changeOf } from "../record/change.ts";
import { actorId, type Scope } from "../scope.ts";
import { ENROLMENT_LIFE, isLive, runnerState } from "./rules.ts";
import type {
  Contact,
  EnrolmentView,
  MadeEnrolment,
  MakeEnrolment,
  RunnerCredential,
  RunnerView,
} from "./schema.ts";
import {
  findRunnerRow,
  insertEnrolment,
  markRevoked,
  type RunnerListRow,
  type RunnerRow,
  selectOpenEnrolments,
  selectRunners,
  upsertContact,
} from "./store.ts";

const TOKEN_BYTES = 32;

/** Tokens are random and long, so a plain hash cannot be turned back. */
export const tokenHash = (token: string): string => sha256Hex(Buffer.from(token, "utf8"));

/** A token with which one runner may register within an hour. It is shown once. */
export async function makeEnrolment(scope: Scope, { phases }: MakeEnrolment): Promise<MadeEnrolment> {
  requirePermission(scope, "runner.enrol", null);
  const token = `phe_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const now = scope.clock.now();
  const enrolmentId = newId("enrolment", now);
  const expiresAt = new Date(now + ENROLMENT_LIFE);
  await transaction(scope, async (tx) => {
    await insertEnrolment(tx.db, {
      id: enrolmentId,
      tokenHash: tokenHash(token),
      phases: [...phases],
      createdBy: actorId(scope.actor),
      createdAt: new Date(now),
      expiresAt,
    });
    tx.record({
      kind: "runner.enrolment_made",
      about: [`enrolment:${enrolmentId}`],
      detail: { phases, expires_at: expiresAt.getTime() },
    });
  });
  return { enrolmentId, token, expiresAt };
}

/** Enrolments that can still be used, without their tokens. */
export async function listOpenEnrolments(scope: Scope): Promise<EnrolmentView[]> {
  return read(scope, (db) => selectOpenEnrolments(db, new Date(scope.clock.now())));
}

/** All runners, those in service first. */
export async function listRunners(scope: Scope): Promise<RunnerView[]> {
  const rows = await read(scope, (db) => selectRunners(db, CANARIES));
  return rows.map((row) => viewOf(row, scope.clock.now()));
}

export async function getRunner(scope: Scope, runnerId: string): Promise<RunnerView> {
  const runner = (await listRunners(scope)).find((each) => each.id === runnerId);
  if (!runner) throw notFound("runner");
  return runner;
}

function viewOf({ at, version, tier, tierMissing, ...runner }: RunnerListRow, now: number): RunnerView {
  const contact =
    at && version !== null && tier ? { at, version, tier, tierMissing: tierMissing ?? [] } : null;
  return {
    ...runner,
    contact,
    live: runner.revokedAt === null && isLive(contact?.at.getTime() ?? null, now),
  };
}

/** The runner's key counts for nothing from now on. Its leases end as those of a runner that fell silent. */
export async function revokeRunner(scope: Scope, runnerId: string): Promise<void> {
  requirePermission(scope, "runner.revoke", null);
  await transaction(scope, async (tx) => {
    const runner = await findRunnerRow(tx.db, runnerId);
    if (!runner) throw notFound("runner");
    if (!(await markRevoked(tx.db, runnerId, new Date(scope.clock.now()))))
      throw conflict("The runner was revoked already.");
    tx.record({
      kind: "runner.revoked",
      about: [`runner:${runnerId}`],
      ...changeOf(runnerState(runner, false), runnerState(runner, true)),
      detail: {},
    });
  });
}

/** For the runner's door: whose signature to expect. Null for an id nobody has. */
export async function findRunnerForAuth(scope: Scope, runnerId: string): Promise<RunnerCredential | null> {
  const runner = await read(scope, (db) => findRunnerRow(db, runnerId));
  if (!runner) return null;
  const { id, name, publicKey, phases, revokedAt } = runner;
  return { id, name, publicKey, phases, revoked: revokedAt !== null };
}

/** For other services, inside their transaction. A revoked runner is none. */
export async function findRunner(db: Db, runnerId: string): Promise<RunnerRow> {
  const runner = await findRunnerRow(db, runnerId);
  if (!runner || runner.revokedAt) throw notFound("runner");
  return runner;
}

/** The runner was heard of now; with `contact`, in the state it describes. */
export async function touchContact(
  tx: Tx,
  scope: Scope,
  runnerId: string,
  contact: Contact | null,
): Promise<void> {
  await upsertContact(tx.db, runnerId, new Date(scope.clock.now()), contact);
}

/** The runner asks for work in the state it describes. */
export async function noteContact(scope: Scope, runnerId: string, contact: Contact): Promise<void> {
  await transaction(scope, (tx) => touchContact(tx, scope, runnerId, contact));
}
