import { afterAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { endSessions } from "#lib/auth/sessions.ts";
import { systemClock } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { notFound } from "#lib/errors.ts";
import { closeLive, liveReady, subscribe } from "#lib/live/service.ts";
import { streamRows } from "#lib/live/stream-rows.ts";
import { notify } from "#lib/notify.ts";
import { grantRole } from "#lib/people/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { type SignedIn, signedIn } from "#lib/testing/signed-in.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { webLogger } from "./core.ts";
import { streamRoute } from "./stream-route.ts";

webTestEnv();
await testDatabase("web");
afterAll(() => closeLive());

const complaints = vi.spyOn(webLogger(), "error");
const rows: { seq: number; text: string }[] = [];
const ended = vi.fn();
const events = streamRoute({
  permission: "run.view",
  maxBytes: 0,
  params: z.object({ id: z.string() }),
  query: z.object({ after: z.coerce.number().default(0) }),
  handler: async ({ params, query, lastEventId, signal }) => {
    if (params.id !== "run_1") throw notFound("run");
    signal.addEventListener("abort", ended);
    return streamRows({
      read: async (after, limit) => rows.filter(({ seq }) => seq > after).slice(0, limit),
      after: lastEventId === null ? query.after : Number(lastEventId),
      subscribe: (wake) => subscribe("run_changed", params.id, wake),
      clock: systemClock,
      signal,
    });
  },
});

const scope = testScope({ actor: systemActor("test"), clock: systemClock });
const change = () => transaction(scope, async (tx) => tx.ring({ channel: "run_changed", payload: "run_1" }));

async function open(who: SignedIn | null, { id = "run_1", lastEventId = "" } = {}) {
  const abort = new AbortController();
  const headers = new Headers(lastEventId ? { "last-event-id": lastEventId } : {});
  if (who) headers.set("cookie", who.cookie);
  const request = new Request(`${TEST_URL}/api/runs/${id}/events`, { headers, signal: abort.signal });
  const response = await events(request, { params: Promise.resolve({ id }) });
  return { response, abort };
}

/** Reads until `wanted` is in what came, or the stream's end. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: string): Promise<string> {
  let text = "";
  while (!text.includes(wanted)) {
    const next = await reader.read();
    if (next.done) return `${text}[end]`;
    text += new TextDecoder().decode(next.value);
  }
  return text;
}

const readerOf = (response: Response) => {
  if (!response.body) throw new Error("no body");
  return response.body.getReader();
};

describe("a live stream", () => {
  test("is refused like any other door before its first byte", async () => {
    const stranger = await signedIn("Sam Stranger", []);
    const viewer = await signedIn("Vi Viewer", ["viewer"]);
    expect((await open(null)).response.status).toBe(401);
    expect((await open(stranger)).response.status).toBe(404);
    const missing = (await open(viewer, { id: "run_2" })).response;
    expect(missing.status).toBe(404);
    expect(missing.headers.get("content-type")).toBe("application/json");
  });

  test("brings what is there, then what comes, and resumes after the last number", async () => {
    const viewer = await signedIn("Vi Viewer", ["viewer"]);
    rows.push({ seq: 1, text: "one" }, { seq: 2, text: "two" });
    const { response } = await open(viewer);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
    const reader = readerOf(response);
    expect(await readUntil(reader, "two")).toBe(
      'retry: 1000\n\nid: 1\ndata: {"seq":1,"text":"one"}\n\nid: 2\ndata: {"seq":2,"text":"two"}\n\n',
    );
    await liveReady();
    rows.push({ seq: 3, text: "three" });
    await change();
    expect(await readUntil(reader, "three")).toBe('id: 3\ndata: {"seq":3,"text":"three"}\n\n');
    await reader.cancel();
    const resumed = readerOf((await open(viewer, { lastEventId: "2" })).response);
    expect(await readUntil(resumed, "three")).toBe(
      'retry: 1000\n\nid: 3\ndata: {"seq":3,"text":"three"}\n\n',
    );
    await resumed.cancel();
    expect(complaints).not.toHaveBeenCalled();
  });

  test("ends at once when its session is revoked", async () => {
    const viewer = await signedIn("Vi Viewer", ["viewer"]);
    const reader = readerOf((await open(viewer)).response);
    await readUntil(reader, "retry");
    await liveReady();
    await transaction(scope, (tx) => endSessions(tx, scope, viewer.personId, viewer.sessionId));
    expect(await readUntil(reader, "never")).toContain("[end]");
  });

  test("ends when the person's roles are not those of the door any more", async () => {
    const viewer = await signedIn("Vi Viewer", ["viewer"]);
    const reader = readerOf((await open(viewer)).response);
    await readUntil(reader, "retry");
    await liveReady();
    await grantRole(scope, { personId: viewer.personId, role: "auditor", pilotId: null });
    await transaction(scope, (tx) => notify(tx, "session_revoked", viewer.sessionId));
    expect(await readUntil(reader, "never")).toContain("[end]");
  });

  test("probe: ends with a role that ends by itself, which nobody is told of", async () => {
    const guest = await signedIn("Gus Guest", ["viewer"]);
    const endsAt = new Date(systemClock.now() + 1500);
    await grantRole(scope, { personId: guest.personId, role: "auditor", pilotId: null, endsAt });
    const reader = readerOf((await open(guest)).response);
    expect(await readUntil(reader, "never")).toContain("[end]");
  });

  test("another session's end does not touch it", async () => {
    const viewer = await signedIn("Vi Viewer", ["viewer"]);
    const other = await signedIn("Otto Other", ["viewer"]);
    const reader = readerOf((await open(viewer)).response);
    await readUntil(reader, "retry");
    await transaction(scope, (tx) => endSessions(tx, scope, other.personId, null));
    const seq = rows.length + 1;
    rows.push({ seq, text: "still on" });
    await change();
    expect(await readUntil(reader, "still on")).not.toContain("[end]");
    await reader.cancel();
  });

  test("the handler hears of it when the browser goes", async () => {
    const viewer = await signedIn("Vi Viewer", ["viewer"]);
    ended.mockClear();
    const { response, abort } = await open(viewer);
    const reader = readerOf(response);
    await readUntil(reader, "retry");
    abort.abort();
    expect(ended).toHaveBeenCalledOnce();
    expect(await readUntil(reader, "never")).toContain("[end]");
  });
});
