// The gateway over the real ledger, as its own role: what is charged, kept, refused and cut.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recoverCalls } from "#lib/model-calls/recover-calls.ts";
import { actorId } from "#lib/scope.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "#lib/testing/journey.ts";
import { budgetRows } from "#lib/testing/model-rows.ts";
import { type ModelScene, openModelScene, PROVIDER_KEY, type Working } from "#lib/testing/model-scene.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { getCallTrace } from "#lib/traces/service.ts";
import { bodyOf } from "./request/pieces.ts";
import { gatewayScope } from "./scope.ts";
import { type Answered, type TestRunner, testRunner } from "./testing/client.ts";
import { openRealGateway, type RealGateway } from "./testing/real-gateway.ts";
import { CHAT_TOKENS, responsesStream, STREAMS } from "./testing/streams.ts";
import { openUpstream, type ScriptedUpstream, streaming } from "./testing/upstream.ts";

testBlobs();
const database = await testDatabase("web");
let scene: ModelScene;
let upstream: ScriptedUpstream;
let real: RealGateway;

const GATEWAY_ID = "gwk_test";
/** 20 cents. */
const BUDGET = 200_000;

beforeAll(async () => {
  scene = await openModelScene(database, testClock(Date.now()), {
    controls: { budgetRunCents: BUDGET / 10_000 },
  });
  upstream = await openUpstream(streaming([Buffer.from(STREAMS.responses)]));
  real = await openRealGateway(scene, upstream, GATEWAY_ID);
});
afterAll(async () => {
  await real.gateway.stop(0);
  await upstream.close();
});

let working: Working;
beforeEach(async () => {
  upstream.asked.length = 0;
  upstream.answer(streaming([Buffer.from(STREAMS.responses)]));
  working = await scene.start();
});

const REQUEST = {
  model: "model-1",
  stream: true,
  max_output_tokens: 100,
  input: [{ role: "user", content: "Say it." }],
};

const call = (body: object = REQUEST, token = working.token, by?: TestRunner): Promise<Answered> =>
  real.call(token, body, { by });

const asGateway = <T>(work: () => Promise<T>) => asProcess(database, "gateway", work);
const callsOf = async () =>
  (await database.owner.query("select * from model_call where run_id = $1 order by id", [working.runId]))
    .rows;
const codeOf = ({ body }: Answered): string => JSON.parse(body.toString()).error.code;

describe("a call", () => {
  test("is charged by the provider's count, and its trace holds what left and what came", async () => {
    const { status } = await asGateway(() => call());
    expect(status).toBe(200);
    const [row] = await callsOf();
    // 600 fresh, 400 cached, 50 out: 600 + 40 + 500
    expect(row).toMatchObject({ state: "done", charged_micros: "1140", flags: [], gateway: GATEWAY_ID });
    expect(await budgetRows(database, "run", working.runId)).toEqual([{ reserved: 0, spent: 1140 }]);
    const { rows: items } = await database.owner.query(
      "select id, role, bytes from model_item where run_id = $1",
      [working.runId],
    );
    const byId = new Map(items.map((item) => [item.id, item]));
    const parts = { head: byId.get(row.head_item).bytes, items: row.items.map((id: string) => byId.get(id)) };
    expect(bodyOf("responses", parts).equals(upstream.asked[0]?.body ?? Buffer.alloc(0))).toBe(true);
    const { rows } = await database.owner.query("select bytes from model_output where call_id = $1", [
      row.id,
    ]);
    expect(String(rows[0].bytes)).toBe(STREAMS.responses);
    expect(upstream.asked[0]?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`);
  });

  test("is shown again at the moments it came, token by token where the provider tells of them", async () => {
    const pieces = [...CHAT_TOKENS, "data: [DONE]\n\n"].map((one) => Buffer.from(one));
    const told: Promise<unknown>[] = [];
    upstream.answer(async (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const [at, piece] of pieces.entries()) {
        response.write(piece);
        await told[at]; // the client has it: what comes next comes in a chunk of its own
      }
      response.end();
    });
    const seen = pieces.map(() => Promise.withResolvers<void>());
    told.push(...seen.slice(0, 3).map(({ promise }) => promise));
    const ends = pieces.map((_, at) => Buffer.concat(pieces.slice(0, at + 1)).length);
    const leaveWhen = (sofar: Buffer) => {
      for (const [at, end] of ends.entries()) if (sofar.length >= end) seen[at]?.resolve();
      return false;
    };
    const body = { model: "model-1", stream: true, logprobs: true, messages: REQUEST.input };
    await asGateway(() => real.call(working.token, body, { path: "/v1/chat/completions", leaveWhen }));
    expect(JSON.parse(String(upstream.asked[0]?.body))).toMatchObject({ logprobs: true });
    const [row] = await callsOf();
    const { rows } = await database.owner.query("select * from model_output where call_id = $1", [row.id]);
    expect(rows[0].chunk_offsets).toEqual([0, ...ends.slice(0, 3)]);
    expect(rows[0].chunk_ms).toEqual([...rows[0].chunk_ms].sort((a: number, b: number) => a - b));
    const { response } = await getCallTrace(scene.lead, row.id);
    expect(response?.resolution).toBe("token");
    expect(response?.pieces.map(({ text, logprob, ms }) => [text, logprob, ms])).toEqual([
      ["Gr", -0.5, rows[0].chunk_ms[0]],
      ["ö", -2, rows[0].chunk_ms[1]],
      ["ße", -1.5, rows[0].chunk_ms[2]],
    ]);
  });

  test("without usage, or with one nobody can believe, costs what it could have been", async () => {
    for (const usage of [
      null,
      { input_tokens: -1, output_tokens: 5 },
      { input_tokens: 10, output_tokens: 0 },
      "x",
    ]) {
      upstream.answer(streaming([Buffer.from(responsesStream(usage))]));
      await asGateway(() => call());
    }
    const rows = await callsOf();
    expect(rows.map(({ flags }) => flags)).toEqual([
      ["estimated", "usage_missing"],
      ["estimated", "usage_invalid"],
      ["estimated", "usage_invalid"],
      ["estimated", "usage_invalid"],
    ]);
    for (const { charged_micros } of rows) expect(Number(charged_micros)).toBeGreaterThan(100);
  });
});

describe("probe: a budget that is nearly spent", () => {
  test("200 calls at once overspend it by no more than one of them, and the others are told so that they stop", async () => {
    const { limits } = await asGateway(async () =>
      real.ledger.admit(await tokenHash(), actorId(scene.runner.actor)),
    );
    expect(limits.concurrentCalls).toBeGreaterThan(0);
    const body = { ...REQUEST, max_output_tokens: 1500 };
    upstream.answer(streaming([Buffer.from(responsesStream({ input_tokens: 30, output_tokens: 1500 }))]));
    const answers = await asGateway(() => Promise.all(Array.from({ length: 200 }, () => call(body))));
    const opened = answers.filter(({ status }) => status === 200).length;
    const refused = answers.filter(({ status }) => status !== 200);
    for (const answer of refused) expect([answer.status, codeOf(answer)]).toEqual([400, "budget_spent"]);
    expect(opened + refused.length).toBe(200);
    expect(upstream.asked).toHaveLength(opened);
    const [use] = await budgetRows(database, "run", working.runId);
    expect(use?.reserved).toBe(0);
    expect(use?.spent).toBe(opened * 15_030);
    expect(use?.spent).toBeLessThanOrEqual(BUDGET);
    expect(use?.spent).toBeGreaterThan(BUDGET - 2 * 16_000);
  });
});

const tokenHash = async () =>
  (await import("#lib/model-calls/lease-tokens.ts")).tokenSha256(working.token).toString("hex");

describe("probe: who may not call", () => {
  test("a token nobody gave, or another runner's, or none", async () => {
    const unknown = await asGateway(() => call(REQUEST, `phr_${"x".repeat(43)}`));
    const dummy = await asGateway(() => call(REQUEST, "ph-sandbox"));
    const stolen = await asGateway(() => call(REQUEST, working.token, testRunner()));
    expect([unknown.status, dummy.status, stolen.status]).toEqual([401, 401, 403]);
    expect(upstream.asked).toEqual([]);
    const entries = await entriesAbout(database, `run:${working.runId}`);
    expect(entries.filter(({ kind }) => kind === "model.refused").map(({ detail }) => detail.reason)).toEqual(
      ["token_of_another_runner"],
    );
  });

  test("another run's token of the same runner is that run's, not this one's", async () => {
    const other = await scene.start();
    await asGateway(() => call(REQUEST, other.token));
    expect(await callsOf()).toEqual([]);
  });

  test("a run that is paused: its stream is cut within a second and recorded, and it calls no more", async () => {
    const begun = Promise.withResolvers<void>();
    upstream.answer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write(STREAMS.responses.slice(0, 100));
      begun.resolve();
    });
    await asGateway(async () => {
      const answer = call();
      await begun.promise;
      await setStatus("paused");
      const paused = performance.now();
      expect((await answer).isWhole).toBe(false);
      expect(performance.now() - paused).toBeLessThan(8000); // looked for every 400 ms, on a host that may be busy
      await upstream.asked[0]?.gone;
      await expect.poll(async () => (await callsOf())[0]?.state, { timeout: 10_000 }).toBe("aborted");
      expect([codeOf(await call()), upstream.asked.length]).toEqual(["stopped", 1]);
    });
    const [row] = await callsOf();
    expect(row.flags).toEqual(["aborted", "cut", "estimated", "usage_missing"]);
  });

  /** As another process would, behind this one's back. */
  async function setStatus(status: string): Promise<void> {
    await database.owner.query("alter table run disable trigger user");
    await database.owner.query("update run set status = $2 where id = $1", [working.runId, status]);
    await database.owner.query("alter table run enable trigger user");
  }
});

describe("a gateway that was killed", () => {
  test("ends what it left open as unknown when it comes back, charged with all that was held", async () => {
    const never = Promise.withResolvers<void>();
    upstream.answer(() => never.resolve());
    const lost = asGateway(async () => {
      const hanging = call();
      await never.promise;
      expect(await recoverCalls(gatewayScope(), GATEWAY_ID)).toBe(1);
      real.gateway.live.cutAll();
      return hanging;
    });
    await lost;
    const [row] = await callsOf();
    expect(row).toMatchObject({ state: "unknown", charged_micros: row.reserved_micros });
    expect(row.flags).toContain("gateway_lost");
    expect(await budgetRows(database, "run", working.runId)).toEqual([
      { reserved: 0, spent: Number(row.reserved_micros) },
    ]);
  });
});
