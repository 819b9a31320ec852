import { BASE_REF, bundleHeader } from "../bundle-header.ts";
import { type WrittenFile, writeFileBy } from "../file-writer.ts";
import { hostGitOutput } from "../host-git.ts";
import { objectId } from "../ids.ts";

const GiB = 1024 * 1024 * 1024;

/** Writes the bundle a runner starts from: one ref, `refs/heads/base`, with the whole history of `base`. `path` must not exist. */
export async function writeBaseBundle(mirror: string, base: string, path: string): Promise<WrittenFile> {
  const commit = objectId(base);
  return writeFileBy(path, async (write) => {
    await write(bundleHeader({ ref: BASE_REF, commit }));
    await hostGitOutput({
      gitDir: mirror,
      args: ["pack-objects", "--quiet", "--revs", "--stdout", "--delta-base-offset"],
      input: `${commit}\n`,
      onOutput: write,
      outputBytes: 4 * GiB,
      seconds: 600,
    });
  });
}
