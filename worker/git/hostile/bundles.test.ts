// Bundles that are not what was agreed: mislabelled, cut short, incomplete.
import { randomBytes } from "node:crypto";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { makeBundle, makeCommit, makeTree, playGit, playGitBytes } from "#lib/testing/git/author.ts";
import { commitOnBase, openScene, type Scene, takeInBundle, takeInCommit } from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { bundleHeader } from "../bundle-header.ts";

const workshop = await testWorkshop();
let scene: Scene;
beforeAll(async () => {
  scene = await openScene(workshop, { "src/a.js": "one\n" });
});

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
    const head = commitOnBase(scene, { "src/a.js": "two\n" });
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
    const head = commitOnBase(scene, { "src/a.js": "two\n" });
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
    const head = commitOnBase(scene, { "src/a.js": randomBytes(20_000).toString("hex") });
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
    const intake = await takeInCommit(scene, commitOnBase(scene, {}));
    expect(intake).toMatchObject({ outcome: "refused", rule: "no_change" });
  });
});
