// A charter's own patterns on their way from the charter to the provider: over HTTP, with the real ledger, and what the
// trace and the findings then hold.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SECOND } from "#lib/clock.ts";
import { followLog } from "#lib/findings/follow-log.ts";
import { listFindingsOfRun } from "#lib/findings/service.ts";
import type { OutboundAction } from "#lib/model-calls/schema.ts";
import { Charter } from "#lib/pilots/schema.ts";
import { charterFor } from "#lib/testing/arrange.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { asProcess, entriesAbout, testBlobs } from "#lib/testing/journey.ts";
import { type ModelScene, openModelScene, type Working } from "#lib/testing/model-scene.ts";
import { sequenceLog } from "#lib/testing/notary.ts";
import { systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { getCallTrace, listCalls } from "#lib/traces/service.ts";
import type { Answered } from "./testing/client.ts";
import { openRealGateway, type RealGateway } from "./testing/real-gateway.ts";
import { APIS, PATHS, REQUESTS, STREAMS } from "./testing/streams.ts";
import { openUpstream, type ScriptedUpstream, streaming } from "./testing/upstream.ts";

testBlobs();
const database = await testDatabase("web");
const clock = testClock(Date.now());
const worker = testScope({ actor: systemActor("worker"), clock });
const SAID = "Ask Project-Falcon for CUST-123456.";
const PATTERNS = ["Project-Falcon", "\\bCUST-\\d{6}\\b"];
const NAMES = /Falcon|123456/;

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await openUpstream(streaming([Buffer.from(STREAMS.responses)]));
});
afterAll(() => upstream.close());

interface Opened extends RealGateway {
  readonly scene: ModelScene;
  readonly working: Working;
}

async function opened(outboundOwn: OutboundAction, ownPatterns: readonly string[]): Promise<Opened> {
  const controls = { outboundOwn, ownPatterns: [...ownPatterns] };
  clock.advance(SECOND); // keys are sealed to the gateway that came last
  const scene = await openModelScene(database, clock, { controls });
  upstream.asked.length = 0;
  const working = await scene.start();
  return { ...(await openRealGateway(scene, upstream)), scene, working };
}

const asGateway = <T>(work: () => Promise<T>) => asProcess(database, "gateway", work);

/** The same words to each of the three APIs. */
async function callEach({ call, working, refusalsWritten, gateway }: Opened): Promise<Answered[]> {
  const answers: Answered[] = [];
  await asGateway(async () => {
    for (const api of APIS) {
      upstream.answer(streaming([Buffer.from(STREAMS[api])]));
      const said = JSON.stringify(REQUESTS[api]).replace("Say it.", SAID);
      answers.push(
        await call(working.token, { ...JSON.parse(said), model: "model-1" }, { path: PATHS[api] }),
      );
    }
    await refusalsWritten();
    await gateway.stop(0);
  });
  return answers;
}

/** What the monitor says of it, as a security lead reads it. */
async function findingsOf({ scene, working }: Opened) {
  await sequenceLog(database);
  await asProcess(database, "worker", () => followLog(worker));
  return listFindingsOfRun(scene.lead, working.runId);
}

/** What pages show of its calls, in one text. */
async function tracesOf({ scene, working }: Opened) {
  const calls = await listCalls(scene.lead, working.runId);
  const traces = await Promise.all(calls.map(({ id }) => getCallTrace(scene.lead, id)));
  return { calls, text: JSON.stringify(traces) };
}

describe("what a charter's own patterns find", () => {
  test("is blocked: nothing leaves, nothing of it is kept, and it is a finding without what was found", async () => {
    const way = await opened("block", PATTERNS);
    for (const { status, body } of await callEach(way)) {
      expect(status).toBe(400);
      expect(body.toString()).toContain("a pattern of its own in");
      expect(body.toString()).not.toMatch(NAMES);
    }
    expect(upstream.asked).toEqual([]);
    expect((await tracesOf(way)).calls).toEqual([]);
    const entries = await entriesAbout(database, `run:${way.working.runId}`);
    const refusals = entries.filter(({ kind }) => kind === "model.refused");
    expect(refusals.map(({ detail }) => detail.reason)).toEqual(APIS.map(() => "outbound_policy"));
    const found = await findingsOf(way);
    expect(found).toMatchObject([{ rule: { id: "outbound_blocked" }, severity: "high", times: 3 }]);
    expect(JSON.stringify([entries, found])).not.toMatch(NAMES);
  });

  test("is masked: the label leaves, the trace holds what left, and the finding names the call and the class", async () => {
    const way = await opened("mask", PATTERNS);
    for (const { status } of await callEach(way)) expect(status).toBe(200);
    const sent = upstream.asked.map(({ body }) => body.toString());
    expect(sent).toHaveLength(3);
    for (const body of sent) {
      expect(body).toContain("Ask [masked: own pattern] for [masked: own pattern].");
      expect(body).not.toMatch(NAMES);
    }
    const { calls, text } = await tracesOf(way);
    for (const { flags, state } of calls) expect([state, flags]).toEqual(["done", ["masked_own"]]);
    expect(text.split("[masked: own pattern] for [masked: own pattern]")).toHaveLength(4);
    const found = await findingsOf(way);
    expect(found).toMatchObject([{ rule: { id: "outbound_masked" }, severity: "low", times: 3 }]);
    expect(calls.map(({ id }) => id)).toContain(found[0]?.callId);
    expect(JSON.stringify(found)).toContain("Masked before it was sent: own.");
    const { rows } = await database.owner.query("select bytes from model_item where run_id = $1", [
      way.working.runId,
    ]);
    expect(rows.map(({ bytes }) => String(bytes)).join()).not.toMatch(NAMES);
  });

  test("is let through: it leaves as it was said, and is no finding", async () => {
    const way = await opened("allow", PATTERNS);
    for (const { status } of await callEach(way)) expect(status).toBe(200);
    for (const { body } of upstream.asked) expect(body.toString()).toContain(SAID);
    const { calls, text } = await tracesOf(way);
    expect(calls.map(({ flags }) => flags)).toEqual(APIS.map(() => []));
    expect(text.split(SAID)).toHaveLength(4);
    expect(await findingsOf(way)).toEqual([]);
  });
});

describe("probe: a pattern that would search for ever", () => {
  test.each(["(a+)+bcd", "a*a*a*bcd", ".{0,100}.{0,100}abcd"])("%s comes into no charter", async (line) => {
    const charter = charterFor(worker, "rep_1");
    const controls = { ...charter.controls, outboundOwn: "block", ownPatterns: [line] };
    expect(() => Charter.parse({ ...charter, controls })).toThrow(/Line 1/);
  });

  test("in a charter that came past every door starts no run", async () => {
    await expect(opened("mask", ["(a+)+bcd"])).rejects.toThrow(/Line 1/);
  });

  test("those that cost the most a charter may hold up no other call, and end with a verdict", async () => {
    // each nearly fits at every place: 40 patterns of cost 49, just below what all may cost
    const costly = Array.from({ length: 40 }, (_, n) => `a{4,9}${String.fromCodePoint(0x400 + n)}`);
    const way = await opened("block", costly);
    const other = await way.scene.start();
    const ask = (token: string, input: string) =>
      way
        .call(token, { model: "model-1", input, stream: true })
        .then((answer) => [input.length, answer.status]);
    const ended: (readonly number[])[] = [];
    await asGateway(async () => {
      upstream.answer(streaming([Buffer.from(STREAMS.responses)]));
      const slow = ask(way.working.token, `${"a".repeat(256 * 1024)}\u0400`).then((one) => ended.push(one));
      const quick = ask(other.token, "Hi there.").then((one) => ended.push(one));
      await Promise.all([slow, quick]);
      await way.refusalsWritten();
      await way.gateway.stop(0);
    });
    expect(ended).toEqual([
      [9, 200],
      [256 * 1024 + 1, 400],
    ]);
  });
});
