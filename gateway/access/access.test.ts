// H41 and H61: who is believed, for how long, and what ends calls under way.
import { describe, expect, test } from "vitest";
import { AppError } from "#lib/errors.ts";
import { createLogger } from "#lib/logger.ts";
import { CallRefused } from "#lib/model-calls/refusal.ts";
import { HEADERS } from "#lib/protocol/signing.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { type TestRunner, TOKEN, testRunner } from "../testing/client.ts";
import { admissionFor } from "../testing/memory-ledger.ts";
import { BELIEVED_FOR, createAccess, tokenSha256Of } from "./authenticate.ts";
import { createLiveCalls } from "./live-calls.ts";

const PATH = "/v1/responses";
const admission = admissionFor("http://127.0.0.1:1/v1");

function scene() {
  const clock = testClock();
  const runner = testRunner();
  const asked = { runner: 0, admit: 0 };
  const state = { revoked: false, isOver: false };
  const access = createAccess({
    clock,
    async findRunner(id) {
      asked.runner++;
      return id === runner.credential.id ? { ...runner.credential, revoked: state.revoked } : null;
    },
    async admit() {
      asked.admit++;
      if (state.isOver) throw new CallRefused("lease_over");
      return admission;
    },
  });
  const head = (by: TestRunner = runner, changes: Record<string, string> = {}, path = PATH) => ({
    ...{ method: "POST", path: PATH },
    headers: {
      ...by.signed("POST", path, Buffer.from("{}"), clock.now()),
      authorization: `Bearer ${TOKEN}`,
      ...changes,
    },
  });
  return { clock, runner, asked, state, access, head };
}

describe("a request", () => {
  test("of a runner that is known, with a token that is good, is let in", async () => {
    const { access, head, runner } = scene();
    expect(await access.authenticate(head())).toMatchObject({ runnerId: runner.credential.id, admission });
  });

  test("is believed for half a second, and no longer", async () => {
    const { access, head, asked, clock, state } = scene();
    for (let n = 0; n < 5; n++) await access.authenticate(head());
    expect(asked).toEqual({ runner: 1, admit: 1 });
    clock.advance(BELIEVED_FOR - 1);
    state.isOver = true;
    await access.authenticate(head());
    clock.advance(1);
    await expect(access.authenticate(head())).rejects.toThrow("lease");
  });

  test("is asked about anew before that is over, so that nobody waits; a refusal that came then counts at once", async () => {
    const { access, head, asked, clock, state } = scene();
    await access.authenticate(head());
    clock.advance(BELIEVED_FOR / 2);
    state.isOver = true;
    await access.authenticate(head());
    expect(asked).toEqual({ runner: 2, admit: 2 });
    await expect(access.authenticate(head())).rejects.toThrow("lease");
  });

  test("probe: without a signature, with another's, for another path, or too old, is refused", async () => {
    const { access, head, runner, clock } = scene();
    const bad = [
      head(testRunner()),
      head(testRunner(runner.credential.id)),
      head(runner, {}, "/v1/messages"),
      head(runner, { [HEADERS.signature]: "" }),
      head(runner, { [HEADERS.sha256]: "0".repeat(64) }),
      head(runner, { [HEADERS.runner]: "rnr_x" }),
      { ...head(), method: "GET" },
      { ...head(), headers: {} },
    ];
    for (const request of bad)
      await expect(access.authenticate(request)).rejects.toMatchObject({ code: "unauthenticated" });
    const old = head();
    clock.advance(61_000);
    await expect(access.authenticate(old)).rejects.toThrow("clocks");
  });

  test("that met a fault of a moment is asked about again, one that was refused is not", async () => {
    const { head, clock, runner } = scene();
    const answers: (() => Promise<typeof admission>)[] = [
      () => Promise.reject(new Error("the connection was lost")),
      () => Promise.reject(new CallRefused("stopped")),
      async () => admission,
    ];
    const access = createAccess({
      clock,
      findRunner: async () => runner.credential,
      admit: () => answers.shift()?.() ?? Promise.reject(new Error("asked too often")),
    });
    await expect(access.authenticate(head())).rejects.toThrow("lost");
    for (let n = 0; n < 3; n++) await expect(access.authenticate(head())).rejects.toThrow("stop");
    clock.advance(BELIEVED_FOR);
    await expect(access.authenticate(head())).resolves.toBeDefined();
  });

  test("probe: of a runner that was revoked is refused within half a second", async () => {
    const { access, head, state, clock } = scene();
    await access.authenticate(head());
    state.revoked = true;
    clock.advance(BELIEVED_FOR);
    await expect(access.authenticate(head())).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("probe: with the dummy of the sandbox, or anything that is no run token, is refused before the ledger is asked", async () => {
    const { access, head, asked } = scene();
    const odd = [
      "",
      "ph-sandbox",
      "Bearer ph-sandbox",
      `Bearer ${TOKEN} `,
      `Basic ${TOKEN}`,
      `Bearer ${TOKEN}x`,
      `Bearer phe_${"a".repeat(43)}`,
    ];
    for (const authorization of odd)
      await expect(
        access.authenticate(head(undefined, { authorization })),
        authorization,
      ).rejects.toMatchObject({ code: "unauthenticated" });
    expect(asked.admit).toBe(0);
  });

  test("is known to the ledger by the token's hash alone", () => {
    expect(tokenSha256Of({ authorization: `Bearer ${TOKEN}` })).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("calls under way", () => {
  const logger = createLogger("gateway", { write: () => undefined });

  test("are asked about once a lease, and cut when it is over", async () => {
    const { access, head, asked, state, clock } = scene();
    const live = createLiveCalls(access, clock, logger);
    const caller = await access.authenticate(head());
    let cuts = 0;
    const leave = Array.from({ length: 3 }, () => live.add({ caller, cut: () => void cuts++ }));
    await live.look();
    expect([asked.admit, cuts]).toEqual([2, 0]);
    leave[0]?.();
    state.isOver = true;
    await live.look();
    expect([asked.admit, cuts, live.size]).toEqual([3, 2, 2]);
  });

  test("go on while the database is away: nothing can have been stopped in it", async () => {
    const { access, head, clock } = scene();
    const caller = await access.authenticate(head());
    const away = { ...access, again: async () => Promise.reject(new AppError("unavailable", "away")) };
    const live = createLiveCalls(away, clock, logger);
    let cuts = 0;
    live.add({ caller, cut: () => void cuts++ });
    await live.look();
    expect(cuts).toBe(0);
    live.cutAll();
    expect(cuts).toBe(1);
  });

  test("are looked at again and again, and at once when somebody rings", async () => {
    const { access, head, clock, state } = scene();
    const ended = (signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal?.aborted) resolve();
        signal?.addEventListener("abort", () => resolve());
      });
    const waiting = { ...clock, sleep: (_: number, signal?: AbortSignal) => ended(signal) };
    const live = createLiveCalls(access, waiting, logger);
    const stop = new AbortController();
    const caller = await access.authenticate(head());
    const cut = Promise.withResolvers<void>();
    const watching = live.watch(stop.signal);
    live.add({ caller, cut: cut.resolve });
    state.isOver = true;
    live.wake();
    await cut.promise;
    stop.abort();
    await watching;
  });
});
