// The only commit that is ever published: the approved tree on the approved base, written by us. It is made in
// the quarantine and leaves as a bundle whose pack holds nothing but that commit, its tree and their new objects.
import { badInput } from "#lib/errors.ts";
import { bundleHeader, PATCH_REF } from "../bundle-header.ts";
import { type WrittenFile, writeFileBy } from "../file-writer.ts";
import { objectId } from "../ids.ts";
import { type Quarantine, quarantineOutput } from "../quarantine.ts";

export interface Identity {
  readonly name: string;
  readonly email: string;
}

export interface RebuildOrder {
  readonly tree: string;
  readonly base: string;
  readonly author: Identity;
  readonly committer: Identity;
  /** Seconds since the epoch, for author and committer: the same order gives the same commit id. */
  readonly date: number;
  readonly message: string;
  /** Host file to write the patch bundle to; must not exist. */
  readonly bundlePath: string;
}

export interface Rebuilt {
  readonly commit: string;
  /** One ref `refs/heads/patch`, prerequisite = the base. With the base it rebuilds the commit anywhere. */
  readonly bundle: WrittenFile;
}

function identityEnv(
  role: "AUTHOR" | "COMMITTER",
  { name, email }: Identity,
  date: number,
): Record<string, string> {
  if (/[\p{Cc}<>]/u.test(name + email) || name.trim() === "") {
    throw badInput("A commit's name and address cannot be empty or hold control characters, < or >.");
  }
  return { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: email, [`GIT_${role}_DATE`]: `@${date} +0000` };
}

export async function rebuildCommit(quarantine: Quarantine, order: RebuildOrder): Promise<Rebuilt> {
  const base = objectId(order.base);
  if (/[^\P{Cc}\n\t]/u.test(order.message))
    throw badInput("A commit message cannot hold control characters.");
  const written = await quarantineOutput(quarantine, {
    args: ["commit-tree", objectId(order.tree), "-p", base],
    env: {
      ...identityEnv("AUTHOR", order.author, order.date),
      ...identityEnv("COMMITTER", order.committer, order.date),
    },
    input: order.message,
  });
  const commit = objectId(written.toString("latin1").trim());
  const bundle = await writeFileBy(order.bundlePath, async (write) => {
    await write(bundleHeader({ ref: PATCH_REF, commit, base }));
    await quarantineOutput(quarantine, {
      args: ["pack-objects", "--quiet", "--revs", "--thin", "--stdout", "--delta-base-offset"],
      input: `${commit}\n^${base}\n`,
      onOutput: write,
    });
  });
  return { commit, bundle };
}
