// What GitHub knows of a range of days, read page by page by the worker: all of it once, whatever comes between.
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { components } from "@octokit/openapi-types/types.d.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { z } from "zod";
import { DAY, HOUR, MINUTE, SECOND } from "#lib/clock.ts";
import { askHistory } from "#lib/deliveries/fetches/ask-history.ts";
import {
  DeploymentStatus,
  GitHubDeployment,
  GitHubPull,
  PullCommit,
  WorkflowRuns,
} from "#lib/deliveries/github/schema.ts";
import { listFetches, listImports } from "#lib/deliveries/views/service.ts";
import { createLogger } from "#lib/logger.ts";
import type { Scope } from "#lib/scope.ts";
import { member, readyRepository } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { connecting } from "#lib/testing/github/connected.ts";
import { historyServer, type ServedPull } from "#lib/testing/github/history-server.ts";
import { asProcess } from "#lib/testing/journey.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import type { Workplace } from "../workplace.ts";
import { fetchHistory } from "./fetch-history.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
const server = await historyServer();
const keys = join(tmpdir(), `pilothouse-history-${process.pid}`);
afterAll(() => rmSync(keys, { recursive: true, force: true }));
const connect = await connecting(database, seed, keys);
const env = { PILOTHOUSE_NOTICE_KEYS: keys, PILOTHOUSE_NOTICE_HOSTS: ["127.0.0.1"] };
const logger = createLogger("worker", { write: () => undefined });
let lead: Scope;
let repositoryId = "";

const day = (back: number) => new Date(Math.floor(clock.now() / DAY) * DAY - back * DAY);
const at = (back: number, hours = 0) => new Date(day(back).getTime() + hours * HOUR).toISOString();
const turn = () =>
  asProcess(database, "worker", () =>
    fetchHistory({ env, logger } as Pick<Workplace, "env" | "logger">, worker),
  );
const ask = (kind: "deployment" | "outside_change" | "outside_ci_run") =>
  askHistory(lead, { repositoryId, kinds: [kind], from: day(20), to: day(10) });
const last = async () => {
  const [fetch] = await listFetches(lead);
  if (!fetch) throw new Error("nothing was asked for");
  return fetch;
};
const rowsOf = async (table: string) =>
  (
    await database.owner.query(`select * from ${table} where repository_id = $1 order by external_id`, [
      repositoryId,
    ])
  ).rows;
const sha = (letter: string) => letter.repeat(40);

beforeAll(async () => {
  lead = await member(seed, "lea", "engineering_lead");
});
beforeEach(async () => {
  repositoryId = await readyRepository(seed);
  await connect({ repositoryId, address: server.address });
  clock.advance(SECOND);
  for (const list of [
    server.deployments,
    server.pulls,
    server.runs,
    server.asked,
    server.wanted,
    server.instead,
  ])
    list.length = 0;
  for (const name of Object.keys(server.headers)) delete server.headers[name];
});

test("what is read of GitHub's answers is in its published types", () => {
  type Schemas = components["schemas"];
  // Its numbers of 64 bits come as JSON has them; past 2^53 one is refused.
  type InJson<T> = Omit<T, "id"> & { readonly id: number };
  const reads = <T>(_: z.ZodType<unknown, T>) => ({ takes: <_Published extends T>() => true });
  expect([
    reads(GitHubDeployment).takes<InJson<Schemas["deployment"]>>(),
    reads(DeploymentStatus).takes<Schemas["deployment-status"]>(),
    reads(GitHubPull).takes<Schemas["pull-request-simple"]>(),
    reads(PullCommit).takes<Schemas["commit"]>(),
    reads(WorkflowRuns).takes<{ total_count: number; workflow_runs: InJson<Schemas["workflow-run"]>[] }>(),
  ]).not.toContain(false);
});

test("deployments are there with how they went; the next page begins where the last one ended", async () => {
  for (let number = 40; number > 0; number--) {
    server.deployments.push({
      id: number,
      sha: sha("d"),
      environment: "production",
      created_at: at(11, number / 10),
    });
    server.statuses.set(number, [
      { state: "inactive", created_at: at(1) },
      { state: number === 7 ? "failure" : "success", created_at: at(11, number / 10 + 1) },
      { state: "in_progress", created_at: at(11, number / 10) },
    ]);
  }
  server.deployments.push({ id: 99, sha: sha("d"), environment: "production", created_at: at(30) });
  await ask("deployment");
  await expect(ask("deployment")).rejects.toThrow(/being fetched already/);
  await turn();
  expect(await last()).toMatchObject({ state: "done", rowsTaken: 40, rowsPassedOver: 1, problem: null });
  const rows = await rowsOf("deployment");
  expect(rows).toHaveLength(40);
  expect(rows.find(({ external_id }) => external_id === "7")).toMatchObject({
    ...{ status: "failed", production: true, started_at: new Date(at(11, 0.7)) },
    finished_at: new Date(at(11, 1.7)),
  });
  expect(server.wanted[0]).toEqual({ deployments: "read", metadata: "read" });
  const { items } = await listImports(lead, { kind: "deployment" });
  expect(items[0]).toMatchObject({ way: "github", recordedByName: "lea" });
  const entries = await database.owner.query("select from log_entry where kind = 'import.recorded'");
  await ask("deployment");
  await turn();
  expect((await rowsOf("deployment")).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  const again = await database.owner.query("select from log_entry where kind = 'import.recorded'");
  expect(again.rowCount).toBe(entries.rowCount);
});

test("pull requests of people to the branch are there, with their first commit and what they take back", async () => {
  const pull = (number: number, part: Partial<ServedPull> = {}): ServedPull => ({
    ...{ number, created_at: at(15), updated_at: at(12), closed_at: at(12), merged_at: at(12) },
    ...{ merge_commit_sha: sha("e"), body: null, user: { login: "octocat", type: "User" } },
    ...{ head: { ref: "topic", sha: sha("f") }, base: { ref: "main" }, ...part },
  });
  server.pulls.push(
    pull(1),
    pull(2, { body: "Reverts octo/shop#1\n", merged_at: null, closed_at: null }),
    pull(3, { user: { login: "renovate[bot]", type: "Bot" } }),
    pull(4, { head: { ref: "pilothouse/mrg_1", sha: sha("f") } }),
    pull(5, { base: { ref: "release" } }),
    pull(6, { created_at: at(40), closed_at: at(39), merged_at: at(39) }),
    pull(7, { updated_at: at(30) }),
  );
  server.firstCommits.set(1, at(16));
  server.firstCommits.set(7, at(14));
  await ask("outside_change");
  await turn();
  const rows = await rowsOf("outside_change");
  expect(rows.map(({ external_id }) => external_id)).toEqual(["octo/shop#1", "octo/shop#2", "octo/shop#7"]);
  expect(rows[0]).toMatchObject({ merge_sha: sha("e"), first_commit_at: new Date(at(16)), reverts: null });
  expect(rows[2]).toMatchObject({ merge_sha: sha("e"), first_commit_at: null });
  expect(rows[1]).toMatchObject({ merge_sha: null, merged_at: null, reverts: "octo/shop#1" });
  expect(JSON.stringify(rows)).not.toContain("octocat");
  expect(await last()).toMatchObject({ state: "done", rowsTaken: 3, rowsPassedOver: 4 });
});

test("runs of the branch are there day by day, each attempt by itself, and none of a pull request", async () => {
  const run = {
    run_attempt: 1,
    name: "ci",
    path: ".github/workflows/ci.yml",
    event: "push",
    head_branch: "main",
  };
  const times = { created_at: at(15), run_started_at: at(15), updated_at: at(15, 1), head_sha: sha("a") };
  server.runs.push(
    { id: 1, ...run, ...times, status: "completed", conclusion: "failure" },
    { id: 1, ...run, ...times, run_attempt: 2, status: "completed", conclusion: "success" },
    { id: 2, ...run, ...times, event: "pull_request", status: "completed", conclusion: "success" },
    { id: 3, ...run, ...times, status: "in_progress", conclusion: null },
  );
  await ask("outside_ci_run");
  for (let turns = 0; turns < 5 && (await last()).state !== "done"; turns++) await turn();
  expect(await last()).toMatchObject({ state: "done", rowsTaken: 3, rowsPassedOver: 1 });
  expect(
    (await rowsOf("outside_ci_run")).map(({ external_id, conclusion }) => [external_id, conclusion]),
  ).toEqual([
    ["1/1", "failure"],
    ["1/2", "success"],
    ["3/1", null],
  ]);
  expect(server.asked).toHaveLength(11);
});

test("a limit is waited for as long as GitHub says, and some of it is left for merges", async () => {
  const reset = String(Math.floor(clock.now() / SECOND) + 600);
  server.instead.push({ status: 429, headers: { "retry-after": "120" } });
  server.instead.push({ status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset } });
  await ask("deployment");
  await turn();
  const waits = await last();
  expect(waits).toMatchObject({ state: "waiting", nextAt: new Date(clock.now() + 120 * SECOND) });
  await turn();
  expect(server.asked).toHaveLength(1);
  clock.advance(121 * SECOND);
  await turn();
  expect((await last()).nextAt).toEqual(new Date((Number(reset) + 1) * SECOND));
  clock.advance(8 * MINUTE);
  Object.assign(server.headers, {
    "x-ratelimit-remaining": "150",
    "x-ratelimit-reset": String(Number(reset) + 600),
  });
  for (let number = 31; number > 0; number--)
    server.deployments.push({ id: 100 + number, sha: sha("d"), environment: "staging", created_at: at(11) });
  await turn();
  expect(await last()).toMatchObject({
    state: "waiting",
    rowsTaken: 30,
    problem: expect.stringMatching(/less often/),
  });
  delete server.headers["x-ratelimit-remaining"];
  clock.advance(15 * MINUTE);
  await turn();
  expect(await last()).toMatchObject({ state: "done", rowsTaken: 31, problem: null });
});

test("probe: what breaks off is asked again at growing distances, and what GitHub refuses is said with what to do", async () => {
  server.deployments.push({ id: 500, sha: sha("d"), environment: "staging", created_at: at(11) });
  server.instead.push({ status: 0, cut: true }, { status: 502 });
  await ask("deployment");
  await turn();
  expect(await last()).toMatchObject({ state: "waiting", nextAt: new Date(clock.now() + 5 * SECOND) });
  clock.advance(6 * SECOND);
  await turn();
  expect(await last()).toMatchObject({ state: "waiting", nextAt: new Date(clock.now() + 10 * SECOND) });
  clock.advance(11 * SECOND);
  await turn();
  expect(await last()).toMatchObject({ state: "done", rowsTaken: 1 });
  server.instead.push({ status: 429, headers: { "retry-after": "9999999999" } }, { status: 403 });
  await ask("deployment");
  await turn();
  expect((await last()).nextAt).toEqual(new Date(clock.now() + 2 * HOUR));
  clock.advance(2 * HOUR);
  await turn();
  expect(await last()).toMatchObject({
    state: "failed",
    problem: expect.stringMatching(/^GitHub answered 403\. Give the app .* read deployments/),
  });
});

test("a pull request that changes while page after page is read is there like all others", async () => {
  const pull = (number: number): ServedPull => ({
    ...{
      number,
      created_at: at(15, (number - 300) / 10),
      updated_at: at(12),
      closed_at: at(12),
      merged_at: null,
    },
    ...{ merge_commit_sha: null, body: null, user: { login: "octocat", type: "User" } },
    ...{ head: { ref: "topic", sha: sha("f") }, base: { ref: "main" } },
  });
  // Of numbers that no other story here has: an id is one row, of whichever repository told it last.
  const all = Array.from({ length: 40 }, (_, index) => pull(index + 301));
  server.pulls.push(...all);
  const reset = String(Math.floor(clock.now() / SECOND) + 60);
  Object.assign(server.headers, { "x-ratelimit-remaining": "150", "x-ratelimit-reset": reset });
  await ask("outside_change");
  await turn();
  expect(await last()).toMatchObject({ state: "waiting", rowsTaken: 30 });
  const changed = (each: ServedPull): ServedPull => ({ ...each, updated_at: at(0) });
  server.pulls.splice(0, 40, ...all.map((each) => ([303, 335].includes(each.number) ? changed(each) : each)));
  delete server.headers["x-ratelimit-remaining"];
  clock.advance(2 * MINUTE);
  await turn();
  expect(await last()).toMatchObject({ state: "done", rowsTaken: 40 });
  expect(await rowsOf("outside_change")).toHaveLength(40);
});

test("probe: an instant that cannot be is left out of its page, counted, and said in the line of its import", async () => {
  const updated_at = at(-400);
  const times = { created_at: at(15), run_started_at: at(15), head_sha: sha("a"), head_branch: "main" };
  const run = { run_attempt: 1, name: "ci", path: "ci.yml", event: "push", ...times };
  server.runs.push(
    { id: 71, ...run, updated_at, status: "completed", conclusion: "success" },
    { id: 72, ...run, updated_at: at(15, 1), status: "completed", conclusion: "success" },
  );
  await ask("outside_ci_run");
  for (let turns = 0; turns < 5 && (await last()).state !== "done"; turns++) await turn();
  expect(await last()).toMatchObject({ state: "done", rowsTaken: 1, rowsPassedOver: 1 });
  const { items } = await listImports(lead, { kind: "outside_ci_run" });
  expect(items[0]).toMatchObject({ rowsNew: 1, rowsRefused: 1 });
});

test("probe: a page that cannot be taken in ends the fetch after its tries with a problem, and can be asked for anew", async () => {
  const deployment = { id: 2 ** 40, sha: sha("d"), environment: "live", created_at: at(11) };
  server.deployments.push(deployment);
  await database.owner.query(
    "alter table deployment add constraint cannot_be_written check (external_id <> '1099511627776')",
  );
  await ask("deployment");
  for (let tries = 1; tries <= 12; tries++) {
    await turn();
    expect(await last()).toMatchObject({
      state: tries < 12 ? "waiting" : "failed",
      problem: expect.stringMatching(/could not be taken in/),
    });
    clock.advance(31 * MINUTE);
  }
  await database.owner.query("alter table deployment drop constraint cannot_be_written");
  await ask("deployment");
  await turn();
  expect(await last()).toMatchObject({ state: "done", rowsTaken: 1 });
});

test("only a repository that is connected can be asked about", async () => {
  repositoryId = await readyRepository(seed);
  await expect(ask("deployment")).rejects.toThrow(/is not connected to GitHub/);
  await expect(
    askHistory(await member(seed, "vi", "viewer"), {
      repositoryId,
      kinds: ["deployment"],
      from: day(2),
      to: day(1),
    }),
  ).rejects.toMatchObject({ code: "forbidden" });
});
