// npm run bench:integrity -- [--commits 500] [--sample 30] [--seed 1] [--rule assertion_removed]
// What the rules of test integrity say of this repository's own commits: how often each, and a sample to be read by eye.
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import type { TestSighting } from "#lib/test-integrity/schema.ts";
import type { ChangedContent } from "#worker/analysis/inside/request.ts";
import { judgeTests } from "#worker/analysis/inside/tests/judge-tests.ts";
import { isTestPath } from "#worker/analysis/inside/tests/which.ts";
import { createRandom } from "../attack/random.ts";

const MOST = 1024 ** 3;
const git = (...words: string[]) => execFileSync("git", words, { maxBuffer: MOST });

interface Seen extends TestSighting {
  readonly commit: string;
}

const { values } = parseArgs({
  options: {
    commits: { type: "string", default: "500" },
    sample: { type: "string", default: "30" },
    seed: { type: "string", default: "1" },
    rule: { type: "string" },
  },
});

function changed(commit: string): ChangedContent[] {
  const fields = git("diff-tree", "-r", "-z", "-M", "--no-commit-id", "--no-abbrev", commit)
    .toString("utf8")
    .split("\0");
  const files: ChangedContent[] = [];
  for (let at = 0; at < fields.length - 1; ) {
    const [, , before = "", after = "", status = ""] = (fields[at] ?? "").split(" ");
    const isMoved = /^[RC]/.test(status);
    const [from = "", to = from] = isMoved ? [fields[at + 1], fields[at + 2]] : [fields[at + 1]];
    at += isMoved ? 3 : 2;
    if (!isTestPath(to) && !isTestPath(from)) continue;
    const side = (id: string) => (/^0+$/.test(id) ? null : git("cat-file", "blob", id));
    files.push({
      ...{ path: to, previousPath: isMoved ? from : null, isHarness: false },
      ...{ before: side(before), after: side(after) },
    });
  }
  return files;
}

const commits = git("log", "--no-merges", "--format=%H", `--max-count=${values.commits}`)
  .toString("utf8")
  .trim()
  .split("\n");
const all: Seen[] = [];
let files = 0;
for (const commit of commits) {
  const contents = changed(commit);
  files += contents.length;
  for (const sighting of await judgeTests(contents)) all.push({ ...sighting, commit: commit.slice(0, 9) });
}
console.log(`${commits.length} commits, ${files} changed test files, ${all.length} sightings`);
const byRule = Map.groupBy(all, ({ rule }) => rule);
for (const [rule, seen] of [...byRule].toSorted(([, a], [, b]) => b.length - a.length))
  console.log(`${String(seen.length).padStart(6)}  ${rule}`);
const random = createRandom(Number(values.seed));
const asked = all.filter(({ rule }) => (values.rule ? rule === values.rule : true));
for (let left = Math.min(Number(values.sample), asked.length); left > 0; left--) {
  const one = random.pick(asked);
  asked.splice(asked.indexOf(one), 1);
  console.log(JSON.stringify(one));
}
