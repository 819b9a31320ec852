// From an approval to a merged pull request: real git, a real sandbox, a real database, and a server that is held to
// GitHub's own description of its API.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "#lib/clock.ts";
import { listOpenPulls, listPullsOfRun, mergesToTryLater } from "#lib/forges/pulls/service.ts";
import { listForges } from "#lib/forges/service.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { getRun } from "#lib/runs/service.ts";
import type { Scope } from "#lib/scope.ts";
import { pullStop } from "#lib/stops/pull-stop.ts";
import { activePilot, charterFor, member } from "#lib/testing/arrange.ts";
import { playGit } from "#lib/testing/git/author.ts";
import { openStory } from "#lib/testing/git/open-story.ts";
import { openSource, pushOn, reviewOf, type Source } from "#lib/testing/git/story.ts";
import { connecting, disconnect } from "#lib/testing/github/connected.ts";
import { type GitHubServer, githubServer } from "#lib/testing/github/github-server.ts";
import { WANTS_PULLS } from "#lib/testing/github/served-rules.ts";
import { asProcess, entriesAbout, kindsAbout, launch } from "#lib/testing/journey.ts";
import { testScope } from "#lib/testing/scopes.ts";
import { publishMerge } from "../../jobs/publish-merge.ts";
import type { Workplace } from "../../workplace.ts";

const story = await openStory();
const { database, seed, clock, agentId } = story;
const bo = await member(seed, "bo", "reviewer");
const keys = story.workshop.fresh("keys");
const workplace: Workplace = {
  ...story.workplace,
  env: {
    ...story.workplace.env,
    PILOTHOUSE_NOTICE_KEYS: keys,
    PILOTHOUSE_NOTICE_HOSTS: ["127.0.0.1"],
  },
};
const connectTo = await connecting(database, seed, keys);

let source: Source;
let server: GitHubServer;
let [runId, mergeId] = ["", ""];

/** The source is a folder here, and the forge this host. */
const connect = (address: string, sealedFor = address) =>
  connectTo({ repositoryId: source.repositoryId, address, sealedFor });

const publish = (scope: Scope = seed) =>
  asProcess(database, "worker", () => publishMerge(workplace, scope, { mergeId }));
const main = () => playGit(source.path, ["rev-parse", "refs/heads/main"]);
const shown = async () =>
  (await listForges(seed)).find(({ repositoryId }) => repositoryId === source.repositoryId)?.pulls;
const ofRun = () => listPullsOfRun(seed, runId);
const later = () => asProcess(database, "worker", () => mergesToTryLater(seed));
const outsider = testScope({ roles: [["reviewer", "pil_another"]], clock });
const kinds = () => kindsAbout(database, `run:${runId}`);
async function rows(sql: string): Promise<unknown[]> {
  return (await database.owner.query(sql, [runId])).rows;
}

/** As a worker that died right after it wrote that down leaves it. */
async function leftAt(step: "closed" | "waits" | "merged"): Promise<void> {
  await database.owner.query("update forge_pull set step = $2 where merge_id = $1", [mergeId, step]);
}

/** The scope of a worker that is killed at the first look at the clock after that came true. */
const dyingOnce = (isTrue: () => boolean): Scope =>
  testScope({
    actor: seed.actor,
    clock: {
      ...clock,
      now() {
        if (isTrue()) throw new Error("killed");
        return clock.now();
      },
    },
  });

beforeEach(async () => {
  clock.advance(MINUTE);
  source = await openSource(story, "upstream", { "a.js": "one\n" });
  server = await githubServer(source.path);
  server.rules = [WANTS_PULLS];
  await connect(server.address);
  const pilotId = await activePilot(seed, charterFor(seed, source.repositoryId));
  runId = await launch(seed, pilotId, agentId);
  const { gateId, digest } = await reviewOf(story, source, runId, { "a.js": "two\n" });
  await decideGate(bo, { gateId, digest, decision: "approve", reason: "" });
  const [merge] = (await rows("select id from merge where run_id = $1")) as { id: string }[];
  mergeId = merge?.id ?? "";
});
afterEach(() => {
  expect(server.faults).toEqual([]);
});

describe("an approved merge of a repository on GitHub", () => {
  test("goes there by a pull request that says what changed, what was observed and who decided", async () => {
    // Before that GitHub was told of nothing, and has no branch on which its own programs could run.
    expect(server.asked).toEqual([]);
    const refs = () => playGit(source.path, ["for-each-ref", "--format=%(refname)"]);
    expect(refs()).toBe("refs/heads/main");
    await publish();
    expect((await getRun(seed, runId)).status).toBe("merged");
    const commit = main();
    const parents = playGit(source.path, ["show", "-s", "--format=%P", commit]).split(" ");
    expect(parents[0]).toBe(source.base);
    expect(playGit(source.path, ["show", "-s", "--format=%an", parents[1] ?? ""])).toBe("Pilothouse");
    const [pull] = server.pulls;
    expect(pull?.head).toBe(`pilothouse/${mergeId}`);
    for (const words of ["`a.js` modified, +1 −1", "**verified**", "as `reviewer`", `/runs/${runId}`])
      expect(pull?.body).toContain(words);
    expect(pull?.body).not.toContain("The agent's own words");
    expect(server.checks).toMatchObject([{ sha: parents[1], conclusion: "success", externalId: mergeId }]);
    expect(server.tokens).toEqual({ asked: 1, revoked: 1 });
    expect(await shown()).toEqual([]);
    expect((await kinds()).filter((kind) => kind === "run.merged")).toHaveLength(1);
    const entry = (await entriesAbout(database, `run:${runId}`)).find(({ kind }) => kind === "run.merged");
    expect(entry?.detail).toMatchObject({ commit, built: parents[1] });
    expect(entry?.detail).not.toHaveProperty("other_tree");
  });

  test("is what the branch gets, as it is, where no rule wants pull requests", async () => {
    server.rules = [];
    await publish();
    expect((await getRun(seed, runId)).status).toBe("merged");
    const [entry] = (await entriesAbout(database, `run:${runId}`)).filter(
      ({ kind }) => kind === "run.merged",
    );
    expect(entry?.detail).toMatchObject({ commit: main(), old: source.base });
    expect(entry?.detail).not.toHaveProperty("built");
    expect(playGit(source.path, ["show", "-s", "--format=%P %an", main()])).toBe(`${source.base} Pilothouse`);
  });

  test("that waits when the repository is disconnected goes back into review, and what is left open there is told", async () => {
    server.unwilling = "Not yet";
    await expect(publish()).rejects.toThrow(/#1 waits/);
    await disconnect(seed, source.repositoryId);
    server.asked.length = 0;
    await publish();
    expect([(await getRun(seed, runId)).status, main()]).toEqual(["in_review", source.base]);
    expect(server.asked).toEqual([]);
    const text = `${server.address}/pull/1: The repository was disconnected from GitHub while its pull request waited. That is left open there: close it, so that nobody merges it.`;
    expect(
      await rows("select rule, severity, evidence ->> 'text' as text from finding where run_id = $1"),
    ).toEqual([{ rule: "forge_pull_left_open", severity: "medium", text }]);
    expect(await ofRun()).toMatchObject([{ nextAt: null, problem: expect.stringMatching(/left open/) }]);
  });

  test.each([
    ["opened, and not written down, goes back into review, and what may be left open there is told", true],
    ["never opened goes on by plain git", false],
  ])("after a disconnect, one of which a pull request was %s", async (_, isProposed) => {
    const noted = "select number from forge_pull where run_id = $1";
    if (isProposed) {
      await expect(publish(dyingOnce(() => server.pulls.length > 0))).rejects.toThrow("killed");
      expect([server.pulls.length, await rows(noted)]).toEqual([1, []]);
    }
    await disconnect(seed, source.repositoryId);
    await publish();
    expect((await getRun(seed, runId)).status).toBe(isProposed ? "in_review" : "merged");
    expect(main() === source.base).toBe(isProposed);
    const text = `${server.address}/pulls: The repository was disconnected from GitHub while its pull request was being opened. Its branch pilothouse/${mergeId} stands there: close the pull request where there is one, and delete the branch.`;
    expect(await rows("select rule, evidence ->> 'text' as text from finding where run_id = $1")).toEqual(
      isProposed ? [{ rule: "forge_pull_left_open", text }] : [],
    );
  });

  test("of which a pull request was opened and not written down is merged by that one, with no other opened", async () => {
    await expect(publish(dyingOnce(() => server.pulls.length > 0))).rejects.toThrow("killed");
    await publish();
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect(server.pulls).toMatchObject([{ merged: main() }]);
  });

  test("that waits when the repository is disconnected and its base moves is told as left open, too", async () => {
    server.unwilling = "Not yet";
    await expect(publish()).rejects.toThrow(/#1 waits/);
    await disconnect(seed, source.repositoryId);
    const theirs = pushOn(source, { "b.js": "theirs\n" });
    await publish();
    expect((await getRun(seed, runId)).status).not.toBe("merging");
    expect(main()).toBe(theirs);
    expect(await rows("select rule, state from finding where run_id = $1")).toEqual([
      { rule: "forge_pull_left_open", state: "open" },
    ]);
  });

  test("that was merged there before it was disconnected is merged", async () => {
    server.unwilling = "Not yet";
    await expect(publish()).rejects.toThrow(/#1 waits/);
    await disconnect(seed, source.repositoryId);
    const head = playGit(source.path, ["rev-parse", `refs/heads/pilothouse/${mergeId}`]);
    playGit(source.path, ["update-ref", "refs/heads/main", head]);
    await publish();
    expect([(await getRun(seed, runId)).status, main()]).toEqual(["merged", head]);
  });

  test("probe: that was withdrawn, and not settled before it was disconnected, is not pushed", async () => {
    server.unwilling = "Not yet";
    await expect(publish()).rejects.toThrow(/#1 waits/);
    await leftAt("closed");
    await disconnect(seed, source.repositoryId);
    await publish();
    expect([(await getRun(seed, runId)).status, main()]).toEqual(["in_review", source.base]);
    expect(await rows("select rule from finding where run_id = $1")).toEqual([]);
  });

  test.each(["waits", "merged"] as const)(
    "probe: that was merged with another tree before it was disconnected (%s) is told as that",
    async (step) => {
      server.unwilling = "Not yet";
      await expect(publish()).rejects.toThrow(/#1 waits/);
      await leftAt(step);
      await disconnect(seed, source.repositoryId);
      const parents = ["-p", source.base, "-p", `refs/heads/pilothouse/${mergeId}`];
      const message = ["-m", "Merged by others"];
      const head = playGit(source.path, ["commit-tree", `${source.base}^{tree}`, ...parents, ...message]);
      playGit(source.path, ["update-ref", "refs/heads/main", head]);
      pushOn(source, { "after.js": "theirs\n" });
      await publish();
      expect((await getRun(seed, runId)).status).toBe("merged");
      expect(await rows("select rule, severity from finding where run_id = $1")).toEqual([
        { rule: "merged_other_tree", severity: "critical" },
      ]);
      const entry = (await entriesAbout(database, `run:${runId}`)).find(({ kind }) => kind === "run.merged");
      expect(entry?.detail).toMatchObject({ commit: head });
    },
  );

  test("waits where GitHub is down, which is said, and is merged once it is back", async () => {
    server.down = 503;
    expect(await ofRun()).toMatchObject([
      { step: "queued", problem: null, tries: 0, nextAt: null, url: null },
    ]);
    await expect(publish()).rejects.toThrow("GitHub answered 503.");
    expect(await later()).toContain(mergeId);
    clock.advance(MINUTE);
    expect(await later()).not.toContain(mergeId);
    await expect(publish()).rejects.toThrow("GitHub answered 503.");
    expect((await getRun(seed, runId)).status).toBe("merging");
    expect(await shown()).toMatchObject([
      { runId, step: "queued", number: null, problem: "GitHub answered 503.", tries: 2 },
    ]);
    expect(await ofRun()).toMatchObject([{ nextAt: new Date(clock.now() + 10 * SECOND) }]);
    expect(await listOpenPulls(outsider)).toEqual([]);
    server.down = null;
    server.unwilling = "Required status check “ci” is expected";
    await expect(publish()).rejects.toThrow(/#1 waits/);
    expect(await shown()).toMatchObject([
      { step: "waits", number: 1, problem: expect.stringMatching(/“ci”/) },
    ]);
    server.unwilling = null;
    await publish();
    expect((await getRun(seed, runId)).status).toBe("merged");
    const url = `${server.address}/pull/1`;
    expect(await ofRun()).toMatchObject([{ step: "merged", url, problem: null, nextAt: null }]);
  });

  test("that somebody closed there is shown as failed with that, and is not tried again", async () => {
    server.unwilling = "Not yet";
    await expect(publish()).rejects.toThrow(/#1 waits/);
    const [pull] = server.pulls;
    if (pull) pull.state = "closed";
    await publish();
    expect(await ofRun()).toMatchObject([
      { step: "closed", nextAt: null, problem: expect.stringMatching(/closed the pull request/) },
    ]);
    expect((await getRun(seed, runId)).status).toBe("in_review");
  });

  test("probe: that waits there when the emergency stop is pulled is not merged, and taken back", async () => {
    server.unwilling = "Not yet";
    await expect(publish()).rejects.toThrow(/#1 waits/);
    const { pilotId } = await getRun(seed, runId);
    await pullStop(seed, { scope: "pilot", pilotId, reason: "Something is wrong." });
    server.unwilling = null;
    await publish();
    expect([(await getRun(seed, runId)).status, main()]).toEqual(["in_review", source.base]);
    expect(server.pulls).toMatchObject([{ state: "closed", merged: null }]);
    expect(server.checks.at(-1)).toMatchObject({ conclusion: "failure" });
  });

  test("that was done and not written down is written down once, from what GitHub says", async () => {
    const dying = dyingOnce(() => server.pulls.some(({ merged }) => merged !== null));
    await expect(publish(dying)).rejects.toThrow("killed");
    expect((await getRun(seed, runId)).status).toBe("merging");
    const merged = main();
    expect(merged).not.toBe(source.base);
    await publish();
    expect([(await getRun(seed, runId)).status, main()]).toEqual(["merged", merged]);
    expect([server.pulls.length, server.checks.length]).toEqual([1, 1]);
    expect((await kinds()).filter((kind) => kind === "run.merged")).toHaveLength(1);
  });

  test("probe: that got another tree is a critical finding, and the pilot is stopped", async () => {
    server.beforeMerge = () => void pushOn(source, { "raced.js": "theirs\n" });
    await publish();
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect(await rows("select rule, severity, state from finding where run_id = $1")).toEqual([
      { rule: "merged_other_tree", severity: "critical", state: "open" },
    ]);
    expect(
      await rows("select s.scope from stop s join run r on r.pilot_id = s.pilot_id where r.id = $1"),
    ).toEqual([{ scope: "pilot" }]);
  });

  test("probe: that stands on another base is the same, though its tree is the approved one", async () => {
    const other = ["commit-tree", `${source.base}^{tree}`, "-p", source.base, "-m", "Another base"];
    const before = playGit(source.path, other);
    server.beforeMerge = () => void playGit(source.path, ["update-ref", "refs/heads/main", before]);
    await publish();
    expect((await getRun(seed, runId)).status).toBe("merged");
    expect(
      await rows("select rule, severity, evidence ->> 'text' as text from finding where run_id = $1"),
    ).toEqual([
      {
        ...{ rule: "merged_other_tree", severity: "critical" },
        text: expect.stringMatching(new RegExp(`stands on ${before}, where ${source.base} was approved`)),
      },
    ]);
    expect(
      await rows("select s.scope from stop s join run r on r.pilot_id = s.pilot_id where r.id = $1"),
    ).toEqual([{ scope: "pilot" }]);
  });

  test("probe: a credential in another row is not opened, and the merge waits with that", async () => {
    await disconnect(seed, source.repositoryId);
    await connect(server.address, "https://github.com/octo/other");
    await expect(publish()).rejects.toThrow(/cannot be opened by this worker/);
    expect(server.asked).toEqual([]);
    expect(JSON.stringify(await rows("select * from forge_pull where run_id = $1"))).not.toContain("PRIVATE");
  });
});
