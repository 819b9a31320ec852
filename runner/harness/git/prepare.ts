// Unpacks what the control plane sent into a bare repository, inside a sandbox: the objects are somebody's and
// git that reads them has no business on the host.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { refused } from "#lib/errors.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { GIT_LIMITS } from "#lib/jail/rules.ts";
import { visibleText } from "#lib/text/rules.ts";
import { execute } from "../execute.ts";

const SCRIPT = readFileSync(path.join(import.meta.dirname, "unpack.sh"), "utf8");
const INPUT_BYTES = 2 * 1024 * 1024 * 1024;
const READABLE_FILE = 0o444;
const PASSABLE_FOLDER = 0o711;
const OWN_FOLDER = 0o755;

export interface PrepareOptions {
  readonly sandbox: Sandbox;
  /** Host directory of this lease; the repository is made inside it. */
  readonly directory: string;
  /** Host files. A later one may build on what an earlier one brought. */
  readonly bundles: readonly string[];
  /** Commits that must be there afterwards. */
  readonly commits: readonly string[];
  readonly signal: AbortSignal;
}

/** Host path of the new bare repository. Throws a sentence when the bundles cannot be unpacked or lack a commit. */
export async function prepareRepository(options: PrepareOptions): Promise<string> {
  const { sandbox, directory, bundles, commits, signal } = options;
  const folder = path.join(directory, `repository-${randomBytes(4).toString("hex")}`);
  await mkdir(folder, { mode: OWN_FOLDER });
  await chmod(directory, PASSABLE_FOLDER);

  const readOnly: Record<string, string> = {};
  for (const [index, bundle] of bundles.entries()) {
    await refuseTooLarge(bundle);
    await chmod(bundle, READABLE_FILE);
    readOnly[bundle] = `/in/${index + 1}.bundle`;
  }
  const { exit, tail } = await execute({
    sandbox,
    spec: {
      command: ["sh", "-c", SCRIPT, "unpack", String(bundles.length), ...commits],
      readOnly,
      writable: { host: folder, inside: "/out" },
      limits: GIT_LIMITS,
    },
    signal,
    onOutput: async () => {},
  });
  if (exit.code !== 0) throw refused(`The repository could not be unpacked: ${because(exit.ended, tail)}`);
  return path.join(folder, "repository");
}

async function refuseTooLarge(bundle: string): Promise<void> {
  const { size } = await stat(bundle);
  if (size > INPUT_BYTES) throw refused(`The repository is larger than ${INPUT_BYTES / 1024 ** 3} GB.`);
}

function because(ended: string, tail: string): string {
  if (ended === "time") return `git did not finish within ${GIT_LIMITS.seconds} seconds.`;
  if (ended === "memory") return "git needed more memory than it may have.";
  return visibleText(tail.trim()) || "git gave no reason.";
}
