import { z } from "zod";

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
