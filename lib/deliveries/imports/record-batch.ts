// Rows are written with the import they came by: one entry, whose digest covers every row that was new or changed.
import { type Tx, transaction } from "../../db.ts";
import { newId } from "../../ids.ts";
import { sha256Hex } from "../../protocol/signing.ts";
import { canonicalText } from "../../record/rules.ts";
import type { Subject } from "../../record/schema.ts";
import type { Scope } from "../../scope.ts";
import { canBe, settled } from "../rows/rules.ts";
import type { Kept, RowKind } from "../rows/schema.ts";
import { lockSource, selectKept, upsertRows } from "../rows/store.ts";
import type { Batch, Counts, Recorded } from "./schema.ts";
import { insertImport } from "./store.ts";

const PREFIX = {
  deployment: "deployment",
  incident: "incident",
  outside_change: "outside_change",
  outside_ci_run: "ci_run",
  page_call: "page_call",
} as const satisfies Record<RowKind, string>;

/** An entry names so many; the others are in its rows. */
const MOST_NAMED = 20;

interface Settled<K extends RowKind> extends Counts {
  /** What is written, each once. */
  readonly rows: readonly Kept[K][];
}

/** What the rows make of what is known: each settled against it, and against those of its own batch before it. */
function settleAll<K extends RowKind>(
  { kind, rows }: Batch<K>,
  known: ReadonlyMap<string, Kept[K]>,
): Settled<K> {
  const now = new Map(known);
  for (const told of rows) now.set(told.externalId, settled(kind, now.get(told.externalId), told));
  const written = [...now.values()].filter((row) => known.get(row.externalId) !== row);
  const rowsChanged = written.filter(({ externalId }) => known.has(externalId)).length;
  const rowsNew = written.length - rowsChanged;
  return { rows: written, rowsNew, rowsChanged, rowsUnchanged: rows.length - written.length };
}

const idsOf = <K extends RowKind>({ rows }: Batch<K>) => [
  ...new Set(rows.map(({ externalId }) => externalId)),
];

/** What a batch would change, with nothing written. */
export async function weighBatch<K extends RowKind>(tx: Pick<Tx, "db">, batch: Batch<K>): Promise<Counts> {
  const known = await selectKept(tx.db, batch.kind, batch.source, idsOf(batch));
  const { rowsNew, rowsChanged, rowsUnchanged } = settleAll(batch, known);
  return { rowsNew, rowsChanged, rowsUnchanged };
}

/** The same rows again change nothing, and write nothing. What cannot be is left out, and counted by an import of its own if need be. */
export const recordBatch = <K extends RowKind>(
  scope: Scope,
  batch: Batch<K>,
  by: string | null,
): Promise<Recorded> => transaction(scope, (tx) => recordInTx(tx, scope, batch, by));

export async function recordInTx<K extends RowKind>(
  tx: Tx,
  scope: Scope,
  batch: Batch<K>,
  by: string | null,
): Promise<Recorded> {
  const { kind, way, source } = batch;
  await lockSource(tx.db, kind, source);
  const now = scope.clock.now();
  const refused = batch.rows.filter((row) => !canBe(row, now));
  const possible = { ...batch, rows: batch.rows.filter((row) => canBe(row, now)) };
  const known = await selectKept(tx.db, kind, source, idsOf(possible));
  const { rows, ...settledCounts } = settleAll(possible, known);
  const rowsRefused = refused.length;
  const counts = { ...settledCounts, rowsRefused };
  if (rows.length === 0 && rowsRefused === 0) return { ...counts, importId: null };
  const importId = newId("import", now);
  const digest = digestOf(rows);
  await insertImport(tx.db, {
    ...{ id: importId, kind, way, source, digest, ...counts },
    ...{ recordedBy: by, recordedAt: new Date(now) },
  });
  const written = rows.map((row) => ({ id: newId(PREFIX[kind], now), row }));
  if (written.length > 0) await upsertRows(tx.db, kind, { source, importId, rows: written });
  tx.record({
    kind: "import.recorded",
    about: [`import:${importId}`, ...repositoriesOf([...rows, ...refused])],
    detail: {
      ...{ rows: kind, way, source_sha256: sha256Hex(Buffer.from(source, "utf8")), digest },
      ...{ rows_new: counts.rowsNew, rows_changed: counts.rowsChanged, rows_unchanged: counts.rowsUnchanged },
      ...(rowsRefused > 0 ? { rows_refused: rowsRefused } : {}),
    },
  });
  return { ...counts, importId };
}

function repositoriesOf(rows: readonly { readonly repositoryId: string | null }[]): Subject[] {
  const ids = new Set(rows.flatMap(({ repositoryId }) => (repositoryId === null ? [] : [repositoryId])));
  return [...ids].slice(0, MOST_NAMED).map((id): Subject => `repository:${id}`);
}

/** SHA-256 of the RFC 8785 text of the rows as they are kept, in the order of their external ids. */
function digestOf<K extends RowKind>(rows: readonly Kept[K][]): string {
  const sorted = [...rows].sort((a, b) =>
    a.externalId < b.externalId ? -1 : a.externalId > b.externalId ? 1 : 0,
  );
  const plain: unknown = JSON.parse(JSON.stringify(sorted));
  return sha256Hex(Buffer.from(canonicalText(plain), "utf8"));
}
