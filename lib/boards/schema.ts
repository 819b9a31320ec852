// What a board of numbers is asked for.
import { z } from "zod";
import { KpiId } from "../kpis/schema/kpi-id.ts";
import type { KpiReading } from "../kpis/schema/reading.ts";

export const Range = z.enum(["7d", "28d", "all", "days"]);
export type Range = z.infer<typeof Range>;

/** What the numbers stand beside: the time before of the same length, or the pilot's baseline. */
export const Compare = z.enum(["previous", "baseline", "none"]);
export type Compare = z.infer<typeof Compare>;

export const SplitBy = z.enum(["none", "agentId", "model", "repositoryId", "kind"]);
export type SplitBy = z.infer<typeof SplitBy>;

/** Years that a database and a calendar agree about. */
export const BoardDay = z.iso
  .date("Write a day as 2030-12-31.")
  .refine((day) => day >= "1970-01-01" && day <= "2200-12-31", "Write a day of the years 1970 to 2200.");

export const BoardQuery = z.strictObject({
  pilotId: z.string().min(1).max(100),
  range: Range.default("all"),
  /** First and last day, in the pilot's time zone, of a range of days. */
  first: BoardDay.optional(),
  last: BoardDay.optional(),
  compare: Compare.default("previous"),
  split: SplitBy.default("none"),
  /** One value of the split alone. */
  of: z.string().max(200).optional(),
});
export type BoardQuery = z.infer<typeof BoardQuery>;

export const BoardRowsQuery = BoardQuery.extend({ kpi: KpiId });
export type BoardRowsQuery = z.infer<typeof BoardRowsQuery>;

/** Of a board, or the rows behind one of its numbers, as a file: it has no place for a sentence, so it refuses. */
export const BoardFileQuery = z
  .object({
    ...BoardQuery.omit({ pilotId: true }).shape,
    kpi: KpiId.optional(),
    format: z.enum(["csv", "json"]).default("csv"),
  })
  .refine(({ range, first, last }) => range !== "days" || !first || !last || first <= last, {
    ...{ path: ["first"], message: "The first day is after the last one." },
  });

export interface Span {
  readonly from: Date;
  readonly to: Date;
}

export interface BoardNumber {
  readonly reading: KpiReading;
  /** Of the time it is compared with; null where there is none. */
  readonly before: KpiReading | null;
}

export interface BoardSplit {
  readonly by: Exclude<SplitBy, "none">;
  readonly columns: readonly {
    /** An id, the name of a model, a kind of run. */
    readonly value: string;
    readonly title: string;
    readonly readings: readonly KpiReading[];
  }[];
}

export interface Note {
  readonly at: Date;
  /** "Charter 2 came into force" */
  readonly text: string;
}

export interface SeriesWeek {
  /** Its Monday, in the pilot's time zone. */
  readonly week: string;
  /** It is not over, or its beginning is not in the range. */
  readonly isPartial: boolean;
  readonly reading: KpiReading;
}

export interface Board {
  readonly pilotId: string;
  readonly pilotName: string;
  readonly timeZone: string;
  readonly asOf: Date;
  readonly query: BoardQuery;
  readonly span: Span;
  readonly before: Span | null;
  readonly numbers: readonly BoardNumber[];
  readonly split: BoardSplit | null;
  readonly notes: readonly Note[];
  /** Why the days that were asked for are not those that are shown. */
  readonly notice: string | null;
}
