import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { signOut } from "#lib/auth/sessions.ts";
import { PermissionDenied } from "#lib/authz/rules.ts";
import { DAY } from "#lib/clock.ts";
import { AppError } from "#lib/errors.ts";
import { makeScope } from "#lib/scope.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { type SignedIn, signedIn } from "#lib/testing/signed-in.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { runAction } from "./action.ts";
import { type Caller, type DoorRequest, doorRequest, openDoor, webLogger } from "./core.ts";

webTestEnv();
await testDatabase("web");

const clock = testClock();
const lead = await signedIn("Ada Lovelace", ["engineering_lead"], clock);
const viewer = await signedIn("Vi Viewer", ["viewer"], clock);
const memberOfOne = await signedIn("Max Member", [["reviewer", "pil_1"]], clock);
const stranger = await signedIn("Sam Stranger", [], clock);

function knock(who: SignedIn | null, more: Record<string, string> = {}, method = "POST"): DoorRequest {
  const headers = new Headers({ origin: TEST_URL, host: "localhost:4300", ...more });
  if (who) headers.set("cookie", `theme=dark; ${who.cookie}`);
  return doorRequest(method, headers, clock);
}

const open = { permission: "public", maxBytes: 100 } as const;
const launch = { permission: "run.launch", maxBytes: 100 } as const;
const look = { permission: "run.view", maxBytes: 100 } as const;
const nothing = () => "passed";

async function refusalAt(
  request: DoorRequest,
  threshold: Parameters<typeof openDoor>[1],
  walk: (caller: Caller) => unknown = nothing,
) {
  const outcome = await openDoor(request, threshold, walk);
  if (outcome.ok) throw new Error("not refused");
  return outcome.refusal;
}

beforeEach(() => {
  vi.spyOn(webLogger(), "error").mockImplementation(() => undefined);
  vi.spyOn(webLogger(), "warn").mockImplementation(() => undefined);
});
afterEach(() => void vi.restoreAllMocks());

describe("who is at the door", () => {
  test("a session makes a scope with the person's grants of this moment", async () => {
    const outcome = await openDoor(knock(lead), launch, ({ scope, session }) => ({
      scope,
      name: session?.person.name,
    }));
    expect(outcome).toMatchObject({
      ok: true,
      value: {
        name: "Ada Lovelace",
        scope: {
          actor: { kind: "user", personId: lead.personId, sessionId: lead.sessionId },
          grants: [{ role: "engineering_lead", pilotId: null }],
        },
      },
    });
  });

  test("nobody is a visitor who may do nothing", async () => {
    const outcome = await openDoor(knock(null), open, ({ scope, session }) => ({ scope, session }));
    expect(outcome).toMatchObject({
      ok: true,
      value: { session: null, scope: { actor: { kind: "system", name: "visitor" }, grants: [] } },
    });
  });

  test("a session that was ended is nobody's at the very next request", async () => {
    const leaver = await signedIn("Lea Leaver", ["auditor"], clock);
    const { personId, sessionId } = leaver;
    expect((await openDoor(knock(leaver), look, nothing)).ok).toBe(true);
    const actor = { kind: "user", personId, sessionId } as const;
    await signOut(makeScope({ actor, grants: [], requestId: "req_test", clock }));
    expect((await refusalAt(knock(leaver), look)).code).toBe("unauthenticated");
  });

  test("a session past its hour is nobody's", async () => {
    const early = await signedIn("Eve Early", ["auditor"], testClock(clock.now() - DAY));
    expect((await refusalAt(knock(early), look)).code).toBe("unauthenticated");
  });

  test("probe: a session id in the clear, or another's token cut and glued, is nobody's", async () => {
    const [name = "", token = ""] = lead.cookie.split("=");
    const parts = token.split(".");
    const swapped = [parts[0], "", parts[3], parts[2], parts[4]].join(".");
    for (const forged of [lead.sessionId, swapped, token.slice(0, -8), '"; drop table session; --']) {
      const refusal = await refusalAt(knock({ ...lead, cookie: `${name}=${forged}` }), launch);
      expect(refusal.code).toBe("unauthenticated");
    }
  });

  test("layout and page of one render look at the session once", async () => {
    const request = knock(lead);
    const [first, second] = await Promise.all([
      openDoor(request, launch, (caller) => caller),
      openDoor(request, open, (caller) => caller),
    ]);
    expect(first.ok && second.ok && first.value.session === second.value.session).toBe(true);
  });
});

describe("the order inside a door", () => {
  test("size comes before everything", async () => {
    const refusal = await refusalAt(knock(null, { "content-length": "101" }), launch);
    expect([refusal.code, refusal.status]).toEqual(["too_large", 413]);
  });

  test("authentication comes before permission, permission before the handler", async () => {
    const walk = vi.fn();
    expect((await refusalAt(knock(null), launch, walk)).status).toBe(401);
    expect((await refusalAt(knock(viewer), launch, walk)).status).toBe(403);
    expect((await refusalAt(knock(stranger), launch, walk)).status).toBe(404);
    expect(walk).not.toHaveBeenCalled();
  });

  test("permission comes before parsing: who may not act learns nothing of the input's shape", async () => {
    const config = { ...launch, input: z.object({ secretField: z.string() }), handler: nothing };
    const result = await runAction(config, knock(viewer), {});
    expect(result).toMatchObject({ ok: false, code: "forbidden", fields: undefined });
  });

  test("probe: another site's request is refused for a signed-in person, and nothing runs", async () => {
    const walk = vi.fn();
    const refusal = await refusalAt(knock(lead, { origin: "https://evil.example" }), launch, walk);
    expect([refusal.status, refusal.message]).toEqual([
      403,
      "The request comes from another site. Open Pilothouse at its own address and try again.",
    ]);
    expect(walk).not.toHaveBeenCalled();
  });
});

describe("what a refusal says", () => {
  test("whom to ask, by role and by name", async () => {
    expect((await refusalAt(knock(viewer), launch)).message).toBe(
      "Your role does not include “run.launch”. Ask an engineering lead or a security lead of the organisation. That is Ada Lovelace (engineering lead).",
    );
  });

  test("who may decide on a pilot includes its own members, and only its own", async () => {
    const denied = (pilotId: string) => () => {
      throw new PermissionDenied("run.cancel", pilotId);
    };
    const own = await refusalAt(knock(viewer), open, denied("pil_1"));
    expect(own.message).toContain("That is Ada Lovelace (engineering lead) or Max Member (reviewer).");
    const other = await refusalAt(knock(viewer), open, denied("pil_2"));
    expect(other.message).toContain("That is Ada Lovelace (engineering lead).");
  });

  test("a member of one pilot does not learn that another one is there", async () => {
    const about = (pilotId: string) =>
      ({ permission: "run.view", maxBytes: 0, pilotId, what: "pilot" }) as const;
    expect((await openDoor(knock(memberOfOne), about("pil_1"), nothing)).ok).toBe(true);
    expect(await refusalAt(knock(memberOfOne), about("pil_2"))).toMatchObject({
      status: 404,
      message: "There is no such pilot, or you may not see it.",
    });
  });

  test("something unforeseen is told as such with the request's id, and its own words stay in the diagnostics", async () => {
    const request = knock(lead);
    const refusal = await refusalAt(request, open, () => {
      throw new Error("password of the database is hunter2");
    });
    expect(refusal).toMatchObject({ status: 500, code: "unexpected", requestId: request.requestId });
    expect(JSON.stringify(refusal)).not.toContain("hunter2");
    expect(webLogger().error).toHaveBeenCalledWith(
      expect.objectContaining({ requestId: request.requestId }),
      "unexpected error at a door",
    );
  });

  test("Next's own control flow is not an error of ours", async () => {
    const redirect = new Error("NEXT_REDIRECT");
    const letThrough = (error: unknown) => {
      if (error === redirect) throw error;
    };
    const walk = () => {
      throw redirect;
    };
    await expect(openDoor(knock(lead), open, walk, letThrough)).rejects.toBe(redirect);
  });
});

describe("an action", () => {
  const config = {
    permission: "public",
    maxBytes: 60,
    input: z.object({ title: z.string().min(3, "Too short."), password: z.string().optional() }),
    handler: ({ input }: { input: { title: string } }) => ({ title: input.title, done: "Saved." }),
  } as const;

  test("answers in the form's own shape", async () => {
    const form = new FormData();
    form.set("title", "A run");
    expect(await runAction(config, knock(null), form)).toEqual({
      ok: true,
      value: { title: "A run", done: "Saved." },
      done: "Saved.",
    });
  });

  test("keeps what was typed but for secrets when it is refused", async () => {
    const form = new FormData();
    form.set("title", "A");
    form.set("password", "hunter2");
    expect(await runAction(config, knock(null), form)).toEqual({
      ok: false,
      error: "One field needs a change.",
      code: "bad_input",
      title: "That input is not usable",
      fields: { title: ["Too short."] },
      retryAfter: undefined,
      values: { title: "A" },
    });
  });

  test("gives a number to look into when the fault is ours", async () => {
    const handler = () => {
      throw new AppError("unavailable", "The database does not answer.");
    };
    const request = knock(null);
    expect(await runAction({ ...config, handler }, request, { title: "A run" })).toMatchObject({
      requestId: request.requestId,
    });
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  test.each([
    ["nothing", undefined, "bad_input"],
    ["a text", "title=x", "bad_input"],
    ["a list", [1, 2], "bad_input"],
    ["a circle", circle, "bad_input"],
    ["a big number", { title: 10n }, "bad_input"],
    ["more than it takes", { title: "x".repeat(61) }, "too_large"],
  ])("probe: %s as input is refused", async (_, raw, code) => {
    expect(await runAction(config, knock(null), raw)).toMatchObject({ ok: false, code });
  });
});
