import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MINUTE } from "#lib/clock.ts";
import { AppError, refused } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import { until } from "#lib/testing/runner/parts.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { createSnapshots, type SnapshotSource } from "./snapshots.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "snapshots-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tree = (letter: string) => letter.repeat(40);
const source = (letter: string): SnapshotSource => ({
  native: "loop-1",
  turn: 1,
  take: async () => ({ tree: tree(letter), bytes: Buffer.from(letter) }),
});

function open(upload: (file: string) => Promise<string> = async () => "blb_1") {
  const events: NewEvent[] = [];
  const broken: unknown[] = [];
  const clock = testClock();
  const snapshots = createSnapshots({
    ...{ driver: "openai", folder, clock, upload },
    emit: async (event) => void events.push(event),
    onBroken: (error) => void broken.push(error),
  });
  return { snapshots, events, broken, clock };
}

describe("a snapshot", () => {
  test("is told once its bytes are with the plane, and stays on this host as long as it is the newest", async () => {
    const { snapshots, events } = open();
    await snapshots.take(source("a"), "turn");
    await snapshots.settled();
    const [told] = events;
    expect(told).toMatchObject({
      kind: "snapshot_taken",
      body: { blob: "blb_1", tree: tree("a"), why: "turn" },
    });
    const first = snapshots.latest()?.file ?? "";
    expect(readFileSync(first, "utf8")).toBe("a");
    await snapshots.take(source("b"), "turn");
    await snapshots.settled();
    expect(existsSync(first)).toBe(false);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("that comes while another one is on its way is the only one that follows", async () => {
    const gates: PromiseWithResolvers<string>[] = [];
    const { snapshots, events } = open(() => {
      const gate = Promise.withResolvers<string>();
      gates.push(gate);
      return gate.promise;
    });
    for (const letter of ["a", "b", "c"]) await snapshots.take(source(letter), "turn");
    gates[0]?.resolve("blb_a");
    await until(() => gates.length === 2);
    gates[1]?.resolve("blb_c");
    await snapshots.settled();
    expect(events.map(({ body }) => body)).toMatchObject([{ tree: tree("a") }, { tree: tree("c") }]);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("is made at an item's end once a minute has passed and the tree moved", async () => {
    const { snapshots, events, clock } = open();
    await snapshots.take(source("a"), "turn");
    await snapshots.afterItem(source("b"), tree("b"));
    clock.advance(MINUTE);
    await snapshots.afterItem(source("a"), tree("a"));
    await snapshots.settled();
    expect(events).toHaveLength(1);
    await snapshots.afterItem(source("b"), tree("b"));
    await snapshots.settled();
    expect(events[1]?.body).toMatchObject({ tree: tree("b"), why: "time" });
  });

  test("that cannot be made is said once, and the work goes on", async () => {
    const { snapshots, events, broken } = open();
    const none = { ...source("a"), take: () => Promise.reject(refused("It is too large.")) };
    await snapshots.take(none, "turn");
    await snapshots.take(none, "turn");
    expect(events).toEqual([
      { kind: "note", body: { text: "The session could not be kept: It is too large." } },
    ]);
    expect(snapshots.latest()).toBeNull();
    expect(broken).toEqual([]);
  });

  test("that the plane does not take is said too; a way that is broken ends the lease", async () => {
    const refusing = open(() => Promise.reject(refused("Too many.")));
    await refusing.snapshots.take(source("a"), "turn");
    await until(() => refusing.events.length === 1);
    expect(refusing.broken).toEqual([]);
    const gone = open(() => Promise.reject(new AppError("fenced", "The lease is over.")));
    await gone.snapshots.take(source("a"), "turn");
    await until(() => gone.broken.length === 1);
  });
});
