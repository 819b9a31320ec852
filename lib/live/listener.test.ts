import pino from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createLogger } from "#lib/logger.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { type Listener, startListener } from "./listener.ts";

const database = await testDatabase("web");
const log = createLogger("test", pino.destination("/dev/null"));
let listener: Listener;

beforeAll(async () => {
  listener = startListener({ connectionString: database.urls.web, log });
  await listener.ready();
});
afterAll(() => listener.close());

const say = (channel: string, payload: string) =>
  database.owner.query("select pg_notify($1, $2)", [channel, payload]);

async function backends(): Promise<number[]> {
  const { rows } = await database.owner.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'pilothouse live' and datname = current_database()",
  );
  return rows.map(({ pid }) => pid);
}

describe("the live connection", () => {
  test("wakes who waits for this payload, and who waits for all of them", async () => {
    const [mine, other, all, otherChannel] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
    const stops = [
      listener.subscribe("run_changed", "run_1", mine),
      listener.subscribe("run_changed", "run_2", other),
      listener.subscribe("run_changed", null, all),
      listener.subscribe("work_waiting", null, otherChannel),
    ];
    await say("run_changed", "run_1");
    await expect.poll(() => all.mock.calls.length).toBe(1);
    expect(mine).toHaveBeenCalledOnce();
    expect(other).not.toHaveBeenCalled();
    expect(otherChannel).not.toHaveBeenCalled();
    for (const stop of stops) stop();
  });

  test("who unsubscribed is not woken again", async () => {
    const [gone, stays] = [vi.fn(), vi.fn()];
    listener.subscribe("work_waiting", null, gone)();
    const stop = listener.subscribe("work_waiting", "", stays);
    await say("work_waiting", "");
    await expect.poll(() => stays.mock.calls.length).toBe(1);
    expect(gone).not.toHaveBeenCalled();
    stop();
  });

  test("is one connection, however many wait", async () => {
    const stops = Array.from({ length: 50 }, (_, i) =>
      listener.subscribe("run_changed", `run_${i}`, () => undefined),
    );
    expect(await backends()).toHaveLength(1);
    for (const stop of stops) stop();
  });

  test("comes back after it was cut, wakes everybody, and hears again", async () => {
    const woken = vi.fn();
    const stop = listener.subscribe("session_revoked", "ses_1", woken);
    const [before] = await backends();
    // The web role ends its own backend: the test's owner may not.
    const own = await import("pg").then(
      ({ default: pg }) => new pg.Client({ connectionString: database.urls.web }),
    );
    await own.connect();
    await own.query("select pg_terminate_backend($1)", [before]);
    await own.end();
    await expect.poll(() => woken.mock.calls.length, { timeout: 10_000 }).toBe(1);
    expect(await backends()).not.toContain(before);
    await say("session_revoked", "ses_1");
    await expect.poll(() => woken.mock.calls.length).toBe(2);
    stop();
  });

  test("keeps trying while there is no database, and ends when it is told to", async () => {
    const waits: number[] = [];
    const clock = { now: () => 0, sleep: async (milliseconds: number) => void waits.push(milliseconds) };
    const lost = startListener({ connectionString: "postgres://nobody@127.0.0.1:1/none", log, clock });
    await expect.poll(() => waits.length).toBeGreaterThan(8);
    await lost.close();
    expect(waits.slice(0, 8)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });
});
