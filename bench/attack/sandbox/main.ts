// npm run attack:sandbox
// Tries to break out of the product's own sandbox, one attempt after the other, and says what stopped each; then what an
// agent would try, which the monitor must see as well, beside a control plane whose answers are timed. Exit code 1:
// something was not stopped, or not in the way it should have been, or was not seen.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { run } from "#lib/jail/run.ts";
import { spreadOf } from "../../stats.ts";
import { type Attempt, type Bait, shell, type Verdict, verdictOf } from "./attempt.ts";
import { exhaustionAttempts, stayingAttempts } from "./exhausting.ts";
import { privilegeAttempts, systemCallAttempts } from "./inward.ts";
import { fileAttempts, networkAttempts, processAttempts } from "./outward.ts";
import { type AttackedPlane, openAttackedPlane } from "./plane.ts";
import { triedByAgents } from "./tried.ts";

const SLOT = 171;

/** Answers everybody with the secret, and counts them. */
async function serve(
  secret: string,
  where: { host: string; port: number } | { path: string },
): Promise<{ server: Server; asked(): number }> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.on("error", () => undefined); // whoever asked left early
    socket.end(secret);
  });
  server.listen(where);
  await once(server, "listening");
  return { server, asked: () => count };
}

function layBait(folder: string, secret: string): Omit<Bait, "port" | "abstractSocket"> {
  const [openFolder, writable, secretFile] = ["open", "writable", "secret"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  for (const path of [openFolder, writable]) mkdirSync(path);
  chmodSync(openFolder, 0o777);
  writeFileSync(secretFile, secret, { mode: 0o644 });
  process.env.PILOTHOUSE_BENCH_SECRET = secret;
  const marker = `${80_000_000 + process.pid}.125`;
  return { secretFile, secret, openFolder, writable, pid: process.pid, marker };
}

async function tried(sandbox: Sandbox, attempt: Attempt, bait: Bait): Promise<Verdict> {
  try {
    const result = await run(sandbox, attempt.spec);
    return verdictOf(attempt.stopped, result, bait.secret, (await attempt.after?.()) ?? null);
  } catch (error) {
    return { stopped: false, what: `the sandbox broke: ${messageOf(error)}` };
  }
}

function print({ group, name }: Attempt, verdict: Verdict): void {
  const end = verdict.stopped ? `stopped: ${verdict.by}` : `ESCAPED: ${verdict.what}`;
  console.log(`${group.padEnd(16)}${name.padEnd(66)} ${end}`);
}

async function attackWith(sandbox: Sandbox, bait: Bait): Promise<{ tried: number; escaped: number }> {
  const attempts = [
    ...networkAttempts(bait),
    ...fileAttempts(bait),
    ...processAttempts(bait),
    ...privilegeAttempts(),
    ...systemCallAttempts(),
    ...exhaustionAttempts(),
    ...stayingAttempts(bait),
  ];
  let escaped = 0;
  for (const attempt of attempts) {
    const verdict = await tried(sandbox, attempt, bait);
    print(attempt, verdict);
    if (!verdict.stopped) escaped += 1;
  }
  return { tried: attempts.length, escaped };
}

/** What agents try: stopped as the rest, and told to the plane, whose monitor must open a finding for each. */
async function tryAsAgents(
  sandbox: Sandbox,
  bait: Bait,
  plane: AttackedPlane,
): Promise<{ tried: number; escaped: number; unseen: readonly string[] }> {
  const all = triedByAgents(bait.marker);
  let escaped = 0;
  for (const { name, line, stopped } of all) {
    const spec = shell(line, { seconds: 8 });
    const result = await run(sandbox, spec);
    const verdict = verdictOf(stopped, result, bait.secret, null);
    print({ group: "an agent's run", name, spec, stopped }, verdict);
    if (!verdict.stopped) escaped += 1;
    await plane.record(spec.command, result);
  }
  const found = await plane.found();
  const unseen = all.filter((each) => !each.found.some((rule) => found.has(rule))).map(({ name }) => name);
  return { tried: all.length, escaped, unseen };
}

const WARM_UP = 3000;
const QUIET = 8000;

/** How long the plane takes to answer in some times, in milliseconds. */
function answers(plane: AttackedPlane, ...times: readonly (readonly [from: number, to: number])[]) {
  const isIn = (at: number) => times.some(([from, to]) => at >= from && at < to);
  return spreadOf(plane.asked.filter(([at]) => isIn(at)).map(([, milliseconds]) => milliseconds));
}

const GOAL = 1.5;

/** Attacks between two quiet times, so that whatever else the machine does is in both. */
async function timed<T>(plane: AttackedPlane, work: () => Promise<T>): Promise<T> {
  await systemClock.sleep(WARM_UP);
  const began = systemClock.now();
  await systemClock.sleep(QUIET);
  const attacked = systemClock.now();
  const done = await work();
  const quiet = systemClock.now();
  await systemClock.sleep(QUIET);
  const idle = answers(plane, [began, attacked], [quiet, systemClock.now()]);
  const busy = answers(plane, [attacked, quiet]);
  const ratio = busy.p99 / idle.p99;
  console.log(
    `\nthe control plane meanwhile: p50 ${busy.p50.toFixed(1)} ms, p99 ${busy.p99.toFixed(1)} ms of ${busy.count} answers; ` +
      `idle before and after p50 ${idle.p50.toFixed(1)} ms, p99 ${idle.p99.toFixed(1)} ms of ${idle.count}: ` +
      `${ratio.toFixed(2)} × (goal ${GOAL}: ${ratio <= GOAL ? "met" : "missed"})`,
  );
  return done;
}

async function attackAll(
  sandbox: Sandbox,
  bait: Bait,
): Promise<{ tried: number; escaped: number; unseen: readonly string[] }> {
  const plane = await openAttackedPlane();
  try {
    return await timed(plane, async () => {
      const walls = await attackWith(sandbox, bait);
      const agents = await tryAsAgents(sandbox, bait, plane);
      return { ...agents, tried: walls.tried + agents.tried, escaped: walls.escaped + agents.escaped };
    });
  } finally {
    await plane.close();
  }
}

async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "pilothouse-attack-"));
  chmodSync(folder, 0o755);
  const secret = randomBytes(16).toString("hex");
  const abstractSocket = `pilothouse-attack-${process.pid}`;
  const tcp = await serve(secret, { host: "127.0.0.1", port: 0 });
  const unix = await serve(secret, { path: `\0${abstractSocket}` });
  try {
    const address = tcp.server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const bait: Bait = { ...layBait(folder, secret), port, abstractSocket };
    const sandbox = await createSandbox({ slot: SLOT, stateDirectory: join(folder, "state") });
    try {
      if (sandbox.uid !== null) chownSync(bait.writable, sandbox.uid, sandbox.uid);
      console.log(`tier ${sandbox.tier}${sandbox.missing.map((sentence) => `; ${sentence}`).join("")}\n`);
      const { tried: count, escaped, unseen } = await attackAll(sandbox, bait);
      const asked = tcp.asked() + unix.asked();
      const planted = readdirSync(bait.openFolder).length;
      console.log(
        `\n${count} attempts, ${escaped} escapes; the host's services were reached ${asked} times, ${planted} files were planted. ` +
          (unseen.length === 0
            ? "The monitor saw all an agent tried."
            : `Not seen by the monitor: ${unseen.join("; ")}.`),
      );
      return escaped + asked + planted + unseen.length > 0 ? 1 : 0;
    } finally {
      await sandbox.close();
    }
  } finally {
    tcp.server.close();
    unix.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
