// Event batches of 100 as a runner sends them, against the same rows in one plain statement; in turns, in one database.
import pg from "pg";
import { interleave, type Rounds } from "../interleave.ts";
import type { BenchWork } from "../place/work.ts";
import { quantile } from "../stats.ts";
import { atLeast, type Figure } from "./figures.ts";
import { appendBatch, BATCH, createRawTable, openRawWriter, outputEvents } from "./load.ts";
import type { LogPlace } from "./place.ts";

const WRITERS = 4;
/** Batches each writer has in one sample of several writers. */
const TURN = 10;
const SHARE = 0.25;

export interface AppendRounds {
  readonly alone: Rounds;
  readonly together: Rounds;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** `of`: what the names end with. */
export async function measureAppend(
  place: LogPlace,
  work: BenchWork,
  of: string,
  rounds: AppendRounds,
): Promise<Figure[]> {
  const owner = new pg.Client({ connectionString: place.urls.owner });
  await owner.connect();
  await createRawTable(owner);
  const writers = Array.from({ length: WRITERS }, (_, index) => index);
  const raw = await Promise.all(writers.map(() => openRawWriter(place.urls.owner)));
  const runs: string[] = [];
  for (const index of writers) runs.push((await work.launch(`Appended to by writer ${index + 1}`)).runId);
  const batches = Array.from({ length: 16 }, (_, seed) => outputEvents(seed, BATCH));
  let drawn = 0;
  const next = () => batches[drawn++ % batches.length] ?? [];
  const ours = (writer: number) => appendBatch(place.scope, runs[writer] ?? "", next());
  const plain = async (writer: number) => raw[writer]?.append(runs[writer] ?? "", next());
  const all = (append: (writer: number) => Promise<unknown>) => () =>
    timed(() =>
      Promise.all(
        writers.map(async (writer) => {
          for (let turn = 0; turn < TURN; turn++) await append(writer);
        }),
      ),
    );
  try {
    const alone = await interleave(
      { ours: () => timed(() => ours(0)), floor: () => timed(() => plain(0)) },
      rounds.alone,
    );
    const together = await interleave({ ours: all(ours), floor: all(plain) }, rounds.together);
    const figure = (name: string, rows: number, samples: Record<"ours" | "floor", number[]>): Figure => ({
      name: `Append, ${name}, ${of}`,
      unit: "rows/s",
      ours: (rows * 1000) / quantile(samples.ours, 0.5),
      floor: (rows * 1000) / quantile(samples.floor, 0.5),
      goal: atLeast(SHARE, "ratio"),
    });
    return [figure("1 writer", BATCH, alone), figure(`${WRITERS} writers`, BATCH * TURN * WRITERS, together)];
  } finally {
    await owner.query("drop table bench_raw");
    await owner.end();
    await Promise.all(raw.map((writer) => writer.close()));
  }
}
