import { z } from "zod";

export const ImageKind = z.enum(["png", "jpeg", "gif", "webp"]);
export type ImageKind = z.infer<typeof ImageKind>;

/** One side of a file of which git shows no lines. */
export const FileContent = z.object({
  bytes: z.int(),
  sha256: z.string(),
  /** Where it is a picture; `blob` is null for one that is too large to be shown. */
  image: z
    .object({ kind: ImageKind, width: z.int(), height: z.int(), blob: z.string().nullable() })
    .nullable(),
});
export type FileContent = z.infer<typeof FileContent>;

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
  /** Of binary content; patches from before this was read have none. */
  content: z.object({ before: FileContent.nullable(), after: FileContent.nullable() }).optional(),
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
  /** What was read in its files; null for patches from before that was done. */
  readonly analysisBlobId: string | null;
  readonly files: readonly PatchFile[];
  readonly flags: readonly PatchFlag[];
  readonly added: number;
  readonly removed: number;
  readonly createdAt: Date;
}
