// A program with a token tells of rows. All of them are taken, or none.
import { requirePermission } from "../../authz/require.ts";
import { read } from "../../db.ts";
import { badInput, type FieldErrors } from "../../errors.ts";
import { actorId, type Scope } from "../../scope.ts";
import type { RowFault, RowKind } from "../rows/schema.ts";
import { openReading, readRows } from "./read-rows.ts";
import { recordBatch } from "./record-batch.ts";
import type { Recorded, ReportRows } from "./schema.ts";

/** Faults that an answer names; their number is told. */
const MOST_FAULTS = 50;

function fieldsOf(faults: readonly RowFault[]): FieldErrors {
  const fields: FieldErrors = {};
  for (const { row, field, wrong, right } of faults.slice(0, MOST_FAULTS)) {
    const path = ["rows", String(row - 1), field].filter(Boolean).join(".");
    fields[path] = [...(fields[path] ?? []), `${wrong}. ${right}`];
  }
  return fields;
}

export async function reportRows(
  scope: Scope,
  kind: RowKind,
  { source, rows: raw }: ReportRows,
): Promise<Recorded> {
  requirePermission(scope, "delivery.record", null);
  const reading = await read(scope, (db) => openReading(db, source, scope.clock.now()));
  const { rows, faults } = readRows(kind, raw, reading);
  if (faults.length > 0) {
    const many = faults.length === 1 ? "One thing is" : `${faults.length} things are`;
    throw badInput(`${many} wrong with these rows; none of them was taken.`, fieldsOf(faults));
  }
  return recordBatch(scope, { kind, way: "api", source, rows }, actorId(scope.actor));
}
