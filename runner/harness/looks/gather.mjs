// Runs inside the sandbox after the tests: takes the counts of a few files out of what the engine wrote.
import { lstatSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, list] = process.argv.slice(1);
const FILE_BYTES = 256 * 1024 * 1024;
const wanted = new Map(JSON.parse(list).map((path) => [pathToFileURL(join("/work/tree", path)).href, path]));
const found = [];
for (const name of readdirSync(folder)) {
  const file = join(folder, name);
  const stat = lstatSync(file);
  if (!stat.isFile() || stat.size > FILE_BYTES) continue;
  for (const { url, functions } of JSON.parse(readFileSync(file, "utf8")).result) {
    const path = wanted.get(url);
    if (path === undefined) continue;
    const ranges = functions.flatMap((each) =>
      each.ranges.map((range) => [range.startOffset, range.endOffset, range.count]),
    );
    found.push({ path, ranges });
  }
}
const answer = Buffer.from(JSON.stringify(found));
const frame = Buffer.concat([Buffer.from(`covered 0 ${answer.length}\n`), answer]);
for (let at = 0; at < frame.length; ) at += writeSync(3, frame, at);
