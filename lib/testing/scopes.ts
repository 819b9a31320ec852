// Scopes and clocks for tests of services.
import type { Role } from "../authz/schema.ts";
import type { Clock } from "../clock.ts";
import { type Actor, makeScope, type Scope } from "../scope.ts";

export interface TestClock extends Clock {
  /** Moves the clock by milliseconds. */
  advance(milliseconds: number): void;
}

/** A clock that stands still until a test moves it; sleeping moves it. */
export function testClock(start: number = Date.now()): TestClock {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

interface TestScope {
  /** A role on the organisation, or a role and the pilot it is on. */
  readonly roles?: readonly (Role | readonly [Role, string])[];
  readonly actor?: Actor;
  readonly clock?: Clock;
}

/** A person's scope with these roles; somebody without any when none are named. */
export function testScope({ roles = [], actor, clock = testClock() }: TestScope = {}): Scope {
  return makeScope({
    actor: actor ?? { kind: "user", personId: "per_test", sessionId: "ses_test" },
    grants: roles.map((role) =>
      typeof role === "string" ? { role, pilotId: null } : { role: role[0], pilotId: role[1] },
    ),
    requestId: "req_test",
    clock,
  });
}

export const systemActor = (name: string): Actor => ({ kind: "system", name });
export const person = (personId: string): Actor => ({ kind: "user", personId, sessionId: `ses_${personId}` });
