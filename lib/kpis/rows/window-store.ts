// What a query of rows is asked for, and what every row of it says.
import { Prisma } from "#generated/prisma/client.ts";
import type { KpiSplit } from "../schema/reading.ts";

export interface RowsWindow {
  readonly pilotId: string;
  /** Of the charter in force. */
  readonly repositoryId: string;
  readonly from: Date;
  readonly to: Date;
  readonly asOf: Date;
  readonly split: KpiSplit;
}

/**
 * A query with the columns id, at, value, hit, censored, maturing, provisional, run_id. Columns that are always the same
 * are left to `always`.
 */
export type RowsQuery = (window: RowsWindow) => Prisma.Sql;

export const NO_VALUE = Prisma.sql`null::float8 as value`;
export const NO_HIT = Prisma.sql`null::boolean as hit`;
export const IS_OVER = Prisma.sql`false as censored`;
export const IS_SETTLED = Prisma.sql`false as maturing, false as provisional`;

const span = (seconds: number) => (from: Prisma.Sql, to: Prisma.Sql) =>
  Prisma.sql`(extract(epoch from ${to} - ${from}) / ${seconds}::float8)::float8`;
export const hours = span(3600);
export const seconds = span(1);

export const inWindow = (at: Prisma.Sql, { from, to, asOf }: RowsWindow): Prisma.Sql =>
  Prisma.sql`${at} >= ${from} and ${at} < ${to} and ${at} <= ${asOf}`;

/** Of a fact `f` of a run, or of a row that carries its columns. */
export function ofRun({ agentId, model, repositoryId, kind }: KpiSplit): Prisma.Sql {
  const conditions = [Prisma.sql`true`];
  if (agentId !== undefined) conditions.push(Prisma.sql`f.agent_id = ${agentId}`);
  if (model !== undefined)
    conditions.push(Prisma.sql`f.agent_id in (select a.id from agent a where a.model = ${model})`);
  if (repositoryId !== undefined) conditions.push(Prisma.sql`f.repository_id = ${repositoryId}`);
  if (kind !== undefined) conditions.push(Prisma.sql`f.kind = ${kind}`);
  return Prisma.join(conditions, " and ");
}

/**
 * Of something that need not belong to a run: only where it is told apart does it have to. Its run is named outside of the
 * query for facts, whose `f` would take the place of another one.
 */
export const ofRunIfAny = (runId: Prisma.Sql, split: KpiSplit): Prisma.Sql =>
  Object.values(split).every((by) => by === undefined)
    ? Prisma.sql`true`
    : Prisma.sql`${runId} in (select f.run_id from run_fact f where ${ofRun(split)})`;

/** Whether a fact `f` is a hit, and whether it waits for what becomes of it. */
export interface Judged {
  readonly hit: (asOf: Date) => Prisma.Sql;
  readonly maturing: (asOf: Date) => Prisma.Sql;
}

/** Numbers that judge the same facts, each in its own way: one walk along the facts counts for all of them. */
export interface Family {
  readonly judged: Readonly<Record<string, Judged>>;
  readonly provisional: (asOf: Date) => Prisma.Sql;
  /** From there to the end of the condition. */
  readonly from: (window: RowsWindow) => Prisma.Sql;
}

export const never = () => Prisma.sql`false`;
