import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MINUTE } from "#lib/clock.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import { finishLease, markPrepared } from "#lib/leases/service.ts";
import { openBundle, takeBundle } from "#lib/leases/transfers.ts";
import { findPatch, readDiff } from "#lib/patches/service.ts";
import { cancelRun } from "#lib/runs/cancel-run.ts";
import { getRun } from "#lib/runs/service.ts";
import { activePilot, charterFor } from "#lib/testing/arrange.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { openSource, propose, type Source } from "#lib/testing/git/story.ts";
import {
  asProcess,
  bytes,
  entriesAbout,
  kindsAbout,
  launch,
  leaseOf,
  SUMMARY,
} from "#lib/testing/journey.ts";
import { importPatch } from "./import-patch.ts";

const story = await openStory();
const { database, seed, clock, agentId } = story;
let source: Source;
let runId = "";

beforeAll(async () => {
  source = await openSource(story, "own", { "src/a.js": "one\n", "docs/b.md": "b\n" });
});

beforeEach(async () => {
  clock.advance(MINUTE);
  const charter = charterFor(seed, source.repositoryId);
  const scope = { ...charter.scope, allowedPaths: ["src/**"] };
  runId = await launch(seed, await activePilot(seed, { ...charter, scope }), agentId);
});

const takeIn = (times = 1) =>
  asProcess(database, "worker", () =>
    Promise.all(
      Array.from({ length: times }, () => importPatch(story.workplace, seed, { runId, attempt: 1 })),
    ),
  );

async function patches(): Promise<number> {
  const { rows } = await database.owner.query("select from patch where run_id = $1", [runId]);
  return rows.length;
}

describe("taking a patch in", () => {
  test("stores what jailed git found, by digests the record holds, and verification gets the bundle", async () => {
    const agentCommit = await propose(story, source, await leaseOf(story.runner, runId, "agent"), {
      "src/a.js": "two\n",
    });
    await takeIn();
    const patch = await findPatch(seed, runId);
    expect(patch).toMatchObject({ attempt: 1, baseCommit: source.base, added: 1, removed: 1 });
    expect(patch?.commit).not.toBe(agentCommit);
    expect(patch?.files.map(({ path }) => path)).toEqual(["src/a.js"]);
    expect(patch && (await readDiff(patch))).toContain("+two");
    const entry = (await entriesAbout(database, `run:${runId}`)).find(
      ({ kind }) => kind === "run.patch_imported",
    );
    expect(entry?.detail).toMatchObject({ digest: patch?.digest, tree: patch?.tree, base: source.base });
    const lease = await leaseOf(story.runner, runId, "verify");
    const { stream, size } = await openBundle(story.runner, lease.leaseId, lease.attempt, "patch");
    let read = 0;
    for await (const chunk of stream) read += (chunk as Buffer).length;
    expect(read).toBe(size);
  });

  test("done twice at once, and again, is one patch", async () => {
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), { "src/a.js": "two\n" });
    await takeIn(3);
    await takeIn();
    expect(await patches()).toBe(1);
    expect(
      (await kindsAbout(database, `run:${runId}`)).filter((kind) => kind === "run.patch_imported"),
    ).toHaveLength(1);
  });

  test("of a run that was cancelled meanwhile leaves nothing", async () => {
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), { "src/a.js": "two\n" });
    await cancelRun(seed, { runId, reason: "not wanted" });
    await takeIn();
    expect(await patches()).toBe(0);
    expect((await getRun(seed, runId)).status).toBe("cancelled");
  });

  test("opens findings with it: a secret it adds, at its line and masked", async () => {
    const token = `ghp_${"0aB1".repeat(9)}`;
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), {
      "src/a.js": `one\nconst token = "${token}";\n`,
    });
    await takeIn();
    const [finding, ...others] = await listFindingsOfRun(seed, runId);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: "high",
      state: "open",
      evidence: { path: "src/a.js", line: 2 },
    });
    expect(finding?.patchId).toBe((await findPatch(seed, runId))?.id);
    expect(JSON.stringify(finding)).not.toContain(token);
  });

  test("outside the charter's paths ends the run with the sentence, once; the record holds its digest", async () => {
    await propose(story, source, await leaseOf(story.runner, runId, "agent"), { "docs/b.md": "changed\n" });
    await takeIn(2);
    expect(await patches()).toBe(0);
    expect(await getRun(seed, runId)).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/tree policy blocks.*docs\/b\.md/s),
    });
    const refusals = (await entriesAbout(database, `run:${runId}`)).filter(
      ({ kind }) => kind === "run.patch_refused",
    );
    expect(refusals).toEqual([
      { kind: "run.patch_refused", detail: { reason_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
    const found = await listFindingsOfRun(seed, runId);
    expect(found.map(({ rule, times }) => [rule.id, times])).toEqual([["tree_outside_scope", 1]]);
  });

  test("probe: bytes that are no bundle end the run with a sentence, not the worker", async () => {
    const lease = await leaseOf(story.runner, runId, "agent");
    await markPrepared(story.runner, lease.leaseId, 1);
    const { blobId } = await takeBundle(story.runner, lease.leaseId, 1, bytes("# v2 git bundle\nnonsense"));
    const finish = { outcome: "patch", attempt: 1, bundleBlobId: blobId, summary: SUMMARY } as const;
    await finishLease(story.runner, lease.leaseId, finish);
    await takeIn();
    expect(await getRun(seed, runId)).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/\w+ .*\./),
    });
    expect(await patches()).toBe(0);
    expect((await listFindingsOfRun(seed, runId)).map(({ rule }) => rule.id)).toEqual(["bundle_refused"]);
  });
});
