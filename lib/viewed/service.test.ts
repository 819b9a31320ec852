import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";
import { storeBytes } from "../blobs/service.ts";
import { transaction } from "../db.ts";
import { findPatch, recordPatch } from "../patches/service.ts";
import { lockRun } from "../runs/run-in-tx.ts";
import type { Scope } from "../scope.ts";
import { arrangeWork, member } from "../testing/arrange.ts";
import { testDatabase } from "../testing/database.ts";
import { diffText, modified } from "../testing/diff-texts.ts";
import { asProcess, enrol, handIn, launch, leaseOf, openBase, testBlobs } from "../testing/journey.ts";
import { systemActor, testClock, testScope } from "../testing/scopes.ts";
import { contentOf, sidesOf } from "./rules.ts";
import { listViewed, setViewed } from "./service.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead", "security_lead"], actor: systemActor("demo"), clock });
let [ada, bo]: Scope[] = [];
let runId = "";

const [A, B, C] = ["a", "b", "c"].map((letter) => `100644 ${letter.repeat(64)}`);
const manifest = (files: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(
    `pilothouse patch manifest v1\n\0${Object.entries(files)
      .map(([path, sides]) => `${sides} ${path}\0`)
      .join("")}`,
  );

/** The newest patch, in the run's next attempt. */
async function patchWith(files: Readonly<Record<string, string>>): Promise<string> {
  clock.advance(1000);
  const stored = (bytes: Buffer) => storeBytes(Readable.from([bytes]), 100_000, clock.now());
  const [listed, blob, bundle] = [
    await stored(manifest(files)),
    await stored(Buffer.from("d")),
    await stored(Buffer.from("b")),
  ];
  const paths = Object.keys(files);
  const diff = await stored(Buffer.from(paths.map((path) => diffText(path, "")).join("")));
  await asProcess(database, "worker", () =>
    transaction(seed, async (tx) => {
      const run = await lockRun(tx, runId);
      await recordPatch(tx, seed, run, {
        ...{ attempt: ++attempt, baseTree: "1".repeat(40), tree: "2".repeat(40), commit: "3".repeat(40) },
        ...{ digest: String(attempt).repeat(64).slice(0, 64), files: paths.map((path) => modified(path)) },
        ...{ flags: [], manifest: listed, diff, bundle: blob ?? bundle },
      });
    }),
  );
  return (await findPatch(seed, runId))?.id ?? "";
}
let attempt = 0;

beforeAll(async () => {
  const { pilotId, repositoryId, agentId } = await arrangeWork(seed);
  await openBase(database, repositoryId);
  const runner = await enrol(seed, "viewer-1");
  runId = await launch(seed, pilotId, agentId);
  await handIn(runner, await leaseOf(runner, runId, "agent"));
  ada = await member(seed, "ada", "reviewer");
  bo = await member(seed, "bo", "viewer");
});

const of = (scope: Scope | undefined): Scope => {
  if (!scope) throw new Error("nobody is there yet");
  return scope;
};

describe("what somebody has viewed", () => {
  test("is kept for each person, and ends for a file that became another one, not for the others", async () => {
    const first = await patchWith({ "a.ts": `${A} ${B}`, "b.ts": `${A} ${B}`, "c.ts": `${A} ${B}` });
    const [isViewed, patchId] = [true, first];
    await setViewed(of(ada), { runId, patchId, paths: ["a.ts", "b.ts"], isViewed });
    await setViewed(of(ada), { runId, patchId, paths: ["a.ts"], isViewed });
    await setViewed(of(bo), { runId, patchId, paths: ["c.ts"], isViewed });
    expect((await listViewed(of(ada), runId)).sort()).toEqual(["a.ts", "b.ts"]);
    expect(await listViewed(of(bo), runId)).toEqual(["c.ts"]);

    const second = await patchWith({ "a.ts": `${A} ${C}`, "b.ts": `${A} ${B}` });
    expect(await listViewed(of(ada), runId)).toEqual(["b.ts"]);
    await expect(setViewed(of(ada), { runId, patchId, paths: ["a.ts"], isViewed })).rejects.toMatchObject({
      code: "conflict",
    });
    await setViewed(of(ada), { runId, patchId: second, paths: ["b.ts"], isViewed: false });
    expect(await listViewed(of(ada), runId)).toEqual([]);
  });

  test("probe: is kept of no file that the patch has not, and for nobody who may not see the run", async () => {
    const patchId = (await findPatch(seed, runId))?.id ?? "";
    const order = { runId, patchId, paths: ["../etc/passwd"], isViewed: true };
    await expect(setViewed(of(ada), order)).rejects.toMatchObject({ code: "not_found" });
    const stranger = testScope({ roles: [], actor: of(ada).actor, clock });
    await expect(setViewed(stranger, { ...order, paths: ["a.ts"] })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await listViewed(testScope({ actor: systemActor("worker"), clock }), runId)).toEqual([]);
  });
});

test("a file is known by mode and content on both sides, a renamed one by what it was, too", () => {
  const sides = sidesOf(manifest({ "a.ts": `${A} ${B}`, "old name.ts": `${B} ${A}`, "ü\n.ts": `${A} ${C}` }));
  expect([...sides.keys()]).toEqual(["a.ts", "old name.ts", "ü\n.ts"]);
  const plain = contentOf(sides, { path: "a.ts", previousPath: null });
  expect(plain).toMatch(/^[0-9a-f]{64}$/);
  expect(contentOf(sides, { path: "a.ts", previousPath: "old name.ts" })).not.toBe(plain);
  expect(contentOf(sides, { path: "none.ts", previousPath: null })).toBeNull();
  expect(sidesOf(Buffer.from("pilothouse patch manifest v1\n\0cut")).size).toBe(0);
});
