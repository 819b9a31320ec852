// Streams at every byte of them, over real sockets: broken off there, hanging there, and left there by whoever reads them. What arrived is what is kept, it is marked, and no less is charged than was seen.
import { afterEach, expect, test } from "vitest";
import { MINUTE } from "#lib/clock.ts";
import type { Api, Final } from "#lib/model-calls/schema.ts";
import { settledCharge } from "#lib/prices/rules.ts";
import { LIMITS } from "./gateway.ts";
import type { Answered, Ask } from "./testing/client.ts";
import { openScene, type Scene } from "./testing/scene.ts";
import { APIS, REQUESTS, STREAMS } from "./testing/streams.ts";
import { cutAfter, type Handler } from "./testing/upstream.ts";

let scene: Scene;
afterEach(() => scene.close());

/** Thousands of connections, on a machine that may be busy. */
const EVERY_BYTE = 5 * MINUTE;
const AT_ONCE = 16;

type More = (at: number) => Partial<Ask>;

/** One call for every byte from the first on; the provider answers each as `handler` says. */
async function atEveryByte(
  api: Api,
  first: number,
  handler: (stream: Buffer, at: number) => Handler,
  more: More = () => ({}),
): Promise<{ stream: Buffer; answers: ReadonlyMap<number, Answered> }> {
  const stream = Buffer.from(STREAMS[api]);
  scene.upstream.answer((asked, response) =>
    handler(stream, Number(JSON.parse(asked.body.toString()).metadata.at))(asked, response),
  );
  const answers = new Map<number, Answered>();
  const callAt = async (at: number) => {
    const body = { ...REQUESTS[api], metadata: { at: String(at) } };
    answers.set(at, await scene.call(api, body, more(at)));
  };
  for (let from = first; from < stream.length; from += AT_ONCE) {
    const together = Array.from({ length: Math.min(AT_ONCE, stream.length - from) }, (_, at) => from + at);
    await Promise.all(together.map(callAt));
  }
  await expect.poll(() => scene.ledger.finals.length, { timeout: MINUTE }).toBe(stream.length - first);
  return { stream, answers };
}

/** Which of the finals is of the call that was told to end there. */
function finalsByPlace(): ReadonlyMap<number, Final> {
  const places = scene.ledger.intents.map(({ callId, requestHead }) => {
    const { metadata } = JSON.parse(requestHead.toString());
    return [callId, Number(metadata.at)] as const;
  });
  const placeOf = new Map(places);
  return new Map(scene.ledger.finals.map((final) => [placeOf.get(final.callId) ?? -1, final]));
}

/** As the ledger charges it: by what was held back, or by what was seen where that is more. */
function expectCharged(final: Final, place: string): void {
  const intent = scene.ledger.intents.find(({ callId }) => callId === final.callId);
  if (!intent) throw new Error("a record without its intent");
  const { reservedMicros, contextTokens, admission } = intent;
  const { micros, flags } = settledCharge(admission.price, { ...final, reservedMicros, contextTokens });
  expect(micros, place).toBeGreaterThanOrEqual(reservedMicros);
  expect(flags, place).toContain("estimated");
}

test.each(APIS)(
  "a stream of %s that breaks off: what arrived is what was kept, marked and charged",
  async (api) => {
    scene = await openScene();
    const { stream, answers } = await atEveryByte(api, 0, cutAfter);
    const finals = finalsByPlace();
    for (let at = 0; at < stream.length; at++) {
      const [answer, final] = [answers.get(at), finals.get(at)];
      expect(answer?.isWhole, `cut at ${at}`).toBe(false);
      expect(answer?.body.equals(stream.subarray(0, at)), `what arrived of ${at}`).toBe(true);
      expect(final?.response.equals(stream.subarray(0, at)), `what was kept of ${at}`).toBe(true);
      expect(final, `cut at ${at}`).toMatchObject({ outcome: "failed", wasSent: true });
      expect(final?.flags).toContain("incomplete");
      if (final) expectCharged(final, `cut at ${at}`);
    }
  },
  EVERY_BYTE,
);

test(
  "a stream that hangs is given up: what arrived is what was kept, and it is a timeout",
  async () => {
    const { relay, timeouts } = LIMITS;
    const short = { relay: { ...relay, idle: 25 }, timeouts: { ...timeouts, firstByte: 2000 } };
    scene = await openScene({ limits: short });
    const { stream, answers } = await atEveryByte("chat", 0, (whole, at) => (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      if (at > 0) response.write(whole.subarray(0, at));
    });
    const finals = finalsByPlace();
    for (let at = 0; at < stream.length; at++) {
      const [answer, final] = [answers.get(at), finals.get(at)];
      expect(answer?.isWhole, `hung at ${at}`).toBe(false);
      expect(answer?.body.equals(final?.response ?? Buffer.alloc(1)), `what arrived of ${at}`).toBe(true);
      expect(final?.response.equals(stream.subarray(0, at)), `what was kept of ${at}`).toBe(true);
      expect(final, `hung at ${at}`).toMatchObject({ outcome: "failed" });
      expect(final?.flags).toEqual(["upstream_timeout", "incomplete"]);
      if (final) expectCharged(final, `hung at ${at}`);
    }
  },
  EVERY_BYTE,
);

test(
  "a stream that is left: the provider's side ends, and what it cost is kept",
  async () => {
    scene = await openScene();
    const { stream } = await atEveryByte(
      "messages",
      1,
      (whole, at) => (_, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).write(whole.subarray(0, at));
      },
      (at) => ({ leaveWhen: (body) => body.length >= at }),
    );
    await Promise.all(scene.upstream.asked.map(({ gone }) => gone));
    const finals = finalsByPlace();
    for (let at = 1; at < stream.length; at++) {
      const final = finals.get(at);
      expect(final?.response.equals(stream.subarray(0, at)), `what was kept of ${at}`).toBe(true);
      expect(final, `left at ${at}`).toMatchObject({ outcome: "aborted", flags: ["client_gone"] });
      if (final) expectCharged(final, `left at ${at}`);
    }
  },
  EVERY_BYTE,
);
