import { z } from "zod";
import { BranchName, RepositoryLabel } from "../../repositories/schema.ts";
import { RunKind } from "./goal.ts";
import { each, globs, uniqueBy, whole } from "./words.ts";

/** Files that mean more than their lines; what belongs to each the tree policy knows. */
export const ProtectedClass = z.enum(["ci", "lockfiles", "agent_rules", "code_owners", "tests"]);
export type ProtectedClass = z.infer<typeof ProtectedClass>;

const labels = z
  .array(RepositoryLabel)
  .max(20, "At most 20 labels.")
  .refine(uniqueBy, "The same label stands here twice.");

const LICENCE = "Write SPDX names, one a line, such as MIT or GPL-2.0-only WITH Classpath-exception-2.0.";
const licences = z
  .array(
    z
      .string({ error: LICENCE })
      .regex(/^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}(?: WITH [A-Za-z0-9][A-Za-z0-9.-]{0,63})?$/, LICENCE),
    {
      error: LICENCE,
    },
  )
  .max(200, "At most 200 licences.")
  .refine(uniqueBy, "The same licence stands here twice.");

export const WorkScope = z.strictObject({
  repositoryId: z.string().regex(/^rep_[0-9a-hjkmnp-tv-z]{22}$/, "Choose a repository."),
  branch: BranchName,
  /** The repository has to carry all of these. */
  repositoryLabels: labels,
  /** No run on a repository that carries one of these. */
  forbiddenLabels: labels,
  /** Kinds of work that runs may be of; none: that of the goal alone. */
  kinds: each(RunKind),
  /** A patch that touches anything else is refused. */
  allowedPaths: globs(1, "Name at least one path; ** allows all."),
  /** A patch that touches these needs one approver more. */
  protectedPaths: globs(0, "Name the protected paths, one a line."),
  /** A patch that touches files of these needs one approver more, whatever else the charter says. */
  protectedClasses: each(ProtectedClass),
  /** A patch that touches one is refused, also where it lies inside an allowed one. */
  forbiddenPaths: globs(0, "Name the forbidden paths, one a line."),
  /** What one patch may change at most; 0 = as much as a person can be shown. */
  maxFiles: whole(0, 10_000, "files"),
  maxChangedLines: whole(0, 1_000_000, "lines"),
  /** SPDX names that packages a patch adds may be under; empty: any. */
  licences,
});
