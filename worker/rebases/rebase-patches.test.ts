// A branch that moves under patches in review: real git, a real sandbox, a real database.
import { unlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { blobStore } from "#lib/blobs/service.ts";
import { HOUR, SECOND } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { listEvidence } from "#lib/evidence/service.ts";
import { findAgain } from "#lib/gates/again.ts";
import { getGate, listGatesOf } from "#lib/gates/service.ts";
import { findPatch } from "#lib/patches/service.ts";
import { getRun } from "#lib/runs/service.ts";
import { pullStop } from "#lib/stops/pull-stop.ts";
import { liftStop } from "#lib/stops/service.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { AS_BEFORE, revertStory } from "#lib/testing/git/revert-story.ts";
import { look, openSource, propose, pushOn, reviewOf, type Source } from "#lib/testing/git/story.ts";
import { ask, asProcess, kindsAbout, launch, leaseOf } from "#lib/testing/journey.ts";
import { MOST_TRIES } from "#lib/tries/rules.ts";
import { importPatch } from "../jobs/import-patch.ts";
import { rebasePatches } from "./rebase-patches.ts";

const story = await openStory();
const { database, seed, clock, workplace, runner, agentId } = story;
const bo = await member(seed, "bo", "reviewer");
const cy = await member(seed, "cy", "reviewer");
const { verify, openGate, approve, publish } = revertStory(story, bo);
const GREEN = { base: AS_BEFORE.patch, patch: AS_BEFORE.base };

const turn = () => {
  clock.advance(SECOND);
  return asProcess(database, "worker", () => rebasePatches(workplace, seed));
};
const takeIn = async (runId: string) => {
  const { attempt } = await getRun(seed, runId);
  await asProcess(database, "worker", () => importPatch(workplace, seed, { runId, attempt }));
};
const takenUp = async (source: Source, files: Record<string, string>, needed = 1) => {
  const { controls, ...charter } = charterFor(seed, source.repositoryId);
  const pilotId = await activePilot(seed, {
    ...charter,
    controls: { ...controls, approverCount: needed },
  });
  const runId = await launch(seed, pilotId, agentId);
  return { runId, ...(await reviewOf(story, source, runId, files)) };
};

test("a patch whose base moved elsewhere is put on the new one, tested there and decided on anew; no agent has it again", async () => {
  const source = await openSource(story, "upstream", { "a.js": "one\n" });
  const { runId, gateId } = await takenUp(source, { "a.js": "two\n", "new.js": "brought\n" }, 2);
  await approve(bo, runId);
  const before = await findPatch(seed, runId);
  const head = pushOn(source, { "c.js": "theirs\n" });
  await look(story, source.repositoryId);
  expect((await getGate(seed, gateId)).status).toBe("void");
  expect(await getRun(seed, runId)).toMatchObject({
    ...{ status: "queued", baseCommit: head },
    reason: expect.stringMatching(/^The base moved .* Whether the patch stands unchanged/),
  });
  await look(story, source.repositoryId);
  expect(await ask(runner, { phases: ["agent"] })).toBeNull();

  await turn();
  await turn();
  expect(await getRun(seed, runId)).toMatchObject({ status: "verifying", attempt: 3 });
  await takeIn(runId);
  const after = await findPatch(seed, runId);
  expect(after).toMatchObject({ baseCommit: head, digest: before?.digest, attempt: 3 });
  expect(after?.tree).not.toBe(before?.tree);
  await verify(runId, GREEN);
  const open = await openGate(runId);
  expect(await findAgain(bo, await getGate(bo, open?.gateId ?? ""))).toMatchObject({
    ...{ gateId, identical: true, isRerun: true, from: source.base, to: head },
    approvedBy: [expect.any(String)],
  });
  expect((await getGate(bo, open?.gateId ?? "")).approvals).toEqual([]);
  expect(await listEvidence(seed, runId)).toHaveLength(2);

  await approve(cy, runId);
  expect((await getRun(seed, runId)).status).toBe("in_review");
  await approve(bo, runId);
  await publish(source, runId);
  expect((await getRun(seed, runId)).status).toBe("merged");
  const now = (path: string) => playGit(source.path, ["show", `main:${path}`]);
  expect([now("a.js"), now("new.js"), now("c.js")]).toEqual(["two", "brought", "theirs"]);
  expect(playGit(source.path, ["rev-parse", "main^"])).toBe(head);
  expect((await listGatesOf(seed, runId)).map(({ status }) => status).sort()).toEqual(["approved", "void"]);
  expect(await kindsAbout(database, `run:${runId}`)).toEqual(
    expect.arrayContaining(["run.base_moved", "run.patch_rebased", "run.merged"]),
  );
});

test("where the branch changed a file of it, the work is done again; and not before it was looked at", async () => {
  const source = await openSource(story, "upstream", { "a.js": "1\n2\n3\n4\n5\n6\n7\n" });
  const { runId } = await takenUp(source, { "a.js": "one\n2\n3\n4\n5\n6\n7\n" });
  pushOn(source, { "a.js": "1\n2\n3\n4\n5\n6\nseven\n" });
  await look(story, source.repositoryId);
  await look(story, source.repositoryId);
  const { stopId } = await pullStop(seed, { scope: "everything", reason: "" });
  await turn();
  expect(await kindsAbout(database, `run:${runId}`)).not.toContain("run.patch_not_rebased");
  await transaction(seed, (tx) => liftStop(tx, seed, stopId));
  // A stop ends what is under way, and leaves what waits.
  expect((await getRun(seed, runId)).status).toBe("queued");
  await turn();
  expect((await getRun(seed, runId)).reason).toMatch(/is another one, for the branch changed the same files/);
  const lease = await leaseOf(runner, runId, "agent");
  await propose(story, source, lease, { "a.js": "one\n2\n3\n4\n5\n6\nseven\n" });
  expect((await getRun(seed, runId)).status).toBe("verifying");
});

test("probe: one that cannot be made waits longer each time, holds no other back, and goes to the agent in the end", async () => {
  const source = await openSource(story, "upstream", { "a.js": "one\n", "b.js": "one\n" });
  const broken = await takenUp(source, { "a.js": "two\n" });
  const sound = await takenUp(source, { "b.js": "two\n" });
  const { rows } = await database.owner.query<{ id: string }>(
    "select bundle_blob_id as id from patch where run_id = $1",
    [broken.runId],
  );
  pushOn(source, { "c.js": "theirs\n" });
  await look(story, source.repositoryId);
  await look(story, source.repositoryId);
  await unlink(blobStore().path(rows[0]?.id ?? ""));
  await turn();
  const statusOf = async ({ runId }: { readonly runId: string }) => (await getRun(seed, runId)).status;
  expect([await statusOf(broken), await statusOf(sound)]).toEqual(["queued", "verifying"]);
  const triesOf = async () => {
    const { rows: kept } = await database.owner.query("select tries from making_try where run_id = $1", [
      broken.runId,
    ]);
    return kept[0]?.tries ?? null;
  };
  await turn();
  expect(await triesOf()).toBe(1);
  for (let tried = 1; tried < MOST_TRIES; tried++) {
    expect(await triesOf()).toBe(tried);
    clock.advance(HOUR);
    await turn();
  }
  expect(await triesOf()).toBeNull();
  expect(await getRun(seed, broken.runId)).toMatchObject({
    status: "queued",
    reason: expect.stringMatching(/tried several times\. The work is done again/),
  });
  expect((await ask(runner, { phases: ["agent"] }))?.runId).toBe(broken.runId);
});
