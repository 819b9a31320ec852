// npm run bench:gateway -- [--rounds N]
// What the gateway costs on the way to a model, with everything on: signature and token checked, allow-list, outbound
// policy, budgets, and the intent and the final record durable. Beside it, in turns: the provider itself, a bare proxy,
// and Portkey's gateway as npm has it. Exit code 1: a goal was missed.
import { chmod, mkdir } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SECOND } from "#lib/clock.ts";
import { interleave } from "../interleave.ts";
import { atLeast, atMost, type Figure, figuresText, missedFigures } from "../log/figures.ts";
import { openPlane } from "../place/plane.ts";
import { arrangeBench } from "../place/work.ts";
import { quantile } from "../stats.ts";
import { arrangeRuns } from "./arrange.ts";
import { type Commits, openCommits } from "./commits.ts";
import {
  type Asker,
  askerOf,
  CONTESTANTS,
  type Contestant,
  headersFor,
  type StreamPlan,
} from "./contestants.ts";
import { type Served, startGateway, startPortkey, startServer } from "./processes.ts";

type Askers = Readonly<Record<Contestant, Asker>>;

const say = (text: string) => process.stderr.write(`${text}\n`);
const STREAM: StreamPlan = { pieces: 20, pause: 0 };
const CONNECTIONS = 10;
const SLICE = 2 * SECOND;
const SLICES = 4;

const later = (samples: readonly number[], base: readonly number[], share: number) =>
  quantile(samples, share) - quantile(base, share);

const row = (name: string, ours: number, floor: number | null, goal: Figure["goal"]): Figure => ({
  ...{ name, unit: "ms", ours, floor, goal },
});

async function latency(askers: Askers, rounds: number, commits: Commits): Promise<Figure[]> {
  const total = (name: Contestant) => async () => (await askers[name].ask()).total;
  const { direct, thin, portkey, ours, commit } = await interleave(
    {
      ...{ direct: total("direct"), thin: total("thin"), portkey: total("portkey"), ours: total("ours") },
      commit: commits.once,
    },
    { rounds, warmUp: 50 },
  );
  const added = (samples: readonly number[], share: number) => later(samples, direct, share);
  return [
    row("added to an answer, p50 (floor: Portkey)", added(ours, 0.5), added(portkey, 0.5), atMost(3, "ours")),
    row(
      "added to an answer, p99 (floor: Portkey)",
      added(ours, 0.99),
      added(portkey, 0.99),
      atMost(1, "ratio"),
    ),
    row("added, p50 (floor: two commits of a row)", added(ours, 0.5), 2 * quantile(commit, 0.5), null),
    row("added, p99 (floor: two commits of a row)", added(ours, 0.99), 2 * quantile(commit, 0.99), null),
    row("added to an answer, p50 (floor: bare proxy)", added(ours, 0.5), added(thin, 0.5), null),
    row("an answer, p50 (floor: the provider itself)", quantile(ours, 0.5), quantile(direct, 0.5), null),
  ];
}

/** Without Portkey: 1.15.2 answers every stream with 500 on this Node ("TypeError: immutable"). */
async function firstBytes(askers: Askers, rounds: number, commits: Commits): Promise<Figure[]> {
  const first = (name: Contestant) => async () => (await askers[name].ask(STREAM)).firstByte;
  const { direct, thin, ours, commit } = await interleave(
    { direct: first("direct"), thin: first("thin"), ours: first("ours"), commit: commits.once },
    { rounds, warmUp: 50 },
  );
  const [own, bare] = [later(ours, direct, 0.5), later(thin, direct, 0.5)];
  return [
    row("a stream's first byte later, p50 (floor: bare proxy)", own, bare, atMost(1, "ours")),
    row("a stream's first byte later, p50 (floor: a commit of a row)", own, quantile(commit, 0.5), null),
  ];
}

/** Requests a second over several connections. */
async function rate(asker: Asker, milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds;
  let count = 0;
  const connection = async () => {
    while (performance.now() < until) {
      await asker.ask();
      count++;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return count / ((performance.now() - began) / SECOND);
}

async function throughput(askers: Askers, gateway: Served): Promise<Figure[]> {
  let [spent, calls] = [0, 0];
  const rates = Object.fromEntries(CONTESTANTS.map((name) => [name, [] as number[]])) as Record<
    Contestant,
    number[]
  >;
  for (let slice = 0; slice <= SLICES; slice++) {
    for (const name of CONTESTANTS) {
      const before = gateway.processorTime();
      const value = await rate(askers[name], SLICE);
      if (slice === 0) continue; // the first slice warms up
      rates[name].push(value);
      if (name !== "ours") continue;
      spent += gateway.processorTime() - before;
      calls += value * (SLICE / SECOND);
    }
  }
  const middle = (name: Contestant) => quantile(rates[name], 0.5);
  return [
    {
      name: `requests over ${CONNECTIONS} connections (floor: Portkey)`,
      unit: "rows/s",
      ours: middle("ours"),
      floor: middle("portkey"),
      goal: atLeast(2, "ratio"),
    },
    {
      name: `requests over ${CONNECTIONS} connections (floor: bare proxy)`,
      unit: "rows/s",
      ours: middle("ours"),
      floor: middle("thin"),
      goal: null,
    },
    row("processor time of the gateway for a call, then", spent / calls, null, null),
  ];
}

async function sameBytes(askers: Askers): Promise<Figure> {
  let same = 0;
  for (const plan of [undefined, STREAM]) {
    const direct = (await askers.direct.ask(plan)).sha256;
    if ((await askers.ours.ask(plan)).sha256 === direct) same++;
  }
  return {
    name: "answers whose SHA-256 is the provider's, of 2",
    unit: "×",
    ours: same,
    floor: null,
    goal: atLeast(2, "ours"),
  };
}

const STREAMS = 200;

/** Streams at a time, again and again: memory after the first waves and after the last one. */
async function memory(askers: readonly Asker[], gateway: Served, waves: number): Promise<Figure[]> {
  const plan: StreamPlan = { pieces: 20, pause: 25 };
  const wave = () =>
    Promise.all(Array.from({ length: STREAMS }, (_, at) => askers[at % askers.length]?.ask(plan)));
  const warm = Math.max(2, Math.ceil(waves / 4));
  for (let n = 0; n < warm; n++) await wave();
  const before = gateway.memory();
  for (let n = warm; n < waves; n++) await wave();
  const name = `memory after ${waves * STREAMS} streams, ${STREAMS} at a time (floor: after ${warm * STREAMS})`;
  return [{ name, unit: "MB", ours: gateway.memory(), floor: before, goal: atMost(1.5, "ratio") }];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "500" }, waves: { type: "string", default: "50" } },
  });
  const load = loadavg();
  const plane = await openPlane();
  const running: Served[] = [];
  const keep = <T extends Served>(one: T): T => {
    running.push(one);
    return one;
  };
  try {
    const folder = join(plane.folder, "gateway");
    await mkdir(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
    const provider = keep(await startServer("provider.ts"));
    const thin = keep(await startServer("thin-proxy.ts", String(provider.port)));
    const gateway = keep(await startGateway(plane.urls.gateway, folder));
    const portkey = keep(await startPortkey());
    const work = await arrangeBench(plane);
    const signers = await arrangeRuns(work, `http://127.0.0.1:${provider.port}/v1`, 4);
    const ports: Record<Contestant, number> = {
      ...{ direct: provider.port, thin: thin.port, portkey: portkey.port, ours: gateway.port },
    };
    const [first] = signers;
    if (!first) throw new Error("There is no run.");
    const asker = (name: Contestant, signer = first) =>
      askerOf(ports[name], headersFor(name, provider.port, signer));
    const askers = Object.fromEntries(CONTESTANTS.map((name) => [name, asker(name)])) as unknown as Askers;
    const commits = await openCommits(plane.urls.owner);
    say("arranged; the bytes first");
    const figures = [await sameBytes(askers)];
    figures.push(...(await latency(askers, Number(values.rounds), commits)));
    figures.push(...(await firstBytes(askers, Number(values.rounds), commits)));
    say("latency measured; throughput");
    figures.push(...(await throughput(askers, gateway)));
    await commits.close();
    say("throughput measured; memory");
    figures.push(
      ...(await memory(
        signers.map((signer) => asker("ours", signer)),
        gateway,
        Number(values.waves),
      )),
    );
    const facts = [
      `${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`,
      `load before: ${load.map((value) => value.toFixed(1)).join(" ")}; after: ${loadavg()
        .map((value) => value.toFixed(1))
        .join(" ")}`,
    ];
    console.log(figuresText(facts, figures));
    const missed = missedFigures(figures);
    if (missed.length > 0) console.log(`\nMissed: ${missed.join("; ")}.`);
    return missed.length > 0 ? 1 : 0;
  } finally {
    for (const one of running.reverse()) await one.stop();
    await plane.close();
  }
}

process.exitCode = await main();
