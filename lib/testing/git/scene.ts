// The scene most intake tests play in: an upstream, its mirror, and an agent's work tree on the same base.

import type { Caps } from "#worker/git/intake/caps.ts";
import { type Intake, type Patch, takeInPatch } from "#worker/git/intake/take-in-patch.ts";
import { mirrorRepository } from "#worker/git/mirror/mirror-repository.ts";
import type { PathRules } from "#worker/git/policy/judge-patch.ts";
import { checkSource } from "#worker/git/source/check-source.ts";
import {
  commitFiles,
  createRepository,
  type FileTree,
  makeBundle,
  makeCommit,
  makeTree,
  playGit,
  rootEntries,
} from "./author.ts";
import type { TestWorkshop } from "./workshop.ts";

export interface Scene {
  readonly workshop: TestWorkshop;
  readonly upstream: string;
  readonly mirror: string;
  readonly base: string;
  /** The agent's clone, checked out at the base. */
  readonly agent: string;
}

export const IDENTITY = { name: "Pilothouse", email: "pilothouse@example.test" };
export const ANY_PATH: PathRules = {
  ...{ allowedPaths: [], protectedPaths: [], forbiddenPaths: [], harnessPaths: [] },
  maxFiles: 0,
  maxChangedLines: 0,
};

export async function openScene(workshop: TestWorkshop, files: FileTree): Promise<Scene> {
  const { path: upstream, head: base } = createRepository(workshop.fresh("upstream"), files);
  const mirror = workshop.fresh("mirror.git");
  const network = { allowedHosts: [], allowedRoots: [upstream] };
  const source = await checkSource(upstream, network);
  const mirrored = await mirrorRepository(workshop, { source, mirror, branch: null, network });
  if (mirrored.outcome !== "mirrored") throw new Error(JSON.stringify(mirrored));
  const agent = workshop.fresh("agent");
  playGit("/", ["clone", "--quiet", upstream, agent]);
  return { workshop, upstream, mirror, base, agent };
}

export interface IntakeChoices {
  readonly paths?: Partial<PathRules>;
  readonly caps?: Partial<Caps>;
  readonly knownDigests?: ReadonlyMap<string, string>;
  readonly contextLines?: number;
}

/** Takes a bundle file in as the worker would. */
export function takeInBundle(
  scene: Scene,
  bundle: string,
  { paths, ...choices }: IntakeChoices = {},
): Promise<Intake> {
  const bundlePath = scene.workshop.fresh("rebuilt.bundle");
  const commit = {
    author: IDENTITY,
    committer: IDENTITY,
    date: 1_700_000_000,
    message: "Rebuilt\n",
    bundlePath,
  };
  return takeInPatch(scene.workshop, {
    mirror: scene.mirror,
    bundle,
    base: scene.base,
    paths: { ...ANY_PATH, ...paths },
    commit,
    ...choices,
  });
}

/** The agent commits nothing further: `head` is bundled and taken in. */
export function takeInCommit(scene: Scene, head: string, choices: IntakeChoices = {}): Promise<Intake> {
  return takeInBundle(
    scene,
    makeBundle(scene.agent, scene.workshop.fresh("patch.bundle"), scene.base, head),
    choices,
  );
}

/** The agent's commit of `files` on the base. */
export function commitOnBase(scene: Scene, files: FileTree): string {
  playGit(scene.agent, ["checkout", "--quiet", "--force", "--detach", scene.base]);
  playGit(scene.agent, ["clean", "--quiet", "-ffdx"]);
  return commitFiles(scene.agent, files, "Agent's work");
}

/** The agent commits `files` on the base and its bundle is taken in. */
export const takeInFiles = (scene: Scene, files: FileTree, choices: IntakeChoices = {}): Promise<Intake> =>
  takeInCommit(scene, commitOnBase(scene, files), choices);

export function patchOf(intake: Intake): Patch {
  if (intake.outcome !== "patch") throw new Error(`refused: ${intake.rule}: ${intake.sentence}`);
  return intake.patch;
}

/** `rule path` of every flag, sorted. */
export const flagsOf = (intake: Intake): string[] =>
  patchOf(intake)
    .verdict.flags.map(({ rule, path }) => `${rule} ${path}`)
    .sort();

/** A scene with a file of each kind in it: sources, tests, a manifest, bytes, a link. */
export const openMixedScene = (workshop: TestWorkshop): Promise<Scene> =>
  openScene(workshop, {
    "src/a.js": "one\n",
    "test/a.test.js": "test\n",
    "package.json": JSON.stringify({ name: "x", scripts: { test: "node --test" } }),
    "old.bin": Buffer.from([0, 1, 2]),
    folder: { link: "src" },
  });

/** A commit on the base whose root tree has further entries, made without any check. */
export function headWith(
  { agent, base }: Scene,
  ...entries: [mode: string, oid: string, name: string | Buffer][]
): string {
  return makeCommit(agent, makeTree(agent, [...rootEntries(agent, base), ...entries]), [base]);
}
