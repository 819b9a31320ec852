// Runs inside the sandbox, in the checked-out tree: hands out what the harness has to read of it, as one JSON document.
// Arguments: the commit to compare with ("" for none), then the pathspecs of the harness.
import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, writeSync } from "node:fs";

const [compared, ...paths] = process.argv.slice(1);
const TEST_FILE = /\.(?:[cm]?[jt]s|[jt]sx|py|go|java)$/;
const SOURCE_FILE = /\.(?:[cm]?[jt]s|[jt]sx|py|go)$/;
const FILE_BYTES = 512 * 1024;
const ALL_BYTES = 16 * 1024 * 1024;
const MOST_TESTS = 2000;
const MOST_CHANGED = 200;

const git = (words, also = {}) =>
  execFileSync("git", ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false", ...words], {
    env: { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", ...also },
    maxBuffer: 256 * 1024 * 1024,
    encoding: "utf8",
  });

let left = ALL_BYTES;
function read(path) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > FILE_BYTES || stat.size > left) return null;
  left -= stat.size;
  return readFileSync(path, "utf8");
}

const listed =
  paths.length === 0 ? [] : git(["ls-files", "-z", "--", ...paths], { GIT_GLOB_PATHSPECS: "1" }).split("\0");
const tests = [];
let unread = 0;
for (const path of listed.filter((each) => TEST_FILE.test(each) && !each.includes("\n"))) {
  const text = tests.length < MOST_TESTS ? read(path) : null;
  if (text === null || text.includes("\0") || text.includes("\ufffd")) unread += 1;
  else tests.push({ path, text });
}

const changed = [];
if (compared !== "") {
  const harness = new Set(listed);
  const names = git([
    "diff",
    "--name-only",
    "-z",
    "--no-renames",
    "--diff-filter=AM",
    compared,
    "HEAD",
  ]).split("\0");
  for (const path of names
    .filter((each) => SOURCE_FILE.test(each) && !harness.has(each))
    .slice(0, MOST_CHANGED)) {
    const text = read(path);
    if (text === null) continue;
    const words = [
      "diff",
      "-U0",
      "--no-renames",
      "--no-color",
      "--no-ext-diff",
      "--no-textconv",
      compared,
      "HEAD",
    ];
    const diff = git([...words, "--", path], { GIT_LITERAL_PATHSPECS: "1" });
    const hunks = [...diff.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)];
    changed.push({ path, text, hunks: hunks.map(([, from, count]) => [Number(from), Number(count ?? 1)]) });
  }
}
const answer = Buffer.from(
  JSON.stringify({ git: git(["--version"]).trim(), tests, unread, changed, manifest: read("package.json") }),
);
const frame = Buffer.concat([Buffer.from(`looked 0 ${answer.length}\n`), answer]);
for (let at = 0; at < frame.length; ) at += writeSync(3, frame, at);
