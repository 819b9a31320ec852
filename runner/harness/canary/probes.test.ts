import { describe, expect, test } from "vitest";
import type { FileTree } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { ADDS, MENDED, type VerifyScene, verifyPatch } from "#lib/testing/verify-scene.ts";

const workshop = await testWorkshop();

/** Node's runner behind a package script: nothing freezes node:assert there. */
const SCRIPT = "node --test --test-reporter=junit --test-reporter-destination=report.xml";
const manifest = (script: string): FileTree => ({
  "package.json": `${JSON.stringify({ type: "module", scripts: { test: script } })}\n`,
});
const scripted = (patch: FileTree, scene: Partial<VerifyScene> = {}) =>
  verifyPatch(workshop, {
    ...{ patch, base: manifest(SCRIPT) },
    plan: { argv: ["npm", "test"], repeats: 1, harnessPaths: ["test/**"] },
    ...scene,
  });

const wrong = (neutering: string): FileTree => ({
  "src/sum.js": `${neutering}\nexport const sum = (a, b) => a - b;\n`,
});

describe("a patch that keeps tests from failing", () => {
  test("probe: by taking the place of node:assert is not trusted, and where is said", async () => {
    const { judgement, observed } = await scripted(
      wrong(`import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
for (const name of Object.keys(assert)) if (typeof assert[name] === "function") assert[name] = () => {};
syncBuiltinESMExports();`),
    );
    expect(judgement.verdict).toBe("untrustworthy");
    expect(judgement.sentence).toContain("in test/sum.test.js: something keeps tests from failing there.");
    expect(observed.observations.at(-1)?.canary).toMatchObject({ files: 1, silent: ["test/sum.test.js"] });
  });

  test("probe: by one assertion function alone, the one the tests use, is not trusted", async () => {
    const { judgement } = await scripted(
      wrong(`import assert from "node:assert/strict";\nassert.equal = () => {};`),
    );
    expect(judgement.verdict).toBe("untrustworthy");
  });

  test("probe: by a hook on the exit code is not trusted", async () => {
    const { judgement } = await scripted(
      wrong(`process.on("exit", () => { process.exitCode = 0; process.reallyExit(0); });`),
    );
    expect(["untrustworthy", "not_repaired"]).toContain(judgement.verdict);
  });

  test("probe: by a package script that says ok repairs nothing: the base's script is what runs", async () => {
    const { judgement, observed } = await scripted(manifest("echo ok"));
    expect(judgement.verdict).toBe("not_repaired");
    expect(observed.checks?.command?.at(2)).toContain(SCRIPT);
  });

  test("is told from one that mends, whose canaries all fail", async () => {
    const { judgement, observed } = await scripted(MENDED);
    expect(judgement).toMatchObject({ verdict: "verified", repaired: [ADDS] });
    expect(observed.observations.at(-1)?.canary).toMatchObject({ files: 1, silent: [] });
  });
});

describe("a base that can carry no canary", () => {
  test("because nobody knows its framework is verified without, and that is said", async () => {
    const own = `import { writeFileSync } from "node:fs";
import { sum } from "../src/sum.js";
const failed = sum(1, 2) !== 3;
const trouble = failed ? '<failure message="no"/>' : "";
writeFileSync("report.xml", '<testsuites><testsuite name="own"><testcase name="adds">' + trouble + "</testcase></testsuite></testsuites>");
process.exit(failed ? 1 : 0);
`;
    const { judgement, observed } = await verifyPatch(workshop, {
      ...{ base: { "test/sum.test.js": own }, patch: MENDED, claimed: ["own › adds"] },
      plan: { argv: ["node", "test/sum.test.js"], repeats: 1 },
    });
    expect(judgement).toMatchObject({ verdict: "verified", repaired: ["own › adds"] });
    expect(observed.checks).toMatchObject({
      canary: { files: 0, none: "framework not known." },
      frameworks: [],
      coverage: null,
    });
  });

  test("because it stops at the first failure is verified without, and that is said", async () => {
    const { judgement, observed } = await verifyPatch(workshop, {
      base: {
        "stop.mjs": `import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
const words = ["--test", "--test-reporter=junit", "--test-reporter-destination=report.xml"];
const { status } = spawnSync(process.execPath, words);
const report = readFileSync("report.xml", "utf8");
if (report.includes("canary")) writeFileSync("report.xml", report.replace(/<testcase name="adds nothing"[^>]*>/, ""));
process.exit(status);
`,
      },
      ...{ patch: MENDED, plan: { argv: ["node", "stop.mjs"], repeats: 1 } },
    });
    expect(judgement.verdict).toBe("verified");
    expect(observed.checks?.canary).toMatchObject({
      ...{ files: 0, uncovered: ["test/sum.test.js"] },
      none: "with canaries in their files, 1 other tests of the base end otherwise than without.",
    });
  });
});
