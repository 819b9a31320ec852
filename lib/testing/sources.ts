// The checkout as the rules of its shape see it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("../..", import.meta.url).pathname;

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
}

/** All files git tracks or would add, without the vendored components. */
export function allPaths(): string[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const deleted = execFileSync("git", ["ls-files", "-z", "--deleted"], { cwd: root, encoding: "utf8" });
  const gone = new Set(deleted.split("\0"));
  return listed
    .split("\0")
    .filter((path) => path !== "" && !gone.has(path) && !path.startsWith("components/ui/"));
}

function read(path: string): Source {
  const text = readFileSync(`${root}${path}`, "utf8");
  return { path, text, lines: text.split("\n").length - 1 };
}

/** TypeScript of ours: product, tests and tools; not the demo's repository, which is data. */
export function sources(): Source[] {
  return allPaths()
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts") && !/^examples\/[^/]+\//.test(path))
    .map(read);
}

/** `path:line` of each place a pattern is found, to be read in a failure. */
export function placesOf(pattern: RegExp, within: readonly Source[]): string[] {
  return within.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}
