// Runs inside the sandbox after the tests: takes what a framework's counter says of a few files out of its own format, as spans
// of lines with a count each. Arguments: the method, the folder it wrote into, the wanted paths.
import { existsSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const [method, folder, list] = process.argv.slice(1);
const TREE = "/work/tree";
const wanted = new Set(JSON.parse(list));
const text = (name) => readFileSync(join(folder, name), "utf8");

/** vitest and jest: coverage-final.json. */
function ofIstanbul() {
  return Object.values(JSON.parse(text("coverage-final.json"))).flatMap(
    ({ path, statementMap, s, fnMap, f }) => {
      const own = path.startsWith(`${TREE}/`) ? path.slice(TREE.length + 1) : path;
      if (!wanted.has(own)) return [];
      const statements = Object.entries(statementMap).map(([id, { start, end }]) => [
        start.line,
        end.line,
        s[id],
      ]);
      const functions = Object.entries(fnMap).map(([id, { decl }]) => [
        decl.start.line,
        decl.start.line,
        f[id],
      ]);
      return [{ path: own, spans: [...statements, ...functions] }];
    },
  );
}

/** What its own comments leave out counts as not run. */
function ofCoveragePy() {
  return Object.entries(JSON.parse(text("coverage.json")).files).flatMap(([path, seen]) => {
    if (!wanted.has(path)) return [];
    const spans = (lines, count) => (lines ?? []).map((line) => [line, line, count]);
    const { executed_lines: ran, missing_lines: missing, excluded_lines: excluded } = seen;
    return [{ path, spans: [...spans(ran, 1), ...spans(missing, 0), ...spans(excluded, 0)] }];
  });
}

/** `module/path/file.go:line.column,line.column statements count`; a block stands there once for each package that ran. */
function ofGo() {
  const [, module = ""] = /^module\s+(\S+)/m.exec(readFileSync(join(TREE, "go.mod"), "utf8")) ?? [];
  const files = new Map();
  for (const line of text("go.out").split("\n")) {
    const seen = /^(.+\.go):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)$/.exec(line);
    if (seen === null || !seen[1].startsWith(`${module}/`)) continue;
    const path = seen[1].slice(module.length + 1);
    if (!wanted.has(path)) continue;
    files.set(path, [...(files.get(path) ?? []), [Number(seen[2]), Number(seen[3]), Number(seen[4])]]);
  }
  return [...files].map(([path, spans]) => ({ path, spans }));
}

const READERS = {
  vitest: ["coverage-final.json", ofIstanbul],
  jest: ["coverage-final.json", ofIstanbul],
  coverage_py: ["coverage.json", ofCoveragePy],
  go: ["go.out", ofGo],
};
const [file, read] = READERS[method];
const answer = Buffer.from(JSON.stringify(existsSync(join(folder, file)) ? read() : null));
const frame = Buffer.concat([Buffer.from(`covered 0 ${answer.length}\n`), answer]);
for (let at = 0; at < frame.length; ) at += writeSync(3, frame, at);
