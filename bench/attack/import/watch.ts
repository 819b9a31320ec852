// What must not have happened after an attempt, whatever it was.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { playGit } from "#lib/testing/git/author.ts";
import { IDENTITY, type Scene } from "#lib/testing/git/scene.ts";
import type { Intake } from "#worker/git/intake/take-in-patch.ts";

/** Digest of every file below a folder, by path and content. */
export function folderDigest(folder: string): string {
  const hash = createHash("sha256");
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const entry of names
    .map((each) => ({ each, path: join(each.parentPath, each.name) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${entry.path}\0`);
    if (entry.each.isFile()) hash.update(readFileSync(entry.path));
  }
  return hash.digest("hex");
}

export interface Watch {
  /** One sentence for each thing that got through; empty when nothing did. */
  escapes(intake: Intake | null): string[];
}

const holds = (repository: string, id: string): boolean => {
  try {
    playGit(repository, ["cat-file", "-e", id]);
    return true;
  } catch {
    return false; // git says by its exit that there is no such object
  }
};

/** `check`: a repository that gets our rebuilt bundles and nothing else. */
export function watchOver(scene: Scene, canary: string): Watch {
  const mirror = folderDigest(scene.mirror);
  const check = scene.workshop.fresh("check.git");
  playGit("/", ["clone", "--quiet", "--bare", scene.upstream, check]);

  function rebuiltFaults(intake: Intake): string[] {
    if (intake.outcome !== "patch" || intake.rebuilt === null) return [];
    const { commit, bundle } = intake.rebuilt;
    const { agentCommit, tree } = intake.patch;
    const ref = playGit(check, ["bundle", "list-heads", bundle.path]).split(" ")[1] ?? "";
    playGit(check, ["fetch", "--quiet", bundle.path, `+${ref}:refs/check`]);
    const raw = playGit(check, ["cat-file", "commit", commit]);
    const expected = `tree ${tree}\nparent ${scene.base}\nauthor ${IDENTITY.name} <${IDENTITY.email}>`;
    return [
      ...(playGit(check, ["rev-list", `${scene.base}..refs/check`]) === commit
        ? []
        : ["our bundle holds further commits"]),
      ...(raw.startsWith(expected) ? [] : ["the rebuilt commit is not of our making"]),
      ...(agentCommit !== commit && holds(check, agentCommit)
        ? ["our bundle holds the agent's own commit"]
        : []),
      ...(holds(scene.mirror, agentCommit) || holds(scene.mirror, tree)
        ? ["the mirror holds the agent's objects"]
        : []),
    ];
  }

  return {
    escapes: (intake) => [
      ...(existsSync(canary) ? ["the canary was found: something of the agent's was run"] : []),
      ...(folderDigest(scene.mirror) === mirror ? [] : ["the mirror was changed"]),
      ...(readdirSync(scene.workshop.scratch).length === 0 ? [] : ["a quarantine was left behind"]),
      ...(intake ? rebuiltFaults(intake) : []),
    ],
  };
}
