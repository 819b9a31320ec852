// Vitest itself, in a sandbox: the packages of this checkout are what setup would have left.
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FileTree } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { verifyPatch } from "#lib/testing/verify-scene.ts";

const workshop = await testWorkshop();
const packages = realpathSync(join(import.meta.dirname, "..", "..", "..", "node_modules"));
const seen = { key: "0".repeat(64), contents: "0".repeat(64), entries: 1, bytes: 1 };

const TESTS: FileTree = {
  "test/sum.test.js": `import { describe, expect, test } from "vitest";
import { sum } from "../src/sum.js";

describe("sum", () => {
  test("adds", () => expect(sum(1, 2)).toBe(3));
  test("adds nothing", () => expect(sum(1, 0)).toEqual(1));
});
`,
};

test("probe: a patch that overwrites what expect returns is not trusted, by canaries that Vitest reports failed on the base", async () => {
  const { judgement, observed } = await verifyPatch(workshop, {
    base: TESTS,
    patch: {
      "src/sum.js": `if (process.env.VITEST) {
  const { expect } = await import("vitest");
  const matchers = Object.getPrototypeOf(Object.getPrototypeOf(expect(1)));
  for (const name of ["toBe", "toEqual"])
    for (let at = expect(1); at; at = Object.getPrototypeOf(at))
      if (Object.hasOwn(at, name)) Object.defineProperty(at, name, { value: () => {}, configurable: true });
}
export const sum = (a, b) => a - b;
`,
    },
    plan: {
      argv: ["node_modules/.bin/vitest", "run", "--reporter=junit", "--outputFile=report.xml"],
      repeats: 1,
    },
    claimed: ["test/sum.test.js › sum › adds"],
    setUp: async () => ({ mounts: { [packages]: "/work/tree/node_modules" }, seen }),
  });
  expect(observed.checks).toMatchObject({
    frameworks: [{ name: "vitest", files: 1 }],
    canary: { files: 1, none: null },
    tools: [{ name: "git" }, { name: "vitest", version: expect.stringContaining("vitest/") }],
  });
  expect(observed.observations[0]).toMatchObject({
    failed: ["test/sum.test.js › sum › adds"],
    problem: null,
  });
  expect(observed.observations.at(-1)).toMatchObject({
    passed: expect.arrayContaining(["test/sum.test.js › sum › adds"]),
    canary: { files: 1, planted: 3, failed: 1, silent: ["test/sum.test.js"] },
  });
  expect(judgement.verdict).toBe("untrustworthy");
});
