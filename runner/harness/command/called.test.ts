// What runs the tests calls others: those grade the patch as well.
import { describe, expect, test } from "vitest";
import { checkDoubts } from "#lib/evidence/check-doubts.ts";
import type { FileTree } from "#lib/testing/git/author.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { SUM } from "#lib/testing/harness-scene.ts";
import { ADDS, MENDED, verifyPatch } from "#lib/testing/verify-scene.ts";

const workshop = await testWorkshop();

const RUNS = "node --test --test-reporter=junit --test-reporter-destination=report.xml";
const SHELL = `#!/bin/sh\nexec ${RUNS}\n`;
const NODE = `import { spawnSync } from "node:child_process";
const [node, ...argv] = ${JSON.stringify(RUNS.split(" "))};
export const run = () => process.exit(spawnSync(node, argv).status);
`;
const PYTHON = `import subprocess, sys
def run():
    sys.exit(subprocess.call(${JSON.stringify(RUNS.split(" "))}))
`;

/** Says that the test passed that must; planted ones stay as they are. */
const MEND = `const mended = readFileSync("report.xml", "utf8")
  .replace(/<!--[^]*?-->/g, "")
  .replace(/(<testcase name="adds" time="[^"]*" classname="test" file="[^"]*")[^>]*>[^]*?<\\/testcase>/g, "$1/>");
writeFileSync("report.xml", mended);
process.exit(mended.includes("<failure") ? 1 : 0);
`;
const FORGED_SHELL = `#!/bin/sh\n${RUNS}\nexec node --eval '
const { readFileSync, writeFileSync } = require("node:fs");
${MEND}'\n`;
const FORGED_NODE = `import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
export const run = () => {
spawnSync("node", ${JSON.stringify(RUNS.split(" ").slice(1))});
${MEND}};
`;
const FORGED_PYTHON = `import subprocess, sys
def run():
    sys.exit(subprocess.call(["sh", "-c", ${JSON.stringify(FORGED_SHELL)}]))
`;

const program = (text: string) => ({ program: text });
const CALLS = 'import { run } from "./lib/run.mjs";\nrun();\n';

const FORGERIES: [string, { argv: string[]; base: FileTree; patch: FileTree; changes: string }][] = [
  [
    "a shell script that the command's script calls",
    {
      argv: ["sh", "scripts/test.sh"],
      base: { "scripts/test.sh": "sh scripts/helper.sh\n", "scripts/helper.sh": SHELL },
      patch: { "scripts/helper.sh": FORGED_SHELL },
      changes: "scripts/helper.sh",
    },
  ],
  [
    "a shell script that is called from its own folder",
    {
      argv: ["sh", "scripts/test.sh"],
      base: {
        "scripts/test.sh": 'HERE="$(cd "$(dirname "$0")" && pwd)"\nexec "$HERE"/inner/helper.sh\n',
        "scripts/inner/helper.sh": program(SHELL),
      },
      patch: { "scripts/inner/helper.sh": program(FORGED_SHELL) },
      changes: "scripts/inner/helper.sh",
    },
  ],
  [
    "a module that a module imports, which a script of the package's script runs",
    {
      argv: ["npm", "test"],
      base: {
        "package.json": '{ "type": "module", "scripts": { "test": "sh scripts/test.sh" } }\n',
        "scripts/test.sh": "node tools/run.mjs\n",
        ...{ "tools/run.mjs": CALLS, "tools/lib/run.mjs": NODE },
      },
      patch: { "tools/lib/run.mjs": FORGED_NODE },
      changes: "tools/lib/run.mjs",
    },
  ],
  [
    "a script that a module starts",
    {
      argv: ["node", "tools/run.mjs"],
      base: {
        "tools/run.mjs":
          'import { spawnSync } from "node:child_process";\nprocess.exit(spawnSync("sh", ["tools/all.sh"]).status);\n',
        "tools/all.sh": SHELL,
      },
      patch: { "tools/all.sh": FORGED_SHELL },
      changes: "tools/all.sh",
    },
  ],
  [
    "a script that a link leads to",
    {
      argv: ["sh", "scripts/test.sh"],
      base: { "scripts/test.sh": { link: "inner/helper.sh" }, "scripts/inner/helper.sh": SHELL },
      patch: { "scripts/inner/helper.sh": FORGED_SHELL },
      changes: "scripts/inner/helper.sh",
    },
  ],
  [
    "a module of Python that another imports",
    {
      argv: ["python3", "tools/run.py"],
      base: { "tools/run.py": "from steps import run\nrun()\n", "tools/steps.py": PYTHON },
      patch: { "tools/steps.py": FORGED_PYTHON },
      changes: "tools/steps.py",
    },
  ],
];

const plan = (argv: readonly string[]) => ({ argv: [...argv], repeats: 1, harnessPaths: ["test/**"] });

describe("what is called by a file that the command names", () => {
  test.each(FORGERIES)("probe: %s is the base's: nothing is repaired, which is said", async (_, forged) => {
    const { judgement, observed } = await verifyPatch(workshop, { ...forged, plan: plan(forged.argv) });
    expect(judgement).toMatchObject({ verdict: "not_repaired", repaired: [] });
    expect(observed.checks?.followed?.files).toContain(forged.changes);
    const files = Object.keys(forged.patch).map((path) => ({ path }));
    expect(checkDoubts(observed.checks, forged.argv, true, files)).toContain(
      `The patch changes ${forged.changes}, which what the command runs calls: the base's ran, and the patch's was not tried.`,
    );
  });

  test.each(FORGERIES)("of %s runs, and a patch that mends is verified by it", async (_, { argv, base }) => {
    const { judgement } = await verifyPatch(workshop, { base, patch: MENDED, plan: plan(argv) });
    expect(judgement).toMatchObject({ verdict: "verified", repaired: [ADDS] });
  });

  test("probe: a file that the base's script would call if it were there is not there with the patch", async () => {
    const { judgement } = await verifyPatch(workshop, {
      base: { "scripts/test.sh": `[ -f scripts/own.sh ] && exec sh scripts/own.sh\n${SHELL}` },
      patch: { "scripts/own.sh": FORGED_SHELL },
      plan: plan(["sh", "scripts/test.sh"]),
    });
    expect(judgement).toMatchObject({ verdict: "not_repaired", repaired: [] });
  });

  test("stays the patch's where the tests reach it as well: that is what they test, which is said", async () => {
    const argv = ["node", "tools/run.mjs"];
    const { judgement, observed } = await verifyPatch(workshop, {
      base: { "tools/run.mjs": `import "../src/sum.js";\n${NODE}run();\n` },
      ...{ patch: MENDED, plan: plan(argv) },
    });
    expect(judgement).toMatchObject({ verdict: "verified", repaired: [ADDS] });
    expect(observed.checks?.followed).toEqual({ files: [], shared: ["src/sum.js"], isCut: false });
    expect(checkDoubts(observed.checks, argv, true, [{ path: "src/sum.js" }])).toContain(
      "The patch changes src/sum.js, which what runs the tests calls and the tests use as well: the patch's ran.",
    );
  });

  test("stays the patch's where tests reach it by an alias, a package's name or from src", async () => {
    const argv = ["sh", "scripts/test.sh"];
    const { judgement, observed } = await verifyPatch(workshop, {
      base: {
        "package.json": '{ "type": "module", "imports": { "#src/*": "./src/*" } }\n',
        "scripts/test.sh": `node src/sum.js\nnode packages/core/lib/main.js\npython3 src/app/core.py\n${SHELL}`,
        "test/sum.test.js": `${SUM["test/sum.test.js"]}`.replace("../src/sum.js", "#src/sum.js"),
        "test/more.test.js": 'const names = ["@acme/core/lib/main.js"];\n',
        "test/test_core.py": "from app.core import f\n",
        "packages/core/package.json": '{ "name": "@acme/core" }\n',
        ...{ "packages/core/lib/main.js": "1;\n", "src/app/core.py": "f = 1\n" },
      },
      ...{ patch: MENDED, plan: plan(argv) },
    });
    expect(judgement).toMatchObject({ verdict: "verified", repaired: [ADDS] });
    const followed = observed.checks?.followed;
    expect(followed?.files).toEqual([]);
    expect([...(followed?.shared ?? [])].sort()).toEqual([
      ...["packages/core/lib/main.js", "src/app/core.py", "src/sum.js"],
    ]);
  });

  test("probe: a word that is long costs nothing, and one that is no name is none", async () => {
    const { observed } = await verifyPatch(workshop, {
      base: { "scripts/test.sh": `: ${"$".repeat(200_000)} application/json\n${SHELL}` },
      patch: { ...MENDED, "application/json": "x\n" },
      plan: plan(["sh", "scripts/test.sh"]),
    });
    expect(observed.checks?.followed).toEqual({ files: [], shared: [], isCut: false });
  });

  test("is not what settings list: sources of a compiler run nothing", async () => {
    const { observed } = await verifyPatch(workshop, {
      base: {
        "scripts/test.sh": `cat build.json src/other.c >/dev/null\n${SHELL}`,
        ...{ "build.json": '{ "files": ["./src/main.js"] }\n', "src/main.js": "1;\n", "src/other.c": "" },
      },
      ...{ patch: MENDED, plan: plan(["sh", "scripts/test.sh"]) },
    });
    expect(observed.checks?.followed).toEqual({ files: [], shared: [], isCut: false });
  });

  test("probe: a chain without end is followed so far and said to go on", async () => {
    const links = Array.from({ length: 12 }, (_, at): [string, string] => [
      `scripts/step${at}.sh`,
      at === 11 ? SHELL : `exec sh scripts/step${at + 1}.sh\n`,
    ]);
    const { observed } = await verifyPatch(workshop, {
      ...{ base: Object.fromEntries(links), patch: MENDED, plan: plan(["sh", "scripts/step0.sh"]) },
    });
    expect(observed.checks?.followed?.isCut).toBe(true);
    expect(checkDoubts(observed.checks, [], true, []).join()).toContain("more files than were followed");
  });
});
