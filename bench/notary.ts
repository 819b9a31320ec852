// What a round of the notary costs, on a Postgres that writes as the product's does: node bench/notary.ts
// Entries of about 300 bytes. It starts what it needs, in a temporary folder, and stops all of it.
import { mkdir } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { SECOND, systemClock } from "#lib/clock.ts";
import { createLogger } from "#lib/logger.ts";
import { createAlarms } from "#notary/alarms.ts";
import { realDisk } from "#notary/disk.ts";
import { connectNotary } from "#notary/lead.ts";
import { createNotary, type Notary, type Step } from "#notary/tick.ts";
import { openPlane } from "./place/plane.ts";
import { spreadOf } from "./stats.ts";

const BODY = "convert_to(rpad('{\"id\":\"' || n || '\",\"v\":2', 300, 'x'), 'UTF8')";

async function appendMany(client: pg.ClientBase, name: string, count: number): Promise<void> {
  await client.query(
    `insert into log_entry (id, kind, about, body)
     select 'ent_' || $1 || n, 'test', '{}', ${BODY} from generate_series(1, $2::int) n`,
    [name, count],
  );
}

interface Place {
  readonly owner: pg.Client;
  readonly notary: Notary;
  readonly steps: { step: Step; at: number }[];
}

/** Rounds until everything is signed; returns the milliseconds that numbering took, and the longest round. */
async function untilSigned({ notary, steps }: Place): Promise<{ numbering: number; longest: number }> {
  let numbering = 0;
  let longest = 0;
  for (;;) {
    steps.length = 0;
    const began = performance.now();
    const { isBehind, signed } = await notary.tick();
    numbering += (steps[0]?.at ?? began) - began;
    longest = Math.max(longest, performance.now() - began);
    if (!isBehind && signed) return { numbering, longest };
  }
}

/** A backlog, as after an hour without a notary. */
async function backlog(place: Place, count: number): Promise<void> {
  await appendMany(place.owner, `b${count}_`, count);
  const began = performance.now();
  const took = await untilSigned(place);
  const all = (performance.now() - began) / SECOND;
  const numbering = took.numbering / SECOND;
  const rate = (seconds: number) => Math.round(count / seconds).toLocaleString("en");
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `backlog of ${count}: ${rate(all)} entries/s to the checkpoint; numbering alone ${rate(numbering)}/s, ` +
      `tiles, state and signature ${rate(all - numbering)}/s; ` +
      `longest round ${Math.round(took.longest)} ms; resident ${memory} MB`,
  );
}

/** Single entries at a fixed rate, each in a transaction of its own, rounds as the process does them. */
async function steady(place: Place, url: string, perSecond: number, seconds: number): Promise<void> {
  const writer = new pg.Client({ connectionString: url });
  await writer.connect();
  const due = performance.now();
  const written: number[] = [];
  const lags: number[] = [];
  const rounds: number[] = [];
  let size = (await place.notary.tick()).signed?.size ?? 0;
  let signed = size;
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; n < perSecond * seconds; n++) {
      await systemClock.sleep(Math.max(0, due + (n * SECOND) / perSecond - performance.now()));
      await appendMany(writer, `s${perSecond}_${n}_`, 1);
      written.push(performance.now());
    }
    isOver = true;
  })();
  while (!isOver || signed < size + written.length) {
    const began = performance.now();
    const round = await place.notary.tick();
    const now = performance.now();
    if (round.numbered > 0) rounds.push(now - began);
    for (const next = round.signed?.size ?? signed; signed < next; signed++)
      lags.push(now - (written[signed - size] ?? now));
    await systemClock.sleep(100);
  }
  await writing;
  await writer.end();
  size = signed;
  const lag = spreadOf(lags);
  const round = spreadOf(rounds);
  console.log(
    `${perSecond} entries/s: round p50 ${round.p50.toFixed(1)} ms, p99 ${round.p99.toFixed(1)} ms; ` +
      `commit to checkpoint p50 ${lag.p50.toFixed(0)} ms, p99 ${lag.p99.toFixed(0)} ms (${lag.count} entries)`,
  );
}

async function idle({ notary }: Place, rounds: number): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const began = performance.now();
    await notary.tick();
    times.push(performance.now() - began);
  }
  const { p50, p99 } = spreadOf(times);
  console.log(`idle round: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
}

async function measure(place: Place, url: string): Promise<void> {
  for (const count of [1_000, 10_000, 100_000, 500_000]) await backlog(place, count);
  await place.owner.query("analyze log_entry; analyze log_leaf");
  await idle(place, 200);
  for (const perSecond of [10, 100, 500]) await steady(place, url, perSecond, 10);
  const long = new pg.Client({ connectionString: url });
  await long.connect();
  await long.query("begin");
  await appendMany(long, "long", 1);
  console.log("with a transaction open that wrote an entry:");
  await steady(place, url, 101, 10);
  await long.query("commit");
  await long.end();
}

async function main(): Promise<void> {
  const plane = await openPlane();
  const folders = { log: join(plane.folder, "log"), own: join(plane.folder, "notary") };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
  const client = await connectNotary(plane.urls.notary, "bench");
  const owner = new pg.Client({ connectionString: plane.urls.owner });
  try {
    await owner.connect();
    const steps: Place["steps"] = [];
    const logger = createLogger("notary", { write: () => undefined });
    const alarms = createAlarms(client, logger);
    const at = (step: Step) => void steps.push({ step, at: performance.now() });
    const notary = createNotary({
      client,
      folders,
      given: {},
      disk: realDisk,
      clock: systemClock,
      logger,
      alarms,
      at,
    });
    await notary.tick();
    console.log(`${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)}`);
    await measure({ owner, notary, steps }, plane.urls.owner);
    console.log(`load average ${loadavg()[0]?.toFixed(1)} at the end`);
  } finally {
    await Promise.allSettled([client.end(), owner.end()]);
    await plane.close();
  }
}

await main();
