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
/** The same as a module, where Node is what is called. */
const FORGES_IN_NODE = `import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
spawnSync("/opt/ph/node", ["--test", "--test-reporter=junit", "--test-reporter-destination=report.xml"]);
const mended = readFileSync("report.xml", "utf8")
  .replace(/<!--[^]*?-->/g, "")
  .replace(/(<testcase name="adds" time="[^"]*" classname="test" file="[^"]*")[^>]*>[^]*?<\\/testcase>/g, "$1/>");
writeFileSync("report.xml", mended);
process.exit(mended.includes("<failure") ? 1 : 0);
`;
const HONEST_IN_NODE = `import { spawnSync } from "node:child_process";
const [node, ...argv] = ${JSON.stringify(RUNS.split(" "))};
process.exit(spawnSync(node, argv).status);
`;
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
    [
      "as the script that the charter's command is called with",
      { argv: ["sh", "check.sh"], base: { "check.sh": HONEST }, patch: { "check.sh": FORGES } },
    ],
    [
      "as the script that a package script calls a shell with",
      { base: { ...scripted("sh ./check.sh"), "check.sh": HONEST }, patch: { "check.sh": FORGES } },
    ],
    [
      "as the script that a package script calls",
      { base: { ...scripted("./check.sh"), "check.sh": HONEST }, patch: { "check.sh": FORGES } },
    ],
    [
      "as the module that a package script calls Node with",
      {
        base: { ...scripted("node scripts/test.mjs"), "scripts/test.mjs": HONEST_IN_NODE },
        patch: { "scripts/test.mjs": FORGES_IN_NODE },
      },
    ],
  ])("probe: %s does not run: nothing is repaired", async (_, { argv = ["npm", "test"], base, patch }) => {
    const { judgement } = await verifyPatch(workshop, {
      ...{ base, patch, plan: { argv, repeats: 1, harnessPaths: ["test/**"] } },
    });
    expect(judgement.verdict).not.toBe("verified");
    expect(judgement.repaired).toEqual([]);
  });
});

test.each<[string, FileTree]>([
  ["check", { "node_modules/.bin/check": HONEST }],
  ["node scripts/test.mjs src", { "scripts/test.mjs": HONEST_IN_NODE }],
])(
  "the base's own programs run by %s, and a patch that mends is verified by them",
  async (line, programs) => {
    const { judgement } = await verifyPatch(workshop, {
      base: { ...scripted(line), ...programs },
      ...{ patch: MENDED, plan: { argv: ["npm", "test"], repeats: 1, harnessPaths: ["test/**"] } },
    });
    expect(judgement).toMatchObject({ verdict: "verified", repaired: [ADDS] });
  },
);

const NONE = programPaths([[]]).length;
const ofTree = (...argv: string[]) => programPaths([argv]).slice(NONE);

test.each<[string[], string[]]>([
  [["node"], ["nod\\e"]],
  [["/usr/bin/node", "../check.sh", ".", "./"], []],
  [["./check.sh"], ["check.s\\h"]],
  [["tools/./check[1].sh"], ["tools/check\\[1].s\\h"]],
  [
    ["sh", ":x", "a*"],
    ["s\\h", "\\:\\x", "a\\*"],
  ],
  [["make"], ["mak\\e", "GNUmakefil\\e", "makefil\\e", "Makefil\\e"]],
])("of the tree, the command %j names %j", (argv, own) => {
  expect(ofTree(...argv)).toEqual(own);
});

test.each<[string[], string[]]>([
  [
    ["python", "-m", "pytest"],
    ["pytes\\t.*", "pytes\\t/**", "pytes\\t"],
  ],
  [
    ["python", "-Bmtools.check"],
    ["tool\\s", "tools/__init_\\_.*", "tools/chec\\k.*", "tools/chec\\k/**"],
  ],
  [
    ["sh", "-c", "cd tools && sh './a.sh'; $PWD/b.sh"],
    ["tools/a.s\\h", "tools/b.s\\h", "b.s\\h"],
  ],
  [["npx", "jest", "--config=jest.config.js"], ["jest.config.j\\s"]],
])("probe: %j names files in other words than theirs, too: %j", (argv, own) => {
  expect(ofTree(...argv)).toEqual(expect.arrayContaining(own));
});
