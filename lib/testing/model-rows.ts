// Rows of calls and budgets, read as the database's owner.
import type { TestDatabase } from "./database.ts";

/** Of one budget, in micro-units. */
export async function budgetRows(database: TestDatabase, kind: string, subject: string) {
  const { rows } = await database.owner.query<{ reserved: number; spent: number }>(
    "select reserved_micros::int as reserved, spent_micros::int as spent from budget_use where kind = $1 and subject = $2",
    [kind, subject],
  );
  return rows;
}

type CallRow = Record<string, unknown> & { readonly items: readonly string[] };

export async function callRow(database: TestDatabase, id: string): Promise<CallRow> {
  return (await database.owner.query("select * from model_call where id = $1", [id])).rows[0];
}
