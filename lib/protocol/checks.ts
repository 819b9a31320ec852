// What a verification checks beside the three trees. Green evidence without it is not relied on (`lib/evidence/owed-checks.ts`).
import { z } from "zod";

const count = z.int().min(0);
const text = (max: number) => z.string().max(max);
const paths = z.array(text(1000)).max(200);

export const FrameworkName = z.enum(["node_test", "vitest", "jest", "pytest", "go_test", "junit"]);
export type FrameworkName = z.infer<typeof FrameworkName>;

/** Tests planted into the base's test files that must fail, in one run. */
export const CanarySeen = z.object({
  /** Files that carried some and reported something. */
  files: count,
  planted: count,
  failed: count,
  /** Files of which one was not reported failed. */
  silent: paths,
});
export type CanarySeen = z.infer<typeof CanarySeen>;

/** When a charter wants one of them reported failed: never, where the framework of the base's tests is known, or always. */
export const CanaryRule = z.enum(["never", "known", "always"], "Choose never, known or always.");
export type CanaryRule = z.infer<typeof CanaryRule>;

/** Changed lines that ran at least in part, by the counts of the engine that ran them or of the framework's own counter. */
export const CoverageSeen = z.object({
  method: z.enum(["v8", "vitest", "jest", "coverage_py", "go"]),
  lines: count,
  executed: count,
  files: z.array(z.object({ path: text(1000), lines: count, executed: count })).max(200),
});
export type CoverageSeen = z.infer<typeof CoverageSeen>;

/** Why nothing is planted where the test files were read and no framework of ours was found in any. */
export const NO_FRAMEWORK = "framework not known.";

/** What is called by files that the command names, as the base's text has it. */
export const Followed = z.object({
  /** The base's in every tree. */
  files: paths,
  /** The tests reach them as well: with the patch they are the patch's. */
  shared: paths,
  /** More is called than was followed. */
  isCut: z.boolean(),
});
export type Followed = z.infer<typeof Followed>;

export const Checks = z.object({
  /** What ran in the place of the charter's command, where that is a script of the base's package.json. */
  command: z.array(text(8000)).max(60).nullable(),
  /** Null: it could not be read. Absent in what runners said before they followed it. */
  followed: Followed.nullable().optional(),
  frameworks: z.array(z.object({ name: FrameworkName, files: count })).max(20),
  /** Names and versions, as the tools say them inside the sandbox. */
  tools: z.array(z.object({ name: text(60), version: text(200) })).max(20),
  /** Part of the planted tests' names; new for each verification. */
  seed: text(60),
  canary: z.object({
    /** Files of the base that carry canaries. */
    files: count,
    /** Why none could be planted; null where some were. */
    none: text(1000).nullable(),
    /** Test files of the base without one. */
    uncovered: paths,
  }),
  /** Files of the patch that hold tests and of which the patch's own run reports nothing. */
  unreported: paths,
  /** Null: it was not measured, and why. */
  coverage: CoverageSeen.nullable(),
  coverageReason: text(500),
});
export type Checks = z.infer<typeof Checks>;
