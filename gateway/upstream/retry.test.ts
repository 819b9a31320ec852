import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { testClock } from "#lib/testing/scopes.ts";
import { type Sending, type Upstream, UpstreamFault } from "./exchange.ts";
import { RETRY, RetriedFault, retryAfterOf, sendPatiently } from "./retry.ts";

const sending = {} as Sending;
const never = new AbortController().signal;

const answering = (statusCode: number, headers: Record<string, string> = {}) =>
  Object.assign(new EventEmitter(), {
    statusCode,
    headers,
    resume: () => undefined,
  }) as unknown as IncomingMessage;

/** Answers one after the other, and counts how often it was asked. */
function scripted(...answers: (IncomingMessage | Error)[]) {
  const upstream: Upstream & { asked: number } = {
    asked: 0,
    async send() {
      const answer = answers[Math.min(upstream.asked++, answers.length - 1)];
      if (answer instanceof Error || !answer) throw answer;
      return answer;
    },
    close: () => undefined,
  };
  return upstream;
}

const unreachable = new UpstreamFault("upstream_unreachable", false, "not there");

describe("asking again", () => {
  test.each([429, 503, 529])(
    "%i is asked again with growing pauses, and no more often than that",
    async (status) => {
      const clock = testClock(0);
      const upstream = scripted(answering(status));
      const { response, retries } = await sendPatiently(upstream, sending, clock, never);
      expect([response.statusCode, retries, upstream.asked]).toEqual([status, RETRY.most, RETRY.most + 1]);
      expect(clock.now()).toBe(RETRY.pause + RETRY.pause * 2);
    },
  );

  test.each([200, 400, 401, 402, 403, 404, 500, 502, 504])("%i stands", async (status) => {
    const upstream = scripted(answering(status));
    expect(await sendPatiently(upstream, sending, testClock(), never)).toMatchObject({ retries: 0 });
    expect(upstream.asked).toBe(1);
  });

  test("waits as long as the provider asks for, unless that is too long", async () => {
    const clock = testClock(0);
    await sendPatiently(
      scripted(answering(429, { "retry-after": "3" }), answering(200)),
      sending,
      clock,
      never,
    );
    expect(clock.now()).toBe(3000);
    const upstream = scripted(answering(429, { "retry-after": "9" }));
    expect(await sendPatiently(upstream, sending, clock, never)).toMatchObject({ retries: 0 });
  });

  test("is done where nothing was sent, and not where something may have been paid for", async () => {
    const later = scripted(unreachable, answering(200));
    expect(await sendPatiently(later, sending, testClock(), never)).toMatchObject({ retries: 1 });
    for (const kind of ["upstream_reset", "upstream_timeout"] as const) {
      const upstream = scripted(new UpstreamFault(kind, true, "gone"));
      await expect(sendPatiently(upstream, sending, testClock(), never)).rejects.toBeInstanceOf(RetriedFault);
      expect(upstream.asked).toBe(1);
    }
  });

  test("gives up in the end and says what the last attempt met", async () => {
    const given = await sendPatiently(scripted(unreachable), sending, testClock(), never).catch(
      (error: unknown) => error,
    );
    expect(given).toMatchObject({ fault: unreachable, retries: RETRY.most });
  });

  test("ends with whoever asked", async () => {
    const control = new AbortController();
    const clock = {
      ...testClock(),
      sleep: async () => {
        control.abort("client_gone");
        throw control.signal.reason;
      },
    };
    const given = await sendPatiently(scripted(unreachable), sending, clock, control.signal).catch(
      (error: unknown) => error,
    );
    expect(given).toMatchObject({ fault: "client_gone" });
  });
});

test("Retry-After is read in seconds and as a date", () => {
  expect(retryAfterOf(undefined, 0)).toBeNull();
  expect(retryAfterOf("2", 0)).toBe(2000);
  expect(retryAfterOf(" 0.5 ", 0)).toBe(500);
  expect(retryAfterOf("Thu, 01 Jan 1970 00:00:10 GMT", 4000)).toBe(6000);
  expect(retryAfterOf("Thu, 01 Jan 1970 00:00:10 GMT", 40_000)).toBe(0);
  for (const odd of ["", "soon", "-1", "1e9999", "99999999999"])
    expect(retryAfterOf(odd, Date.now()) ?? 0, odd).toBeLessThan(Number.POSITIVE_INFINITY);
});
