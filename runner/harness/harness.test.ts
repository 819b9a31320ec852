import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idsOf } from "#lib/test-reports/report.ts";
import { commitFiles, playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { openHarnessScene, SUM } from "#lib/testing/harness-scene.ts";

let workshop: TestWorkshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

const BROKEN_SUM = { "src/sum.js": "export const sum = (a, b) => a - b;\n" };
const ADDS = "test/sum.test.js › adds";
const ADDS_NOTHING = "test/sum.test.js › adds nothing";

describe("testing a commit", () => {
  test("gives the tree, the exit code and the report, and tells it as events", async () => {
    const { repository, base, events, harness } = openHarnessScene(workshop);
    const run = await harness().test({ commit: base }, "Test the base");
    expect(run).toMatchObject({ command: 1, exit: 0, ended: "itself", problem: null, refusal: null });
    expect(run.tree).toBe(playGit(repository, ["rev-parse", `${base}^{tree}`]));
    expect(idsOf(run.report ?? { cases: [] }, "passed")).toEqual([ADDS, ADDS_NOTHING]);
    expect(events.map(({ kind }) => kind)).toEqual(["command_started", "command_finished", "tests_reported"]);
    expect(events[0]?.body).toMatchObject({ command: 1, tree: "base", purpose: "Test the base" });
    expect(events[2]?.body).toMatchObject({ command: 1, passed: 2, failed: 0, failing: [] });
  });

  test("names what fails", async () => {
    const { repository, events, harness } = openHarnessScene(workshop);
    const broken = commitFiles(repository, BROKEN_SUM);
    const run = await harness().test({ commit: broken }, "Test");
    expect(run).toMatchObject({ exit: 1, problem: null });
    expect(idsOf(run.report ?? { cases: [] }, "failed")).toEqual([ADDS]);
    expect(events.at(-1)?.body).toMatchObject({
      passed: 1,
      failed: 1,
      failing: [ADDS],
      tree: broken.slice(0, 9),
    });
  });

  test("passes live output on", async () => {
    const { base, events, harness } = openHarnessScene(workshop);
    const argv = ["sh", "-c", "echo to the left; echo to the right >&2"];
    await harness({ plan: { argv } }).test({ commit: base }, "Test");
    const outputs = events.filter(({ kind }) => kind === "command_output").map(({ body }) => body);
    expect(outputs).toContainEqual({ command: 1, stream: "stdout", text: "to the left\n" });
    expect(outputs).toContainEqual({ command: 1, stream: "stderr", text: "to the right\n" });
  });

  test("gives the command its own environment and nothing of ours", async () => {
    const { base, harness } = openHarnessScene(workshop);
    const argv = ["sh", "-c", "env; false"];
    const { problem } = await harness({ plan: { argv, env: { CI: "true" } } }).test({ commit: base }, "Test");
    expect(problem).toContain("CI=true");
    expect(problem).not.toMatch(/GIT_|PILOTHOUSE|HOME=\/root/);
  });

  test("a command that does not exist is a problem in its own words", async () => {
    const { base, harness } = openHarnessScene(workshop);
    const { problem, exit } = await harness({ plan: { argv: ["jest", "--ci"] } }).test(
      { commit: base },
      "Test",
    );
    expect(exit).toBe(127);
    expect(problem).toMatch(
      /could not be run \(exit 127\)\. It said: env: .jest.: No such file or directory/,
    );
  });

  test("a commit the repository lacks is a problem, not an exception", async () => {
    const { harness } = openHarnessScene(workshop);
    const { problem } = await harness().test({ commit: "d".repeat(40) }, "Test");
    expect(problem).toContain("The tree could not be made");
  });

  test("a suite that hangs is ended and said to be", async () => {
    const { base, events, harness } = openHarnessScene(workshop);
    const slow = harness({ plan: { argv: ["sleep", "60"] }, limits: { seconds: 1 } });
    const run = await slow.test({ commit: base }, "Test");
    expect(run).toMatchObject({
      ended: "time",
      exit: null,
      problem: "The tests did not finish within 1 seconds.",
    });
    expect(events.at(-1)?.body).toMatchObject({ ended: "time" });
  });

  test("the end of the lease ends the sandbox and comes out as its reason", async () => {
    const { base, harness } = openHarnessScene(workshop);
    const lease = new AbortController();
    const running = harness({ plan: { argv: ["sleep", "60"] }, signal: lease.signal }).test(
      { commit: base },
      "Test",
    );
    lease.abort(new Error("The lease is over."));
    await expect(running).rejects.toThrow("The lease is over.");
  });

  test("numbers its commands and starts each in an empty place", async () => {
    const { base, harness } = openHarnessScene(workshop);
    const argv = ["sh", "-c", "ls -A /work /tmp; touch /work/left /tmp/left"];
    const hands = harness({ plan: { argv } });
    const first = await hands.test({ commit: base }, "Test");
    const second = await hands.test({ commit: base }, "Test");
    expect([first.command, second.command]).toEqual([1, 2]);
    expect(second.problem?.replace("exit", "")).not.toContain("left\n");
    expect(second.problem).toBe(first.problem);
  });
});

describe("a tree with reverts", () => {
  test("takes commits back, a merge to its first parent", async () => {
    const { repository, harness } = openHarnessScene(workshop);
    playGit(repository, ["checkout", "--quiet", "-b", "side"]);
    commitFiles(repository, BROKEN_SUM, "Break it on the side");
    playGit(repository, ["checkout", "--quiet", "main"]);
    commitFiles(repository, { "README.md": "sum\n" });
    playGit(repository, ["merge", "--quiet", "--no-ff", "--no-edit", "side"]);
    const merge = playGit(repository, ["rev-parse", "HEAD"]);
    const run = await harness({ base: merge }).test(
      { commit: merge, reverts: [{ commit: merge, mainline: 1 }] },
      "Test",
    );
    expect(run).toMatchObject({ exit: 0, problem: null });
  });

  test("that conflict names the files and the later work, and runs nothing", async () => {
    const { repository, harness } = openHarnessScene(workshop);
    const culprit = commitFiles(repository, BROKEN_SUM, "Break it");
    const later = commitFiles(
      repository,
      { "src/sum.js": "export const sum = (a, b, c = 0) => a - b - c;\n" },
      "Take three",
    );
    const run = await harness({ base: later }).test(
      { commit: later, reverts: [{ commit: culprit, mainline: null }] },
      "Test",
    );
    expect(run.report).toBeNull();
    expect(run.refusal).toEqual({
      kind: "conflict",
      files: ["src/sum.js"],
      later: `${later.slice(0, 7)} Take three`,
    });
  });

  test("that changes nothing says so", async () => {
    const { repository, harness } = openHarnessScene(workshop);
    const culprit = commitFiles(repository, BROKEN_SUM);
    const undone = commitFiles(repository, { "src/sum.js": SUM["src/sum.js"] ?? "" });
    const run = await harness({ base: undone }).test(
      { commit: undone, reverts: [{ commit: culprit, mainline: null }] },
      "Test",
    );
    expect(run.refusal?.kind).toBe("empty");
  });

  test("comes out as a bundle that needs the base only and gives the same commit every time", async () => {
    const { repository, base, harness } = openHarnessScene(workshop);
    const culprit = commitFiles(repository, { ...BROKEN_SUM, "docs/a\nb.md": "new\n" }, "Break it");
    const tree = { commit: culprit, reverts: [{ commit: culprit, mainline: null }] };
    const hands = harness({ base: culprit });
    const first = await hands.bundle(tree, "Bundle");
    const second = await hands.bundle(tree, "Bundle");
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(first.files).toEqual([
      { path: "docs/a‹LF›b.md", added: 0, removed: 1 },
      { path: "src/sum.js", added: 1, removed: 1 },
    ]);
    const file = workshop.fresh("patch.bundle");
    writeFileSync(file, first.bytes);
    const verified = playGit(repository, ["bundle", "verify", file]);
    expect(verified).toContain("refs/heads/patch");
    expect(verified).toContain(culprit);
    playGit(repository, ["fetch", "--quiet", file, "refs/heads/patch:refs/heads/taken"]);
    expect(playGit(repository, ["diff", "--stat", base, "taken"])).toBe("");
    expect(playGit(repository, ["log", "-1", "--format=%an <%ae> %s", "taken"])).toBe(
      'recipe <recipe@pilothouse.invalid> Revert "Break it"',
    );
  });
});

describe("history", () => {
  test("follows first parents from the base back, as far as asked", async () => {
    const { repository, base, harness } = openHarnessScene(workshop);
    playGit(repository, ["checkout", "--quiet", "-b", "side"]);
    commitFiles(repository, { "side.txt": "1" }, "Beside");
    playGit(repository, ["checkout", "--quiet", "main"]);
    playGit(repository, ["merge", "--quiet", "--no-ff", "-m", "Merge the side", "side"]);
    const head = playGit(repository, ["rev-parse", "HEAD"]);
    const hands = harness({ base: head });
    expect((await hands.history(10)).map(({ subject }) => subject)).toEqual(["Merge the side", "First"]);
    expect((await hands.history(1)).map(({ id }) => id)).toEqual([head]);
    expect((await hands.history(10)).at(-1)).toMatchObject({ id: base, parents: [], author: "Ada Author" });
  });

  test("of a commit the repository lacks is refused in a sentence", async () => {
    const { harness } = openHarnessScene(workshop);
    await expect(harness({ base: "d".repeat(40) }).history(5)).rejects.toThrow(
      "The history could not be read",
    );
  });
});
