// Somebody who signs in by a password, and by one-time codes where they set them up.
import { TOTP, URI } from "otpauth";
import { makeOneTimeLink, redeemLink } from "#lib/auth/links.ts";
import type { OpenedSession, Visitor } from "#lib/auth/schema.ts";
import { createPerson } from "#lib/people/service.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import { confirmTotp, offerTotp } from "#lib/totp/service.ts";
import { systemActor, type TestClock, testScope } from "./scopes.ts";

export const PASSWORD = "seven lamps over water";

export interface PasswordPerson {
  readonly personId: string;
  readonly email: string;
  readonly session: OpenedSession;
  readonly visitor: Visitor;
  /** Their own, without any role. */
  readonly scope: Scope;
}

let made = 0;

export async function passwordPerson(clock: TestClock): Promise<PasswordPerson> {
  const system = testScope({ actor: systemActor("test"), clock });
  const email = `lamps${++made}@example.org`;
  const visitor = { address: `198.51.100.${made}`, userAgent: "test" };
  const personId = await createPerson(system, { email, name: "Zoë Tester" });
  const { token } = await makeOneTimeLink(system, personId);
  const session = await redeemLink(system, { token, password: PASSWORD, again: PASSWORD }, visitor);
  if ("ticket" in session) throw new Error("a second step is asked for before there is one");
  const actor = { kind: "user", personId, sessionId: session.sessionId } as const;
  const scope = makeScope({ actor, grants: [], requestId: "req_test", clock });
  return { personId, email, session, visitor, scope };
}

export interface Enrolled {
  /** The code of now, or of so many steps later. */
  readonly code: (later?: number) => string;
  readonly recoveryCodes: readonly string[];
  readonly secret: string;
}

/** Sets one-time codes up as the page does; time moves on, so that the next code is a fresh one. */
export async function enrolTotp({ scope, email }: PasswordPerson, clock: TestClock): Promise<Enrolled> {
  const { uri, ticket, secret } = offerTotp(scope, email);
  const totp = URI.parse(uri);
  if (!(totp instanceof TOTP)) throw new Error("not a time-based code");
  const code = (later = 0) => totp.generate({ timestamp: clock.now() + later * 30_000 });
  const recoveryCodes = await confirmTotp(scope, { ticket, code: code() });
  clock.advance(60_000);
  return { code, recoveryCodes, secret };
}
