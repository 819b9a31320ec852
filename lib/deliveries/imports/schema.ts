import { z } from "zod";
import { type Kept, RowKind, type RowKind as RowKindType, SourceName, type Way } from "../rows/schema.ts";

/** Of one call of a program. */
export const MOST_ROWS = 1000;
const ROWS = `Send 1 to ${MOST_ROWS} rows at once.`;

export const ReportRows = z.strictObject({
  source: SourceName,
  /** Each is read by its kind's own schema, so that every fault is told. */
  rows: z.array(z.unknown(), { error: ROWS }).min(1, ROWS).max(MOST_ROWS, ROWS),
});
export type ReportRows = z.infer<typeof ReportRows>;

/** Next itself stops an action at 1 MB. */
export const MOST_FILE_BYTES = 700_000;
/** Of a file. */
export const MOST_LINES = 5000;

const FILE = `Choose a CSV file of at most ${MOST_FILE_BYTES.toLocaleString("en")} bytes.`;
export const TakeFile = z.strictObject({
  kind: RowKind,
  source: SourceName,
  /** The bytes of the file, base 64: what they are in is judged here and not by the browser. */
  file: z
    .string({ error: FILE })
    .min(1, FILE)
    .max(Math.ceil(MOST_FILE_BYTES / 3) * 4, FILE)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/, FILE),
});
export type TakeFile = z.infer<typeof TakeFile>;

export interface Counts {
  readonly rowsNew: number;
  readonly rowsChanged: number;
  /** Known already, or older than what is known. */
  readonly rowsUnchanged: number;
}

export interface Recorded extends Counts {
  /** Of a forge or a pager, which are not told of faults as programs and people are: left out, and counted. */
  readonly rowsRefused: number;
  /** Null where there was nothing to write. */
  readonly importId: string | null;
}

export interface Batch<K extends RowKindType> {
  readonly kind: K;
  readonly way: Way;
  readonly source: string;
  readonly rows: readonly Kept[K][];
}

/** One fault of a file, by its line as an editor counts them. */
export interface LineFault {
  readonly line: number;
  /** The column; empty where it is about the line as a whole. */
  readonly field: string;
  readonly wrong: string;
  readonly right: string;
}

export interface Preview extends Counts {
  readonly rows: number;
  /** The first of them, as they would be kept. */
  readonly first: readonly Readonly<Record<string, string>>[];
  /** At most MOST_TOLD. */
  readonly faults: readonly LineFault[];
  readonly faultCount: number;
}
export const MOST_TOLD = 200;
export const MOST_SHOWN = 10;
