// Where a charter wants what is published signed, one person alone does not publish on a session alone. What is signed has
// the run in the place of a gate, for there is none yet, and the patch that was shown in the place of its document.
import type { Tx } from "../db.ts";
import { refused } from "../errors.ts";
import { type Answered, methodFor } from "../gates/step-up.ts";
import type { Method } from "../gates/step-up-rules.ts";
import { checkSigned, type SignedApproval, takeStatement } from "../passkeys/sign-approval.ts";
import type { Scope } from "../scope.ts";
import type { BreakGlass } from "./schema.ts";

interface GlassRun {
  readonly id: string;
  readonly pilotId: string;
}

/** As an ordinary merge of the run would be approved now. */
export const glassMethod = (tx: Pick<Tx, "db">, { id: runId, pilotId }: GlassRun): Promise<Method> =>
  methodFor(tx, { kind: "merge", pilotId, runId, document: {} });

/** The question is used up, whatever becomes of it. */
export async function takeGlassAnswer(
  scope: Scope,
  personId: string,
  { assertion }: BreakGlass,
): Promise<Answered | null> {
  if (assertion === undefined) return null;
  return { statement: await takeStatement(scope, personId, assertion), answer: assertion };
}

/** Null where no charter asks for a signature. Throws a refusal where one does, and none holds. */
export async function glassSignature(
  tx: Tx,
  scope: Scope,
  run: GlassRun,
  { personId, patch, answered }: { personId: string; patch: string; answered: Answered | null },
): Promise<SignedApproval | null> {
  if ((await glassMethod(tx, run)) === "session") return null;
  if (answered === null) throw refused(NO_SIGNATURE);
  return checkSigned(tx, scope, { gateId: run.id, digest: patch, personId }, answered);
}

const NO_SIGNATURE =
  "The charter wants merges signed with a passkey, and nothing was signed. Reload the page, and break the glass with your passkey.";
