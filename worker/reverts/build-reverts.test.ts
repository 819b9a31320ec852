// One click on a merge, and the whole way of what comes of it: real git, a real sandbox, a real database.
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "#lib/clock.ts";
import { listEvidence } from "#lib/evidence/service.ts";
import { pausePilot } from "#lib/pilots/service.ts";
import { MOST_A_DAY } from "#lib/reverts/rules.ts";
import { findHandOver, findRevertLinks, listToBuild } from "#lib/reverts/service.ts";
import { getRun } from "#lib/runs/service.ts";
import { pullStop } from "#lib/stops/pull-stop.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { AS_BEFORE, clickRevert, revertStory } from "#lib/testing/git/revert-story.ts";
import { look, openSource, pushOn, reviewOf, type Source } from "#lib/testing/git/story.ts";
import { entriesAbout, kindsAbout, launch } from "#lib/testing/journey.ts";
import { MOST_TRIES } from "#lib/tries/rules.ts";

const story = await openStory();
const { database, seed, clock } = story;
const bo = await member(seed, "bo", "reviewer");
const lea = await member(seed, "lea", "engineering_lead");
const cy = await member(seed, "cy", "engineering_lead");
const uma = await member(seed, "uma", "auditor");
const { merged, build, verify, openGate, approve, publish } = revertStory(story, bo);

const fileNow = (source: Source, path: string): string => playGit(source.path, ["show", `main:${path}`]);

test("a merge is reverted by one click, on the branch as it stands, while its pilot is paused; and that is reverted again", async () => {
  const source = await openSource(story, "upstream", { "a.js": "one\n" });
  const pilotId = await activePilot(seed, charterFor(seed, source.repositoryId));
  const runId = await merged(source, pilotId, { "a.js": "two\n", "new.js": "brought\n" });
  const merge = playGit(source.path, ["rev-parse", "main"]);
  await pausePilot(seed, { pilotId, reason: "a tripwire" });
  clock.advance(MINUTE);

  await expect(clickRevert(uma, runId)).rejects.toThrow(/does not include “run.revert”/);
  const { runId: revert, isNew } = await clickRevert(lea, runId);
  expect(isNew).toBe(true);
  expect(await clickRevert(bo, runId)).toEqual({ runId: revert, isNew: false });
  await expect(clickRevert(lea, revert)).rejects.toThrow(/Only a merge can be reverted/);
  expect(await getRun(seed, revert)).toMatchObject({
    ...{ kind: "revert", status: "queued", baseCommit: merge, driver: "revert" },
    title: "Revert “Repair main”",
  });
  await build(revert);
  await verify(revert, AS_BEFORE);
  const [evidence] = await listEvidence(seed, revert);
  expect(evidence?.document.judgement).toMatchObject({
    verdict: "verified",
    sentence: expect.stringContaining("as they were before the merge"),
    asBefore: { failing: ["broken"] },
    newlyFailing: [],
  });
  await expect(approve(lea, revert)).rejects.toThrow(/launched/);

  // The branch moves under it: what was open is void, and it is made anew on the new head.
  const head = pushOn(source, { "c.js": "theirs\n" });
  await look(story, source.repositoryId);
  expect(await openGate(revert)).toBeNull();
  expect(await getRun(seed, revert)).toMatchObject({ status: "queued", baseCommit: head });
  await look(story, source.repositoryId);
  await build(revert);
  await verify(revert, AS_BEFORE);
  await approve(bo, revert);
  await publish(source, revert);

  expect((await getRun(seed, revert)).status).toBe("merged");
  expect(fileNow(source, "a.js")).toBe("one");
  expect(fileNow(source, "c.js")).toBe("theirs");
  expect(() => fileNow(source, "new.js")).toThrow();
  const message = playGit(source.path, ["show", "--no-patch", "--format=%B", "main"]);
  expect(message).toContain(`This reverts commit ${merge}.`);
  expect(message).toContain(`Pilothouse-Reverts: ${runId}`);
  expect(playGit(source.path, ["rev-parse", "main^"])).toBe(head);
  expect(await kindsAbout(database, `run:${runId}`)).toContain("run.revert_requested");
  expect(await kindsAbout(database, `run:${revert}`)).toEqual(
    expect.arrayContaining(["run.launched", "run.revert_built", "run.patch_imported", "run.merged"]),
  );
  expect(await findRevertLinks(seed, revert)).toMatchObject({ reverts: { runId, commit: merge } });
  expect((await findRevertLinks(seed, runId)).revertedBy).toMatchObject([
    { runId: revert, status: "merged" },
  ]);
  expect(await clickRevert(bo, runId)).toEqual({ runId: revert, isNew: false });
  // Figures count what agents did.
  const { rows } = await database.owner.query("select from run_fact where run_id = $1", [revert]);
  expect(rows).toEqual([]);

  clock.advance(MINUTE);
  const { runId: again } = await clickRevert(lea, revert);
  await build(again);
  await verify(again, { base: AS_BEFORE.patch, patch: AS_BEFORE.base });
  await approve(bo, again);
  await publish(source, again);
  expect(fileNow(source, "a.js")).toBe("two");
  expect(fileNow(source, "new.js")).toBe("brought");
  clock.advance(MINUTE);
  const { runId: third } = await clickRevert(lea, runId);
  expect(third).not.toBe(revert);
  await build(third);
  await verify(third, { base: AS_BEFORE.base, patch: { broken: ["failed"], fine: ["failed"] } });
  expect(await openGate(third)).toBeNull();
  expect((await getRun(seed, third)).reason).toMatch(/1 test did not fail before the merge/);
});

test("where the branch went on at the same lines it is refused by their names, and offered to an agent; under a stop it is not asked for", async () => {
  const source = await openSource(story, "own", { "a.js": "one\n" });
  const pilotId = await activePilot(seed, charterFor(seed, source.repositoryId));
  const first = await merged(source, pilotId, { "a.js": "two\n" });
  clock.advance(MINUTE);
  await merged(source, pilotId, { "a.js": "three\n" });
  const { runId: revert } = await clickRevert(lea, first);
  await build(revert);
  expect(await getRun(seed, revert)).toMatchObject({
    status: "failed",
    reason: expect.stringMatching(/went on from [0-9a-f]{12} at the same lines.*: a\.js\. An agent may be/),
  });
  expect((await findRevertLinks(seed, revert)).mayHandOver).toBe(true);
  expect(await findHandOver(bo, revert)).toMatchObject({
    title: "Revert “Repair main”",
    task: expect.stringContaining("- a.js\n"),
  });
  expect(await findHandOver(bo, first)).toBeNull();
  const refused = (await entriesAbout(database, `run:${revert}`)).find(
    ({ kind }) => kind === "run.revert_refused",
  );
  expect(refused?.detail).toMatchObject({ fault: "conflict", files: 1 });
  // Each asking is a run that a verifier tests: one person may not fill the queue.
  await database.owner.query("alter table run disable trigger governed");
  await database.owner.query(
    `insert into run (id, pilot_id, repository_id, agent_id, charter_id, charter_digest, kind, title, status, base_commit, attempt, launched_by, request_key, launched_at)
     select id || n, pilot_id, repository_id, agent_id, charter_id, charter_digest, kind, title, 'cancelled', base_commit, 1, launched_by, id || n, launched_at
     from run, generate_series(2, $2) n where id = $1`,
    [revert, MOST_A_DAY],
  );
  await database.owner.query("alter table run enable trigger governed");
  await expect(clickRevert(lea, first)).rejects.toThrow(
    /You asked for 20 reverts in this pilot within a day/,
  );
  clock.advance(DAY);
  expect((await clickRevert(lea, first)).isNew).toBe(true);
  await build(revert);
  await pullStop(seed, { scope: "pilot", pilotId, reason: "now" });
  await expect(clickRevert(lea, first)).rejects.toThrow(/An emergency stop is on \(“now”\)/);
});

test("who launched what a revert of a revert brings again decides nothing at its gate; of the revert itself they may", async () => {
  const source = await openSource(story, "own", { "a.js": "one\n" });
  const pilotId = await activePilot(seed, charterFor(seed, source.repositoryId));
  const first = await launch(lea, pilotId, story.agentId);
  await reviewOf(story, source, first, { "a.js": "two\n" });
  await expect(approve(lea, first)).rejects.toThrow(/You launched/);
  await approve(bo, first);
  await publish(source, first);
  clock.advance(MINUTE);
  const { runId: revert } = await clickRevert(bo, first);
  await build(revert);
  await verify(revert, AS_BEFORE);
  await approve(lea, revert);
  await publish(source, revert);
  clock.advance(MINUTE);
  const { runId: again } = await clickRevert(cy, revert);
  await build(again);
  await verify(again, { base: AS_BEFORE.patch, patch: AS_BEFORE.base });
  await expect(approve(lea, again)).rejects.toThrow(/You launched/);
  await expect(approve(cy, again)).rejects.toThrow(/You launched/);
  await approve(bo, again);
  expect((await getRun(seed, again)).status).toBe("merging");
});

test("probe: one that cannot be made waits longer each time, holds no other back, and ends with a finding", async () => {
  const [gone, sound] = [
    await openSource(story, "own", { "a.js": "one\n" }),
    await openSource(story, "own", { "a.js": "one\n" }),
  ];
  const reverts: string[] = [];
  for (const source of [gone, sound]) {
    const pilotId = await activePilot(seed, charterFor(seed, source.repositoryId));
    const runId = await merged(source, pilotId, { "a.js": "two\n" });
    clock.advance(MINUTE);
    reverts.push((await clickRevert(lea, runId)).runId);
  }
  const [broken = "", other = ""] = reverts;
  await rm(story.workplace.mirrorOf(gone.repositoryId), { recursive: true });
  const statuses = async () => [(await getRun(seed, broken)).status, (await getRun(seed, other)).status];
  await build(other);
  expect(await statuses()).toEqual(["queued", "verifying"]);
  expect(await listToBuild(seed)).toEqual([]);
  for (let tried = 1; tried < MOST_TRIES; tried++) {
    expect(await statuses()).toEqual(["queued", "verifying"]);
    clock.advance(HOUR);
    await build(other);
  }
  expect(await getRun(seed, broken)).toMatchObject({
    status: "failed",
    reason: expect.stringMatching(/could not be made, though it was tried several times/),
  });
  const { rows } = await database.owner.query("select rule, severity from finding where run_id = $1", [
    broken,
  ]);
  expect(rows).toEqual([{ rule: "revert_not_made", severity: "high" }]);
});
