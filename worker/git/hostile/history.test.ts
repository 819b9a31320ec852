import { beforeAll, describe, expect, test } from "vitest";
import { commitFiles, makeBlob, makeTree, playGit } from "#lib/testing/git/author.ts";
import {
  commitOnBase,
  openScene,
  patchOf,
  type Scene,
  takeInCommit,
  takeInFiles,
} from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { startOwnBranch } from "../publish/authority.ts";
import { installBundle } from "../publish/install-bundle.ts";
import { publishCommit } from "../publish/publish-commit.ts";

const workshop = await testWorkshop();
let scene: Scene;
beforeAll(async () => {
  scene = await openScene(workshop, { "src/a.js": "one\n" });
});

describe("what an agent's history hides", () => {
  test("probe: a secret added and removed again never reaches the mirror, our bundle or a branch", async () => {
    const secretHead = commitOnBase(scene, { "secret.txt": "leaked key\n", "src/a.js": "one\n" });
    const secretBlob = playGit(scene.agent, ["rev-parse", `${secretHead}:secret.txt`]);
    const head = commitFiles(scene.agent, { "secret.txt": null, "src/a.js": "two\n" });
    expect(playGit(scene.agent, ["rev-list", "--objects", head])).toContain(secretBlob);

    const taken = await takeInCommit(scene, head);
    if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error("not rebuilt");
    expect(taken.patch.files.map(({ path }) => path)).toEqual(["src/a.js"]);
    expect(taken.patch.verdict.flags).toEqual([
      {
        ...{ rule: "left_behind", severity: "notice", path: "secret.txt" },
        sentence: expect.stringMatching(
          /^secret\.txt was added .* taken away again .* nothing of it is published/,
        ),
      },
    ]);
    expect(taken.patch.left).toEqual({
      texts: [{ path: "secret.txt", text: "leaked key\n" }],
      unread: 0,
    });
    const { commit, bundle } = taken.rebuilt;
    const { mirror, base } = scene;
    await installBundle(workshop, { mirror, bundle: bundle.path, base, commit });
    const authority = { kind: "own", mirror, branch: "main" } as const;
    await startOwnBranch(authority, base);
    expect(await publishCommit(workshop, { authority, base, commit })).toEqual({ outcome: "moved" });

    expect(playGit(mirror, ["rev-list", "--objects", "--all"])).not.toContain(secretBlob);
    for (const id of [secretBlob, secretHead, head]) {
      expect(() => playGit(mirror, ["cat-file", "-e", id]), id).toThrow();
    }
    expect(playGit(mirror, ["rev-parse", `${commit}^{tree}`])).toBe(
      playGit(scene.agent, ["rev-parse", `${head}^{tree}`]),
    );
    expect(playGit(mirror, ["rev-list", commit]).split("\n")).toEqual([commit, base]);
  });

  test("probe: a name with a carriage return hides no file that was taken away again", async () => {
    commitOnBase(scene, { "key\r.txt": "leaked key\n" });
    const taken = await takeInCommit(scene, commitFiles(scene.agent, { "key\r.txt": null, "b.js": "two\n" }));
    if (taken.outcome !== "patch") throw new Error("not taken in");
    expect(taken.patch.verdict.flags.map(({ rule }) => rule)).toEqual(["left_behind"]);
  });

  test("probe: what a file held between two commits is read, and what is too large is counted", async () => {
    commitOnBase(scene, { "src/a.js": "leaked key\n", "large.bin": Buffer.alloc(2 * 1024 * 1024, 1) });
    const taken = await takeInCommit(
      scene,
      commitFiles(scene.agent, { "src/a.js": "two\n", "large.bin": null }),
    );
    if (taken.outcome !== "patch") throw new Error("not taken in");
    expect(taken.patch.left).toEqual({ texts: [{ path: "src/a.js", text: "leaked key\n" }], unread: 1 });
    expect(taken.patch.verdict.flags.map(({ rule, path }) => [rule, path])).toEqual([
      ["left_behind", "large.bin"],
    ]);
  });

  test("probe: nothing of a patch is in the mirror before it is published", async () => {
    const taken = await takeInFiles(scene, { "src/new.js": "unapproved\n" });
    if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error("not rebuilt");
    for (const id of [taken.rebuilt.commit, taken.patch.tree, taken.patch.agentCommit]) {
      expect(() => playGit(scene.mirror, ["cat-file", "-e", id]), id).toThrow();
    }
  });

  test("probe: a forged author, far dates and trailers of the agent's commit are not those of ours", async () => {
    playGit(scene.agent, ["checkout", "--quiet", "--force", "--detach", scene.base]);
    const tree = makeTree(scene.agent, [["100644", makeBlob(scene.agent, "x"), "f"]]);
    const raw = `tree ${tree}\nparent ${scene.base}\nauthor The Lead <lead@example.test> 4102444800 +1400\ncommitter The Lead <lead@example.test> 1 -1200\n\nfine\n\nApproved-by: The Lead <lead@example.test>\n`;
    const head = playGit(scene.agent, ["hash-object", "-t", "commit", "-w", "--stdin"], raw);
    const taken = await takeInCommit(scene, head);
    if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error("not rebuilt");
    const { commit, bundle } = taken.rebuilt;
    await installBundle(workshop, { mirror: scene.mirror, bundle: bundle.path, base: scene.base, commit });
    const ours = playGit(scene.mirror, ["cat-file", "commit", commit]);
    expect(ours).toBe(
      `tree ${tree}\nparent ${scene.base}\nauthor Pilothouse <pilothouse@example.test> 1700000000 +0000\ncommitter Pilothouse <pilothouse@example.test> 1700000000 +0000\n\nRebuilt`,
    );
  });

  test("the same patch taken in twice gives the same commit and the same digest", async () => {
    const [one, two] = [
      await takeInFiles(scene, { "src/a.js": "two\n" }),
      await takeInFiles(scene, { "src/a.js": "two\n" }),
    ];
    expect(patchOf(one).digest).toBe(patchOf(two).digest);
    expect(one).toHaveProperty("rebuilt.commit", two.outcome === "patch" ? two.rebuilt?.commit : "");
  });

  test("probe: a stored bundle that holds another commit than the approved one is not installed", async () => {
    const [approved, other] = [
      await takeInFiles(scene, { "src/a.js": "three\n" }),
      await takeInFiles(scene, { "src/a.js": "four\n" }),
    ];
    if (approved.outcome !== "patch" || other.outcome !== "patch" || !approved.rebuilt || !other.rebuilt)
      throw new Error("not rebuilt");
    const order = {
      mirror: scene.mirror,
      bundle: other.rebuilt.bundle.path,
      base: scene.base,
      commit: approved.rebuilt.commit,
    };
    await expect(installBundle(workshop, order)).rejects.toThrow(/does not hold the approved commit/);
    expect(() => playGit(scene.mirror, ["cat-file", "-e", other.rebuilt?.commit ?? ""])).toThrow();
  });
});
