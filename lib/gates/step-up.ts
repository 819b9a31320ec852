// Step-up at gates: where the charter asks for it, an approval is signed by a passkey over exactly what is decided.
import { type Db, read, type Tx } from "../db.ts";
import { conflict, forbidden, notFound, refused } from "../errors.ts";
import type { Assertion } from "../passkeys/schema.ts";
import {
  askToSign,
  checkSigned,
  maySign,
  type SignedApproval,
  type SigningOptions,
  takeStatement,
} from "../passkeys/sign-approval.ts";
import { liveGrants } from "../people/service.ts";
import type { Charter } from "../pilots/schema.ts";
import { charterOf, findActiveCharter } from "../pilots/service.ts";
import { findRunRow } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { refusalToApprove } from "./rules.ts";
import type { AskSignature, DecideGate, GateView } from "./schema.ts";
import { type Method, methodOf, wantsPasskey } from "./step-up-rules.ts";
import { factsOf, findGate, type GateRow } from "./store.ts";

/** What decides which charters it is. */
interface Opening {
  readonly kind: string;
  readonly pilotId: string | null;
  readonly runId?: string;
  readonly charterId?: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** The charters that say it: the run's and the one its pilot runs by, the one to be activated, else the one in force. */
async function chartersFor(db: Db, gate: Opening): Promise<Charter[]> {
  if (gate.kind === "activate" && gate.charterId !== undefined) return [await charterOf(db, gate.charterId)];
  const run = gate.runId === undefined ? null : await findRunRow(db, gate.runId);
  const inForce = gate.pilotId === null ? null : await findActiveCharter(db, gate.pilotId);
  return [...(run ? [await charterOf(db, run.charterId)] : []), ...(inForce ? [inForce.charter] : [])];
}

/**
 * How approvals are to be given at a gate that is opened now; bound by its document from then on. Where one of the
 * charters asks for a passkey it is one: a run from before it was asked for is no way around it.
 */
export async function methodFor(tx: Pick<Tx, "db">, gate: Opening): Promise<Method> {
  const charters = await chartersFor(tx.db, gate);
  return charters.some((charter) => wantsPasskey(charter, gate.kind, gate.document)) ? "passkey" : "session";
}

/** How the person would approve at each of the gates. */
export async function signingAt(
  db: Db,
  personId: string,
  gates: readonly GateRow[],
): Promise<(gate: GateRow) => GateView["signing"]> {
  const isAsked = gates.some((gate) => gate.status === "open" && methodOf(gate) === "passkey");
  const isReady = isAsked && (await maySign({ db }, personId));
  return (gate) => {
    if (methodOf(gate) === "session") return "session";
    return isReady ? "passkey" : "passkey_missing";
  };
}

/** What the person's passkey is to sign before they may approve. Refused early for whoever may not. */
export async function askSignature(
  scope: Scope,
  { gateId, digest }: AskSignature,
): Promise<{ readonly options: SigningOptions }> {
  const { actor } = scope;
  if (actor.kind !== "user") throw forbidden("Only a person can decide at a gate.");
  const { personId } = actor;
  await read(scope, async (db) => {
    const gate = await findGate(db, gateId);
    const grants = await liveGrants({ db }, personId);
    if (!gate || !grants.some((grant) => grant.pilotId === null || grant.pilotId === gate.pilotId))
      throw notFound("gate");
    if (gate.digest !== digest)
      throw conflict("What you were shown is not what this gate decides. Reload the page and read it again.");
    const refusal = refusalToApprove(factsOf(gate), { personId, grants }, scope.clock.now());
    if (refusal !== null) throw refused(refusal);
  });
  return { options: await askToSign(scope, { gateId, digest, personId }) };
}

/** An answer of an authenticator with what it was asked; the question is used up, whatever becomes of it. */
export interface Answered {
  readonly statement: string;
  readonly answer: Assertion;
}

export async function takeAnswer(
  scope: Scope,
  personId: string,
  { decision, assertion }: DecideGate,
): Promise<Answered | null> {
  if (decision !== "approve" || assertion === undefined) return null;
  return { statement: await takeStatement(scope, personId, assertion), answer: assertion };
}

/** Null where the gate asks for no signature. Throws a refusal where it does, and none holds. */
export async function signatureAt(
  tx: Tx,
  scope: Scope,
  gate: GateRow,
  personId: string,
  answered: Answered | null,
): Promise<SignedApproval | null> {
  if (methodOf(gate) === "session") return null;
  if (answered === null) throw refused(NO_SIGNATURE);
  const { id: gateId, digest } = gate;
  return checkSigned(tx, scope, { gateId, digest, personId }, answered);
}

const NO_SIGNATURE =
  "The charter wants this approval signed with a passkey, and nothing was signed. Reload the page, and approve with your passkey.";
