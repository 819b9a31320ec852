// The last step with real git, a real sandbox and a real database, crashed wherever it can be crashed.
import { renameSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { listGatesOf } from "#lib/gates/service.ts";
import { getMerge, listUnsettled, type MergeIntent, settleMerge } from "#lib/merges/service.ts";
import { getRepository } from "#lib/repositories/service.ts";
import { getRun } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";
import { pullStop } from "#lib/stops/pull-stop.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { look, openSource, type Proposed, pushOn, reviewOf, type Source } from "#lib/testing/git/story.ts";
import { asProcess, kindsAbout, launch, toAgentAgain } from "#lib/testing/journey.ts";
import { testScope } from "#lib/testing/scopes.ts";
import { holdMirror } from "../git/mirror/hold-mirror.ts";
import type { Workplace } from "../workplace.ts";
import { publishMerge } from "./publish-merge.ts";

const story = await openStory();
const { database, seed, clock, agentId } = story;
const bo = await member(seed, "bo", "reviewer");

const approve = ({ gateId, digest }: Proposed) =>
  decideGate(bo, { gateId, digest, decision: "approve", reason: "" });

/** The newest intent of a run. */
async function intentOf(runId: string): Promise<string> {
  const { rows } = await database.owner.query<{ id: string }>(
    "select id from merge where run_id = $1 order by created_at desc limit 1",
    [runId],
  );
  return rows[0]?.id ?? "";
}

const mergeOf = async (runId: string): Promise<MergeIntent> => getMerge(seed, await intentOf(runId));

const publish = (mergeId: string, workplace: Workplace = story.workplace, scope: Scope = seed) =>
  asProcess(database, "worker", () => publishMerge(workplace, scope, { mergeId }));

/** Dies after the commit was named and before the ref is touched: the mirror is asked for a second time then. */
function dyingBeforeTheRef(): Workplace {
  let asked = 0;
  const mirrorOf = (id: string) => {
    asked += 1;
    if (asked > 1) throw new Error("killed before the ref moved");
    return story.workplace.mirrorOf(id);
  };
  return { ...story.workplace, mirrorOf };
}

/** Dies after the ref moved: once the commit is named, the clock is first read when the outcome is written. */
const dyingBeforeTheRecord = (): Scope =>
  testScope({
    actor: seed.actor,
    clock: {
      ...clock,
      now: () => {
        throw new Error("killed before the outcome was written");
      },
    },
  });

const times = async (runId: string, kind: string): Promise<number> =>
  (await kindsAbout(database, `run:${runId}`)).filter((each) => each === kind).length;

/** Somebody holds the mirror, and settles the merge before it is let go: it is not published a second time. */
test("probe: a merge that is settled while its mirror is held by others is left alone", async () => {
  const source = await openSource(story, "upstream", { "a.js": "one\n" });
  const runId = await launch(seed, await activePilot(seed, charterFor(seed, source.repositoryId)), agentId);
  await approve(await reviewOf(story, source, runId, { "a.js": "two\n" }));
  const mergeId = await intentOf(runId);
  let asked = 0;
  const settled = Promise.withResolvers<void>();
  const asksTwice = Promise.withResolvers<void>();
  const mirrorOf = (id: string) => {
    asked += 1;
    if (asked === 2) asksTwice.resolve(); // rebuilt, and about to hold the mirror
    return story.workplace.mirrorOf(id);
  };
  const held = holdMirror(story.workplace.mirrorOf(source.repositoryId), () => settled.promise);
  const publishing = publish(mergeId, { ...story.workplace, mirrorOf });
  await asksTwice.promise;
  await asProcess(database, "worker", () =>
    settleMerge(seed, mergeId, { outcome: "refused", reason: "Withdrawn." }),
  );
  settled.resolve();
  await Promise.all([held, publishing]);
  expect(playGit(source.path, ["rev-parse", "refs/heads/main"])).toBe(source.base);
  expect((await getRun(seed, runId)).status).toBe("in_review");
});

describe.each(["own", "upstream"] as const)("publishing where the authority is %s", (authority) => {
  let source: Source;
  let pilotId = "";
  let runId = "";
  let proposed: Proposed;

  const refNow = () =>
    authority === "own"
      ? playGit(story.workplace.mirrorOf(source.repositoryId), ["rev-parse", "refs/pilothouse/heads/main"])
      : playGit(source.path, ["rev-parse", "refs/heads/main"]);

  beforeEach(async () => {
    clock.advance(MINUTE);
    source = await openSource(story, authority, { "a.js": "one\n" });
    pilotId = await activePilot(seed, charterFor(seed, source.repositoryId));
    runId = await launch(seed, pilotId, agentId);
    proposed = await reviewOf(story, source, runId, { "a.js": "two\n" });
  });

  async function expectMergedOnce(): Promise<void> {
    expect(await mergeOf(runId)).toMatchObject({ state: "moved" });
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect(await times(runId, "run.merged")).toBe(1);
    expect(await times(runId, "run.merge_commit_built")).toBe(1);
    const { rows } = await database.owner.query(
      "select outcome, merged_at is not null as merged from run_fact where run_id = $1",
      [runId],
    );
    expect(rows).toEqual([{ outcome: "merged", merged: true }]);
    expect(await listUnsettled(seed, 0)).toEqual([]);
  }

  test("moves the ref to a commit of ours; the agent's own commit is nowhere", async () => {
    await approve(proposed);
    await publish(await intentOf(runId));
    await expectMergedOnce();
    const mirror = story.workplace.mirrorOf(source.repositoryId);
    const commit = refNow();
    const show = (format: string) => playGit(mirror, ["show", "--no-patch", `--format=${format}`, commit]);
    expect(show("%an <%ae>|%cn <%ce>|%P")).toBe(
      `Pilothouse <pilothouse@localhost>|Pilothouse <pilothouse@localhost>|${source.base}`,
    );
    expect(show("%(trailers:key=Pilothouse-Run,valueonly)")).toBe(runId);
    expect(show("%B")).toContain(`Pilothouse-Decision: ${proposed.gateId} sha256:${proposed.digest}`);
    expect(show("%B")).not.toContain("The agent's own words");
    expect(playGit(mirror, ["show", `${commit}:a.js`])).toBe("two");
    for (const repository of [mirror, source.path])
      expect(() => playGit(repository, ["cat-file", "-e", proposed.agentCommit])).toThrow();
    expect((await getRepository(seed, source.repositoryId)).headCommit).toBe(commit);
    await look(story, source.repositoryId);
    expect((await getRepository(seed, source.repositoryId)).headCommit).toBe(commit);
  });

  test("crashed at every step and taken up by the reconciler, it is merged once and to the same commit", async () => {
    await approve(proposed);
    const mergeId = await intentOf(runId);
    await expect(publish(mergeId, dyingBeforeTheRef())).rejects.toThrow("killed before the ref moved");
    const named = (await mergeOf(runId)).newCommit;
    expect(named).toMatch(/^[0-9a-f]{40}$/);
    expect(refNow()).toBe(source.base);
    expect((await getRun(seed, runId)).status).toBe("merging");

    await expect(publish(mergeId, story.workplace, dyingBeforeTheRecord())).rejects.toThrow(
      "killed before the outcome",
    );
    expect(refNow()).toBe(named);
    expect((await getRun(seed, runId)).status).toBe("merging");
    expect(await times(runId, "run.merged")).toBe(0);

    expect(await listUnsettled(seed, 15 * SECOND)).toEqual([]);
    clock.advance(16 * SECOND);
    const unsettled = await asProcess(database, "worker", () => listUnsettled(seed, 15 * SECOND));
    expect(unsettled).toEqual([mergeId]);
    for (const id of unsettled) await publish(id);
    await publish(mergeId);
    expect(refNow()).toBe(named);
    await expectMergedOnce();
  });

  test("by job and reconciler at once it is merged once", async () => {
    await approve(proposed);
    const mergeId = await intentOf(runId);
    await asProcess(database, "worker", () =>
      Promise.all([1, 2].map(() => publishMerge(story.workplace, seed, { mergeId }))),
    );
    await expectMergedOnce();
  });

  test("of two approved runs on one base the second is void and starts anew", async () => {
    clock.advance(MINUTE);
    const second = await launch(seed, pilotId, agentId);
    const other = await reviewOf(story, source, second, { "b.js": "new\n" });
    await approve(proposed);
    await approve(other);
    await publish(await intentOf(runId));
    await publish(await intentOf(second));
    await expectMergedOnce();
    expect(await getRun(seed, second)).toMatchObject({ status: "queued", baseCommit: refNow() });
    expect(await times(second, "run.merge_refused")).toBe(1);
    await look(story, source.repositoryId);
    clock.advance(MINUTE);
    await toAgentAgain({ database, worker: seed }, second);
    const again = await reviewOf(story, source, second, { "b.js": "new\n" });
    await approve(again);
    await publish(await intentOf(second));
    expect((await getRun(seed, second)).status).toBe("merged");
    const mirror = story.workplace.mirrorOf(source.repositoryId);
    expect(playGit(mirror, ["rev-list", "--count", `${source.base}..${refNow()}`])).toBe("2");
  });
});

describe("an upstream that others push to", () => {
  let source: Source;
  let runId = "";

  beforeEach(async () => {
    clock.advance(MINUTE);
    source = await openSource(story, "upstream", { "a.js": "one\n" });
    runId = await launch(seed, await activePilot(seed, charterFor(seed, source.repositoryId)), agentId);
    await approve(await reviewOf(story, source, runId, { "a.js": "two\n" }));
  });

  test("between approval and push keeps what they pushed; the run starts anew on it", async () => {
    const theirs = pushOn(source, { "b.js": "theirs\n" });
    await publish(await intentOf(runId));
    expect(playGit(source.path, ["rev-parse", "main"])).toBe(theirs);
    expect(await getRun(seed, runId)).toMatchObject({ status: "queued", baseCommit: theirs });
    expect(await times(runId, "run.merged")).toBe(0);
  });

  test("probe: after our push and before it was written down: it was merged, once", async () => {
    const mergeId = await intentOf(runId);
    await expect(publish(mergeId, dyingBeforeTheRef())).rejects.toThrow("killed");
    await expect(publish(mergeId, story.workplace, dyingBeforeTheRecord())).rejects.toThrow("killed");
    const theirs = pushOn(source, { "b.js": "theirs\n" });
    await publish(mergeId);
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect(await times(runId, "run.merged")).toBe(1);
    await look(story, source.repositoryId);
    expect((await getRepository(seed, source.repositoryId)).headCommit).toBe(theirs);
  });

  test("that is not there is asked again later, and the merge waits", async () => {
    const mergeId = await intentOf(runId);
    renameSync(source.path, `${source.path}.away`);
    await expect(publish(mergeId)).rejects.toThrow(/There is nothing at/);
    expect((await getRun(seed, runId)).status).toBe("merging");
    renameSync(`${source.path}.away`, source.path);
    await publish(mergeId);
    expect((await getRun(seed, runId)).status).toBe("merged");
  });

  test("probe: that is to be pushed to under an emergency stop gets nothing, and the run goes back into review", async () => {
    const mergeId = await intentOf(runId);
    const { pilotId } = await getRun(seed, runId);
    await pullStop(seed, { scope: "pilot", pilotId, reason: "Something is wrong." });
    await publish(mergeId);
    expect(await getRun(seed, runId)).toMatchObject({
      status: "in_review",
      reason: expect.stringMatching(/emergency stop came before the merge/),
    });
    expect(playGit(source.path, ["rev-parse", "main"])).toBe(source.base);
  });

  test("probe: that is to be pushed to after a tripwire froze merges gets nothing, and the run goes back into review", async () => {
    const mergeId = await intentOf(runId);
    const { pilotId } = await getRun(seed, runId);
    const { owner } = database;
    await owner.query("alter table wire_trip disable trigger governed");
    await owner.query(
      `insert into wire_trip (id, pilot_id, wire, steps, value, sample, counted_from, tripped_at, rows)
       values ('trp_freeze', $1, 'merges >= 1 over 1 day; pause, freeze_merges', '{pause,freeze_merges}', 1, 1, $2, $2, '{}')`,
      [pilotId, new Date(clock.now())],
    );
    await owner.query("alter table wire_trip enable trigger governed");
    await publish(mergeId);
    expect(await getRun(seed, runId)).toMatchObject({
      status: "in_review",
      reason: expect.stringMatching(/tripwire of the charter froze the pilot's merges/),
    });
    expect(playGit(source.path, ["rev-parse", "main"])).toBe(source.base);
  });

  test("probe: that took it before the emergency stop has taken it: it is written down as merged", async () => {
    const mergeId = await intentOf(runId);
    const { pilotId } = await getRun(seed, runId);
    await expect(publish(mergeId, dyingBeforeTheRef())).rejects.toThrow("killed");
    await expect(publish(mergeId, story.workplace, dyingBeforeTheRecord())).rejects.toThrow("killed");
    const moved = playGit(source.path, ["rev-parse", "main"]);
    expect(moved).not.toBe(source.base);
    await pullStop(seed, { scope: "pilot", pilotId, reason: "Something is wrong." });
    await publish(mergeId);
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect(playGit(source.path, ["rev-parse", "main"])).toBe(moved);
  });

  test("that refuses the push reopens the review at a new gate, with the reason; later it is merged from there", async () => {
    const first = await intentOf(runId);
    playGit(source.path, ["config", "receive.hideRefs", "refs/heads/main"]);
    await publish(first);
    expect(await getRun(seed, runId)).toMatchObject({
      status: "in_review",
      reason: expect.stringMatching(/refused/),
    });
    playGit(source.path, ["config", "--unset", "receive.hideRefs"]);
    clock.advance(MINUTE);
    const gate = (await listGatesOf(seed, runId)).find(({ status }) => status === "open");
    await approve({ gateId: gate?.id ?? "", digest: gate?.digest ?? "", agentCommit: "" });
    await publish(await intentOf(runId));
    await publish(first);
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect(await times(runId, "run.merged")).toBe(1);
    const { rows } = await database.owner.query("select state from merge where run_id = $1 order by id", [
      runId,
    ]);
    expect(rows.map(({ state }) => state).sort()).toEqual(["moved", "refused"]);
  });
});

describe("probe: a run's change that somebody pushes past its gate", () => {
  test("is a critical finding, the pilot is stopped, and it is told once; what was approved is none", async () => {
    clock.advance(MINUTE);
    const source = await openSource(story, "upstream", { "a.js": "one\n" });
    const pilotId = await activePilot(seed, charterFor(seed, source.repositoryId));
    const approved = await launch(seed, pilotId, agentId);
    await approve(await reviewOf(story, source, approved, { "a.js": "two\n" }));
    await publish(await intentOf(approved));
    await look(story, source.repositoryId);
    clock.advance(MINUTE);
    const runId = await launch(seed, pilotId, agentId);
    await reviewOf(story, source, runId, { "b.js": "new\n" });
    const findings = async () =>
      (
        await database.owner.query(
          "select run_id, rule, severity from finding where pilot_id = $1 and rule like 'merged%'",
          [pilotId],
        )
      ).rows;
    expect(await findings()).toEqual([]);
    pushOn(source, { "b.js": "new\n" });
    await look(story, source.repositoryId);
    await look(story, source.repositoryId);
    expect(await findings()).toEqual([{ run_id: runId, rule: "merged_unapproved", severity: "critical" }]);
    const stops = await database.owner.query("select scope from stop where pilot_id = $1", [pilotId]);
    expect(stops.rows).toEqual([{ scope: "pilot" }]);
  });
});
