import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DAY, MINUTE } from "#lib/clock.ts";
import { addRepository } from "#lib/repositories/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { connecting, disconnect } from "#lib/testing/github/connected.ts";
import { asProcess } from "#lib/testing/journey.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { DELIVERIES_KEPT, dropOldDeliveries } from "./drop-old-deliveries.ts";
import { warnOfTokens } from "./warn-of-tokens.ts";

const database = await testDatabase("web");
const clock = testClock();
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock });
const worker = testScope({ actor: systemActor("worker"), clock });
const keys = mkdtempSync(join(tmpdir(), "pilothouse-upkeep-"));
afterAll(() => rmSync(keys, { recursive: true, force: true }));
const connect = await connecting(database, seed, keys);
const source = "https://github.com/octo/shop";
const { repositoryId } = await addRepository(seed, { name: "shop", source, authority: "upstream" });
const asWorker = <T>(work: () => Promise<T>) => asProcess(database, "worker", work);

test("a token's end is told thirty, seven and one day before and when it is there, each once, and settled by another", async () => {
  const expiresAt = new Date(clock.now() + 31 * DAY);
  await connect({ repositoryId, address: source, token: "github_pat_1234567890", expiresAt });
  const waiting = async () => {
    const sql =
      "select severity, evidence ->> 'text' as text from finding where rule = 'forge_token_ends' and state = 'open'";
    return (await database.owner.query(sql)).rows;
  };
  const turn = async (days: number) => {
    clock.advance(days * DAY);
    await asWorker(() => warnOfTokens(worker));
    expect(await asWorker(() => warnOfTokens(worker))).toBe(0);
    return waiting();
  };
  expect(await turn(0)).toEqual([]);
  const day = expiresAt.toISOString().slice(0, 10);
  expect(await turn(2)).toEqual([{ severity: "low", text: `shop: the token expires on ${day}.` }]);
  expect(await turn(21)).toMatchObject([{ severity: "low" }]);
  expect(await turn(2)).toMatchObject([{ severity: "medium" }]);
  expect(await turn(5.5)).toMatchObject([{ severity: "high" }]);
  expect(await turn(1)).toMatchObject([{ severity: "high", text: `shop: the token has expired on ${day}.` }]);
  await disconnect(seed, repositoryId);
  expect(await turn(0)).toEqual([]);
});

test("calls are forgotten after their time, in bounded pieces, and no sooner", async () => {
  clock.advance(MINUTE);
  const connectionId = await connect({ repositoryId, address: source });
  const insert = (age: number, many: number) =>
    database.owner.query(
      "insert into forge_delivery select $1, $2::text || n, 'push', $3 from generate_series(1, $4) n",
      [connectionId, `a${age}-`, new Date(clock.now() - age), many],
    );
  await insert(DELIVERIES_KEPT + MINUTE, 25);
  await insert(DELIVERIES_KEPT - MINUTE, 3);
  expect(await asWorker(() => dropOldDeliveries(worker, 10))).toBe(25);
  expect(await asWorker(() => dropOldDeliveries(worker, 10))).toBe(0);
  const { rows } = await database.owner.query("select count(*)::int as n from forge_delivery");
  expect(rows).toEqual([{ n: 3 }]);
});
