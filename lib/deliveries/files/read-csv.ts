// A CSV file as cells by column, with the line each record begins on. Cells are text and stay text: a formula is one like any
// other, and nothing is guessed about dates or numbers.
import { CsvError, parse } from "csv-parse/sync";
import { type LineFault, MOST_LINES } from "../imports/schema.ts";
import { oneLine } from "../rows/one-line.ts";
import { ROWS, type RowKind } from "../rows/schema.ts";

export interface CsvRecord {
  readonly line: number;
  /** By field; what is empty is left out. */
  readonly cells: Readonly<Record<string, string>>;
}

export interface CsvFile {
  readonly records: readonly CsvRecord[];
  readonly faults: readonly LineFault[];
}

const SAVE = "Save it as “CSV UTF-8”.";
const SHOWN = 80;
const MOST_CELLS = 50;
const MOST_RECORD = 20_000;

const fault = (line: number, field: string, wrong: string, right: string): LineFault => ({
  ...{ line, field, wrong, right },
});
const refused = (...faults: LineFault[]): CsvFile => ({ records: [], faults });

const startsWith = (bytes: Uint8Array, ...mark: number[]): boolean =>
  mark.every((byte, at) => bytes[at] === byte);

function lineOf(bytes: Uint8Array, isFaulty: (line: Uint8Array) => boolean): number {
  let from = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(10, from);
    if (end === -1 || isFaulty(bytes.subarray(from, end))) return line;
    from = end + 1;
  }
}

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false; // a TypeError is all that this says, and it means: not UTF-8
  }
};

function decode(bytes: Uint8Array): string | LineFault {
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff))
    return fault(1, "", "The file is UTF-16", SAVE);
  if (!isUtf8(bytes))
    return fault(
      lineOf(bytes, (line) => !isUtf8(line)),
      "",
      "A character here is not UTF-8",
      SAVE,
    );
  if (bytes.includes(0))
    return fault(
      lineOf(bytes, (line) => line.includes(0)),
      "",
      "There is a NUL here, so this is no text",
      SAVE,
    );
  return new TextDecoder("utf-8").decode(bytes); // takes the mark at the beginning away
}

/** As spreadsheets of other languages write: whichever stands in the first line. */
function delimiterOf(text: string): string {
  const [first = ""] = text.split("\n", 1);
  return [",", ";", "\t"].find((each) => first.includes(each)) ?? ",";
}

interface Cells {
  readonly line: number;
  readonly cells: readonly string[];
}

function cellsOf(text: string): Cells[] | LineFault {
  const records: Cells[] = [];
  let ended = 0;
  try {
    parse(text, {
      ...{ delimiter: delimiterOf(text), relax_column_count: true, skip_empty_lines: true, info: false },
      ...{ max_record_size: MOST_RECORD, to: MOST_LINES + 2 },
      on_record(cells: string[], { lines }: { readonly lines: number }) {
        const breaks = cells.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0);
        records.push({ line: Math.max(1, lines - breaks), cells });
        ended = lines;
        return null;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = "lines" in error && typeof error.lines === "number" ? error.lines : ended + 1;
    return fault(
      line,
      "",
      QUOTES.includes(error.code) ? "A quote here is not as CSV has it" : "This line is not as CSV has it",
      `Put cells that hold quotes, commas or line breaks in quotes, and write a quote in them twice. A line has at most ${MOST_RECORD.toLocaleString("en")} characters.`,
    );
  }
}

const QUOTES: readonly string[] = [
  "CSV_INVALID_CLOSING_QUOTE",
  "CSV_QUOTE_NOT_CLOSED",
  "INVALID_OPENING_QUOTE",
];

const snake = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** `Head SHA`, `head-sha` and `headSha` are the column head_sha. */
const columnOf = (written: string): string =>
  (/[ _-]/.test(written) ? written : snake(written.replace(/SHA$/, "Sha")))
    .trim()
    .toLowerCase()
    .replace(/[ -]+/g, "_")
    .replace(/^_/, "");

export const columnsOf = (kind: RowKind): readonly string[] => Object.keys(ROWS[kind].shape).map(snake);

function headFaults(kind: RowKind, { line, cells }: Cells): LineFault[] {
  const known = columnsOf(kind);
  const columns = cells.map(columnOf);
  const right = `Columns are: ${known.join(", ")}.`;
  const needed = Object.entries(ROWS[kind].shape)
    .filter(([, shape]) => !shape.safeParse(undefined).success)
    .map(([field]) => snake(field));
  return [
    ...columns.flatMap((column, at) => {
      const shown = oneLine(cells[at] ?? "", SHOWN);
      if (!known.includes(column))
        return [fault(line, shown, shown === "" ? "A column has no name" : "There is no such column", right)];
      if (columns.indexOf(column) !== at)
        return [fault(line, shown, "The column is there twice", "Keep one of the two.")];
      return [];
    }),
    ...needed
      .filter((column) => !columns.includes(column))
      .map((column) => fault(line, column, "The column is missing", "Add it to the first line.")),
  ];
}

function recordOf(kind: RowKind, columns: readonly string[], { line, cells }: Cells): CsvRecord | LineFault {
  if (cells.length !== columns.length)
    return fault(
      ...([line, "", `There are ${cells.length} cells, and ${columns.length} columns`] as const),
      "Give each column one cell; put a cell that holds a comma in quotes.",
    );
  const byColumn = Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? ""]));
  const named = Object.keys(ROWS[kind].shape).map((field) => [field, byColumn[snake(field)] ?? ""] as const);
  return { line, cells: Object.fromEntries(named.filter(([, cell]) => cell !== "")) };
}

const isFault = (each: CsvRecord | LineFault): each is LineFault => "wrong" in each;

/** Every line that cannot be read, by its number as an editor counts. */
export function readCsv(kind: RowKind, bytes: Uint8Array): CsvFile {
  const text = decode(bytes);
  if (typeof text !== "string") return refused(text);
  const all = cellsOf(text.replace(/\r\n|\r/g, "\n")); // the parser counts both of them as lines where they stand in quotes
  if (!Array.isArray(all)) return refused(all);
  const [head, ...lines] = all;
  if (!head || lines.length === 0)
    return refused(
      fault(
        1,
        "",
        "There are no rows",
        `Begin with a line of columns (${columnsOf(kind).join(", ")}), then one line for each.`,
      ),
    );
  if (head.cells.length > MOST_CELLS || lines.length > MOST_LINES)
    return refused(
      fault(
        ...([1, "", "The file is too long"] as const),
        `Split it into files of at most ${MOST_LINES.toLocaleString("en")} lines and ${MOST_CELLS} columns.`,
      ),
    );
  const faults = headFaults(kind, head);
  if (faults.length > 0) return refused(...faults);
  const columns = head.cells.map(columnOf);
  const read = lines.map((line) => recordOf(kind, columns, line));
  return {
    records: read.flatMap((each) => (isFault(each) ? [] : [each])),
    faults: read.flatMap((each) => (isFault(each) ? [each] : [])),
  };
}
