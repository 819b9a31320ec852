// May this person do that, on this pilot? Ours over the grants a request carries; CASL over the same table as rules,
// built once as a session would keep it; and the least there is: one look into a set.
import { createMongoAbility, type MongoAbility, type RawRuleOf, subject } from "@casl/ability";
import { can, PERMISSIONS, type Permission, rolesFor } from "#lib/authz/rules.ts";
import { Role, type RoleGrant } from "#lib/authz/schema.ts";
import type { Series } from "../report.ts";

const permissions = Object.keys(PERMISSIONS) as Permission[];
const PILOTS = Array.from({ length: 8 }, (_, at) => `pil_${at}`);

interface Question {
  readonly permission: Permission;
  readonly pilotId: string;
}

/** Somebody with a role on each of six pilots: the first match comes late, and every fourth answer is no. */
const GRANTS: readonly RoleGrant[] = PILOTS.slice(0, 6).map((pilotId, at) => ({
  role: Role.options[at % Role.options.length] ?? "viewer",
  pilotId,
}));

const QUESTIONS: readonly Question[] = permissions.flatMap((permission) =>
  PILOTS.map((pilotId) => ({ permission, pilotId })),
);

const givenBy = (grant: RoleGrant) =>
  permissions.filter((each) => rolesFor(each).some((role) => role === grant.role));

function peerAbility(): MongoAbility {
  const rules: RawRuleOf<MongoAbility>[] = GRANTS.flatMap((grant) =>
    givenBy(grant).map((action) => ({ action, subject: "Pilot", conditions: { id: grant.pilotId } })),
  );
  return createMongoAbility(rules);
}

const known = new Map(GRANTS.map((grant) => [grant.pilotId, new Set(givenBy(grant))]));
const GIVEN = [...known.values()].reduce((sum, { size }) => sum + size, 0);

/** One answer per question, in turn, so that each contestant can be held to the same ones. */
type Judge = (question: Question) => boolean;

export function judges(): Readonly<Record<"ours" | "peer" | "floor", Judge>> {
  const ability = peerAbility();
  const pilots = new Map(PILOTS.map((id) => [id, subject("Pilot", { id })]));
  return {
    ours: ({ permission, pilotId }) => can(GRANTS, permission, pilotId),
    peer: ({ permission, pilotId }) => ability.can(permission, pilots.get(pilotId) ?? "Pilot"),
    floor: ({ permission, pilotId }) => known.get(pilotId)?.has(permission) === true,
  };
}

const TIMES = 40;

/** Milliseconds of a thousand decisions. Throws where a contestant answers otherwise than the set says. */
export function thousandDecisions(judge: Judge): number {
  let given = 0;
  const began = performance.now();
  for (let time = 0; time < TIMES; time++) {
    for (const question of QUESTIONS) if (judge(question)) given++;
  }
  const took = performance.now() - began;
  if (given !== GIVEN * TIMES)
    throw new Error(`It gave ${given} permissions; the table gives ${GIVEN * TIMES}.`);
  return (took / (TIMES * QUESTIONS.length)) * 1000;
}

export const series = (name: string, samples: readonly number[]): Series => ({ name, samples });
