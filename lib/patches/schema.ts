import { z } from "zod";

export const PatchFile = z.object({
  path: z.string(),
  /** Where a renamed file was before. */
  previousPath: z.string().nullable(),
  status: z.string(),
  /** git's mode before and after in words; null where there was or is no file. */
  modeBefore: z.string().nullable(),
  modeAfter: z.string().nullable(),
  /** Lines; null for binary content. */
  added: z.int().nullable(),
  removed: z.int().nullable(),
});
export type PatchFile = z.infer<typeof PatchFile>;

/** What the tree policy says of a patch. `extra_approver` asks for one approver more where the charter says so. */
export const PatchFlag = z.object({
  rule: z.string(),
  severity: z.enum(["block", "extra_approver", "notice"]),
  path: z.string().nullable(),
  sentence: z.string(),
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
