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

/** As a spreadsheet reads it, and never as a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** One line for each row of a framework that a control is evidence towards. */
export function controlsCsv(controls: readonly ControlView[], framework: Framework | null): string {
  const lines = controls.flatMap(({ id, title, sentence, state, last, heldAt, rows }) =>
    rows
      .filter((row) => framework === null || row.framework === framework)
      .map((row) => [
        ...[id, title, sentence, state, last?.sentence ?? "", last?.at.toISOString() ?? ""],
        ...[heldAt?.toISOString() ?? "", FRAMEWORK_NAMES[row.framework], row.row, row.title],
      ]),
  );
  return [HEAD, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}
