import { csvOf } from "../text/csv.ts";
import { FRAMEWORK_NAMES } from "./frameworks.ts";
import type { ControlView, Framework } from "./schema.ts";

const HEAD = [
  "control",
  "title",
  "sentence",
  "state",
  "last proof",
  "at",
  "held at",
  "framework",
  "row",
  "title of the row",
];

/** One line for each row of a framework that a control is evidence towards. */
export function controlsCsv(controls: readonly ControlView[], framework: Framework | null): string {
  const lines = controls.flatMap(({ id, title, sentence, state, last, heldAt, rows }) =>
    rows
      .filter((row) => framework === null || row.framework === framework)
      .map((row) => [
        ...[id, title, sentence, state, last?.sentence ?? null, last?.at ?? null],
        ...[heldAt, FRAMEWORK_NAMES[row.framework], row.row, row.title],
      ]),
  );
  return csvOf(HEAD, lines);
}
