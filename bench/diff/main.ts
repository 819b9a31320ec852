// npm run bench:diff
// Ours, @pierre/diffs and diff2html show the same patches in one browser: 1k, 10k, 100k and a million changed lines. The floor
// is the first thousand lines as plain text: what the browser itself takes on this host.
// Exit code 1: a goal of ours was missed. `-- 1k 100k` measures only these; it takes at most about five minutes.
import { availableParallelism, cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { CHROMIUM } from "#e2e/fixtures/chromium.ts";
import { SECOND } from "#lib/clock.ts";
import { openDiffBench } from "./bundle.ts";
import { contest, type Who } from "./contest.ts";
import { type Goals, missedGoals, type Row, tableText } from "./figures.ts";
import { makePatch, type PatchShape } from "./patch-text.ts";

interface Size {
  readonly name: string;
  readonly shape: PatchShape;
  readonly goals: Goals;
  /** Milliseconds that each may take. */
  readonly most: number;
}

const SIZES: readonly Size[] = [
  {
    ...{ name: "1k", shape: { files: 10, changedLines: 1000 }, most: 40 * SECOND },
    goals: { firstHunk: 500, inp: 80, nodes: 5000, heap: 200, find: 300 },
  },
  {
    ...{ name: "10k", shape: { files: 20, changedLines: 10_000 }, most: 40 * SECOND },
    goals: { firstHunk: 500, inp: 80, nodes: 5000, heap: 200, find: 300 },
  },
  {
    ...{ name: "100k", shape: { files: 500, changedLines: 100_000 }, most: 40 * SECOND },
    goals: { firstHunk: 500, inp: 80, nodes: 5000, heap: 200, find: 300 },
  },
  {
    ...{ name: "1M", shape: { files: 500, changedLines: 1_000_000, short: true }, most: 60 * SECOND },
    goals: { nodes: 5000, heap: 700 },
  },
];
const CONTESTANTS: readonly Who[] = ["ours", "floor", "pierre", "diff2html"];

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const sizes = SIZES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const bench = await openDiffBench(join(dirname(fileURLToPath(import.meta.url)), "../.."));
  const rows: Row[] = [];
  try {
    for (const { name, shape, goals, most } of sizes) {
      const cutting = bench.give(makePatch(shape));
      process.stderr.write(`${name}: cut in ${Math.round(cutting)} ms …\n`);
      for (const who of CONTESTANTS) {
        // A page that ends its process takes nobody else with it.
        const browser = await chromium.launch(CHROMIUM);
        const outcome = await contest(browser, bench.url, who, most);
        await Promise.race([browser.close(), new Promise((done) => setTimeout(done, 5 * SECOND))]);
        rows.push({ who, lines: name, outcome, goals: who === "ours" ? goals : {} });
      }
    }
  } finally {
    await bench.close();
  }
  console.log(`${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`);
  console.log(
    `load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(" ")}; interactions at a quarter of the processor\n`,
  );
  console.log(tableText(rows));
  const missed = rows.flatMap(missedGoals);
  if (missed.length > 0) console.log(`\nMissed: ${missed.join("; ")}.`);
  return missed.length > 0 ? 1 : 0;
}

// A browser whose page hangs is not waited for.
process.exit(await main());
