import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { type ChildSpec, describeExit, lastLines, startChild } from "./child.ts";
import { isSameProcess, startTimeOf } from "./processes.ts";
import { clearRunning, endLeftovers, readRunning, writeRunning } from "./records.ts";
import { createSupervisor, type Death, type Supervisor } from "./supervisor.ts";

let folder: string;
let supervisor: Supervisor;
let deaths: Death[];
let changes: number;

/** Pauses are told, not waited for. */
const impatient = {
  ...systemClock,
  sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(1, signal),
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-supervisor-"));
  deaths = [];
  changes = 0;
  supervisor = createSupervisor({
    clock: impatient,
    onDeath: (death) => deaths.push(death),
    onChange: () => changes++,
    stopGrace: 300,
  });
});

afterEach(async () => {
  await supervisor.stop();
  await rm(folder, { recursive: true, force: true });
});

function child(name: string, script: string, change: Partial<ChildSpec> = {}): ChildSpec {
  const log = join(folder, `${name}.log`);
  const command = [process.execPath, "-e", script] as const;
  return { name, command: [...command], cwd: "/", env: {}, identity: null, log, ...change };
}

const SLEEP = "console.log('up'); setInterval(() => {}, 1000)";

const isUp = (name: string) => expect.poll(() => lastLines(join(folder, `${name}.log`), 1)).toEqual(["up"]);

describe("the supervisor", () => {
  test("restarts a child that crashes, with growing pauses, and tells each death", async () => {
    supervisor.start(child("crashing", "console.error('cannot go on'); process.exit(3)"));
    await expect.poll(() => deaths.length).toBeGreaterThanOrEqual(3);
    expect(deaths.slice(0, 3).map(({ exit, failures, pause }) => [exit.code, failures, pause])).toEqual([
      [3, 1, 250],
      [3, 2, 500],
      [3, 3, 1000],
    ]);
    expect(lastLines(join(folder, "crashing.log"), 2)).toEqual(["cannot go on", "cannot go on"]);
  });

  test("restarts a child that was killed, as a new process", async () => {
    supervisor.start(child("killed", SLEEP));
    await isUp("killed");
    const [first] = supervisor.children();
    process.kill(first?.pid ?? 0, "SIGKILL");
    await expect.poll(() => supervisor.children()[0]?.pid ?? first?.pid).not.toBe(first?.pid);
    expect(deaths[0]?.exit).toMatchObject({ code: null, signal: "SIGKILL" });
  });

  test("takes what a child started down with it", async () => {
    const script = `const c = require("node:child_process").spawn("sleep", ["60"]); console.log(c.pid); process.exit(1)`;
    supervisor.start(child("parent", script));
    await expect.poll(() => deaths.length).toBeGreaterThanOrEqual(1);
    const orphan = Number((await readFile(join(folder, "parent.log"), "utf8")).split("\n")[0]);
    await expect.poll(() => startTimeOf(orphan)).toBeNull();
  });

  test("goes on with the others where a program does not exist", async () => {
    supervisor.start(child("absent", "", { command: ["/no/such/program"] }));
    supervisor.start(child("present", SLEEP));
    await isUp("present");
    await expect.poll(() => deaths.length).toBeGreaterThanOrEqual(1);
    expect(changes).toBeGreaterThan(0);
    expect(describeExit(deaths[0]?.exit ?? { code: 0, signal: null })).toMatch(
      /could not be started .*ENOENT/,
    );
  });

  test("stops everything in order, kills what ignores it, and restarts nothing after", async () => {
    supervisor.start(child("polite", SLEEP));
    supervisor.start(child("deaf", `process.on("SIGTERM", () => {}); ${SLEEP}`));
    await isUp("polite");
    await isUp("deaf");
    const running = supervisor.children();
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(running.filter(isSameProcess)).toEqual([]);
    expect(supervisor.children()).toEqual([]);
    expect(deaths).toEqual([]);
  });

  test("gives a child its own environment and nothing of the launcher's", async () => {
    const script = "console.log(JSON.stringify(process.env))";
    supervisor.start(child("bare", script, { env: { PILOTHOUSE_URL: "http://localhost:1" } }));
    await expect.poll(() => lastLines(join(folder, "bare.log"), 1).length).toBe(1);
    const [line = "{}"] = lastLines(join(folder, "bare.log"), 1);
    expect(JSON.parse(line)).toEqual({ NODE_ENV: "production", PILOTHOUSE_URL: "http://localhost:1" });
  });
});

describe("what a killed launcher leaves behind", () => {
  const running = (pid: number, startTime: string) => ({
    pid: 1,
    url: "http://localhost:1",
    port: 1,
    children: [{ name: "web", pid, startTime }],
  });

  test("is ended by the next start", async () => {
    const orphan = startChild(child("web", SLEEP));
    await isUp("web");
    const pid = orphan.pid ?? 0;
    writeRunning(folder, running(pid, startTimeOf(pid) ?? ""));
    expect(await endLeftovers(folder, systemClock)).toEqual(["web"]);
    expect(describeExit(await orphan.exited)).toBe("was ended by SIGTERM");
    expect(await readRunning(folder)).toBeNull();
  });

  test("probe: is not confused with a process that was given the same pid since", async () => {
    writeRunning(folder, running(process.pid, "1"));
    expect(await endLeftovers(folder, systemClock)).toEqual([]);
    expect(startTimeOf(process.pid)).not.toBeNull();
  });

  test("is nothing where the record is missing or cut off", async () => {
    expect(await readRunning(folder)).toBeNull();
    writeRunning(folder, running(1, "1"));
    await rm(join(folder, "running.json"));
    expect(await endLeftovers(folder, systemClock)).toEqual([]);
    await clearRunning(folder);
  });
});
