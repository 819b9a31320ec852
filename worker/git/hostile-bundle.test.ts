// Bundles that are no honest bundle: too large, too many, mislabelled, or hiding something in their history.
import { randomBytes } from "node:crypto";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  commitFiles,
  makeBlob,
  makeBundle,
  makeCommit,
  makeTree,
  playGit,
  playGitBytes,
} from "#lib/testing/git/author.ts";
import {
  flagsOf,
  openScene,
  patchOf,
  type Scene,
  takeInBundle,
  takeInCommit,
  takeInFiles,
} from "#lib/testing/git/scene.ts";
import { openWorkshop, type TestWorkshop } from "#lib/testing/git/workshop.ts";
import { bundleHeader } from "./bundle-header.ts";
import { startOwnBranch } from "./publish/authority.ts";
import { installBundle } from "./publish/install-bundle.ts";
import { publishCommit } from "./publish/publish-commit.ts";

let workshop: TestWorkshop;
let scene: Scene;
beforeAll(async () => {
  workshop = await openWorkshop();
  scene = await openScene(workshop, { "src/a.js": "one\n" });
});
afterAll(() => workshop.close());

const MiB = 1024 * 1024;

function agentCommit(files: Parameters<typeof commitFiles>[1]): string {
  playGit(scene.agent, ["checkout", "--quiet", "--force", "--detach", scene.base]);
  return commitFiles(scene.agent, files);
}

const bundleOf = (head: string): string =>
  makeBundle(scene.agent, workshop.fresh("patch.bundle"), scene.base, head);

function packOf(head: string): Buffer {
  const bytes = readFileSync(bundleOf(head));
  return bytes.subarray(bytes.indexOf("\n\n") + 2);
}

function handMade(header: Buffer, pack: Buffer): string {
  const file = workshop.fresh("hand-made.bundle");
  writeFileSync(file, Buffer.concat([header, pack]));
  return file;
}

describe("bundles that are not what was agreed", () => {
  test("probe: a ref of another name, more refs, another base, no bundle at all", async () => {
    const head = agentCommit({ "src/a.js": "two\n" });
    const pack = packOf(head);
    const { base } = scene;
    const cases: [Buffer, RegExp][] = [
      [bundleHeader({ ref: "refs/heads/main", commit: head, base }), /not refs\/heads\/patch/],
      [bundleHeader({ ref: "refs/heads/patch", commit: head, base: head }), /another commit than the base/],
      [
        Buffer.from(`# v2 git bundle\n-${base}\n${head} refs/heads/patch\n${head} refs/heads/-x\n\n`),
        /2 refs/,
      ],
      [
        Buffer.from(`# v3 git bundle\n@object-format=sha1\n-${base}\n${head} refs/heads/patch\n\n`),
        /version 2/,
      ],
      [Buffer.from("#!/bin/sh\ntouch canary\n\n"), /version 2/],
    ];
    for (const [header, sentence] of cases) {
      const intake = await takeInBundle(scene, handMade(header, pack));
      expect(intake).toMatchObject({
        outcome: "refused",
        rule: "malformed_bundle",
        sentence: expect.stringMatching(sentence),
      });
    }
  });

  test("probe: a header that names a commit the pack does not hold, or something that is no commit", async () => {
    const head = agentCommit({ "src/a.js": "two\n" });
    const blob = playGit(scene.agent, ["rev-parse", `${head}:src/a.js`]);
    for (const commit of ["1".repeat(40), blob]) {
      const file = handMade(
        bundleHeader({ ref: "refs/heads/patch", commit, base: scene.base }),
        packOf(head),
      );
      expect(await takeInBundle(scene, file)).toMatchObject({ outcome: "refused", rule: "malformed_bundle" });
    }
  });

  test("probe: a truncated pack, a pack with a flipped byte, and bytes after its end", async () => {
    const head = agentCommit({ "src/a.js": randomBytes(20_000).toString("hex") });
    const cut = bundleOf(head);
    truncateSync(cut, readFileSync(cut).length - 30);
    expect(await takeInBundle(scene, cut)).toMatchObject({ outcome: "refused", rule: "unreadable_pack" });
    const flipped = bundleOf(head);
    const bytes = readFileSync(flipped);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 100) ^ 1, bytes.length - 100);
    writeFileSync(flipped, bytes);
    expect(await takeInBundle(scene, flipped)).toMatchObject({ outcome: "refused", rule: "unreadable_pack" });
  });

  test("probe: a pack that lacks an object of its tree", async () => {
    const tree = makeTree(scene.agent, [["100644", "1".repeat(40), "missing.js"]]);
    const head = makeCommit(scene.agent, tree, [scene.base]);
    const pack = playGitBytes(scene.agent, ["pack-objects", "--quiet", "--stdout"], `${head}\n${tree}\n`);
    const file = handMade(bundleHeader({ ref: "refs/heads/patch", commit: head, base: scene.base }), pack);
    expect(await takeInBundle(scene, file)).toMatchObject({ outcome: "refused", rule: "unreadable_pack" });
  });

  test("a last commit with the base's own content is no patch", async () => {
    const intake = await takeInCommit(scene, agentCommit({}));
    expect(intake).toMatchObject({ outcome: "refused", rule: "no_change" });
  });
});

describe("caps", () => {
  test("a bundle of 50 MB is taken in", async () => {
    const intake = await takeInFiles(scene, { "data.bin": randomBytes(50 * MiB) });
    expect(patchOf(intake).files).toMatchObject([{ path: "data.bin", status: "added" }]);
    if (intake.outcome !== "patch" || intake.rebuilt === null) throw new Error("not rebuilt");
    expect(intake.rebuilt.bundle.bytes).toBeGreaterThan(50 * MiB);
  });

  test("probe: a bundle with more bytes than allowed is not even read", async () => {
    const head = agentCommit({ "data.bin": randomBytes(2 * MiB) });
    const intake = await takeInBundle(scene, bundleOf(head), { caps: { bundleBytes: MiB } });
    expect(intake).toMatchObject({ outcome: "refused", rule: "too_large" });
  });

  test("probe: a small pack that unfolds into much more is refused by the size of its files", async () => {
    const head = agentCommit({ "bomb.txt": Buffer.alloc(80 * MiB, 97) });
    const bundle = bundleOf(head);
    expect(readFileSync(bundle).length).toBeLessThan(MiB);
    const intake = await takeInBundle(scene, bundle);
    expect(intake).toMatchObject({
      outcome: "refused",
      rule: "too_large",
      sentence: expect.stringContaining("bomb.txt"),
    });
  });

  test("probe: many files of which each is small enough are refused together", async () => {
    const files = Object.fromEntries([1, 2, 3].map((n) => [`bomb-${n}.txt`, Buffer.alloc(4 * MiB, 96 + n)]));
    const intake = await takeInCommit(scene, agentCommit(files), { caps: { totalBytes: 10 * MiB } });
    expect(intake).toMatchObject({ outcome: "refused", rule: "too_large" });
  });

  test("probe: one line of 30 MB is not painted, and asks for another approver", async () => {
    const intake = await takeInFiles(scene, { "line.js": Buffer.alloc(30 * MiB, 120) });
    expect(patchOf(intake).diff.toString()).toContain("Binary files /dev/null and b/line.js differ");
    expect(flagsOf(intake)).toEqual(["not_inspected line.js"]);
  });

  test("probe: lines that make a diff nobody could read are refused", async () => {
    const files = Object.fromEntries([1, 2, 3].map((n) => [`long-${n}.js`, Buffer.alloc(7 * MiB, 96 + n)]));
    const intake = await takeInFiles(scene, files);
    expect(intake).toMatchObject({
      outcome: "refused",
      rule: "too_large",
      sentence: expect.stringContaining("diff"),
    });
  });

  test("probe: more objects than allowed are refused by the pack's own count", async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`many/${n}.txt`, `${n}\n`]));
    const head = agentCommit(files);
    expect(await takeInCommit(scene, head, { caps: { objects: 50 } })).toMatchObject({
      outcome: "refused",
      rule: "too_many_objects",
    });
    expect(await takeInCommit(scene, head, { caps: { changedFiles: 50 } })).toMatchObject({
      outcome: "refused",
      rule: "too_many_files",
    });
    expect(await takeInCommit(scene, head, { caps: { treeEntries: 50 } })).toMatchObject({
      outcome: "refused",
      rule: "too_many_files",
    });
  });

  test("probe: one blob under hundreds of thousands of names is refused by their number", async () => {
    const blob = makeBlob(scene.agent, "x");
    let tree = makeTree(
      scene.agent,
      Array.from({ length: 100 }, (_, n) => ["100644", blob, `f${n}`] as const),
    );
    for (let level = 0; level < 2; level++) {
      tree = makeTree(
        scene.agent,
        Array.from({ length: 60 }, (_, n) => ["40000", tree, `d${n}`] as const),
      );
    }
    const intake = await takeInCommit(scene, makeCommit(scene.agent, tree, [scene.base]));
    expect(intake).toMatchObject({ outcome: "refused", rule: "too_many_files" });
  });

  test("probe: a tree thousands of levels deep is refused", async () => {
    let tree = makeTree(scene.agent, [["100644", makeBlob(scene.agent, "x"), "f"]]);
    for (let level = 0; level < 300; level++) tree = makeTree(scene.agent, [["40000", tree, "d"]]);
    const intake = await takeInCommit(scene, makeCommit(scene.agent, tree, [scene.base]));
    expect(intake).toMatchObject({ outcome: "refused", rule: "path_too_deep" });
  });

  test("probe: a name of 4 KB is refused", async () => {
    const tree = makeTree(scene.agent, [["100644", makeBlob(scene.agent, "x"), "n".repeat(4000)]]);
    const intake = await takeInCommit(scene, makeCommit(scene.agent, tree, [scene.base]));
    expect(intake).toMatchObject({ outcome: "refused", rule: "path_too_deep" });
  });

  test("probe: a name that is no UTF-8 is refused, since nobody could sign what they saw", async () => {
    const tree = makeTree(scene.agent, [
      ["100644", makeBlob(scene.agent, "x"), Buffer.from([0x61, 0xff, 0xfe])],
    ]);
    const intake = await takeInCommit(scene, makeCommit(scene.agent, tree, [scene.base]));
    expect(intake).toMatchObject({ outcome: "refused", rule: "path_not_utf8" });
  });

  test("probe: more commits than allowed are refused", async () => {
    let head = scene.base;
    for (let n = 0; n < 5; n++)
      head = makeCommit(
        scene.agent,
        playGit(scene.agent, ["rev-parse", `${scene.base}^{tree}`]),
        [head],
        `${n}`,
      );
    head = makeCommit(scene.agent, makeTree(scene.agent, [["100644", makeBlob(scene.agent, "x"), "f"]]), [
      head,
    ]);
    expect(await takeInCommit(scene, head, { caps: { commits: 4 } })).toMatchObject({
      outcome: "refused",
      rule: "too_many_commits",
    });
  });
});

describe("what an agent's history hides", () => {
  test("probe: a secret added and removed again never reaches the mirror, our bundle or a branch", async () => {
    const secretHead = agentCommit({ "secret.txt": "leaked key\n", "src/a.js": "one\n" });
    const secretBlob = playGit(scene.agent, ["rev-parse", `${secretHead}:secret.txt`]);
    const head = commitFiles(scene.agent, { "secret.txt": null, "src/a.js": "two\n" });
    expect(playGit(scene.agent, ["rev-list", "--objects", head])).toContain(secretBlob);

    const taken = await takeInCommit(scene, head);
    if (taken.outcome !== "patch" || taken.rebuilt === null) throw new Error("not rebuilt");
    expect(taken.patch.files.map(({ path }) => path)).toEqual(["src/a.js"]);
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
