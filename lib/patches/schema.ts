import { z } from "zod";

export const PatchFile = z.object({
  path: z.string(),
  /** Where a renamed file was before. */
  from: z.string().nullable(),
  status: z.enum(["added", "modified", "deleted", "renamed", "type_changed"]),
  added: z.int(),
  removed: z.int(),
  binary: z.boolean(),
});
export type PatchFile = z.infer<typeof PatchFile>;

/** Something a reviewer has to know; `extra_approver` asks for one approver more where the charter says so. */
export const PatchFlag = z.object({
  reason: z.string(),
  path: z.string().nullable(),
  detail: z.string(),
  extraApprover: z.boolean(),
});
export type PatchFlag = z.infer<typeof PatchFlag>;

export interface PatchView {
  readonly id: string;
  readonly runId: string;
  readonly attempt: number;
  readonly baseCommit: string;
  readonly tree: string;
  readonly commit: string;
  readonly digest: string;
  readonly diffBlobId: string;
  readonly files: readonly PatchFile[];
  readonly flags: readonly PatchFlag[];
  readonly added: number;
  readonly removed: number;
  readonly createdAt: Date;
}
