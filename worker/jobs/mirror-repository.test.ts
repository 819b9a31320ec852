import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { baseBundlePath } from "#lib/blobs/service.ts";
import { MINUTE } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { getGate } from "#lib/gates/service.ts";
import { openBundle } from "#lib/leases/transfers.ts";
import { addRepository, getRepository, moveHead, recordMirror } from "#lib/repositories/service.ts";
import { getRun } from "#lib/runs/service.ts";
import { activePilot, charterFor } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { look, openSource, pushOn, reviewOf, type Source } from "#lib/testing/git/story.ts";
import { kindsAbout, launch, leaseOf, toAgentAgain } from "#lib/testing/journey.ts";
import { holdMirror } from "../git/mirror/hold-mirror.ts";

const story = await openStory();
const { database, workshop, seed, clock, agentId } = story;
let source: Source;

beforeEach(async () => {
  clock.advance(MINUTE);
  source = await openSource(story, "upstream", { "a.js": "one\n" });
});

const repository = () => getRepository(seed, source.repositoryId);
const again = () => look(story, source.repositoryId);
const bundle = (commit: string) => baseBundlePath(source.repositoryId, commit);

async function launched(): Promise<string> {
  clock.advance(1000);
  return launch(seed, await activePilot(seed, charterFor(seed, source.repositoryId)), agentId);
}

async function recorded(commit: string): Promise<{ size: string; sha256: string; created_at: Date }[]> {
  const { rows } = await database.owner.query(
    "select size, sha256, created_at from base_bundle where repository_id = $1 and commit = $2",
    [source.repositoryId, commit],
  );
  return rows;
}

/** Everything a look could have changed. */
async function footprint(): Promise<string> {
  const { rows } = await database.owner.query(
    `select (select count(*) from log_entry) as entries, (select count(*) from run_event) as events,
       (select jsonb_agg(b order by commit) from base_bundle b) as bundles,
       (select jsonb_agg(r order by id) from repository r) as repositories, (select jsonb_agg(r order by id) from run r) as runs`,
  );
  return JSON.stringify(rows);
}

describe("looking at a repository", () => {
  test("finds its head and hands it out as a bundle that git accepts", async () => {
    expect(await repository()).toMatchObject({
      ...{ state: "ready", branch: "main", headCommit: source.base, commits: 1, problem: null },
    });
    const [row] = await recorded(source.base);
    expect(row?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(playGit("/", ["bundle", "list-heads", bundle(source.base)])).toBe(
      `${source.base} refs/heads/base`,
    );
  });

  test("again, with nothing new, writes nothing", async () => {
    const before = await footprint();
    clock.advance(MINUTE);
    await again();
    expect(await footprint()).toBe(before);
  });

  test("makes a bundle again that is gone from the disk, or was cut short", async () => {
    const [before] = await recorded(source.base);
    rmSync(bundle(source.base));
    await again();
    expect(existsSync(bundle(source.base))).toBe(true);
    writeFileSync(bundle(source.base), "cut");
    await again();
    expect((await recorded(source.base))[0]?.size).toBe(before?.size);
    expect(playGit("/", ["bundle", "list-heads", bundle(source.base)])).toContain(source.base);
  });

  test("probe: that waited while its mirror was deleted for good fetches none again", async () => {
    const mirror = story.workplace.mirrorOf(source.repositoryId);
    let waiting: Promise<void> | undefined;
    await holdMirror(mirror, async () => {
      waiting = again();
      await database.owner.query(
        "insert into mirror_release (repository_id, pilot_id, bytes, files, released_at) values ($1, 'pil_1', 1, 1, now())",
        [source.repositoryId],
      );
      rmSync(mirror, { recursive: true });
    });
    await waiting;
    expect(existsSync(mirror)).toBe(false);
  });

  test("a missing bundle is told to the runner and made at once, also for a run on an earlier head", async () => {
    const runId = await launched();
    const lease = await leaseOf(story.runner, runId, "agent");
    pushOn(source, { "b.js": "new\n" });
    await again();
    rmSync(bundle(source.base));
    await expect(openBundle(story.runner, lease.leaseId, lease.attempt, "base")).rejects.toMatchObject({
      code: "unavailable",
    });
    const { rows } = await database.owner.query(
      "select from pgboss.job where name = 'mirror_repository' and data ->> 'repositoryId' = $1 and state = 'created'",
      [source.repositoryId],
    );
    expect(rows).toHaveLength(1);
    await again();
    const { stream, size } = await openBundle(story.runner, lease.leaseId, lease.attempt, "base");
    stream.destroy();
    expect(size).toBe(Number((await recorded(source.base))[0]?.size));
  });

  test("a head that moved sends reviews back onto it, voids their gates, and lets the rest alone", async () => {
    const reviewed = await launched();
    const { gateId } = await reviewOf(story, source, reviewed, { "a.js": "two\n" });
    const waiting = await launched();
    const head = pushOn(source, { "b.js": "new\n" });
    await again();
    expect(await repository()).toMatchObject({ headCommit: head, commits: 2 });
    expect(await getRun(seed, reviewed)).toMatchObject({ status: "queued", baseCommit: head });
    expect((await getGate(seed, gateId)).status).toBe("void");
    expect(await getRun(seed, waiting)).toMatchObject({ status: "queued", baseCommit: source.base });
    expect(await recorded(head)).toHaveLength(1);
    await toAgentAgain({ database, worker: story.seed }, reviewed);
    expect(await leaseOf(story.runner, reviewed, "agent")).toMatchObject({ baseCommit: head });
  });

  test("a waiting run whose commit was forced away starts from the new head", async () => {
    const runId = await launched();
    rmSync(story.workplace.mirrorOf(source.repositoryId), { recursive: true });
    playGit(source.work, ["checkout", "--quiet", "--orphan", "fresh"]);
    playGit(source.work, ["commit", "--quiet", "--message", "Rewritten"]);
    playGit(source.work, ["push", "--quiet", "--force", "origin", "fresh:main"]);
    await again();
    const head = playGit(source.path, ["rev-parse", "main"]);
    expect(await getRun(seed, runId)).toMatchObject({ status: "queued", baseCommit: head });
    expect(await kindsAbout(database, `run:${runId}`)).toEqual(["run.launched", "run.base_moved"]);
  });

  test("a look that is older than a merge of ours does not take the head back", async () => {
    const report = { outcome: "mirrored", branch: "main", head: source.base, commits: 1 } as const;
    const ours = "d".repeat(40);
    await transaction(seed, (tx) => moveHead(tx, source.repositoryId, source.base, ours));
    expect(await recordMirror(seed, source.repositoryId, report, source.base)).toBe(false);
    expect((await repository()).headCommit).toBe(ours);
  });
});

describe("a repository that cannot be worked on", () => {
  test.each([
    ["empty", "empty_repository", /no commits yet/, () => workshop.fresh("empty.git"), null],
    ["without the branch", "missing_branch", /no branch .*release/, () => source.path, "release"],
  ] as const)("%s says so in state and sentence", async (_name, problem, sentence, path, branch) => {
    const at = path();
    if (problem === "empty_repository") playGit("/", ["init", "--quiet", "--bare", at]);
    const { repositoryId } = await addRepository(seed, {
      ...{ name: `bad-${problem.replaceAll("_", "-")}`, source: at, authority: "own" },
      ...(branch === null ? {} : { branch }),
    });
    await look(story, repositoryId);
    expect(await getRepository(seed, repositoryId)).toMatchObject({
      ...{ state: "problem", problem, headCommit: null },
      problemDetail: expect.stringMatching(sentence),
    });
    const before = await footprint();
    await look(story, repositoryId);
    expect(await footprint()).toBe(before);
  });

  test("any more keeps what is known, says why, and is well again when it is back", async () => {
    renameSync(source.path, `${source.path}.away`);
    await again();
    expect(await repository()).toMatchObject({
      ...{ state: "problem", headCommit: source.base },
      problemDetail: expect.stringMatching(/nothing at|cannot be read/),
    });
    renameSync(`${source.path}.away`, source.path);
    await again();
    expect(await repository()).toMatchObject({ state: "ready", problem: null, problemDetail: null });
  });

  test("probe: a path outside the allowed roots is refused, and nothing of it is read", async () => {
    const { repositoryId } = await addRepository(seed, { name: "out", source: "/etc", authority: "own" });
    await look(story, repositoryId);
    expect(await getRepository(seed, repositoryId)).toMatchObject({ state: "problem", problem: "refused" });
    expect(existsSync(story.workplace.mirrorOf(repositoryId))).toBe(false);
  });
});
