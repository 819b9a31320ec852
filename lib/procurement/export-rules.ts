// The sheet for other programs. Pure.
import { csvOf } from "../text/csv.ts";
import { markdownCell, markdownTable } from "../text/markdown.ts";
import { figuresOf, TOPIC_TITLES } from "./rules.ts";
import type { SheetRow } from "./schema.ts";

const COLUMNS = [
  "agent",
  "model",
  "part",
  "subject",
  "value",
  "unit",
  "n",
  "source",
  "as_of",
  "stale",
  "entered_by",
];

/** A line for each statement that stands and each figure; empty where there is none. */
export const sheetCsv = (sheet: readonly SheetRow[]): string =>
  csvOf(
    COLUMNS,
    sheet.flatMap(({ name, model, topics, measured }) => [
      ...topics.map(({ topic, current, isStale }) => [
        ...[name, model, "entered", TOPIC_TITLES[topic], current?.text ?? null, null, null],
        ...[current?.source ?? null, current?.asOf ?? null, isStale, current?.enteredByName ?? null],
      ]),
      ...figuresOf(measured).map(({ title, value, unit, n, query }) => [
        ...[name, model, "measured", title, value, unit, n, query, null, false, null],
      ]),
    ]),
  );

export const sheetMarkdown = (sheet: readonly SheetRow[]): string =>
  [
    "# Procurement sheet",
    ...sheet.flatMap(({ name, model, topics, measured }) => [
      `## ${markdownCell(name)} (${markdownCell(model ?? "no model")})`,
      markdownTable(
        ["Subject", "What is known", "Source", "As of"],
        topics.map(({ topic, current, isStale }) => [
          ...[TOPIC_TITLES[topic], current?.text ?? "not entered", current?.source ?? ""],
          `${current?.asOf ?? ""}${isStale ? " (old)" : ""}`,
        ]),
      ),
      markdownTable(
        ["Measured here", "Value", "Unit", "n", "Counted from"],
        figuresOf(measured).map(({ title, value, unit, n, query }) => [
          ...[title, value === null ? "nothing yet" : String(value), unit, String(n), query],
        ]),
      ),
    ]),
    "",
  ].join("\n\n");
