// The notary as processes: killed under load, two at once, without its database.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { openNote } from "#lib/tlog/note.ts";

interface Running {
  readonly child: ChildProcess;
  readonly exited: Promise<readonly [number | null, NodeJS.Signals | null]>;
  said(): string;
}

let scene: NotaryScene;
let running: Running[];

beforeEach(async () => {
  scene = await notaryScene();
  running = [];
});
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.map(({ exited }) => exited));
  await scene.end();
});

function start(own = scene.folders.own, more: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [new URL("./main.ts", import.meta.url).pathname], {
    env: {
      NODE_ENV: "production",
      DATABASE_URL: scene.database.urls.notary,
      PILOTHOUSE_NOTARY: own,
      PILOTHOUSE_LOG: scene.folders.log,
      ...more,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const exited = once(child, "close").then(([code, signal]) => [code, signal] as const);
  const one = { child, exited, said: () => said };
  running.push(one);
  return one;
}

const signedSize = async () => {
  const note = await readFile(join(scene.folders.log, "1/checkpoint"), "utf8").catch(() => null);
  return note === null ? -1 : parseCheckpoint(openNote(note).text).size;
};
const reaches = (size: number) => expect.poll(signedSize, { timeout: 20_000 }).toBe(size);

/** The leader's connections end, as when the database restarts. */
async function endConnections(): Promise<void> {
  const admin = new pg.Client({ connectionString: scene.database.urls.notary });
  await admin.connect();
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pilothouse notary'",
  );
  await admin.end();
}

describe("the process", () => {
  test("signs what is committed, and ends in order when asked to", async () => {
    const one = start();
    await reaches(0);
    await scene.append("one", "two");
    await reaches(2);
    one.child.kill("SIGTERM");
    expect(await one.exited).toEqual([0, null]);
    expect(one.said()).toMatch(/"vkeys":\["pilothouse\/[0-9a-f]{16}\/1\+[0-9a-f]{8}\+/);
    expect(one.said()).not.toMatch(/PRIVATE KEY/);
  });

  test("killed again and again while entries are written comes to one tree over all of them", async () => {
    let count = 0;
    let isWriting = true;
    const writing = (async () => {
      while (isWriting) {
        await scene.append(...Array.from({ length: 40 }, () => `entry ${count++}`));
        const mayGoOn = async () => !isWriting || count - (await signedSize()) < 400;
        await expect.poll(mayGoOn, { timeout: 30_000 }).toBe(true);
      }
    })();
    for (let kill = 0; kill < 5; kill++) {
      const one = start();
      const before = await signedSize();
      await expect.poll(signedSize, { timeout: 20_000, interval: 5 }).toBeGreaterThan(before);
      one.child.kill("SIGKILL");
      await one.exited;
    }
    isWriting = false;
    await writing;
    start();
    await reaches(count);
    expect(new Set(await scene.numbered()).size).toBe(count);
    const checkpoints = await scene.checkpoints();
    // A kill between the file and its row leaves the row out; the last one was not killed there.
    expect(checkpoints.at(-1)?.size).toBe(count);
    for (const { root, expected } of checkpoints) expect(root.equals(expected)).toBe(true);
    expect(await scene.alarms()).toEqual([]);
  });

  test("that comes second on this host waits, says so, and leads when the first one is gone", async () => {
    const first = start();
    await reaches(0);
    const second = start();
    await expect
      .poll(second.said, { timeout: 20_000 })
      .toMatch(/another notary leads on this host; this one waits/);
    first.child.kill("SIGKILL");
    await expect.poll(second.said, { timeout: 20_000 }).toMatch(/notary leads/);
    await scene.append("one");
    await reaches(1);
  });

  test("probe: with another folder but the same database waits too", async () => {
    start();
    await reaches(0);
    const other = start(join(scene.folders.own, "other"));
    await expect.poll(other.said, { timeout: 20_000 }).toMatch(/another notary leads in this database/);
  });

  test("probe: is not kept from leading by locks of another role", async () => {
    const web = new pg.Client({ connectionString: scene.database.urls.web });
    await web.connect();
    try {
      await web.query("begin");
      await web.query("lock table notary_alarm in access share mode");
      await expect(
        web.query("lock table notary_alarm in share update exclusive mode nowait"),
      ).rejects.toMatchObject({ code: "42501" });
      await web.query("rollback");
      await web.query("select pg_advisory_lock(7305801)");
      start();
      await scene.append("one");
      await reaches(1);
    } finally {
      await web.end();
    }
  });

  test("ends when its database connection does, and a new one goes on", async () => {
    const one = start();
    await reaches(0);
    await endConnections();
    expect(await one.exited).toEqual([1, null]);
    await scene.append("one");
    start();
    await reaches(1);
  });

  test("probe: with a key that others can read does not start", async () => {
    const file = join(scene.folders.own, "given.pem");
    await writeFile(file, "irrelevant");
    await chmod(file, 0o644);
    const one = start(undefined, { PILOTHOUSE_LOG_KEY_FILE: file });
    expect(await one.exited).toEqual([1, null]);
    expect(one.said()).toContain(`chmod 600 ${file}`);
    expect(await signedSize()).toBe(-1);
  });

  test("probe: with an environment that is not usable does not start", async () => {
    const one = start("relative");
    expect(await one.exited).toEqual([1, null]);
    expect(one.said()).toMatch(/PILOTHOUSE_NOTARY must be an absolute path/);
  });
});
