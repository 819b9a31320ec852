// npm run attack:sandbox
// Tries to break out of the product's own sandbox, one attempt after the other, and says what stopped each; then what an
// agent would try, by agents in runs of the product, whose monitor must see each of it; all beside a control plane whose
// answers are timed by turns under attack and idle. Exit code 1: something was not stopped, or not in the way it should have
// been, or was not seen, or the plane's p99 under attack is above its goal; 2: the host is too unquiet to say the last.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import { messageOf } from "#lib/errors.ts";
import { type ClosableSandbox, createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { run } from "#lib/jail/run.ts";
import { createRandom } from "../random.ts";
import { judgeTried } from "./agent-runs.ts";
import { type Attempt, type Bait, type Verdict, verdictOf } from "./attempt.ts";
import { exhaustionAttempts, processesWith, stayingAttempts } from "./exhausting.ts";
import { privilegeAttempts, systemCallAttempts } from "./inward.ts";
import { fileAttempts, networkAttempts, processAttempts } from "./outward.ts";
import { judgePace, type Pace, type Round } from "./pace.ts";
import { type AttackedPlane, openAttackedPlane } from "./plane.ts";
import { GOAL, inRounds, sayPace, WARM_UP } from "./rounds.ts";
import { type Tried, triedByAgents } from "./tried.ts";

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

function print(group: string, name: string, verdict: Verdict): void {
  const end = verdict.stopped ? `stopped: ${verdict.by}` : `ESCAPED: ${verdict.what}`;
  console.log(`${group.padEnd(16)}${name.padEnd(66)} ${end}`);
}

const wallAttempts = (bait: Bait): Attempt[] => [
  ...networkAttempts(bait),
  ...fileAttempts(bait),
  ...processAttempts(bait),
  ...privilegeAttempts(),
  ...systemCallAttempts(),
  ...exhaustionAttempts(),
  ...stayingAttempts(bait),
];

interface Tally {
  tried: number;
  escaped: number;
  readonly unseen: string[];
}

/** Something to attack with, and what it came to. */
type Piece = (tally: Tally) => Promise<void>;

const wallPiece =
  (sandbox: Sandbox, bait: Bait, attempt: Attempt): Piece =>
  async (tally) => {
    const verdict = await tried(sandbox, attempt, bait);
    print(attempt.group, attempt.name, verdict);
    tally.tried += 1;
    if (!verdict.stopped) tally.escaped += 1;
  };

/** What agents try in a run: stopped as the rest, gone with the run, and each of it a finding of the run's. */
const runPiece =
  (plane: AttackedPlane, bait: Bait, all: readonly Tried[]): Piece =>
  async (tally) => {
    const run = await plane.attack(all);
    const found = await plane.found(run.runId);
    const left = await processesWith(bait.marker);
    for (const each of all) {
      const verdict = judgeTried(each, run, bait.secret);
      print("an agent's run", each.name, verdict);
      if (!verdict.stopped) tally.escaped += 1;
      if (!each.found.some((rule) => found.has(rule))) tally.unseen.push(each.name);
    }
    tally.tried += all.length;
    if (left === 0) return;
    print("an agent's run", "after the run", { stopped: false, what: `${left} processes stayed behind` });
    tally.escaped += 1;
  };

function agentPieces(plane: AttackedPlane, bait: Bait): Piece[] {
  const all = triedByAgents(bait.marker);
  const deadly = all.filter(({ isDeadly }) => isDeadly);
  // Beyond the time that a piece should take, but of one agent: what it tried before may help it.
  const together = all.filter(({ isDeadly }) => !isDeadly);
  return [together, ...deadly.map((each) => [each])].map((each) => runPiece(plane, bait, each));
}

/** How often the pieces that take all of something are had again while it is undecided. */
const MORE = 2;

async function attackAll(sandbox: ClosableSandbox, bait: Bait): Promise<{ tally: Tally; pace: Pace }> {
  const plane = await openAttackedPlane(sandbox);
  const tally: Tally = { tried: 0, escaped: 0, unseen: [] };
  const judge = (rounds: readonly Round[]) => judgePace(rounds, GOAL, createRandom(SLOT));
  try {
    await systemClock.sleep(WARM_UP);
    const walls = wallAttempts(bait).map((attempt) => wallPiece(sandbox, bait, attempt));
    const inTurns = (pieces: readonly Piece[]) =>
      inRounds(
        plane.asked,
        pieces.map((piece) => () => piece(tally)),
      );
    const rounds = await inTurns([...walls, ...agentPieces(plane, bait)]);
    let pace = judge(rounds);
    for (let more = 0; more < MORE && pace.verdict === "undecided"; more++) {
      sayPace(pace, rounds);
      const again = exhaustionAttempts().map((attempt) => wallPiece(sandbox, bait, attempt));
      rounds.push(...(await inTurns(again)));
      pace = judge(rounds);
    }
    sayPace(pace, rounds);
    return { tally, pace };
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
      const { tally, pace } = await attackAll(sandbox, bait);
      const { tried: count, escaped, unseen } = tally;
      const asked = tcp.asked() + unix.asked();
      const planted = readdirSync(bait.openFolder).length;
      console.log(
        `\n${count} attempts, ${escaped} escapes; the host's services were reached ${asked} times, ${planted} files were planted. ` +
          (unseen.length === 0
            ? "All that agents tried in their runs is a finding there."
            : `No finding of its run: ${unseen.join("; ")}.`),
      );
      if (escaped + asked + planted + unseen.length > 0 || pace.verdict === "missed") return 1;
      return pace.verdict === "undecided" ? 2 : 0;
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
