// The session of whoever came by the identity provider, with what it takes to ask again.
import type { OpenedSession, Visitor } from "../auth/schema.ts";
import { openNewSession } from "../auth/sessions.ts";
import { authSettings } from "../auth/settings.ts";
import type { Tx } from "../db.ts";
import type { NewDetail } from "../record/kinds/all-kinds.ts";
import type { Scope } from "../scope.ts";
import { sealHere } from "../sealing/kept-here.ts";
import { checkTimes } from "./rules.ts";
import { saveChecked } from "./store.ts";

export interface CameBySso {
  readonly personId: string;
  readonly identityId: string;
  readonly refreshToken: string | null;
  /** When the provider said so, in milliseconds: a second step here makes its word no younger. */
  readonly saidAt: number;
}

export const keptToken = (sessionId: string) => ({ purpose: "sso refresh token", place: sessionId });

/** `factor`: the second step they took here, where they did. */
export async function openBySso(
  tx: Tx,
  scope: Scope,
  { personId, identityId, refreshToken, saidAt }: CameBySso,
  {
    visitor,
    factor,
  }: { readonly visitor: Visitor; readonly factor?: NewDetail<"person.signed_in">["factor"] },
): Promise<OpenedSession> {
  const session = await openNewSession(tx, scope, personId, visitor);
  const { checkDueAt, checkBy } = checkTimes(saidAt);
  const refreshSealed =
    refreshToken === null
      ? null
      : sealHere(authSettings().secret, keptToken(session.sessionId), refreshToken);
  await saveChecked(tx.db, session.sessionId, {
    identityId,
    refreshSealed: refreshSealed && new Uint8Array(refreshSealed),
    checkDueAt: refreshToken === null ? null : checkDueAt,
    checkBy,
  });
  tx.record({
    kind: "person.signed_in",
    about: [`person:${personId}`],
    detail: {
      ...{ session: session.sessionId, address: visitor.address, method: "sso" },
      ...(factor ? { factor } : {}),
    },
  });
  return session;
}
