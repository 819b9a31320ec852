// How far the signed checkpoint is behind: from an entry's own time to the first checkpoint seen that covers it.
import pg from "pg";
import { systemClock } from "#lib/clock.ts";
import { spreadOf } from "../stats.ts";
import { atMost, type Figure } from "./figures.ts";
import { type RunningNotary, readPublished } from "./notary.ts";
import type { LogPlace } from "./place.ts";

export interface Seen {
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Leaf {
  readonly index: number;
  readonly at: number;
}

/** Both ascending. Milliseconds per entry; throws where no checkpoint covers one, and where leaves are in another order. */
export function lagsOf(leaves: readonly Leaf[], seen: readonly Seen[]): number[] {
  let next = 0;
  let before = -1;
  return leaves.map(({ index, at }) => {
    if (index <= before) throw new Error(`Entry ${index} was given after entry ${before}.`);
    before = index;
    while (next < seen.length && (seen[next]?.size ?? 0) <= index) next += 1;
    const covering = seen[next];
    if (!covering) throw new Error(`No checkpoint that was seen covers entry ${index}.`);
    return covering.at - at;
  });
}

const LOOK_EVERY = 10;

export interface Watch {
  /** Waits for the last entry's checkpoint, and judges all since the start. */
  finish(of: string): Promise<Figure[]>;
  abandon(): Promise<void>;
}

export async function watchLag(place: LogPlace, notary: RunningNotary): Promise<Watch> {
  const client = new pg.Client({ connectionString: place.urls.owner });
  await client.connect();
  const from = (await readPublished(notary.folders))?.size ?? 0;
  const seen: Seen[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const published = await readPublished(notary.folders);
      if (published && published.size > (seen.at(-1)?.size ?? 0))
        seen.push({ size: published.size, at: systemClock.now() });
      await systemClock.sleep(LOOK_EVERY, over.signal).catch(() => undefined); // the watch is over
    }
  })();
  const abandon = async () => {
    over.abort();
    await watching;
    await client.end();
  };
  return {
    abandon,
    async finish(of) {
      try {
        const {
          rows: [newest],
        } = await client.query<{ count: string }>("select count(*) as count from log_entry where seq > $1", [
          from,
        ]);
        await notary.untilSigned(from + Number(newest?.count));
        await systemClock.sleep(LOOK_EVERY * 5);
        // Ordered by the column: "order by index" alone would order the text, 1000000 before 999999.
        const { rows } = await client.query<{ index: string; at: Date }>(
          "select l.index::text, l.at from log_leaf l where l.index >= $1 order by l.index",
          [from],
        );
        const leaves = rows.map(({ index, at }) => ({ index: Number(index), at: at.getTime() }));
        const lags = lagsOf(leaves, seen);
        const { p50, p99 } = spreadOf(lags);
        const name = (what: string) => `Checkpoint behind the entry, ${what}, ${of}`;
        return [
          { name: name("p50"), unit: "ms", ours: p50, floor: null, goal: null },
          { name: name("p99"), unit: "ms", ours: p99, floor: null, goal: null },
          { name: name("max"), unit: "ms", ours: Math.max(...lags), floor: null, goal: atMost(1000, "ours") },
        ];
      } finally {
        await abandon();
      }
    },
  };
}
