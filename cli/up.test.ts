// The launcher with real processes, a real Postgres and a checkout whose programs do as little as they can.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { choosePort } from "#lib/postgres/port.ts";
import { identitiesFor, isRoot } from "./identities.ts";
import { layoutAt } from "./layout.ts";
import { createProgress } from "./progress.ts";
import type { Deployment } from "./settings.ts";
import { isSameProcess } from "./supervisor/processes.ts";
import { readRunning } from "./supervisor/records.ts";
import { up } from "./up.ts";

const LINK = "http://localhost/link/once";

/** Stand-ins for the programs of a checkout; what each was told goes to its log. */
const PROGRAMS: Record<string, string> = {
  "package.json": '{"type":"module"}',
  "node_modules/next/package.json": '{"type":"commonjs"}',
  "node_modules/next/dist/bin/next": `
    const [, , verb, , port] = process.argv;
    if (verb === "build") require("node:fs").mkdirSync(".next", { recursive: true });
    if (verb === "build") require("node:fs").writeFileSync(".next/BUILD_ID", "1");
    else require("node:http").createServer((_, answer) => answer.end("page")).listen(Number(port), "127.0.0.1");`,
  "scripts/prisma.ts": `
    const { mkdirSync, writeFileSync } = await import("node:fs");
    mkdirSync("generated/prisma", { recursive: true });
    writeFileSync("generated/prisma/client.ts", "");`,
  "prisma/seed.ts": `
    const anew = process.argv.flatMap((word, index) => (word === "--new" ? [process.argv[index + 1]] : []));
    const enrolments = anew.map((name) => ({ name, token: "token of " + name }));
    console.log(JSON.stringify({ links: [{ role: "engineering_lead", url: "${LINK}" }], enrolments }));`,
  "worker/main.ts": `console.log(process.env.DATABASE_URL?.split(":")[1]); setInterval(() => {}, 1000);`,
  "notary/main.ts": `console.log(process.env.DATABASE_URL?.split(":")[1], process.env.PILOTHOUSE_NOTARY);
    setInterval(() => {}, 1000);`,
  "gateway/main.ts": `console.log(process.env.DATABASE_URL?.split(":")[1], process.env.PILOTHOUSE_GATEWAY);
    setInterval(() => {}, 1000);`,
  "runner/main.ts": `console.log(process.env.PILOTHOUSE_RUNNER_NAME); setInterval(() => {}, 1000);`,
};

let folder: string;
let deployment: Deployment;
let said: string;
let stop: AbortController;
let running: Promise<void>;

const progress = () => createProgress(systemClock, (text) => (said += text), false);

const start = () => up({ deployment, databaseUrl: undefined, progress: progress(), stop: stop.signal });

const children = async () => (await readRunning(deployment.layout.state))?.children ?? [];

async function isReady(): Promise<void> {
  await expect.poll(() => said, { timeout: 30_000 }).toContain("Pilothouse is running at");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pilothouse-up-"));
  await chmod(folder, 0o755);
  for (const [path, content] of Object.entries(PROGRAMS)) {
    await mkdir(dirname(join(folder, "checkout", path)), { recursive: true });
    await writeFile(join(folder, "checkout", path), content);
  }
  const port = await choosePort(43_900);
  const url = `http://localhost:${port}`;
  const layout = layoutAt(join(folder, "data"));
  const who = identitiesFor(isRoot());
  deployment = {
    root: join(folder, "checkout"),
    layout,
    who,
    port,
    gatewayPort: await choosePort(44_900),
    url,
    mode: "up",
    demo: false,
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(() => {
  said = "";
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await running?.catch(() => undefined);
});

describe("up", () => {
  test("builds, starts everything, says where, and stops everything when asked", async () => {
    running = start();
    await isReady();
    expect(said).toContain(`engineering lead: ${LINK}`);
    expect(said).toMatch(/Postgres started[\s\S]*Database migrated \(\d+ new\)[\s\S]*Pages built/);
    expect(await (await fetch(deployment.url.replace("localhost", "127.0.0.1"))).text()).toBe("page");
    const started = await children();
    expect(started.map(({ name }) => name)).toEqual([
      "web",
      "worker",
      "notary",
      "gateway",
      "runner-local-1",
      "runner-local-2",
    ]);
    const log = (name: string) => readFile(join(deployment.layout.logs, `${name}.log`), "utf8");
    await expect.poll(() => log("worker")).toBe("//ph_worker\n");
    await expect.poll(() => log("notary")).toBe(`//ph_notary ${deployment.layout.notary}\n`);
    await expect.poll(() => log("gateway")).toBe(`//ph_gateway ${deployment.layout.gateway}\n`);
    await expect.poll(() => log("runner-local-2")).toBe("local-2\n");
    expect(await readFile(join(deployment.layout.runners, "local-1.enrolment"), "utf8")).toBe(
      "token of local-1\n",
    );
    stop.abort();
    await running;
    expect(started.filter(isSameProcess)).toEqual([]);
    expect(await readRunning(deployment.layout.state)).toBeNull();
  });

  test("does nothing twice: what is current is not made again, what runs is not started again", async () => {
    running = start();
    await isReady();
    expect(said).toMatch(/Database is current[\s\S]*Database client is current[\s\S]*Pages are current/);
    said = "";
    await start();
    expect(said).toMatch(
      /is running already at http:\/\/localhost:\d+ \(process \d+\)\. Nothing was started\.\n$/,
    );
  });

  test("brings back a child that was killed, and says so", async () => {
    running = start();
    await isReady();
    const worker = (await children()).find(({ name }) => name === "worker");
    process.kill(worker?.pid ?? 0, "SIGKILL");
    await expect.poll(() => said).toContain("worker was ended by SIGKILL; it starts again in 0.25 s");
    const pid = async () => (await children()).find(({ name }) => name === "worker")?.pid ?? worker?.pid;
    await expect.poll(pid).not.toBe(worker?.pid);
  });

  test("after a launcher that was killed: ends its children, adopts its Postgres, starts anew", async () => {
    const script = `
      const { up } = await import(${JSON.stringify(new URL("./up.ts", import.meta.url).href)});
      const { createProgress } = await import(${JSON.stringify(new URL("./progress.ts", import.meta.url).href)});
      const clock = { now: () => Date.now() };
      const progress = createProgress(clock, (text) => process.stdout.write(text), false);
      await up({ deployment: ${JSON.stringify(deployment)}, progress, stop: new AbortController().signal });`;
    const launcher = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    launcher.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    await isReady();
    const orphans = await children();
    launcher.kill("SIGKILL");
    await once(launcher, "exit");
    expect(orphans.filter(isSameProcess)).toHaveLength(6);
    said = "";
    running = start();
    await isReady();
    expect(said).toContain("left behind: web, worker, notary, gateway, runner-local-1, runner-local-2");
    expect(said).toContain("Postgres was running already");
    expect(orphans.filter(isSameProcess)).toEqual([]);
  });

  test("shows why where the pages keep dying, and leaves nothing running", async () => {
    const next = join(deployment.root, "node_modules/next/dist/bin/next");
    await cp(next, `${next}.kept`);
    await writeFile(next, "console.error('no pages today'); process.exit(1)");
    running = start();
    await expect(running).rejects.toThrow("The pages do not start; the lines above say why.");
    await cp(`${next}.kept`, next);
    expect(said).toMatch(/web ended with code 1; it starts again in 0.25 s[\s\S]*no pages today/);
    expect(await children()).toEqual([]);
  });

  test("ends a build when asked to stop in the middle of it, and its Postgres too", async () => {
    const next = join(deployment.root, "node_modules/next/dist/bin/next");
    await cp(next, `${next}.kept`);
    await writeFile(next, "setInterval(() => {}, 1000)");
    await mkdir(join(deployment.root, "app"));
    await writeFile(join(deployment.root, "app/page.tsx"), "changed");
    running = start();
    await expect.poll(() => said, { timeout: 30_000 }).toContain("Database client is current");
    stop.abort();
    await running;
    await cp(`${next}.kept`, next);
    await rm(join(deployment.root, "app"), { recursive: true });
    expect(said).toContain("Stopped before everything was up.");
    await expect(readFile(join(deployment.layout.postgres, "data/postmaster.pid"))).rejects.toThrow(/ENOENT/);
  });

  test("stops before it starts anything where the host lacks something", async () => {
    deployment = { ...deployment, port: 1 };
    const taken = { ...deployment, layout: layoutAt("/etc/passwd/data") };
    const starting = up({
      deployment: taken,
      databaseUrl: undefined,
      progress: progress(),
      stop: stop.signal,
    });
    await expect(starting).rejects.toThrow(/\/etc\/passwd is a file/);
    expect(said).toBe("  ✗ Checking this host\n");
  });
});
