import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

const CONFIG = `export default { test: { isolate: false, maxWorkers: 1, include: ["*.test.ts"], globals: true,
  sequence: { shuffle: false }, setupFiles: [${JSON.stringify(join(root, "lib/testing/each-file.ts"))}] } };`;

/** Looks first and leaves then, so the order of the files does not matter. */
const FILE = `test("finds what was there at first, and changes it", () => {
  const { LEFT_BEHIND, TAKEN_AWAY, CHANGED, STUBBED } = process.env;
  expect([LEFT_BEHIND, TAKEN_AWAY, CHANGED, STUBBED]).toEqual([undefined, "1", "old", undefined]);
  expect(Date.now()).toBeGreaterThan(1e12);
  expect(Math.random()).toBeLessThan(1);
  process.env.LEFT_BEHIND = "1"; delete process.env.TAKEN_AWAY; process.env.CHANGED = "new";
  vi.useFakeTimers({ now: 0 }); vi.spyOn(Math, "random").mockReturnValue(2); vi.stubEnv("STUBBED", "1");
});`;

test("probe: what a test file leaves in its process is gone for the next one", () => {
  const folder = mkdtempSync(join(tmpdir(), "pilothouse-each-file-"));
  try {
    writeFileSync(join(folder, "vitest.config.mjs"), CONFIG);
    for (const name of ["one", "two"]) writeFileSync(join(folder, `${name}.test.ts`), FILE);
    const env = { ...process.env, TAKEN_AWAY: "1", CHANGED: "old", NODE_ENV: "test" as const };
    const program = join(root, "node_modules/vitest/vitest.mjs");
    const report = join(folder, "report.json");
    const args = ["run", "--root", folder, "--reporter=json", `--outputFile=${report}`];
    execFileSync(process.execPath, [program, ...args], { env, stdio: "pipe" });
    expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ numPassedTests: 2, success: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
