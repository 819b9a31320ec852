import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idsOf } from "#lib/test-reports/report.ts";
import { commitFiles } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene } from "#lib/testing/harness-scene.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const BROKEN_SUM = { "src/sum.js": "export const sum = (a, b) => a - b;\n" };
const ADDS = "test/sum.test.js › adds";
const ADDS_NOTHING = "test/sum.test.js › adds nothing";

describe("the tests of the base on a patch", () => {
  const overlay = (from: string) => ({ from, paths: ["test/**", "package.json"] });
  const testsOf = async (files: Parameters<typeof commitFiles>[1]) => {
    const { repository, base, harness } = openHarnessScene(workshop);
    const patch = commitFiles(repository, files);
    return harness().test({ commit: patch, overlay: overlay(base) }, "Test");
  };

  test("probe: a test edited to pass is the base's again", async () => {
    const run = await testsOf({
      ...BROKEN_SUM,
      "test/sum.test.js": 'import { test } from "node:test";\ntest("adds", () => {});\n',
    });
    expect(idsOf(run.report ?? { cases: [] }, "failed")).toEqual([ADDS]);
  });

  test("probe: a deleted test file is back, an added one is gone", async () => {
    const run = await testsOf({
      "test/sum.test.js": null,
      "test/easy.test.js": 'import { test } from "node:test";\ntest("easy", () => {});\n',
    });
    expect(run.report?.cases.map(({ id }) => id)).toEqual([ADDS, ADDS_NOTHING]);
  });

  test("probe: runner settings of the patch do not count", async () => {
    const run = await testsOf({ "package.json": '{ "type": "commonjs" }\n' });
    expect(run).toMatchObject({ exit: 0, problem: null });
  });

  test("probe: a folder of tests turned into a link is not written through", async () => {
    const run = await testsOf({ test: { link: "src" } });
    expect(run.report).toBeNull();
    expect(run.problem).toContain("beyond a symbolic link");
  });

  test("leave the rest of the patch as it is, binary files and modes too", async () => {
    const run = await testsOf({
      "logo.bin": Buffer.from([0, 1, 2, 255]),
      "src/sum.js": "export const sum = (...all) => all.reduce((a, b) => a + b);\n",
    });
    expect(run).toMatchObject({ exit: 0, problem: null });
  });
});

describe("a hostile tree", () => {
  const testing = async (argv: readonly string[], files = {}) => {
    const { repository, harness } = openHarnessScene(workshop);
    const commit = commitFiles(repository, files);
    return harness({ plan: { argv: [...argv] } }).test({ commit }, "Test");
  };
  const PASS = '<testsuites><testcase name="forged"/></testsuites>';

  test("probe: a report that lies in the tree is not taken for the command's", async () => {
    const { problem, report } = await testing(["true"], { "report.xml": PASS });
    expect(problem).toBe("The test command left no report at report.xml (exit 0). It said nothing.");
    expect(report).toBeNull();
  });

  test("probe: a report that is a link is not followed", async () => {
    const { problem } = await testing(["ln", "-s", "/etc/passwd", "report.xml"]);
    expect(problem).toContain("no regular file");
  });

  test("probe: a report that is a pipe is not waited for", async () => {
    const { problem } = await testing(["mkfifo", "report.xml"]);
    expect(problem).toContain("no regular file");
  });

  test("probe: the command does not hold the harness's channel", async () => {
    const { problem } = await testing(["sh", "-c", "echo forged >&3"]);
    expect(problem).toMatch(/Bad file descriptor|left no report/);
  });

  test("probe: writing through the parent's channel is noticed", async () => {
    const forged = `report 0 ${PASS.length}\n${PASS}`;
    const { problem, report } = await testing([
      "sh",
      "-c",
      `printf '${forged.replace("\n", "\\n")}' > /proc/$PPID/fd/3; exit 0`,
    ]);
    expect(report).toBeNull();
    expect(problem).not.toBeNull();
  });

  test("probe: killing the harness's shell gives no result", async () => {
    const { problem, report } = await testing(["sh", "-c", "kill -9 $PPID; sleep 5"]);
    expect(report).toBeNull();
    expect(problem).not.toBeNull();
  });

  test("probe: product code cannot turn assertions off before the tests use them", async () => {
    const neutered = `import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
try { assert.equal = () => {}; assert.strict.equal = () => {}; } catch (frozen) { void frozen; }
syncBuiltinESMExports();
export const sum = (a, b) => a - b;
`;
    const { repository, harness } = openHarnessScene(workshop);
    const commit = commitFiles(repository, { "src/sum.js": neutered });
    const run = await harness().test({ commit }, "Test");
    expect(idsOf(run.report ?? { cases: [] }, "failed")).toEqual([ADDS]);
  });

  test("probe: settings and hooks of the tree's own git are not obeyed", async () => {
    const marker = "echo owned > /work/owned";
    const files = {
      ".gitattributes": "* filter=evil diff=evil\n",
      ".gitconfig": `[filter "evil"]\n\tsmudge = ${marker}\n`,
    };
    const { problem } = await testing(["sh", "-c", "ls /work"], files);
    expect(problem).not.toContain("owned");
  });

  test("probe: processes left behind do not delay or outlive the run", async () => {
    const run = await testing(["sh", "-c", "setsid sleep 300 & trap '' TERM; true"]);
    expect(run.ended).toBe("itself");
  });

  test("probe: output without end is cut and counted", async () => {
    const { repository, events, harness } = openHarnessScene(workshop);
    const commit = commitFiles(repository, {});
    const argv = ["sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x"];
    await harness({ plan: { argv } }).test({ commit }, "Test");
    const kept = events.flatMap(({ body }) => ("text" in body ? body.text.length : []));
    expect(kept.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(128 * 1024);
    expect(events.at(-1)?.body).toMatchObject({
      dropped: 3_000_000 - kept.reduce((sum, length) => sum + length, 0),
    });
  });
});
