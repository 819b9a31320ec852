// Pages of /log as its readers turn them: the newest ones, one after the other, and ones deep in the past, under every
// filter and two of them together. First as filling left the host, much of it on disk, which is told and not judged;
// then with the log read through once, as a database in use has it.
import { join } from "node:path";
import type { EntryFilter } from "#lib/log/schema.ts";
import { listEntries } from "#lib/log/service.ts";
import { createRandom } from "../attack/random.ts";
import { atMost, type Figure } from "./figures.ts";
import type { Filled } from "./fill.ts";
import { DATABASE, type LogPlace } from "./place.ts";
import { readThrough } from "./read-through.ts";

const CHAIN = 15;
const DEEP = 35;
const WARM_UP = 3;

/** Filters by name, over what `fillLog` writes. */
function filtersOver({ size, pilots }: Filled): Record<string, EntryFilter> {
  const runner = "rnr_0bench0000000000000003";
  const run = `run:run_0bench${String(Math.floor(size / 400)).padStart(16, "0")}`;
  const pilotId = pilots[3] ?? "";
  const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  return {
    "no filter": {},
    "common kind": { kind: "run.events_appended" },
    "rarer kind": { kind: "run.prepared" },
    "kind without entries": { kind: "stop.lifted" },
    runner: { actor: runner },
    person: { actor: "per_0bench0000000000000021" },
    run: { subject: run },
    pilot: { pilotId },
    days: { from: day(1), to: day(0) },
    "kind and pilot": { kind: "run.prepared", pilotId },
    "kind and actor that never meet": { kind: "run.prepared", actor: "per_0bench0000000000000021" },
    "actor and days": { actor: runner, from: day(2), to: day(1) },
  };
}

/** Slowest page under each filter. */
async function slowest({ scope }: LogPlace, filled: Filled, seed: number): Promise<Map<string, number>> {
  const random = createRandom(seed);
  const pages = new Map<string, number>();
  for (const [name, filter] of Object.entries(filtersOver(filled))) {
    const samples: number[] = [];
    const turn = async (after: string | null): Promise<string | null> => {
      const began = performance.now();
      const { next } = await listEntries(scope, { filter, after });
      samples.push(performance.now() - began);
      return next;
    };
    for (let page = 0; page < WARM_UP; page++) await turn(null);
    samples.length = 0;
    let after: string | null = null;
    for (let page = 0; page < CHAIN; page++) after = await turn(after);
    for (let page = 0; page < DEEP; page++) await turn(String(random.below(filled.size)));
    pages.set(name, Math.max(...samples));
  }
  return pages;
}

export async function measurePages(place: LogPlace, filled: Filled, of: string): Promise<Figure[]> {
  const before = await slowest(place, filled, filled.size);
  const { server, layout } = place;
  const bytes = await readThrough(server.ownerUrl(DATABASE), join(layout.postgres, "data"));
  const after = await slowest(place, filled, filled.size + 1); // other pages, so that none is there for having been read
  const figure = (name: string, ours: number, goal: Figure["goal"]): Figure => ({
    ...{
      name: `Page of /log, ${name}, slowest of ${CHAIN + DEEP}, ${of}`,
      unit: "ms",
      ours,
      floor: null,
      goal,
    },
  });
  return [
    ...[...before].map(([name, ours]) => figure(`${name}, as filling left it`, ours, null)),
    { name: `Read through, ${of}`, unit: "MB", ours: bytes / 1e6, floor: null, goal: null },
    ...[...after].map(([name, ours]) => figure(name, ours, atMost(50, "ours"))),
  ];
}
