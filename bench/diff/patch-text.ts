// A patch as git writes it, of any size: plausible code, so that splitting, marking and colouring have their work.
import type { PatchFile } from "#lib/patches/schema.ts";

export interface PatchShape {
  readonly files: number;
  /** Added and removed together, in all files. */
  readonly changedLines: number;
  /** Lines of a third of the length: a million of them fit what is taken in. */
  readonly short?: boolean;
}

export interface MadePatch {
  readonly text: string;
  readonly files: PatchFile[];
}

const CONTEXT = 3;
const CHANGED_PER_HUNK = 20;

const brief = (at: number, version: "old" | "new"): string =>
  version === "old" ? `  cut(rows[${at % 997}], 10);` : `  cut(rows[${at % 997}], 20);`;

const full = (file: number, at: number, version: "old" | "new"): string =>
  version === "old"
    ? `  const total${at} = orders.filter((order) => order.rate > ${at % 97}).length; // module ${file}`
    : `  const total${at} = orders.filter(({ rate }) => rate >= ${at % 97}).reduce((sum) => sum + 1, 0); // module ${file}`;

/** One hunk: `pairs` lines replaced, with what is around them. */
function hunk(file: number, start: number, pairs: number, short: boolean): string[] {
  const line = (at: number, version: "old" | "new") => (short ? brief(at, version) : full(file, at, version));
  const lines = Array.from({ length: pairs }, (_, index) => start + CONTEXT + index);
  const around = (from: number) =>
    Array.from({ length: CONTEXT }, (_, index) => ` export const kept${from + index} = ${from + index};`);
  const length = pairs + 2 * CONTEXT;
  return [
    `@@ -${start},${length} +${start},${length} @@ export function module${file}(orders) {`,
    ...around(start),
    ...lines.map((at) => `-${line(at, "old")}`),
    ...lines.map((at) => `+${line(at, "new")}`),
    ...around(start + CONTEXT + pairs),
  ];
}

/** `changedLines` must divide into whole replaced lines per file. */
export function makePatch({ files, changedLines, short = false }: PatchShape): MadePatch {
  const pairsPerFile = changedLines / 2 / files;
  if (!Number.isInteger(pairsPerFile) || pairsPerFile < 1)
    throw new RangeError(`${changedLines} changed lines do not divide into ${files} files.`);
  const pairsPerHunk = CHANGED_PER_HUNK / 2;
  const names = Array.from(
    { length: files },
    (_, index) => `src/module-${String(index).padStart(4, "0")}.js`,
  );
  const texts = names.map((path, file) => {
    const hunks: string[] = [];
    for (let done = 0, start = 1; done < pairsPerFile; done += pairsPerHunk) {
      const pairs = Math.min(pairsPerHunk, pairsPerFile - done);
      hunks.push(...hunk(file, start, pairs, short));
      start += pairs + 2 * CONTEXT + 10;
    }
    const head = [
      `diff --git a/${path} b/${path}`,
      "index 1111111..2222222 100644",
      `--- a/${path}`,
      `+++ b/${path}`,
    ];
    return [...head, ...hunks, ""].join("\n");
  });
  return {
    text: texts.join(""),
    files: names.map((path) => ({
      ...{ path, previousPath: null, status: "modified", modeBefore: "100644", modeAfter: "100644" },
      ...{ added: pairsPerFile, removed: pairsPerFile },
    })),
  };
}
