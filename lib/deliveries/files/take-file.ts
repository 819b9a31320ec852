// A CSV file that a person chose: looked at first with nothing written, then taken as a whole or not at all.
import { requirePermission } from "../../authz/require.ts";
import { read } from "../../db.ts";
import { badInput } from "../../errors.ts";
import { actorId, type Scope } from "../../scope.ts";
import { openReading, readRows } from "../imports/read-rows.ts";
import { recordBatch, weighBatch } from "../imports/record-batch.ts";
import {
  type LineFault,
  MOST_FILE_BYTES,
  MOST_SHOWN,
  MOST_TOLD,
  type Preview,
  type Recorded,
  type TakeFile,
} from "../imports/schema.ts";
import type { Kept, RowKind } from "../rows/schema.ts";
import { columnsOf, readCsv } from "./read-csv.ts";

interface FileRead<K extends RowKind> {
  readonly rows: readonly Kept[K][];
  readonly faults: readonly LineFault[];
  readonly lines: number;
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };
const typed = (cells: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> => {
  const { production } = cells;
  return production === undefined
    ? cells
    : { ...cells, production: BOOLEANS[production.toLowerCase()] ?? production };
};

async function readFile(scope: Scope, input: TakeFile): Promise<FileRead<RowKind>> {
  const { kind, source, file } = input;
  const bytes = new Uint8Array(Buffer.from(file, "base64"));
  if (bytes.length > MOST_FILE_BYTES) throw badInput("The file is too large.", { file: ["Split it."] });
  const { records, faults } = readCsv(kind, bytes);
  const reading = await read(scope, (db) => openReading(db, source, scope.clock.now()));
  const found = readRows(
    kind,
    records.map(({ cells }) => typed(cells)),
    reading,
  );
  const ofRows = found.faults.map(({ row, field, wrong, right }) => ({
    ...{ line: records[row - 1]?.line ?? 0, field: snakeOf(kind, field), wrong, right },
  }));
  const all = [...faults, ...ofRows].sort((a, b) => a.line - b.line);
  return { rows: all.length > 0 ? [] : found.rows, faults: all, lines: records.length + faults.length };
}

/** As the file calls it. */
const snakeOf = (kind: RowKind, field: string): string =>
  columnsOf(kind).find((column) => column.replaceAll("_", "") === field.toLowerCase()) ?? field;

const shown = (row: Kept[RowKind]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString() : value === null ? "" : String(value),
    ]),
  );

export async function previewFile(scope: Scope, input: TakeFile): Promise<Preview> {
  requirePermission(scope, "delivery.record", null);
  const { rows, faults, lines } = await readFile(scope, input);
  const { kind, source } = input;
  const counts = await read(scope, (db) => weighBatch({ db }, { kind, way: "csv", source, rows }));
  return {
    ...counts,
    ...{ rows: lines, first: rows.slice(0, MOST_SHOWN).map(shown) },
    ...{ faults: faults.slice(0, MOST_TOLD), faultCount: faults.length },
  };
}

export async function takeFile(scope: Scope, input: TakeFile): Promise<Recorded> {
  requirePermission(scope, "delivery.record", null);
  const { rows, faults } = await readFile(scope, input);
  const [first] = faults;
  if (first)
    throw badInput(
      `Nothing was imported. Line ${first.line}${first.field === "" ? "" : `, ${first.field}`}: ${first.wrong}. ${first.right}`,
      { file: ["Look at the preview, put the lines right, and choose the file again."] },
    );
  const { kind, source } = input;
  return recordBatch(scope, { kind, way: "csv", source, rows }, actorId(scope.actor));
}
