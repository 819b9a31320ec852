// The demo's repository, whose suite has several causes of failure: a scripted model repairs one of them by hand.
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { idsOf } from "#lib/test-reports/report.ts";
import { runAgent } from "#lib/testing/agents/agent-run.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene } from "#lib/testing/harness-scene.ts";
import { scriptedModel } from "#lib/testing/model/responses-script.ts";
import { buildDemoRepository, DEMO_TEST_PLAN, type DemoRepository } from "../../../examples/build-demo.ts";
import { createOpenai } from "./driver.ts";

let workshop: TestWorkshop;
let repository: string;
let demo: DemoRepository;
beforeAll(async () => {
  workshop = await openWorkshop();
  repository = workshop.fresh("demo.git");
  demo = await buildDemoRepository(repository);
});
afterAll(() => workshop.close());

const REPAIRED = [
  "test/calendar.test.js › knows the leap day",
  "test/calendar.test.js › stays in the month when it is shorter",
];

test("the loop repairs the month arithmetic of the demo, and the harness sees it repaired", async () => {
  const before = playGit(repository, [
    "log",
    "-1",
    "--format=%H",
    "--grep=Let the platform do the month arithmetic",
  ]);
  const good = playGit(repository, ["show", `${before}^:src/calendar.js`]);
  const bad = playGit(repository, ["show", `${demo.head}:src/calendar.js`]);
  const lines = (sign: string, text: string) => text.split("\n").map((line) => `${sign}${line}`);
  const patch = [
    "*** Begin Patch",
    "*** Update File: src/calendar.js",
    "@@",
    ...lines("-", bad),
    ...lines("+", good),
    "*** End Patch",
  ];
  const command = DEMO_TEST_PLAN.argv.join(" ");
  const run = await runAgent(workshop, {
    driver: createOpenai({ stateFolder: workshop.scratch, uid: workshop.sandbox.uid }),
    ...{ repository, base: demo.head, test: DEMO_TEST_PLAN },
    answer: scriptedModel([
      { items: [{ call: "read", args: { path: "src/calendar.js", from_line: null, lines: null } }] },
      { items: [{ call: "apply_patch", args: { patch: patch.join("\n") } }] },
      { items: [{ call: "shell", args: { command, timeout_seconds: 60 } }] },
      {
        items: [
          {
            say: "The month arithmetic ran over into the next month; it stays in the month again. Other tests still fail.",
          },
        ],
      },
    ]),
  });
  if (run.result.outcome !== "patch") throw new Error(JSON.stringify(run.result));

  const file = workshop.fresh("bundle");
  writeFileSync(file, readFileSync(run.result.bundle));
  playGit(repository, ["fetch", "--quiet", file, "refs/heads/patch:refs/heads/patch"]);
  const head = playGit(repository, ["rev-parse", "patch"]);
  expect(playGit(repository, ["diff", "--name-only", demo.head, head])).toBe("src/calendar.js");
  const harness = openHarnessScene(workshop, {}, repository).harness({
    base: demo.head,
    plan: DEMO_TEST_PLAN,
  });
  const failed = async (commit: string) => {
    const { report, problem } = await harness.test({ commit }, "Test");
    expect(problem).toBeNull();
    return idsOf(report ?? { cases: [] }, "failed");
  };
  const [onBase, onPatch] = [await failed(demo.head), await failed(head)];
  expect(onBase).toEqual(expect.arrayContaining(REPAIRED));
  for (const id of REPAIRED) expect(onPatch).not.toContain(id);
});
