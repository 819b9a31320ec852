// What a gate's decision depends on as it stands now, not as it stood when the gate opened.
import { z } from "zod";
import type { RoleNames } from "../authz/rules.ts";
import type { Db } from "../db.ts";
import { reportersOf } from "../outside-checks/service.ts";
import { sha256Hex } from "../protocol/signing.ts";
import { type DecidingRole, decidingRoles } from "../roles/deciding.ts";
import type { GateFacts } from "./rules.ts";
import { factsOf, type GateRow, selectSteerers } from "./store.ts";

type People = ReadonlyMap<string, readonly string[]>;

/** By run: who wrote to its agent, and who reported of it from outside. */
export interface Since {
  readonly steerers: People;
  readonly reporters: People;
}

export async function sinceOf(db: Db, runs: readonly string[]): Promise<Since> {
  const [steerers, reporters] = await Promise.all([selectSteerers(db, runs), reportersOf(db, runs)]);
  return { steerers, reporters };
}

const mergesIn = (gates: readonly GateRow[]): string[] =>
  gates.flatMap(({ kind, status, runId }) =>
    kind === "merge" && status === "open" && runId !== null ? [runId] : [],
  );

/** Facts of gates, in their order; of a merge, whoever wrote to the agent or reported from outside since the gate opened is barred too. */
export async function factsNow(db: Db, gates: readonly GateRow[], known?: Since): Promise<GateFacts[]> {
  const [{ steerers, reporters }, made] = await Promise.all([
    known ?? sinceOf(db, mergesIn(gates)),
    decidingRoles(
      db,
      gates.flatMap(({ roles }) => roles),
    ),
  ]);
  const since = (runId: string) => [...(steerers.get(runId) ?? []), ...(reporters.get(runId) ?? [])];
  return gates.map((gate) => ({
    ...factsOf(gate, gate.kind === "merge" ? since(gate.runId ?? "") : []),
    roleNames: roleNamesAt(gate, made),
  }));
}

const Named = z.looseObject({ roleNames: z.record(z.string(), z.string()).default({}) });

/** As the gate's document calls them, with what has become of them since. */
function roleNamesAt({ document, roles }: GateRow, made: readonly DecidingRole[]): RoleNames {
  const own = made.filter(({ id }) => roles.includes(id));
  if (own.length === 0) return {};
  const frozen = namesIn(document);
  const named = ({ id, name, standing }: DecidingRole) =>
    `${Object.hasOwn(frozen, id) ? frozen[id] : name}${STANDING[standing]}`;
  return Object.fromEntries(own.map((role) => [role.id, named(role)]));
}

const STANDING = {
  decides: "",
  retired: " (retired: nobody decides with it any more)",
  powerless: " (no longer includes deciding at gates)",
} as const;

/** None where a redaction took the document's words. */
function namesIn(document: string): RoleNames {
  try {
    const { success, data } = Named.safeParse(JSON.parse(document));
    return success ? data.roleNames : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Why the document is not what people put their names to; null where it is, and where a redaction took its words. */
export function alteredDocument({ kind, document, digest, approvals }: GateRow): string | null {
  if (kind === "command") return null;
  if (sha256Hex(Buffer.from(document, "utf8")) !== digest)
    return "The decision document is not the one that its digest names: it was altered after the gate opened.";
  return approvals.some((approval) => approval.digest !== digest)
    ? "An approval of this gate is bound to another document: it was altered after it was given."
    : null;
}
