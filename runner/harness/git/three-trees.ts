// What is tested for evidence. What the command is looked up in, names and calls is the base's in all.
import type { Observation, VerifyAssignment } from "#lib/protocol/schema.ts";
import type { Called } from "../command/called.ts";
import { programPaths } from "../command/programs.ts";
import type { TreeSpec } from "./trees.ts";

/** `script`: what runs in the place of the charter's command; null where that runs itself. */
export function treesOf(
  { baseCommit, patchCommit, test }: VerifyAssignment,
  script: readonly string[] | null,
  called: Called | null,
): Record<Observation["tree"], TreeSpec> {
  const programs = programPaths([test.argv, script ?? []], called);
  const ofBase = (paths: readonly string[], says: string) => ({
    commit: patchCommit,
    overlay: { from: baseCommit, paths: [...paths, ...programs], says },
  });
  return {
    base_on_base: { commit: baseCommit },
    patch_on_patch: ofBase([], ""),
    base_on_patch: ofBase(test.harnessPaths, "tests of base"),
  };
}
