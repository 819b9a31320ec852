// The diff people review: raw bytes of git's plumbing, no driver, no conversion, made inside the sandbox.
import { type Quarantine, quarantineGit, quarantineOutput } from "../quarantine.ts";
import { failureSentence, succeeded } from "../result.ts";
import { decodePath, splitNul } from "./entries.ts";
import { EMPTY_MODE, type Mode, modeOf } from "./modes.ts";
import { type Refusal, refusal } from "./refusal.ts";

const STATUS = { A: "added", D: "deleted", M: "modified", R: "renamed", T: "type_changed" } as const;

export interface ChangedFile {
  readonly path: string;
  /** The old path of a renamed file. */
  readonly previousPath: string | null;
  readonly status: (typeof STATUS)[keyof typeof STATUS];
  readonly modeBefore: Mode | null;
  readonly modeAfter: Mode | null;
  /** Lines; null for binary content. */
  readonly added: number | null;
  readonly removed: number | null;
}

export interface Trees {
  readonly baseTree: string;
  readonly headTree: string;
}

const COMMON = ["diff-tree", "-r", "-M", "--no-ext-diff", "--no-textconv", "--no-color", "--full-index"];
const mode = (text: string): Mode | null => (text === EMPTY_MODE ? null : modeOf(text));
const text = (bytes: Buffer | undefined): string =>
  bytes === undefined ? "" : (decodePath(bytes) ?? bytes.toString("latin1"));

/** Reads `--raw --numstat -z`: all raw records first, then one count per file in the same order. */
export function parseFileStats(output: Buffer): ChangedFile[] {
  const pieces = splitNul(output);
  const files: ChangedFile[] = [];
  let at = 0;
  for (; pieces[at]?.[0] === 0x3a; ) {
    const [before = "", after = "", , , letter = ""] = text(pieces[at]).slice(1).split(" ");
    const status = STATUS[letter.charAt(0) as keyof typeof STATUS];
    if (status === undefined)
      throw new Error(`git diff-tree answered the unknown status ${JSON.stringify(letter)}`);
    const renamed = status === "renamed";
    const paths = {
      path: text(pieces[at + (renamed ? 2 : 1)]),
      previousPath: renamed ? text(pieces[at + 1]) : null,
    };
    files.push({
      ...paths,
      status,
      modeBefore: mode(before),
      modeAfter: mode(after),
      added: null,
      removed: null,
    });
    at += renamed ? 3 : 2;
  }
  return files.map((file) => {
    const [added = "", removed = ""] = text(pieces[at]).split("\t", 2);
    at += file.status === "renamed" ? 3 : 1;
    return added === "-" ? file : { ...file, added: Number(added), removed: Number(removed) };
  });
}

export async function readFileStats(
  quarantine: Quarantine,
  { baseTree, headTree }: Trees,
): Promise<ChangedFile[]> {
  const args = [...COMMON, "-z", "--raw", "--numstat", "--end-of-options", baseTree, headTree];
  return parseFileStats(await quarantineOutput(quarantine, { args }));
}

export interface DiffOrder extends Trees {
  /** Unchanged lines around a change; `Infinity` shows whole files. */
  readonly contextLines: number;
  readonly maxBytes: number;
}

/** The unified diff, or a refusal where it is larger than a person could be shown. */
export async function readDiff(quarantine: Quarantine, order: DiffOrder): Promise<Buffer | Refusal> {
  const context = Number.isFinite(order.contextLines)
    ? Math.max(0, Math.trunc(order.contextLines))
    : 10_000_000;
  const paint = ["-p", `--unified=${context}`, "--src-prefix=a/", "--dst-prefix=b/", "--submodule=short"];
  const result = await quarantineGit(quarantine, {
    args: [...COMMON, ...paint, "--end-of-options", order.baseTree, order.headTree],
    limits: { outputBytes: order.maxBytes + 1 },
  });
  if (result.ended === "output")
    return refusal("too_large", `The diff has more than ${order.maxBytes} bytes and cannot be reviewed.`);
  if (!succeeded(result))
    return refusal("unreadable_tree", `The diff cannot be made: ${failureSentence(result)}.`);
  return result.stdout;
}
