// What runs the tests grades the patch: it is never the patch's.
import { describe, expect, test } from "vitest";
import type { FileTree } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { ADDS, MENDED, verifyPatch } from "#lib/testing/verify-scene.ts";
import { programPaths } from "./programs.ts";

const workshop = await testWorkshop();

const RUNS = "node --test --test-reporter=junit --test-reporter-destination=report.xml";
const scripted = (line: string): FileTree => ({
  "package.json": `${JSON.stringify({ type: "module", scripts: { test: line } })}\n`,
});

/** Runs the tests and says that the one passed that must; planted ones stay as they are. */
const FORGES = {
  program: `#!/bin/sh
/opt/ph/node --test --test-reporter=junit --test-reporter-destination=report.xml
exec /opt/ph/node --eval '
const { readFileSync, writeFileSync } = require("node:fs");
const mended = readFileSync("report.xml", "utf8")
  .replace(/<!--[^]*?-->/g, "")
  .replace(/(<testcase name="adds" time="[^"]*" classname="test" file="[^"]*")[^>]*>[^]*?<\\/testcase>/g, "$1/>");
writeFileSync("report.xml", mended);
process.exit(mended.includes("<failure") ? 1 : 0);
'
`,
};
const HONEST = { program: `#!/bin/sh\nexec ${RUNS}\n` };

describe("a program of the patch", () => {
  test.each<[string, { argv?: string[]; base: FileTree; patch: FileTree }]>([
    [
      "in the place of Node, among the programs of packages",
      { base: scripted(RUNS), patch: { "node_modules/.bin/node": FORGES } },
    ],
    [
      "behind a link in the place of the folder of packages",
      {
        base: { ...scripted("check"), "node_modules/.bin/check": HONEST },
        patch: { node_modules: { link: "tools" }, "tools/.bin/check": FORGES },
      },
    ],
    [
      "in the place of the base's own one of that name",
      {
        base: { ...scripted("check"), "node_modules/.bin/check": HONEST },
        patch: { "node_modules/.bin/check": FORGES },
      },
    ],
    [
      "behind a link in the place of the folder of programs",
      {
        base: { ...scripted("check"), "node_modules/.bin/check": HONEST },
        patch: {
          "node_modules/.bin/check": null,
          "node_modules/.bin": { link: "../tools" },
          "tools/check": FORGES,
        },
      },
    ],
    [
      "in the place of the charter's command",
      { argv: ["./check.sh"], base: { "check.sh": HONEST }, patch: { "check.sh": FORGES } },
    ],
  ])("probe: %s does not run: nothing is repaired", async (_, { argv = ["npm", "test"], base, patch }) => {
    const { judgement } = await verifyPatch(workshop, {
      ...{ base, patch, plan: { argv, repeats: 1, harnessPaths: ["test/**"] } },
    });
    expect(judgement.verdict).not.toBe("verified");
    expect(judgement.repaired).toEqual([]);
  });
});

test("the base's own programs run, and a patch that mends is verified by them", async () => {
  const { judgement } = await verifyPatch(workshop, {
    base: { ...scripted("check"), "node_modules/.bin/check": HONEST },
    ...{ patch: MENDED, plan: { argv: ["npm", "test"], repeats: 1, harnessPaths: ["test/**"] } },
  });
  expect(judgement).toMatchObject({ verdict: "verified", repaired: [ADDS] });
});

test.each<[string, string[]]>([
  ["node", []],
  ["/usr/bin/node", []],
  ["../check.sh", []],
  ["./check.sh", ["check.sh"]],
  ["tools/./check[1].sh", ["tools/check\\[1].sh"]],
])("of the tree, the command %s itself is the base's as %j", (program, own) => {
  expect(programPaths([program, "--x"]).slice(programPaths(["node"]).length)).toEqual(own);
});
