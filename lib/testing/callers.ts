// Everybody who may knock at a door: nobody, somebody without a role, every built-in role and three roles made of
// permissions, each on the organisation, on one pilot, and (three of them) on another pilot alone.
import type pg from "pg";
import { Role, type RoleGrant, type RoleKey } from "../authz/schema.ts";
import { systemClock } from "../clock.ts";
import { GRANTABLE } from "../roles/schema.ts";
import { createRole } from "../roles/service.ts";
import { systemActor, testScope } from "./scopes.ts";
import { type SignedIn, signedIn } from "./signed-in.ts";

export const PILOT = "pil_nobody";
const ELSEWHERE = "pil_elsewhere";

/** Everything there is to give; what only looks; every other one. */
const CUSTOM = {
  everything: GRANTABLE,
  looking: GRANTABLE.filter((each) => each.endsWith(".view")),
  halves: GRANTABLE.filter((_, index) => index % 2 === 0),
} as const;

export interface Caller {
  readonly name: string;
  /** Null: nobody is signed in. */
  readonly cookie: string | null;
  readonly grants: readonly RoleGrant[];
  readonly isEverywhere: boolean;
  /** A member of another pilot than the one the doors are asked about. */
  readonly isElsewhere: boolean;
}

interface Wanted {
  readonly role: RoleKey;
  readonly permissions?: RoleGrant["permissions"];
}

async function customRoles(): Promise<Wanted[]> {
  const scope = testScope({ roles: ["administrator"], actor: systemActor("test"), clock: systemClock });
  const made: Wanted[] = [];
  for (const [name, permissions] of Object.entries(CUSTOM)) {
    const id = await createRole(scope, { name, description: "", permissions: [...permissions] });
    made.push({ role: id as RoleKey, permissions });
  }
  return made;
}

async function callerWith(wanted: Wanted, pilotId: string | null): Promise<[Caller, SignedIn]> {
  const where = { [PILOT]: "on the pilot", [ELSEWHERE]: "elsewhere" }[pilotId ?? ""] ?? "everywhere";
  const name = `${wanted.role} ${where}`;
  const roles = [pilotId === null ? wanted.role : ([wanted.role, pilotId] as const)];
  const person = await signedIn(name, roles);
  const grants = [{ ...wanted, pilotId }];
  return [
    {
      name,
      cookie: person.cookie,
      grants,
      isEverywhere: pilotId === null,
      isElsewhere: pilotId === ELSEWHERE,
    },
    person,
  ];
}

export interface Callers {
  readonly callers: readonly Caller[];
  /** Opens again what doors ended: some end the session they are passed with. */
  renew(): Promise<void>;
}

export async function everybody(owner: pg.Pool): Promise<Callers> {
  const custom = await customRoles();
  const roles: Wanted[] = [...Role.options.map((role) => ({ role })), ...custom];
  const made: [Caller, SignedIn][] = [];
  for (const wanted of roles)
    for (const pilotId of [null, PILOT]) made.push(await callerWith(wanted, pilotId));
  for (const wanted of [
    { role: "security_lead" } as const,
    { role: "viewer" } as const,
    ...custom.slice(0, 1),
  ])
    made.push(await callerWith(wanted, ELSEWHERE));
  const stranger = await signedIn("The stranger", []);
  const plain = { grants: [], isEverywhere: false, isElsewhere: false } as const;
  const sessions = [...made.map(([, { sessionId }]) => sessionId), stranger.sessionId];
  return {
    callers: [
      { ...plain, name: "anonymous", cookie: null },
      { ...plain, name: "stranger", cookie: stranger.cookie },
      ...made.map(([caller]) => caller),
    ],
    renew: async () => {
      await owner.query("update session set revoked_at = null where id = any($1)", [sessions]);
    },
  };
}
