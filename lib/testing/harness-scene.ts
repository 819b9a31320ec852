// A small repository in a real sandbox, for tests of what the harness does in it.
import { systemClock } from "#lib/clock.ts";
import type { Limits } from "#lib/jail/schema.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { TestPlan } from "#lib/protocol/schema.ts";
import { createHarness, type Harness, type HarnessOptions } from "#runner/harness/harness.ts";
import { createRepository, type FileTree } from "./git/author.ts";
import type { TestWorkshop } from "./git/workshop.ts";

export const NODE_PLAN: TestPlan = {
  argv: [
    "node",
    "--test",
    "--test-isolation=none",
    "--test-reporter=junit",
    "--test-reporter-destination=report.xml",
  ],
  reportPath: "report.xml",
  env: {},
  harnessPaths: ["test/**", "package.json"],
  repeats: 2,
};

export const TEST_LIMITS: Limits = {
  memoryBytes: 1024 * 1024 * 1024,
  processes: 128,
  cpus: 2,
  diskBytes: 256 * 1024 * 1024,
  seconds: 30,
  outputBytes: 32 * 1024 * 1024,
};

/** A module whose one function the tests in `test/` are about. */
export const SUM: FileTree = {
  "package.json": '{ "type": "module" }\n',
  "src/sum.js": "export const sum = (a, b) => a + b;\n",
  "test/sum.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { sum } from "../src/sum.js";

test("adds", () => assert.equal(sum(1, 2), 3));
test("adds nothing", () => assert.equal(sum(1, 0), 1));
`,
};

export interface HarnessScene {
  readonly repository: string;
  readonly base: string;
  readonly events: NewEvent[];
  /** A harness over the repository; `base` is its first commit unless said otherwise. */
  harness(choices?: Partial<HarnessChoices>): Harness;
}

interface HarnessChoices {
  readonly base: string;
  readonly plan: Partial<TestPlan>;
  readonly limits: Partial<Limits>;
  readonly signal: AbortSignal;
  readonly mounts: HarnessOptions["mounts"];
}

/** `bare`: a repository that exists already, in the place of a new one with `files`. */
export function openHarnessScene(workshop: TestWorkshop, files: FileTree = SUM, bare?: string): HarnessScene {
  const { path, head } = createRepository(workshop.fresh("repository"), files);
  const events: NewEvent[] = [];
  return {
    repository: path,
    base: head,
    events,
    harness({ base = head, plan, limits, mounts, signal = new AbortController().signal } = {}) {
      return createHarness({
        sandbox: workshop.sandbox,
        repository: bare ?? `${path}/.git`,
        baseCommit: base,
        plan: { ...NODE_PLAN, ...plan },
        limits: { ...TEST_LIMITS, ...limits },
        clock: systemClock,
        mounts,
        signal,
        emit: async (event) => void events.push(event),
      });
    },
  };
}
