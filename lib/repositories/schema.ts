import { z } from "zod";

/** `waiting`: for the worker's answer. `ready`: mirrored, its head is known. `problem`: see the sentence. */
export const RepositoryState = z.enum(["waiting", "ready", "problem"]);
export type RepositoryState = z.infer<typeof RepositoryState>;

/** `https`, `ssh`: fetched over the network. `disk`: a folder below a root the operator opened. */
export const SourceKind = z.enum(["https", "disk", "ssh"]);
export type SourceKind = z.infer<typeof SourceKind>;

/** Whose ref a merge moves: the source's own branch, or a branch of our mirror that others fetch from us. */
export const Authority = z.enum(["upstream", "own"]);
export type Authority = z.infer<typeof Authority>;

/** What was wrong, closed; the sentence beside it is for people. */
export const RepositoryProblem = z.enum(["refused", "unreachable", "empty_repository", "missing_branch"]);
export type RepositoryProblem = z.infer<typeof RepositoryProblem>;

const BRANCH = "Write a branch name as git has it, such as main or release/2.1.";

/** `git check-ref-format --branch`, said in one expression, and no more than we need. */
export const BranchName = z
  .string({ error: BRANCH })
  .min(1, BRANCH)
  .max(200, BRANCH)
  .regex(/^(?!@$)(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\/\.|\.lock(?:\/|$)))[^\s~^:?*[\\\p{C}]+(?<![/.])$/u, BRANCH)
  .refine((name) => name !== "HEAD", BRANCH);

const NAME = "Give it a short name of letters, digits, dots, dashes and underscores, such as billing-api.";

const LABEL =
  "Write labels of small letters, digits, dots, dashes and underscores, such as pci: at most 40 characters each.";
/** By which charters name repositories, or stay out of them. */
export const RepositoryLabel = z.string({ error: LABEL }).regex(/^[a-z0-9][a-z0-9._-]{0,39}$/, LABEL);

/** One a line, or with blanks or commas between. */
export const LabelRepository = z.object({
  repositoryId: z.string().max(100),
  labels: z
    .string()
    .max(2000)
    .transform((text) => [...new Set(text.split(/[\s,]+/).filter((word) => word !== ""))].sort())
    .pipe(z.array(RepositoryLabel).max(20, "At most 20 labels.")),
});
export type LabelRepository = z.output<typeof LabelRepository>;

export const AddRepository = z.strictObject({
  name: z
    .string({ error: NAME })
    .trim()
    .min(1, NAME)
    .max(80, NAME)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, NAME),
  /** An https or ssh address, or the absolute path of a folder on the worker's host. */
  source: z.string({ error: "Give an https or ssh address, or an absolute path." }).trim(),
  /** Left out or empty: the source's default branch. */
  branch: z.union([z.literal("").transform(() => undefined), BranchName]).optional(),
  authority: Authority.default("upstream"),
});
export type AddRepository = z.infer<typeof AddRepository>;

/** What the worker found. */
export const MirrorReport = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("mirrored"),
    branch: BranchName,
    head: z.string().regex(/^[0-9a-f]{40}$/),
    commits: z.int().min(1),
  }),
  ...RepositoryProblem.options.map((outcome) =>
    z.object({ outcome: z.literal(outcome), sentence: z.string().min(1).max(2000) }),
  ),
]);
export type MirrorReport =
  | { readonly outcome: "mirrored"; readonly branch: string; readonly head: string; readonly commits: number }
  | { readonly outcome: RepositoryProblem; readonly sentence: string };

export interface RepositoryView {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly sourceKind: SourceKind;
  /** Null until the worker has learnt the default branch. */
  readonly branch: string | null;
  readonly authority: Authority;
  readonly state: RepositoryState;
  readonly problem: RepositoryProblem | null;
  /** A sentence; null when there is no problem. */
  readonly problemDetail: string | null;
  readonly headCommit: string | null;
  readonly commits: number | null;
  readonly mirroredAt: Date | null;
  readonly labels: readonly string[];
  readonly createdBy: string;
  readonly createdByName: string;
  readonly createdAt: Date;
}

export interface BaseBundle {
  readonly repositoryId: string;
  readonly commit: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}
