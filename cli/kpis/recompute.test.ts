// `npm run kpis:recompute` as a whole: the program of the launcher, the worker's role, a real database.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { testDatabase } from "#lib/testing/database.ts";
import { factStory } from "#lib/testing/fact-story.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const database = await testDatabase("worker");
const story = await factStory(database);
const data = mkdtempSync(join(tmpdir(), "pilothouse-kpis-"));
mkdirSync(join(data, "secrets"), { mode: 0o700 });
for (const name of ["web", "worker", "notary", "gateway"] as const) {
  const password = decodeURIComponent(new URL(database.urls[name]).password);
  writeFileSync(join(data, "secrets", `ph_${name}-password`), password, { mode: 0o600 });
}
afterAll(() => rmSync(data, { recursive: true, force: true }));

function command(...words: string[]) {
  const env = { PATH: process.env.PATH, NODE_ENV: "production", DATABASE_URL: database.urls.owner } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["cli/main.ts", "kpis", "recompute", ...words],
    {
      ...{ cwd: ROOT, env: { ...env, PILOTHOUSE_DATA: data }, encoding: "utf8" },
    },
  );
  return { status, says: `${stdout}${stderr}` };
}

test("says what differs and ends with 1, mends it, and has nothing to say then", async () => {
  const run = await story.newRun("repair");
  expect(command("--check")).toMatchObject({ status: 0, says: "Every fact says what its rows say.\n" });
  await story.write("update run_fact set attempts = 9 where run_id = $1", [run.id]);
  const checked = command("--check");
  expect(checked.status).toBe(1);
  expect(checked.says).toContain(`run ${run.id} differs\n1 of the facts do not say what their rows say.`);
  const mended = command();
  expect(mended.status).toBe(0);
  expect(mended.says).toContain(
    `run ${run.id} differs\n1 of the facts did not say what their rows say, and do now.`,
  );
  expect(command("--check")).toMatchObject({ status: 0 });
});
