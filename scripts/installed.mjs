// Exits with 0 if node_modules holds what package-lock.json says, 1 otherwise. Plain JavaScript, because it
// runs on the host's Node before ours is there.
import { existsSync, readFileSync } from "node:fs";

const read = (file) => JSON.parse(readFileSync(file, "utf8")).packages;

/** Optional packages of other platforms are rightly absent. */
const mayBeAbsent = (wanted) =>
  wanted.optional === true || wanted.devOptional === true || wanted.peer === true;

function isInstalled() {
  if (!existsSync("node_modules/.package-lock.json") || !existsSync("node_modules/.bin/node")) return false;
  const present = read("node_modules/.package-lock.json");
  return Object.entries(read("package-lock.json")).every(([path, wanted]) => {
    if (path === "" || wanted.link) return true;
    const found = present[path];
    return found ? found.version === wanted.version : mayBeAbsent(wanted);
  });
}

process.exitCode = isInstalled() ? 0 : 1;
