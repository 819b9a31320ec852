// Where no rule wants a pull request, the branch itself is pushed to the approved commit under a lease on the approved base:
// real git, and real git behind a server that is held to GitHub's own description of its API.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { DAY, MINUTE } from "#lib/clock.ts";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { githubServer, OUR_APP } from "#lib/testing/github/github-server.ts";
import { plainRefs, showArrived } from "#lib/testing/github/served-refs.ts";
import { noRules, requires } from "#lib/testing/github/served-rules.ts";
import { moveBranch } from "../../git/publish/publish-commit.ts";
import { checkSource } from "../../git/source/check-source.ts";
import { cameIn } from "../came-in.ts";
import type { ForgeOrder } from "../forge.ts";
import { githubApi } from "./api.ts";
import { type GitHubPlace, publishOnGitHub, type Step } from "./publish.ts";

const root = mkdtempSync(join(tmpdir(), "pilothouse-as-it-is-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const [work, bare] = [join(root, "work"), join(root, "upstream.git")];
createRepository(work, { "a.js": "one\n" });
commitFiles(work, { "b.js": "one\n" }, "Second");
playGit("/", ["clone", "--quiet", "--bare", work, bare]);
playGit(work, ["remote", "add", "origin", bare]);
const server = await githubServer(bare);
const network = { allowedHosts: [], allowedRoots: [root] };
const upstream = {
  ...({ kind: "upstream", mirror: join(work, ".git"), branch: "main" } as const),
  ...{ source: await checkSource(bare, network), network },
};

const NOW = 1_800_000_000_000;
let steps: string[] = [];
let order: ForgeOrder;
let nth = 0;
/** What GitHub says to the push, by a rule that is not shown. */
let refuses = false;
let cutMove: "before" | "after" | null = null;
const CUT = { outcome: "unreachable", sentence: "Cut off." } as const;

const main = () => playGit(bare, ["rev-parse", "refs/heads/main"]);
function theirs(name: string): string {
  playGit(work, ["fetch", "--quiet", "origin"]);
  playGit(work, ["checkout", "--quiet", "--force", "-B", "theirs", "origin/main"]);
  const head = commitFiles(work, { [name]: "theirs\n" }, "Theirs");
  playGit(work, ["push", "--quiet", "origin", "theirs:main"]);
  return head;
}
/** Besides the push: what a move takes. */
const REQUESTS = 7;

const treeAt = (commit: string) => playGit(bare, ["rev-parse", `${commit}^{tree}`]);
/** Somebody merged ours, and left out what is in it. */
function mergedByOthers(): string {
  const parents = ["-p", order.base, "-p", order.commit];
  const head = playGit(bare, ["commit-tree", treeAt(order.base), ...parents, "-m", "By others"]);
  playGit(bare, ["update-ref", "refs/heads/main", head]);
  return head;
}
function shownAs(merged: string | null): void {
  const [pull] = server.pulls;
  if (pull && merged !== null) Object.assign(pull, { state: "closed", merged });
}
/** After the pull request is read and before the head of the branch is. */
const beforeHead = (act: () => void) =>
  new Proxy(place.api, {
    apply(api, self, args) {
      if (String(args[0]).endsWith("/git/ref/{ref}")) act();
      return Reflect.apply(api, self, args);
    },
  });

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
  async move() {
    server.beforeMerge();
    if (cutMove === "before") return CUT;
    if (refuses || server.unwilling !== null) return { outcome: "refused", sentence: "Declined." };
    const failure = await moveBranch(upstream, order.base, order.commit);
    showArrived(server, bare);
    return cutMove === "after" ? CUT : failure;
  },
  cameIn: (head) => cameIn(bare, { commit: order.commit, head }),
  async stands({ step }: Step) {
    steps.push(step);
  },
};
const publish = (more: Partial<GitHubPlace> = {}) => publishOnGitHub({ ...place, ...more }, order);
const ours = () => ({ outcome: "moved", commit: order.commit, otherTree: null });

beforeEach(() => {
  nth += 1;
  steps = [];
  refuses = false;
  cutMove = null;
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
    expect(whole).toBe(REQUESTS);
  });

  test.each(["before", "after"] as const)(
    "cut off at the push, %s it arrived, and gone on with, is moved once",
    async (when) => {
      cutMove = when;
      expect(await publish()).toEqual(CUT);
      cutMove = null;
      expect(main()).toBe(when === "after" ? order.commit : order.base);
      expect(await publish()).toEqual(ours());
      expect(main()).toBe(order.commit);
      expect([server.pulls.length, server.checks.length]).toEqual([1, 1]);
    },
  );

  test("probe: a push in the moment before is not merged with: the lease is not met, and the base moved", async () => {
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

  test("probe: a rewind in the moment before is not undone: our commit goes on from there, and is not pushed", async () => {
    const before = playGit(bare, ["rev-parse", `${order.base}~1`]);
    server.beforeMerge = () => {
      playGit(bare, ["update-ref", "refs/heads/main", before]);
      server.beforeMerge = () => undefined;
    };
    expect(await publish()).toEqual({ outcome: "base_moved", actual: before });
    expect(main()).toBe(before);
    expect(server.pulls).toMatchObject([{ state: "closed", merged: null }]);
    expect(server.checks.at(-1)).toMatchObject({ conclusion: "failure" });
  });

  test("that was moved and on which others went on, unwritten, is our commit still", async () => {
    for (const quick of [true, false]) {
      server.quick = quick;
      cutMove = "after";
      expect(await publish()).toEqual(CUT);
      expect(main()).toBe(order.commit);
      cutMove = null;
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
    cutMove = "after";
    expect(await publish()).toEqual(CUT);
    cutMove = null;
    expect(server.pulls).toMatchObject([{ merged: server.names }]);
    expect(await publish()).toEqual(ours());
  });

  test.each([
    ["that merge", (head: string) => head],
    ["a merge it only tried", () => tried()],
    ["our commit", () => order.commit],
    ["nothing, and shows it as open", () => null],
  ])(
    "probe: a pull request that others merge between our two looks is compared, GitHub naming %s",
    async (_, names) => {
      server.unwilling = "Not yet";
      await publish();
      const head = mergedByOthers();
      const api = beforeHead(() => shownAs(names(head)));
      expect(await publish({ api })).toEqual({ outcome: "moved", commit: head, otherTree: treeAt(head) });
      expect(treeAt(head)).not.toBe(order.tree);
    },
  );

  test("probe: one that is merged between our two looks waits until GitHub says which commit that is", async () => {
    server.unwilling = "Not yet";
    await publish();
    const head = mergedByOthers();
    expect(await publish({ api: beforeHead(() => shownAs("")) })).toMatchObject({ outcome: "unreachable" });
    shownAs(head);
    expect(await publish()).toMatchObject({ outcome: "moved", commit: head, otherTree: treeAt(head) });
  });

  test("that the older protection keeps for pull requests is merged by one, and what came of it is compared", async () => {
    refuses = true;
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
