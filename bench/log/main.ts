// npm run bench:log -- [--sizes 0.1,1] [append] [acknowledge] [pages] [verify]
// What the log costs: appending, acknowledging, numbering, reading and checking, at sizes in millions of entries. All in
// a temporary folder, which is removed. The whole curve, --sizes 0.1,1,10, takes a quarter of an hour and 25 GB. Exit code 1: a
// goal was missed.
import { execFile } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs, promisify } from "node:util";
import { SECOND } from "#lib/clock.ts";
import type { Identity } from "#lib/postgres/initialise.ts";
import { arrangeBench } from "../place/work.ts";
import { measureAcknowledgement } from "./acknowledge.ts";
import { type AppendRounds, measureAppend } from "./append.ts";
import { atLeast, atMost, type Figure, figuresText, missedFigures } from "./figures.ts";
import { type Filled, fillLog, leafTiles, wholeTiles } from "./fill.ts";
import { fillTree } from "./fill-tree.ts";
import { watchLag } from "./lag.ts";
import { notaryFolders, startNotary } from "./notary.ts";
import { measurePages } from "./pages.ts";
import { type LogPlace, openLogPlace } from "./place.ts";
import { measureVerification } from "./verify.ts";

const PARTS = ["append", "acknowledge", "pages", "verify"] as const;
type Part = (typeof PARTS)[number];

const ROUNDS: AppendRounds = {
  alone: { rounds: 300, warmUp: 40 },
  together: { rounds: 16, warmUp: 2 },
};
const OFFER = { rate: 1000, seconds: 20, warmUp: 3 };
/** How much of the smallest size's throughput the largest keeps. */
const FLAT = 0.8;
/** Memory that is flat: buffers and heap settle a little higher in a long run. */
const GROWN = 1.5;

interface Asked {
  /** Entries, ascending. */
  readonly sizes: readonly number[];
  readonly parts: ReadonlySet<Part>;
}

function asked(): Asked {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { sizes: { type: "string", default: "0.1,1" } },
  });
  const sizes = values.sizes.split(",").map((text) => wholeTiles(Number(text) * 1e6));
  if (sizes.some((size) => !Number.isSafeInteger(size)))
    throw new Error(`--sizes takes millions of entries like 0.1,1,10, not “${values.sizes}”.`);
  const parts = PARTS.filter((part) => positionals.length === 0 || positionals.includes(part));
  const unknown = positionals.find((name) => !PARTS.some((part) => part === name));
  if (unknown) throw new Error(`There is no part “${unknown}”; there are ${PARTS.join(", ")}.`);
  return { sizes: sizes.sort((a, b) => a - b), parts: new Set(parts) };
}

const say = (text: string) => process.stderr.write(`${text}\n`);

const millions = (size: number): string => `${Number((size / 1e6).toFixed(2))} M`;

async function openFilled(size: number): Promise<{ place: LogPlace; filled: Filled }> {
  const began = performance.now();
  let filled: Filled | undefined;
  const place = await openLogPlace(async (owner, { layout, who }) => {
    filled = await fillLog(owner, size);
    await fillTree(notaryFolders(layout), filled, leafTiles(owner, size));
    await giveTo(who.notary, layout.log, layout.notary);
  });
  if (!filled) throw new Error("Nothing was filled.");
  say(`${millions(size)} entries filled in ${Math.round((performance.now() - began) / SECOND)} s`);
  return { place, filled };
}

/** Everything below the folders belongs to their user. */
async function giveTo(who: Identity | null, ...folders: string[]): Promise<void> {
  if (who) await promisify(execFile)("chown", ["-R", `${who.uid}:${who.gid}`, ...folders]);
}

async function measureAt(size: number, { sizes, parts }: Asked): Promise<Figure[]> {
  const largest = sizes.at(-1);
  const of = millions(size);
  const { place, filled } = await openFilled(size);
  const figures: Figure[] = [];
  try {
    const work = await arrangeBench(place);
    const notary = await startNotary(place);
    try {
      if (parts.has("pages") && size === largest) figures.push(...(await measurePages(place, filled, of)));
      if (parts.has("append")) {
        const watch = await watchLag(place, notary);
        try {
          figures.push(...(await measureAppend(place, work, of, ROUNDS)));
        } catch (error) {
          await watch.abandon();
          throw error;
        }
        figures.push(...(await watch.finish(of)));
      }
      if (parts.has("acknowledge")) figures.push(...(await measureAcknowledgement(place.scope, of, OFFER)));
      // Last, since it leaves garbage in this process and a large file to be written behind whatever is measured next.
      if (parts.has("verify")) figures.push(...(await measureVerification(place, notary.folders, of)));
    } finally {
      await notary.stop();
    }
  } finally {
    await place.close();
  }
  return figures;
}

/** What the largest size keeps of the smallest one's throughput, relative to the floor of each, and of its memory. */
function flatness(curve: readonly Figure[][]): Figure[] {
  const [first, last] = [curve[0], curve.at(-1)];
  if (!first || !last || curve.length < 2) return [];
  const share = ({ ours, floor }: Figure) => ours / (floor ?? Number.NaN);
  return first.flatMap((small): Figure[] => {
    const subject = small.name.slice(0, small.name.lastIndexOf(","));
    const large = last.find(({ name }) => name.startsWith(`${subject}, `));
    if (!large) return [];
    const name = `${subject}: largest size to smallest`;
    if (small.unit === "rows/s")
      return [{ name, unit: "×", ours: share(large), floor: share(small), goal: atLeast(FLAT, "ratio") }];
    if (small.unit === "MB")
      return [{ name, unit: "MB", ours: large.ours, floor: small.ours, goal: atMost(GROWN, "ratio") }];
    return [];
  });
}

async function main(): Promise<number> {
  const ask = asked();
  const before = loadavg();
  const began = performance.now();
  const curve: Figure[][] = [];
  for (const size of ask.sizes) curve.push(await measureAt(size, ask));
  const figures = [...curve.flat(), ...flatness(curve)];
  const load = (averages: readonly number[]) => averages.map((value) => value.toFixed(1)).join(" ");
  const facts = [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`,
    `load over 1, 5 and 15 minutes before: ${load(before)}; after: ${load(loadavg())}; took ${Math.round((performance.now() - began) / SECOND)} s`,
  ];
  console.log(figuresText(facts, figures));
  const missed = missedFigures(figures);
  if (missed.length > 0) console.log(`\nMissed: ${missed.join("; ")}.`);
  return missed.length > 0 ? 1 : 0;
}

process.exitCode = await main();
