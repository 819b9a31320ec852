// Unpacks an agent's bundle into a quarantine. git checks nothing of what it fetches from a bundle, so we parse
// the header ourselves and the pack goes straight into a strict index-pack inside the sandbox.
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { type BundleExpectation, HEAD_BYTES, type ParsedBundle, parseBundleHead } from "../bundle-header.ts";
import { type Quarantine, quarantineGit, quarantineOutput } from "../quarantine.ts";
import { failureSentence, type GitResult, hitFileLimit, succeeded } from "../result.ts";
import { plainLine } from "../sentences.ts";
import type { Caps } from "./caps.ts";
import { type Refusal, refusal } from "./refusal.ts";

export interface Imported {
  readonly outcome: "imported";
  /** The agent's last commit. It stays in the quarantine. */
  readonly head: string;
  readonly base: string;
  /** On top of the base. */
  readonly commits: number;
  readonly headTree: string;
  readonly baseTree: string;
}

async function readHead(
  path: string,
  expected: BundleExpectation,
): Promise<{ size: number; parsed: ParsedBundle }> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return { size, parsed: parseBundleHead(buffer.subarray(0, bytesRead), expected) };
  } finally {
    await handle.close();
  }
}

/** The check that failed, in git's own name for it (`hasDotgit`), or null. */
function strictFinding(result: GitResult): string | null {
  const found =
    /^(?:error|fatal|warning): (?:object [0-9a-f]{40}|[^:\n]*[0-9a-f]{40}[^:\n]*): ([a-zA-Z]+: .*)$/m.exec(
      result.stderr,
    );
  return found?.[1] === undefined ? null : plainLine(found[1], 200);
}

function indexRefusal(result: GitResult, caps: Caps): Refusal {
  if (/exceeds maximum allowed size/.test(result.stderr) || hitFileLimit(result)) {
    return refusal("too_large", `The bundle unpacks to more than ${caps.bundleBytes} bytes.`);
  }
  const finding = strictFinding(result);
  if (finding !== null)
    return refusal("git_strict_check", `git's strict check refused an object of the patch: ${finding}.`);
  return refusal("unreadable_pack", `The bundle's pack cannot be unpacked: ${failureSentence(result)}.`);
}

/** Imports `bundle` (a host file) on top of `base`, which the mirror holds. */
export async function importBundle(
  quarantine: Quarantine,
  { bundle, expected, caps }: { bundle: string; expected: BundleExpectation; caps: Caps },
): Promise<Imported | Refusal> {
  const { size, parsed } = await readHead(bundle, expected);
  if (size > caps.bundleBytes)
    return refusal("too_large", `The bundle has ${size} bytes; at most ${caps.bundleBytes} are taken.`);
  if (!parsed.ok) return refusal("malformed_bundle", parsed.problem);
  const { head } = parsed;
  if (head.objects > caps.objects) {
    return refusal(
      "too_many_objects",
      `The bundle holds ${head.objects} objects; at most ${caps.objects} are taken.`,
    );
  }
  const indexed = await quarantineGit(quarantine, {
    args: ["index-pack", "--strict", "--fix-thin", "--stdin", `--max-input-size=${caps.bundleBytes}`],
    input: createReadStream(bundle, { start: head.packOffset }),
    // --fix-thin appends the base objects that deltas lean on.
    limits: { diskBytes: 2 * caps.bundleBytes },
  });
  if (!succeeded(indexed)) return indexRefusal(indexed, caps);
  return inspectHead(quarantine, head.commit, expected.base, caps);
}

async function inspectHead(
  quarantine: Quarantine,
  head: string,
  base: string,
  caps: Caps,
): Promise<Imported | Refusal> {
  const type = await quarantineGit(quarantine, { args: ["cat-file", "-t", head] });
  if (!succeeded(type) || type.stdout.toString("latin1").trim() !== "commit") {
    return refusal("malformed_bundle", "The bundle's ref does not point at a commit that it holds.");
  }
  const range = [
    "rev-list",
    "--count",
    `--max-count=${caps.commits + 1}`,
    "--end-of-options",
    head,
    `^${base}`,
  ];
  const counted = await quarantineGit(quarantine, { args: range });
  if (!succeeded(counted))
    return refusal("unreadable_pack", `The bundle's history cannot be read: ${failureSentence(counted)}.`);
  const commits = Number(counted.stdout.toString("latin1"));
  if (commits > caps.commits) {
    return refusal("too_many_commits", `The bundle holds more than ${caps.commits} commits.`);
  }
  const treeOf = async (commit: string) => {
    const args = ["rev-parse", "--verify", "--end-of-options", `${commit}^{tree}`];
    return (await quarantineOutput(quarantine, { args })).toString("latin1").trim();
  };
  const [headTree, baseTree] = [await treeOf(head), await treeOf(base)];
  return { outcome: "imported", head, base, commits, headTree, baseTree };
}
