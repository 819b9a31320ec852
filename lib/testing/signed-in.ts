// People with roles and a live session, made through the product's services.
import { openSession, sealSession, sessionCookie } from "#lib/auth/session-token.ts";
import { openNewSession } from "#lib/auth/sessions.ts";
import type { RoleKey } from "#lib/authz/schema.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { createPerson, grantRole } from "#lib/people/service.ts";
import { systemActor, testScope } from "./scopes.ts";
import { TEST_URL } from "./web-env.ts";

export interface SignedIn {
  readonly personId: string;
  readonly sessionId: string;
  /** For a Cookie header. */
  readonly cookie: string;
}

/** A new person with these roles (on the organisation, or on one pilot), signed in. */
export async function signedIn(
  name: string,
  roles: readonly (RoleKey | readonly [RoleKey, string])[],
  clock: Clock = systemClock,
): Promise<SignedIn> {
  const scope = testScope({ actor: systemActor("test"), clock });
  const personId = await createPerson(scope, { email: `${newId("person")}@example.org`, name });
  for (const each of roles) {
    const [role, pilotId] = typeof each === "string" ? [each, null] : each;
    await grantRole(scope, { personId, role, pilotId });
  }
  const { sessionId } = await transaction(scope, (tx) =>
    openNewSession(tx, scope, personId, { address: "192.0.2.1", userAgent: "test" }),
  );
  return { personId, sessionId, cookie: await cookieFor(sessionId) };
}

async function cookieFor(sessionId: string): Promise<string> {
  const token = await sealSession(sessionId, 3600);
  if ((await openSession(token)) !== sessionId) throw new Error("a sealed session does not open");
  return `${sessionCookie(new URL(TEST_URL)).name}=${token}`;
}
