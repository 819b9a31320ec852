// The base's repository with an agent's work on top of it, so that the work can be tried before it is handed in. Nothing but
// trials is made from it: what is proposed comes by the patch's own bundle.
import { readFileSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { refused } from "#lib/errors.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { GIT_LIMITS } from "#lib/jail/rules.ts";
import { visibleText } from "#lib/text/rules.ts";
import { execute } from "../execute.ts";

const SCRIPT = readFileSync(path.join(import.meta.dirname, "stack.sh"), "utf8");
const HEADER = 4096;

export interface StackOptions {
  readonly sandbox: Sandbox;
  /** Host path of the bare repository with the base. */
  readonly repository: string;
  /** Host folder of this lease; the copy is made in it. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

export interface Stack {
  /** Takes a bundle of one commit on the base in; gives that commit and where it is. */
  add(bundle: Buffer): Promise<{ readonly repository: string; readonly commit: string }>;
}

export function createStack({ sandbox, repository, directory, signal }: StackOptions): Stack {
  const folder = path.join(directory, "stack");
  const file = path.join(directory, "stacked.bundle");
  return {
    async add(bundle) {
      const commit = patchCommitOf(bundle);
      await mkdir(folder, { recursive: true, mode: 0o755 });
      await chmod(directory, 0o711);
      await rm(file, { force: true });
      await writeFile(file, bundle, { mode: 0o444 });
      const { exit, tail } = await execute({
        sandbox,
        spec: {
          command: ["sh", "-c", SCRIPT, "stack", commit],
          readOnly: { [repository]: "/in/repository", [file]: "/in/1.bundle" },
          writable: { host: folder, inside: "/out" },
          limits: GIT_LIMITS,
        },
        signal,
        onOutput: async () => {},
      });
      await rm(file, { force: true });
      if (exit.code !== 0)
        throw refused(`The work could not be taken up: ${visibleText(tail.trim()) || "git gave no reason."}`);
      return { repository: path.join(folder, "repository"), commit };
    },
  };
}

/** The commit that a bundle's own header calls the patch. */
export function patchCommitOf(bundle: Buffer): string {
  const header = bundle.subarray(0, HEADER).toString("latin1").split("\n\n", 1)[0] ?? "";
  const [, commit] = /^([0-9a-f]{40}) refs\/heads\/patch$/m.exec(header) ?? [];
  if (!header.startsWith("# v") || commit === undefined)
    throw refused("The bundle of the work says of no commit that it is the patch.");
  return commit;
}
