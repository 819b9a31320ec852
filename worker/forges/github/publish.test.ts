// What is asked of GitHub and what becomes of its answers, with real git behind a server that is held to GitHub's own
// description of its API; and cut off at every request, before it was carried out and after.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { DAY, MINUTE } from "#lib/clock.ts";
import { commitFiles, createRepository, playGit } from "#lib/testing/git/author.ts";
import { githubServer } from "#lib/testing/github/github-server.ts";
import { noRules, WANTS_PULLS } from "#lib/testing/github/served-rules.ts";
import { cameIn } from "../came-in.ts";
import type { ForgeOrder } from "../forge.ts";
import { githubApi } from "./api.ts";
import { type GitHubPlace, publishOnGitHub, type Step } from "./publish.ts";

const root = mkdtempSync(join(tmpdir(), "pilothouse-forge-"));
const work = join(root, "work");
const bare = join(root, "upstream.git");
createRepository(work, { "a.js": "one\n" });
playGit("/", ["clone", "--quiet", "--bare", work, bare]);
playGit(work, ["remote", "add", "origin", bare]);
const server = await githubServer(bare);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const NOW = 1_800_000_000_000;
let steps: Step[] = [];
let order: ForgeOrder;
let nth = 0;

const treeOf = (commit: string) => playGit(bare, ["rev-parse", `${commit}^{tree}`]);
const main = () => playGit(bare, ["rev-parse", "refs/heads/main"]);

/** Somebody else's commit on a branch of the upstream. */
function pushTo(branch: string, name: string): string {
  playGit(work, ["fetch", "--quiet", "origin"]);
  playGit(work, ["checkout", "--quiet", "--force", "-B", "theirs", `origin/${branch}`]);
  const head = commitFiles(work, { [name]: "theirs\n" }, "Theirs");
  playGit(work, ["push", "--quiet", "origin", `theirs:${branch}`]);
  return head;
}

const place = (more: Partial<GitHubPlace> = {}): GitHubPlace => ({
  // The server runs git in this process: a busy host takes seconds for an answer.
  api: githubApi(server.apiUrl, "Bearer x", { allowedHosts: ["127.0.0.1"], timeout: MINUTE }),
  at: { owner: "octo", repo: "shop" },
  signs: "Iv1.app",
  async push(branch, commit) {
    playGit(work, ["push", "--quiet", "origin", `${commit}:refs/heads/${branch}`]);
    return null;
  },
  /** A rule wants pull requests: GitHub would decline it. */
  async move() {
    return { outcome: "refused", sentence: "Declined." };
  },
  cameIn: (head) => cameIn(bare, { commit: order.commit, head }),
  async stands(step) {
    steps.push(step);
  },
  ...more,
});
const publish = (more: Partial<GitHubPlace> = {}, later = 0) =>
  publishOnGitHub(place(more), { ...order, now: () => NOW + later });

const fresh = { down: null, unwilling: null, cut: null, beforeMerge: () => undefined } as const;
beforeEach(() => {
  nth += 1;
  Object.assign(server, noRules(), fresh, { asked: [], rules: [WANTS_PULLS] });
  server.pulls.length = 0;
  server.checks.length = 0;
  server.faults.length = 0;
  steps = [];
  playGit(work, ["fetch", "--quiet", "origin"]);
  playGit(work, ["checkout", "--quiet", "--force", "-B", "ours", "origin/main"]);
  const base = main();
  const commit = commitFiles(work, { "ours.js": `${nth}\n` }, "Ours");
  order = {
    ...{ mergeId: `mrg_${nth}`, branch: "main", base, commit },
    tree: playGit(work, ["rev-parse", `${commit}^{tree}`]),
    ...{
      message: "Repair rounding\n\nPilothouse-Run: run_1\n",
      body: "What changed.",
      changesWorkflows: false,
      url: "https://p/r",
    },
    ...{ since: new Date(NOW), now: () => NOW, held: async () => null },
  };
});
afterEach(() => {
  expect(server.faults).toEqual([]);
});

describe("an approved commit", () => {
  test("is pushed, proposed, checked, merged at that commit alone, and what came of it is compared", async () => {
    expect(await publish()).toEqual({ outcome: "moved", commit: main(), otherTree: null });
    expect(server.pulls).toMatchObject([
      { title: "Repair rounding", body: "What changed.", head: `pilothouse/mrg_${nth}`, base: "main" },
    ]);
    expect(server.checks).toMatchObject([
      { sha: order.commit, name: "pilothouse/merge", conclusion: "success", externalId: order.mergeId },
    ]);
    expect(playGit(bare, ["show", "-s", "--format=%P", main()])).toBe(`${order.base} ${order.commit}`);
    expect(playGit(bare, ["show", "-s", "--format=%B", main()])).toContain("Pilothouse-Run: run_1");
    expect(treeOf(main())).toBe(order.tree);
    expect(steps.map(({ step }) => step)).toEqual(["opened", "checked", "merged"]);
  });

  test("is checked by a commit status where a token is all there is", async () => {
    expect(await publish({ signs: null })).toMatchObject({ outcome: "moved" });
    expect(server.checks).toMatchObject([{ sha: order.commit, conclusion: "success", externalId: null }]);
  });

  test("cut off at any request, before it or after, and gone on with, is merged once", async () => {
    let whole = 0;
    for (const when of ["before", "after"] as const) {
      for (let at = 0; ; at++) {
        server.cut = { at, when };
        const first = await publish();
        if (first.outcome === "moved") {
          whole = at;
          break;
        }
        expect(first).toMatchObject({ outcome: "unreachable" });
        server.cut = null;
        expect(await publish()).toEqual({ outcome: "moved", commit: main(), otherTree: null });
        expect(await publish()).toEqual({ outcome: "moved", commit: main(), otherTree: null });
        expect([server.pulls.length, server.checks.length]).toEqual([1, 1]);
        const merged = ["rev-list", "--count", "--merges", `${order.base}..main`];
        expect(playGit(bare, merged)).toBe("1");
        playGit(bare, ["update-ref", "refs/heads/main", order.base]);
        playGit(bare, ["update-ref", "-d", `refs/heads/pilothouse/${order.mergeId}`]);
        server.pulls.length = 0;
        server.checks.length = 0;
      }
      playGit(bare, ["update-ref", "refs/heads/main", order.base]);
      playGit(bare, ["update-ref", "-d", `refs/heads/pilothouse/${order.mergeId}`]);
      server.pulls.length = 0;
      server.checks.length = 0;
    }
    expect(whole).toBe(10);
  });

  test.each([500, 502, 429])("waits where GitHub answers %i, and is merged later", async (status) => {
    server.down = status;
    expect(await publish()).toEqual({ outcome: "unreachable", sentence: `GitHub answered ${status}.` });
    server.down = null;
    expect(await publish()).toMatchObject({ outcome: "moved" });
  });

  test("waits for what GitHub wants beside it, a day long, and goes back then with what was said", async () => {
    server.unwilling = "Required status check “ci” is expected.";
    expect(await publish()).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/#1 waits.*“ci” is expected/),
    });
    expect(steps.at(-1)).toMatchObject({ step: "waits", number: 1 });
    const late = await publish({}, DAY);
    expect(late).toMatchObject({
      outcome: "refused",
      sentence: expect.stringMatching(/for a day: .*“ci” is expected/),
    });
    expect(server.pulls).toMatchObject([{ state: "closed", merged: null }]);
    expect(server.checks.at(-1)).toMatchObject({ conclusion: "failure" });
    expect(main()).toBe(order.base);
  });
});

describe("what others do on GitHub meanwhile", () => {
  test("on the base: it moved, and nothing of ours stays open", async () => {
    server.unwilling = "Not yet";
    await publish();
    const theirs = pushTo("main", "b.js");
    server.unwilling = null;
    expect(await publish()).toEqual({ outcome: "base_moved", actual: theirs });
    expect(server.pulls).toMatchObject([{ state: "closed", merged: null }]);
    expect(server.checks.at(-1)).toMatchObject({ conclusion: "failure" });
  });

  test("probe: a push in the moment before the merge makes another tree, which is said", async () => {
    server.beforeMerge = () => void pushTo("main", "raced.js");
    expect(await publish()).toEqual({ outcome: "moved", commit: main(), otherTree: treeOf(main()) });
    expect(treeOf(main())).not.toBe(order.tree);
  });

  test("probe: a base that is rewound in the moment before the merge comes back with the same tree, which is said", async () => {
    const rewound = playGit(bare, ["rev-parse", `${order.base}~1`]);
    server.beforeMerge = () => void playGit(bare, ["update-ref", "refs/heads/main", rewound]);
    const seen = { outcome: "moved", commit: expect.any(String), otherTree: null, otherBase: rewound };
    expect(await publish()).toEqual(seen);
    expect([treeOf(main()), await publish()]).toEqual([order.tree, seen]);
    expect(await cameIn(bare, { commit: order.commit, head: main() })).toEqual({
      ...{ commit: main(), tree: order.tree, onto: rewound },
    });
  });

  test("probe: a push onto our branch is not merged by us", async () => {
    server.unwilling = "Not yet";
    await publish();
    pushTo(`pilothouse/${order.mergeId}`, "smuggled.js");
    server.unwilling = null;
    expect(await publish()).toMatchObject({
      outcome: "refused",
      sentence: expect.stringMatching(/was not approved/),
    });
    expect([main(), server.pulls[0]?.state]).toEqual([order.base, "closed"]);
  });

  test("probe: a push onto our branch between our look and our merge is not merged either", async () => {
    const set = place();
    const stands = async (step: Step) => {
      if (step.step === "checked") pushTo(`pilothouse/${order.mergeId}`, "smuggled.js");
    };
    expect(await publishOnGitHub({ ...set, stands }, order)).toMatchObject({ outcome: "refused" });
    expect(main()).toBe(order.base);
  });

  test("probe: a pull request that somebody pushed onto and merged is seen with its other tree", async () => {
    server.unwilling = "Not yet";
    await publish();
    pushTo(`pilothouse/${order.mergeId}`, "smuggled.js");
    const [pull] = server.pulls;
    const merged = pushTo("main", "smuggled.js");
    if (pull) Object.assign(pull, { merged, state: "closed" });
    expect(await publish()).toEqual({ outcome: "moved", commit: merged, otherTree: treeOf(merged) });
  });

  test("probe: a pull request that leads to another branch is none of ours, merged there or not", async () => {
    playGit(bare, ["update-ref", "refs/heads/side", order.base]);
    server.unwilling = "Not yet";
    await publish();
    server.unwilling = null;
    const [pull] = server.pulls;
    if (pull) Object.assign(pull, { base: "side", merged: order.commit, state: "closed" });
    expect(await publish()).toEqual({ outcome: "moved", commit: main(), otherTree: null });
    expect(main()).not.toBe(order.base);
    expect(server.pulls).toMatchObject([{ base: "side" }, { base: "main", merged: main() }]);
  });

  test("probe: one that is led to another branch in the moment of our merge did not move its own, and is taken back", async () => {
    playGit(bare, ["update-ref", "refs/heads/side", order.base]);
    server.beforeMerge = () => {
      const [pull] = server.pulls;
      if (pull) pull.base = "side";
    };
    expect(await publish()).toEqual({
      outcome: "refused",
      sentence: expect.stringMatching(/at another branch/),
    });
    expect(main()).toBe(order.base);
    expect(server.checks.at(-1)).toMatchObject({ conclusion: "failure" });
  });

  test("probe: a failed check of another's with our name and number does not keep our passed one standing", async () => {
    server.unwilling = "Not yet";
    await publish();
    const [ours] = server.checks;
    const [pull] = server.pulls;
    if (pull) pull.state = "closed";
    if (ours) server.checks.push({ ...ours, conclusion: "failure" });
    const before = server.checks.length;
    expect(await publish()).toMatchObject({ outcome: "refused" });
    expect(server.checks).toHaveLength(before + 1);
  });

  test("closing the pull request: it is refused with that, and no other one is opened", async () => {
    server.unwilling = "Not yet";
    await publish();
    const [pull] = server.pulls;
    if (pull) pull.state = "closed";
    expect(await publish()).toMatchObject({
      outcome: "refused",
      sentence: expect.stringMatching(/closed the pull request/),
    });
    expect(server.pulls).toHaveLength(1);
  });

  test("a branch that is gone is told as gone, and a credential that is no good as that", async () => {
    order = { ...order, branch: "gone" };
    expect(await publish()).toEqual({ outcome: "base_moved", actual: null });
    server.down = 401;
    expect(await publish()).toMatchObject({
      outcome: "unreachable",
      sentence: expect.stringMatching(/Connect the repository anew/),
    });
  });
});
