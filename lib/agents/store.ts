import { Prisma } from "#generated/prisma/client.ts";
import type { Db } from "../db.ts";
import { AgentSettings, type AgentView, DRILL_DRIVER, REVERT_DRIVER } from "./schema.ts";

export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  /** Null for an agent without a model. */
  readonly providerId: string | null;
  readonly model: string | null;
  readonly settings: AgentSettings;
}

const rowOf = (row: Omit<AgentRow, "settings"> & { readonly settings: unknown }): AgentRow => ({
  ...row,
  settings: AgentSettings.parse(row.settings),
});

export async function findAgentRow(db: Db, agentId: string): Promise<AgentRow | null> {
  const row = await db.agent.findUnique({ where: { id: agentId } });
  return row && rowOf(row);
}

export async function selectAgentRows(db: Db, ids: readonly string[]): Promise<AgentRow[]> {
  return (await db.agent.findMany({ where: { id: { in: [...ids] } } })).map(rowOf);
}

export async function findByDriver(db: Db, driver: string): Promise<AgentRow | null> {
  const row = await db.agent.findFirst({ where: { driver }, orderBy: { createdAt: "asc" } });
  return row && rowOf(row);
}

/** Serialises those who would all add the first agent of a driver. */
export async function lockDriver(db: Db, driver: string): Promise<void> {
  await db.$executeRaw`select pg_advisory_xact_lock(hashtext(${`agent driver ${driver}`}))`;
}

export async function insertAgent(
  db: Db,
  agent: AgentRow & { createdBy: string; createdAt: Date },
): Promise<void> {
  await db.agent.create({ data: agent });
}

export async function selectAgents(
  db: Db,
  visible: "all" | readonly string[],
  agentId: string | null,
): Promise<AgentView[]> {
  const seen = visible === "all" ? Prisma.sql`true` : Prisma.sql`run.pilot_id = any(${[...visible]})`;
  const rows = await db.$queryRaw<AgentView[]>`
    select a.id, a.name, a.driver, a.provider_id as "providerId", v.name as "providerName", a.model, a.settings,
      a.created_by as "createdBy", coalesce(p.name, a.created_by) as "createdByName",
      a.created_at as "createdAt", (select count(*)::int from run where run.agent_id = a.id and ${seen}) as runs
    from agent a left join person p on p.id = a.created_by left join provider v on v.id = a.provider_id
    where case when ${agentId}::text is null then a.driver not in (${REVERT_DRIVER}, ${DRILL_DRIVER}) else a.id = ${agentId} end
    order by a.name`;
  return rows.map((row) => ({ ...row, settings: AgentSettings.parse(row.settings) }));
}
