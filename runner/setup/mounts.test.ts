// What setup left, where it is used: tests of a tree, and an agent's checkout. Real sandboxes.
import { describe, expect, test } from "vitest";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene, SUM } from "#lib/testing/harness-scene.ts";
import { linesUntil, openSession, treeOf } from "#lib/testing/model/session-scene.ts";
import { openSetupScene, shell } from "#lib/testing/setup/setup-scene.ts";

const workshop = await testWorkshop();

const USES_TWO = {
  ...SUM,
  "test/sum.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { two } from "tiny";
test("knows two", () => assert.equal(two, 2));
`,
};
const TINY = `mkdir -p node_modules/tiny packages/a/node_modules
  echo '{"type":"module","exports":"./index.js"}' >node_modules/tiny/package.json
  echo 'export const two = 2;' >node_modules/tiny/index.js; echo ours >packages/a/node_modules/file`;
const PLAN = { ...shell(TINY), paths: ["node_modules", "packages/a/node_modules"] };

describe("what setup left", () => {
  test("is there when a tree is tested, wherever in the tree it belongs", async () => {
    const setup = openSetupScene(workshop, USES_TWO);
    const { mounts } = await setup.prepare(PLAN);
    const without = openHarnessScene(workshop, USES_TWO).harness();
    expect((await without.test({ commit: setup.base }, "Test")).report?.cases[0]).toMatchObject({
      outcome: "failed",
    });
    const harness = openHarnessScene(workshop, USES_TWO, `${setup.repository}/.git`).harness({
      base: setup.base,
      mounts: () => mounts,
    });
    const run = await harness.test({ commit: setup.base }, "Test");
    expect(run.problem).toBeNull();
    expect(run.report?.cases).toMatchObject([{ outcome: "passed" }]);
  });

  test("is read-only for an agent, no part of its work, and writable for nobody", async () => {
    const setup = openSetupScene(workshop, USES_TWO);
    const { mounts } = await setup.prepare(PLAN);
    const line = `cat node_modules/tiny/index.js packages/a/node_modules/file; git status --porcelain
      echo evil >node_modules/tiny/index.js; rm -rf node_modules packages; touch packages/a/node_modules/x; mkdir -p packages/b
      echo mine >packages/b/file; cat node_modules/tiny/index.js; echo done; read -r go`;
    const { session, base, repository, complaints } = await openSession(workshop, line, {
      scene: setup,
      mounts,
    });
    expect(await linesUntil(session, "done")).toEqual([
      "export const two = 2;",
      "ours",
      "export const two = 2;",
      "done",
    ]);
    expect(complaints.join("")).toMatch(/Read-only file system/);
    expect(await session.tree()).not.toBe(treeOf(repository, base));
    expect((await session.bundle())?.files.map(({ path }) => path)).toEqual(["packages/b/file"]);
    await session.close();
  });
});
