// Where no rule wants a pull request, the branch itself is put at the approved commit, and GitHub refuses that once it has
// moved: real git behind a server that is held to GitHub's own description of its API.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { DAY, MINUTE } from "#lib/clock.ts";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { githubServer, OUR_APP } from "#lib/testing/github/github-server.ts";
import { plainRefs } from "#lib/testing/github/served-refs.ts";
import { noRules, requires } from "#lib/testing/github/served-rules.ts";
import type { ForgeOrder } from "../forge.ts";
import { githubApi } from "./api.ts";
import { type GitHubPlace, publishOnGitHub, type Step } from "./publish.ts";

const root = mkdtempSync(join(tmpdir(), "pilothouse-as-it-is-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const [work, bare] = [join(root, "work"), join(root, "upstream.git")];
createRepository(work, { "a.js": "one\n" });
playGit("/", ["clone", "--quiet", "--bare", work, bare]);
playGit(work, ["remote", "add", "origin", bare]);
const server = await githubServer(bare);

const NOW = 1_800_000_000_000;
let steps: string[] = [];
let order: ForgeOrder;
let nth = 0;

const main = () => playGit(bare, ["rev-parse", "refs/heads/main"]);
function theirs(name: string): string {
  playGit(work, ["fetch", "--quiet", "origin"]);
  playGit(work, ["checkout", "--quiet", "--force", "-B", "theirs", "origin/main"]);
  const head = commitFiles(work, { [name]: "theirs\n" }, "Theirs");
  playGit(work, ["push", "--quiet", "origin", "theirs:main"]);
  return head;
}
/** A commit with two parents that is on no branch, as GitHub makes to try a merge. */
function tried(): string {
  playGit(bare, ["fetch", "--quiet", work, order.commit]);
  const tree = playGit(bare, ["rev-parse", `${order.commit}^{tree}`]);
  return playGit(bare, ["commit-tree", tree, "-p", order.base, "-p", order.commit, "-m", "Tried"]);
}
const place: GitHubPlace = {
  // The server runs git in this process: a busy host takes seconds for an answer.
  api: githubApi(server.apiUrl, "Bearer x", { allowedHosts: ["127.0.0.1"], timeout: MINUTE }),
  ...{ at: { owner: "octo", repo: "shop" }, signs: "Iv1.app" },
  async push(branch, commit) {
    playGit(work, ["push", "--quiet", "origin", `${commit}:refs/heads/${branch}`]);
    return null;
  },
  async stands({ step }: Step) {
    steps.push(step);
  },
};
const publish = (more: Partial<GitHubPlace> = {}) => publishOnGitHub({ ...place, ...more }, order);
const ours = () => ({ outcome: "moved", commit: order.commit, otherTree: null });

beforeEach(() => {
  nth += 1;
  steps = [];
  for (const list of [server.pulls, server.checks, server.faults, server.asked]) list.length = 0;
  Object.assign(server, noRules(), plainRefs(), { down: null, unwilling: null, cut: null });
  server.beforeMerge = () => undefined;
  server.rules = [requires()];
  playGit(work, ["fetch", "--quiet", "origin"]);
  playGit(work, ["checkout", "--quiet", "--force", "-B", "ours", "origin/main"]);
  const base = main();
  const commit = commitFiles(work, { "ours.js": `${nth}\n` }, "Ours");
  order = {
    ...{
      mergeId: `mrg_${nth}`,
      branch: "main",
      base,
      commit,
      message: "Ours\n",
      body: "",
      url: "https://p/r",
    },
    tree: playGit(work, ["rev-parse", `${commit}^{tree}`]),
    ...{ changesWorkflows: false, since: new Date(NOW), now: () => NOW, held: async () => null },
  };
});
afterEach(() => {
  expect(server.faults).toEqual([]);
});

describe("a branch that takes more than pull requests", () => {
  test("is put at the approved commit itself, checked before, and its pull request is merged by that", async () => {
    expect(await publish()).toEqual(ours());
    expect(main()).toBe(order.commit);
    expect(server.checks).toMatchObject([{ sha: order.commit, conclusion: "success" }]);
    expect(server.pulls).toMatchObject([{ state: "closed", merged: order.commit }]);
    expect(steps).toEqual(["opened", "checked", "merged"]);
    expect(server.asked.at(-1)).toBe("PATCH /repos/{owner}/{repo}/git/refs/{ref}");
  });

  test("cut off at any request, before it or after, and gone on with, is moved once", async () => {
    let whole = 0;
    for (const when of ["before", "after"] as const) {
      for (let at = 0; ; at++) {
        server.cut = { at, when };
        const first = await publish();
        server.cut = null;
        if (first.outcome === "moved") whole = at;
        else expect(first).toMatchObject({ outcome: "unreachable" });
        expect(await publish()).toEqual(ours());
        expect(main()).toBe(order.commit);
        expect([server.pulls.length, server.checks.length]).toEqual([1, 1]);
        playGit(bare, ["update-ref", "refs/heads/main", order.base]);
        playGit(bare, ["update-ref", "-d", `refs/heads/pilothouse/${order.mergeId}`]);
        server.pulls.length = 0;
        server.checks.length = 0;
        if (first.outcome === "moved") break;
      }
    }
    expect(whole).toBe(8);
  });

  test("probe: a push in the moment before is not merged with: GitHub refuses, and the base moved", async () => {
    let actual = "";
    server.beforeMerge = () => {
      actual = theirs(`raced-${nth}.js`);
      server.beforeMerge = () => undefined;
    };
    expect(await publish()).toEqual({ outcome: "base_moved", actual });
    expect(main()).toBe(actual);
    expect(server.pulls).toMatchObject([{ state: "closed", merged: null }]);
    expect(server.checks.at(-1)).toMatchObject({ conclusion: "failure" });
  });

  test("that was moved and on which others went on, unwritten, is our commit still", async () => {
    for (const quick of [true, false]) {
      server.quick = quick;
      server.cut = { at: 7, when: "after" };
      expect(await publish()).toMatchObject({ outcome: "unreachable" });
      expect(main()).toBe(order.commit);
      server.cut = null;
      theirs(`after-${nth}-${quick}.js`);
      expect(await publish()).toEqual(ours());
      playGit(bare, ["update-ref", "refs/heads/main", order.base]);
      playGit(bare, ["update-ref", "-d", `refs/heads/pilothouse/${order.mergeId}`]);
      server.pulls.length = 0;
      server.checks.length = 0;
    }
  });

  test("probe: a merge that GitHub only tried, named as the merge of it, is not taken for it", async () => {
    server.names = tried();
    server.cut = { at: 7, when: "after" };
    expect(await publish()).toMatchObject({ outcome: "unreachable" });
    server.cut = null;
    expect(server.pulls).toMatchObject([{ merged: server.names }]);
    expect(await publish()).toEqual(ours());
  });

  test("that the older protection keeps for pull requests is merged by one, and what came of it is compared", async () => {
    server.olderRefuses = true;
    expect(await publish()).toEqual({ outcome: "moved", commit: main(), otherTree: null });
    expect(playGit(bare, ["show", "-s", "--format=%P", main()])).toBe(`${order.base} ${order.commit}`);
  });

  test("waits for what GitHub wants beside our check, and goes back after a day", async () => {
    server.unwilling = "Required status check “ci” is expected.";
    expect(await publish()).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/#1 waits/),
    });
    expect(main()).toBe(order.base);
    order = { ...order, now: () => NOW + DAY };
    expect(await publish()).toMatchObject({ outcome: "refused" });
    expect(server.pulls).toMatchObject([{ state: "closed", merged: null }]);
  });

  test("whose rules may not be read is tried", async () => {
    server.rulesRefused = 403;
    expect(await publish()).toEqual(ours());
  });
});

describe("probe: a passed check that is not ours", () => {
  test("with our name and number, set by another app, does not keep ours from being set", async () => {
    const theirs = { id: 99, client_id: "Iv1.evil" };
    const forged = { sha: order.commit, name: "pilothouse/merge", conclusion: "success", app: theirs };
    server.checks.push({ ...forged, externalId: order.mergeId });
    expect(await publish()).toEqual(ours());
    expect(server.checks).toHaveLength(2);
    expect(server.checks.at(-1)).not.toHaveProperty("app");
  });

  test.each([OUR_APP.client_id, String(OUR_APP.id)])(
    "ours is known by what the app is called: %s",
    async (signs) => {
      server.unwilling = "Not yet";
      await publish({ signs });
      await publish({ signs });
      expect(server.checks).toHaveLength(1);
    },
  );
});

test.each([410, 451])(
  "a repository that is gone (%i) is refused with that, and not asked for ever",
  async (status) => {
    server.down = status;
    expect(await publish()).toEqual({
      outcome: "refused",
      sentence: expect.stringMatching(new RegExp(`the repository is gone \\(${status}\\)`)),
    });
  },
);
