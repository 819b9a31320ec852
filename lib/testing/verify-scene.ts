// A patch on a base, verified in real sandboxes and judged.
import { mkdirSync } from "node:fs";
import { systemClock } from "#lib/clock.ts";
import { type Judgement, judge } from "#lib/evidence/rules.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { TestPlan, VerifyAssignment } from "#lib/protocol/schema.ts";
import { type VerifyOptions, verify } from "#runner/harness/verify.ts";
import { commitFiles, createRepository, type FileTree, makeBundle, playGit } from "./git/author.ts";
import type { TestWorkshop } from "./git/workshop.ts";
import { NODE_PLAN, SUM, TEST_LIMITS } from "./harness-scene.ts";

export const BROKEN: FileTree = { "src/sum.js": "export const sum = (a, b) => a - b;\n" };
export const MENDED: FileTree = { "src/sum.js": SUM["src/sum.js"] ?? "" };
export const ADDS = "test/sum.test.js › adds";

export interface VerifyScene {
  readonly patch: FileTree;
  /** On top of a function that does not add, and its test. */
  readonly base?: FileTree;
  readonly plan?: Partial<TestPlan>;
  /** What the agent says it repaired. */
  readonly claimed?: readonly string[];
  readonly setUp?: VerifyOptions["setUp"];
}

export interface Verified {
  readonly observed: Awaited<ReturnType<typeof verify>>;
  readonly events: readonly NewEvent[];
  readonly assignment: VerifyAssignment;
  readonly judgement: Judgement;
  /** Host files. */
  readonly bundles: VerifyOptions["bundles"];
}

export async function verifyPatch(workshop: TestWorkshop, scene: VerifyScene): Promise<Verified> {
  const { patch, base: more = {}, plan = {}, claimed = [ADDS], setUp } = scene;
  const { path: work } = createRepository(workshop.fresh("work"), { ...SUM, ...more });
  const baseCommit = commitFiles(work, BROKEN, "Break it");
  const base = workshop.fresh("base.bundle");
  playGit(work, ["bundle", "create", "--quiet", base, "main"]);
  const patchCommit = commitFiles(work, patch, "Mend it");
  const bundles = { base, patch: makeBundle(work, workshop.fresh("patch.bundle"), baseCommit, patchCommit) };
  const directory = workshop.fresh("lease");
  mkdirSync(directory);
  const assignment: VerifyAssignment = {
    ...{ phase: "verify", leaseId: "lse_1", runId: "run_1", attempt: 1, title: "Mend it" },
    ...{ baseCommit, patchCommit, patchDigest: "0".repeat(64), test: { ...NODE_PLAN, ...plan } },
    ...{ limits: TEST_LIMITS, maxSeconds: 60, pauseAfterSeconds: 60, heartbeatSeconds: 5 },
  };
  const events: NewEvent[] = [];
  const observed = await verify({
    ...{ assignment, sandbox: workshop.sandbox, clock: systemClock, directory, bundles, setUp },
    signal: new AbortController().signal,
    emit: async (event) => void events.push(event),
  });
  return {
    observed,
    events,
    assignment,
    bundles,
    judgement: judge(observed.observations, claimed, [], observed.newTests ?? null),
  };
}
