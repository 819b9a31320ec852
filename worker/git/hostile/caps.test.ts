// Bundles that are too large, too many, too deep.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { makeBlob, makeBundle, makeCommit, makeTree, playGit } from "#lib/testing/git/author.ts";
import {
  commitOnBase,
  flagsOf,
  openScene,
  patchOf,
  type Scene,
  takeInBundle,
  takeInCommit,
  takeInFiles,
} from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";

const workshop = await testWorkshop();
let scene: Scene;
beforeAll(async () => {
  scene = await openScene(workshop, { "src/a.js": "one\n" });
});

const MiB = 1024 * 1024;

const bundleOf = (head: string): string =>
  makeBundle(scene.agent, workshop.fresh("patch.bundle"), scene.base, head);

describe("caps", () => {
  test("a bundle of 50 MB is taken in", async () => {
    const intake = await takeInFiles(scene, { "data.bin": randomBytes(50 * MiB) });
    expect(patchOf(intake).files).toMatchObject([{ path: "data.bin", status: "added" }]);
    if (intake.outcome !== "patch" || intake.rebuilt === null) throw new Error("not rebuilt");
    expect(intake.rebuilt.bundle.bytes).toBeGreaterThan(50 * MiB);
  });

  test("probe: a bundle with more bytes than allowed is not even read", async () => {
    const head = commitOnBase(scene, { "data.bin": randomBytes(2 * MiB) });
    const intake = await takeInBundle(scene, bundleOf(head), { caps: { bundleBytes: MiB } });
    expect(intake).toMatchObject({ outcome: "refused", rule: "too_large" });
  });

  test("probe: a small pack that unfolds into much more is refused by the size of its files", async () => {
    const head = commitOnBase(scene, { "bomb.txt": Buffer.alloc(80 * MiB, 97) });
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
    const intake = await takeInCommit(scene, commitOnBase(scene, files), { caps: { totalBytes: 10 * MiB } });
    expect(intake).toMatchObject({ outcome: "refused", rule: "too_large" });
  });

  test("probe: one line of 30 MB is not painted, and asks for another approver", async () => {
    const intake = await takeInFiles(scene, { "line.js": Buffer.alloc(30 * MiB, 120) });
    expect(patchOf(intake).diff.toString()).toContain("Binary files /dev/null and b/line.js differ");
    expect(flagsOf(intake)).toEqual(["not_inspected line.js"]);
  });

  test("probe: lines that make a diff nobody could read are refused", async () => {
    const files = Object.fromEntries([1, 2, 3].map((n) => [`long-${n}.js`, Buffer.alloc(7 * MiB, 96 + n)]));
    const intake = await takeInFiles(scene, files, { caps: { diffBytes: 16 * MiB } });
    expect(intake).toMatchObject({
      outcome: "refused",
      rule: "too_large",
      sentence: expect.stringContaining("diff"),
    });
  });

  test("probe: more objects than allowed are refused by the pack's own count", async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`many/${n}.txt`, `${n}\n`]));
    const head = commitOnBase(scene, files);
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
