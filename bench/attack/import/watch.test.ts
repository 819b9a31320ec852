// The watch itself is tried: a silence that cannot be broken would mean nothing.
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeBundle, playGit } from "#lib/testing/git/author.ts";
import { commitOnBase, openScene, type Scene, takeInFiles } from "#lib/testing/git/scene.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import type { Intake } from "#worker/git/intake/take-in-patch.ts";
import { folderDigest, type Watch, watchOver } from "./watch.ts";

const workshop = await testWorkshop();
let scene: Scene;
let canary: string;
let watch: Watch;
beforeEach(async () => {
  scene = await openScene(workshop, { "src/a.js": "one\n" });
  canary = join(workshop.fresh("canary"), "canary");
  mkdirSync(dirname(canary));
  watch = watchOver(scene, canary);
});

type Taken = Extract<Intake, { outcome: "patch" }> & { rebuilt: object };

async function taken(): Promise<Taken> {
  const intake = await takeInFiles(scene, { "src/a.js": "two\n" });
  if (intake.outcome !== "patch" || intake.rebuilt === null) throw new Error("not rebuilt");
  return intake as Taken;
}

describe("the watch over an intake", () => {
  test("is silent about a patch that was rebuilt, and about nothing at all", async () => {
    expect(watch.escapes(await taken())).toEqual([]);
    expect(watch.escapes(null)).toEqual([]);
  });

  test("sees the canary", () => {
    writeFileSync(canary, "sprung");
    expect(watch.escapes(null)).toEqual([expect.stringContaining("canary")]);
  });

  test("sees any change to the mirror, be it a ref, an object or a setting", async () => {
    const head = commitOnBase(scene, { "src/a.js": "two\n" });
    playGit(scene.agent, ["push", "--quiet", scene.mirror, `${head}:refs/heads/x`]);
    expect(watch.escapes(null)).toEqual(["the mirror was changed"]);
    const again = watchOver(scene, canary);
    appendFileSync(join(scene.mirror, "config"), "# a word\n");
    expect(again.escapes(null)).toEqual(["the mirror was changed"]);
  });

  test("sees the agent's objects in the mirror", async () => {
    const intake = await taken();
    playGit(scene.agent, ["push", "--quiet", scene.mirror, `${intake.patch.agentCommit}:refs/heads/x`]);
    expect(watchOver(scene, canary).escapes(intake)).toEqual(["the mirror holds the agent's objects"]);
  });

  test("sees a quarantine that was left behind", () => {
    const left = join(workshop.scratch, "quarantine-left");
    mkdirSync(left);
    expect(watch.escapes(null)).toEqual(["a quarantine was left behind"]);
    rmSync(left, { recursive: true });
  });

  test("sees the agent's own commit passed off as ours", async () => {
    const intake = await taken();
    const { agentCommit } = intake.patch;
    const path = makeBundle(scene.agent, workshop.fresh("false.bundle"), scene.base, agentCommit);
    const rebuilt = { ...intake.rebuilt, commit: agentCommit, bundle: { path } } as Taken["rebuilt"];
    expect(watch.escapes({ ...intake, rebuilt } as Intake)).toEqual([
      "the rebuilt commit is not of our making",
    ]);
  });

  test("sees further commits in our bundle", async () => {
    const intake = await taken();
    const { agent, base } = scene;
    const { commit, bundle } = intake.rebuilt as { commit: string; bundle: { path: string } };
    playGit(agent, ["fetch", "--quiet", bundle.path, "+refs/*:refs/ours/*"]);
    const tree = playGit(agent, ["rev-parse", `${commit}^{tree}`]);
    const second = playGit(agent, ["commit-tree", tree, "-p", commit, "-m", "more"]);
    const path = makeBundle(agent, workshop.fresh("longer.bundle"), base, second);
    const rebuilt = { commit, bundle: { path } };
    expect(watch.escapes({ ...intake, rebuilt } as unknown as Intake)).toEqual([
      "our bundle holds further commits",
    ]);
  });
});

test("a digest of a folder covers names and contents, at any depth", () => {
  const folder = workshop.fresh("digested");
  mkdirSync(join(folder, "deep/er"), { recursive: true });
  writeFileSync(join(folder, "deep/er/file"), "one");
  const first = folderDigest(folder);
  expect(folderDigest(folder)).toBe(first);
  writeFileSync(join(folder, "deep/er/file"), "two");
  const second = folderDigest(folder);
  writeFileSync(join(folder, "empty"), "");
  expect(new Set([first, second, folderDigest(folder)]).size).toBe(3);
});
