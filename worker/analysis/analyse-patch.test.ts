import { describe, expect, test } from "vitest";
import { openScene, patchOf, takeInFiles } from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { analysePatch } from "./analyse-patch.ts";

const workshop = await testWorkshop();
const SUM = `import { expect, test } from "vitest";
test("adds", () => {
  expect(sum(1, 2)).toBe(3);
  expect(sum(2, 2)).toBe(4);
});
`;

describe("a patch that is taken in", () => {
  test("says which tests it weakens, and asks for another pair of eyes", async () => {
    const scene = await openScene(workshop, { "src/sum.ts": "one\n", "test/sum.test.ts": SUM });
    const weaker = SUM.replace("toBe(3)", "toBeTruthy()").replace('test("adds"', 'xtest("adds"');
    const patch = patchOf(await takeInFiles(scene, { "test/sum.test.ts": weaker, "src/sum.ts": "two\n" }));
    expect(patch.analysis.tests).toMatchObject([
      { rule: "test_skipped", path: "test/sum.test.ts", test: "adds", patch: { from: 2, to: 5 } },
    ]);
    expect(patch.verdict.flags).toMatchObject([
      { rule: "test_weakened", severity: "extra_approver", path: "test/sum.test.ts" },
    ]);
  });

  test("a test that is only added is nothing to say", async () => {
    const scene = await openScene(workshop, { "test/sum.test.ts": SUM });
    const more = `${SUM}test("adds nothing", () => {\n  expect(sum()).toBe(0);\n});\n`;
    const patch = patchOf(await takeInFiles(scene, { "test/sum.test.ts": more }));
    expect([patch.analysis.tests, patch.verdict.flags]).toEqual([[], []]);
  });
});

describe("the sandbox in which files are read", () => {
  const file = (after: string) => ({
    ...{ path: "a.test.ts", previousPath: null, isHarness: false },
    ...{ before: Buffer.from(SUM), after: Buffer.from(after) },
  });
  const { sandbox, scratch: stateFolder } = workshop;

  test("probe: where reading does not end in time or memory, every file is said to be unread", async () => {
    const deep = `${"(".repeat(300_000)}`;
    const read = await analysePatch({ sandbox, stateFolder, files: [file(deep)], limits: { seconds: 1 } });
    expect(read.tests).toMatchObject([{ rule: "unreadable", path: "a.test.ts" }]);
    const limits = { memoryBytes: 24 * 1024 * 1024 };
    const starved = await analysePatch({ sandbox, stateFolder, files: [file(SUM)], limits });
    expect(starved.tests).toMatchObject([{ rule: "unreadable", path: "a.test.ts" }]);
  });

  test("probe: bytes that are no text, and files that were not handed over, are findings by themselves", async () => {
    const files = [
      { ...file(""), after: Buffer.from([0xff, 0xfe, 0x00]) },
      { ...file(""), path: "b.test.ts", after: "large" as const },
    ];
    const { tests } = await analysePatch({ sandbox, stateFolder, files });
    expect(tests.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      "unreadable a.test.ts",
      "unreadable b.test.ts",
    ]);
  });
});
