// What the loop's tools do in a checkout, in the real sandbox.
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AskPolicy } from "#lib/protocol/steering.ts";
import { type AgentRun, type AgentRunChoices, runAgent } from "#lib/testing/agents/agent-run.ts";
import { createRepository, playGit } from "#lib/testing/git/author.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { SUM } from "#lib/testing/harness-scene.ts";
import { type ScriptedTurn, scriptedModel } from "#lib/testing/model/responses-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { createOpenai } from "./driver.ts";

let workshop: TestWorkshop;
let repository: string;
let base: string;
beforeAll(async () => {
  workshop = await openWorkshop();
  const { path, head } = createRepository(workshop.fresh("tools"), {
    ...SUM,
    "old.txt": "old\n",
    "secrets/key": "the word is pelican\n",
    linked: { link: "secrets/key" },
    "run.sh": "#!/bin/sh\necho one\n",
    "long.txt": Array.from({ length: 2000 }, (_, line) => `line ${line + 1}\n`).join(""),
  });
  [repository, base] = [`${path}/.git`, head];
});
afterAll(() => workshop.close());

const call = (name: string, args: object): ScriptedTurn => ({ items: [{ call: name, args }] });
const patch = (...lines: string[]) =>
  call("apply_patch", { patch: ["*** Begin Patch", ...lines, "*** End Patch"].join("\n") });
const shell = (command: string) => call("shell", { command, timeout_seconds: null });

/** Runs the calls one after the other; what the model got for each. */
const outputsOf = (...calls: ScriptedTurn[]) => outputsUnder({}, ...calls);

async function outputsUnder(
  changes: NonNullable<AgentRunChoices["changes"]>,
  ...calls: ScriptedTurn[]
): Promise<{ run: AgentRun; outputs: string[] }> {
  const run = await runAgent(workshop, {
    driver: createOpenai({ stateFolder: workshop.scratch, uid: workshop.sandbox.uid }),
    ...{ repository, base, changes },
    answer: scriptedModel([...calls, { items: [{ say: "Done." }] }]),
  });
  const { input } = JSON.parse(String(run.requests.at(-1)?.body));
  return { run, outputs: input.flatMap((item: { output?: string }) => item.output ?? []) };
}

test("a patch adds, deletes, moves with its mode, and changes, all or nothing", async () => {
  const { run, outputs } = await outputsOf(
    shell("chmod +x run.sh"),
    patch(
      "*** Add File: src/deep/new.js",
      "+export const one = 1;",
      "*** Delete File: old.txt",
      "*** Update File: run.sh",
      "*** Move to: bin/run.sh",
      "@@",
      "-echo one",
      "+echo two",
    ),
    patch("*** Add File: half.txt", "+x", "*** Update File: src/sum.js", "@@", "-not there", "+x"),
    patch("*** Update File: ../outside", "@@", "-a", "+b"),
  );
  expect(outputs[1]).toBe("Done: add src/deep/new.js, delete old.txt, update run.sh");
  expect(outputs[2]).toMatch(/^Failed: These lines are not in src\/sum\.js/);
  expect(outputs[3]).toMatch(/^Failed: The path "\.\.\/outside" is not below the checkout/);
  if (run.result.outcome !== "patch") throw new Error(JSON.stringify(run.result));
  const file = workshop.fresh("bundle");
  writeFileSync(file, readFileSync(run.result.bundle));
  playGit(repository, ["fetch", "--quiet", file, "+refs/heads/patch:refs/heads/patch"]);
  expect(playGit(repository, ["diff", "--no-renames", "--name-status", base, "patch"]).split("\n")).toEqual([
    "A\tbin/run.sh",
    "D\told.txt",
    "D\trun.sh",
    "A\tsrc/deep/new.js",
  ]);
  expect(playGit(repository, ["ls-tree", "patch", "bin/run.sh"])).toMatch(/^100755/);
  expect(ofKind(run.events, "item_closed").map(({ status }) => status)).toEqual([
    ...["completed", "completed", "failed", "failed", "completed"],
  ]);
});

test("reading gives lines, and says how many there are besides", async () => {
  const { outputs } = await outputsOf(
    call("read", { path: "long.txt", from_line: 1999, lines: null }),
    call("read", { path: "long.txt", from_line: null, lines: 2 }),
    call("read", { path: "src", from_line: null, lines: null }),
  );
  expect(outputs[0]).toMatch(/^line 1999\nline 2000\n/);
  expect(outputs[1]).toBe("line 1\nline 2\n[lines 1 to 2 of 2001]");
  expect(outputs[2]).toMatch(/^Failed: /);
});

test("a search finds what git knows and what is new, and says when there is nothing", async () => {
  const { outputs } = await outputsOf(
    shell("echo needle >fresh.txt; mkdir node_modules; echo needle >.gitignore"),
    call("search", { pattern: "needle|a \\+ b", path: null }),
    call("search", { pattern: "no such thing", path: null }),
    call("search", { pattern: "(", path: null }),
    call("search", { pattern: "x", path: "--open-files-in-pager=id" }),
  );
  expect(outputs[1]?.split("\n").toSorted()).toEqual([
    ".gitignore:1:needle",
    "fresh.txt:1:needle",
    "src/sum.js:1:export const sum = (a, b) => a + b;",
  ]);
  expect(outputs[2]).toBe("Nothing was found.");
  expect(outputs[3]).toMatch(/^Failed: /);
  expect(outputs[4]).not.toContain("uid=");
});

test("a command that prints a book is shortened for the model and kept for people", async () => {
  const { run, outputs } = await outputsOf(shell("seq 1 30000"));
  expect(outputs[0]?.length).toBeLessThan(25_000);
  expect(outputs[0]).toMatch(/^exit code 0\n/);
  expect(outputs[0]).toContain("characters left out");
  expect(outputs[0]).toContain("30000\n");
  const printed = ofKind(run.events, "command_output").filter(({ command }) => command === 2);
  expect(printed.reduce((sum, { text }) => sum + text.length, 0)).toBeGreaterThan(150_000);
});

test("of a command that prints a flood people are told the beginning, and how much was not kept", async () => {
  const { run, outputs } = await outputsOf(
    shell("head -c 60000000 /dev/zero | tr '\\0' y; echo END; exit 4"),
  );
  expect(outputs[0]).toMatch(/^exit code 4\ny+\n\[\d+ characters left out\]\ny+END\n$/);
  const printed = ofKind(run.events, "command_output").filter(({ command }) => command === 2);
  const kept = printed.reduce((sum, { text }) => sum + text.length, 0);
  expect(kept).toBe(256 * 1024);
  const finished = ofKind(run.events, "command_finished").find(({ command }) => command === 2);
  expect(finished).toMatchObject({ exit: 4, ended: "itself", dropped: 60_000_004 - kept });
  expect(ofKind(run.events, "turn_ended")).toMatchObject([{ status: "completed" }]);
});

test("probe: a file that the charter guards is read by no tool, by no link, and by no patch that moves it", async () => {
  const asks: AskPolicy = {
    ...{ mode: "never", allowed: [], denied: [], unattended: "deny_and_continue", minutes: 30 },
    tools: {
      ...{ write: "allow", execute: "allow", network: "deny" },
      read: { rule: "deny", guarded: ["secrets/**"] },
    },
  };
  const read = (path: string) => call("read", { path, from_line: null, lines: null });
  const { outputs } = await outputsUnder(
    { asks },
    read("secrets/key"),
    patch("*** Update File: secrets/key", "*** Move to: plain.txt", "@@", "-the word is pelican", "+x"),
    read("linked"),
    call("search", { pattern: "pelican|return a|a \\+ b", path: null }),
    call("search", { pattern: "pelican", path: ":(top)secrets" }),
    shell("cat secrets/key"),
    shell("git show HEAD:secrets/key"),
    shell("cp -r . /tmp/copy"),
    read("old.txt"),
    shell("cat old.txt"),
  );
  expect(outputs.join("\n")).not.toContain("pelican");
  for (const at of [0, 1, 2]) expect(outputs[at]).toMatch(/^Declined, not done: The charter declines it/);
  expect(outputs[3]).toContain("src/sum.js:1:");
  expect(outputs[4]).toBe("Nothing was found.");
  for (const at of [5, 6, 7]) expect(outputs[at]).toMatch(/^Declined, not run: The charter declines it/);
  expect(outputs.slice(8)).toEqual(["old\n", "exit code 0\nold\n"]);
});
