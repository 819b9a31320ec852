// The last step of every sign-in by a password or a link: a session, or first the second step.
import { type Db, read, type Tx } from "../../db.ts";
import { hasPasskey } from "../../passkeys/sign-in-factor.ts";
import type { NewDetail } from "../../record/kinds/all-kinds.ts";
import type { Scope } from "../../scope.ts";
import { getTotp } from "../../totp/service.ts";
import type { OpenedSession, Visitor } from "../schema.ts";
import { openNewSession } from "../sessions.ts";
import { emergencyAdmin } from "../settings.ts";

type Factor = NonNullable<NewDetail<"person.signed_in">["factor"]>;

export interface SecondFactors {
  readonly totp: boolean;
  /** A confirmed one. */
  readonly passkey: boolean;
}

/** What the person has set up as a second step. */
export async function secondFactorsOf(scope: Scope, personId: string): Promise<SecondFactors> {
  return read(scope, (db) => factorsOf(db, personId));
}

export const factorsOf = async (db: Db, personId: string): Promise<SecondFactors> => ({
  totp: (await getTotp(db, personId)) !== null,
  passkey: await hasPasskey(db, personId),
});

export const hasAny = (factors: SecondFactors): boolean => Object.values(factors).some(Boolean);

/** The session is opened later, by the ticket and a second step. */
export interface StepDue {
  readonly ticket: string;
}

export interface Shown {
  readonly personId: string;
  readonly method: "password" | "link";
  readonly visitor: Visitor;
  readonly factor?: Factor;
}

export async function openSignedIn(
  tx: Tx,
  scope: Scope,
  { personId, method, visitor, factor }: Shown,
): Promise<OpenedSession> {
  const session = await openNewSession(tx, scope, personId, visitor, method);
  const about = [`person:${personId}`] as const;
  const where = { session: session.sessionId, address: visitor.address };
  tx.record({ kind: "person.signed_in", about, detail: { ...where, method, ...(factor ? { factor } : {}) } });
  if (emergencyAdmin() !== null) tx.record({ kind: "person.emergency_signed_in", about, detail: where });
  return session;
}
