import { z } from "zod";

export const BUNDLE_TYPE = "application/jsonl; charset=utf-8";

/** As it stands in an address: a number without leading zeros. */
const Decimal = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/, "Write a whole number.")
  .transform(Number);

export const Epoch = Decimal.refine((epoch) => epoch >= 1 && epoch <= 1_000_000, "There is no such log.");

/** The first line wanted, counted from 0. */
export const FromLine = Decimal.default(0);

export const StartExport = z.strictObject({
  /** Left out: as much as the reader may have. */
  pilotId: z.string().min(1).max(100).optional(),
  withBlobs: z.boolean(),
  /** Left out: the newest. */
  epoch: z.number().int().min(1).max(1_000_000).optional(),
});
export type StartExport = z.infer<typeof StartExport>;

export interface ExportView {
  readonly id: string;
  readonly epoch: number;
  /** Entries it is pinned to. */
  readonly size: number;
  readonly pilotId: string | null;
  /** A dossier is the export of one run. */
  readonly runId: string | null;
  readonly withBlobs: boolean;
  readonly createdAt: Date;
}
