import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { testLog } from "#lib/testing/tlog/test-log.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { openCosigners } from "./keys.ts";
import { keepFork, originHash, readRecord } from "./records.ts";
import { openWitness } from "./witness.ts";

const ORIGIN = "log.example/1";
const log = testLog(ORIGIN);
const other = testLog("other.example/1");

let state = "";
let reports: string[] = [];

const open = async (...logs: readonly (typeof log)[]) =>
  openWitness({
    state,
    cosigners: await openCosigners(state, null),
    logs: logs.map(({ signer }) => signer),
    clock: systemClock,
    report: (line) => reports.push(line),
  });

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "witness-"));
  reports = [];
});
afterEach(() => rm(state, { recursive: true }));

describe("what a witness remembers", () => {
  test("is one file a log, for its owner alone, and nothing is left beside it", async () => {
    const witness = await open(log, other);
    for (const size of [1, 2, 3]) await witness.add(Buffer.from(await log.request(size - 1, size)));
    await witness.add(Buffer.from(await other.request(0, 9)));
    expect((await readdir(join(state, "logs"))).sort()).toEqual(
      [ORIGIN, "other.example/1"].map(originHash).sort(),
    );
    const folder = join(state, "logs", originHash(ORIGIN));
    expect(await readdir(folder)).toEqual(["checkpoint"]);
    expect((await stat(join(folder, "checkpoint"))).mode & 0o077).toBe(0);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect(await readRecord(state, ORIGIN, [])).toMatchObject({ origin: ORIGIN, size: 3, root: log.root(3) });
    expect(await readRecord(state, "third.example/1", [])).toBeNull();
  });

  test("is of the log, whichever of its keys signed: a new key goes on where the old one ended", async () => {
    const renewed = testLog(ORIGIN);
    await (await open(log)).add(Buffer.from(await log.request(0, 5)));
    const witness = await open(log, renewed);
    expect(await witness.add(Buffer.from(await renewed.request(5, 9)))).toMatchObject({ status: 200 });
    expect(await (await open(renewed)).add(Buffer.from(await log.request(9, 12)))).toMatchObject({
      status: 403,
    });
  });

  test("probe: written under other keys it is refused at the start", async () => {
    await (await open(log)).add(Buffer.from(await log.request(0, 5)));
    await rm(join(state, "keys"), { recursive: true });
    await rm(join(state, "name"));
    await expect(open(log)).rejects.toThrow("it lacks a cosignature of this witness");
  });
});

describe("a log that signs many trees of one size", () => {
  test("probe: is kept a hundred times, and does not fill the disk", async () => {
    const fork = (at: number) => ({ origin: ORIGIN, size: 5, root: leafHash(Buffer.from(`fork ${at}`)) });
    expect(await keepFork(state, fork(0), log.note(5))).toBe(true);
    expect(await keepFork(state, fork(0), "another note")).toBe(false);
    for (let at = 1; at < 110; at += 1) expect(await keepFork(state, fork(at), log.note(5))).toBe(at < 100);
    const folder = join(state, "logs", originHash(ORIGIN), "forks");
    const kept = await readdir(folder);
    expect(kept).toHaveLength(100);
    expect(await readFile(join(folder, `5-${fork(0).root.toString("hex")}`), "utf8")).toBe(log.note(5));
  });
});
