import type { ReactNode } from "react";
import { isValidElement } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { unavailable } from "#lib/errors.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { type SignedIn, signedIn } from "#lib/testing/signed-in.ts";
import { webTestEnv } from "#lib/testing/web-env.ts";
import { webLogger } from "./core.ts";
import { doorOf } from "./door.ts";
import { layout } from "./layout.tsx";
import { page } from "./page.tsx";

const incoming = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({ headers: async () => incoming.headers }));

webTestEnv();
await testDatabase("web");
const viewer = await signedIn("Vi Viewer", ["viewer"]);
const member = await signedIn("Max Member", [["viewer", "pil_1"]]);

beforeEach(() => {
  vi.spyOn(webLogger(), "error").mockImplementation(() => undefined);
  vi.spyOn(webLogger(), "warn").mockImplementation(() => undefined);
});
afterEach(() => void vi.restoreAllMocks());

const as = (who: SignedIn | null) => {
  incoming.headers = new Headers(who ? { cookie: who.cookie } : {});
};
const props = (params: Record<string, string> = {}, searchParams: Record<string, string> = {}) => ({
  params: Promise.resolve(params),
  searchParams: Promise.resolve(searchParams),
});

async function digestOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof Error && "digest" in error ? String(error.digest) : `no digest: ${String(error)}`;
}

const refusalIn = (node: ReactNode) => (isValidElement<Record<string, unknown>>(node) ? node.props : {});

describe("a page", () => {
  const pilot = page({
    permission: "pilot.view",
    pilot: (params) => params.id ?? "",
    query: z.object({ tab: z.enum(["runs", "charter"]).catch("runs"), q: z.string().max(5).default("") }),
    handler: ({ params, query, session }) => `${session?.person.name} ${params.id} ${query.tab} ${query.q}`,
  });

  test("gets its params decoded and its query read", async () => {
    as(member);
    expect(await pilot(props({ id: "pil%5F1" }, { tab: "charter" }))).toBe("Max Member pil_1 charter ");
    expect(await pilot(props({ id: "pil%5F1" }, { tab: "nonsense" }))).toBe("Max Member pil_1 runs ");
  });

  test("leads to the sign-in page when nobody is signed in", async () => {
    as(null);
    expect(await digestOf(pilot(props({ id: "pil_1" })))).toContain(";/sign-in?next=%2F;");
  });

  test("is not there for who is no member of its pilot", async () => {
    as(member);
    expect(await digestOf(pilot(props({ id: "pil_2" })))).toContain(";404");
  });

  test("shows why not, in its place, to a member whose role lacks it", async () => {
    as(viewer);
    const create = page({ permission: "pilot.create", handler: () => "form" });
    expect(refusalIn(await create(props()))).toMatchObject({
      code: "forbidden",
      sentence: expect.stringContaining("Ask an engineering lead or a security lead of the organisation."),
    });
  });

  test("shows a fault of ours with the request's id and none of its words", async () => {
    as(viewer);
    const broken = page({
      permission: "signed_in",
      handler: () => {
        throw new Error("secret detail");
      },
    });
    const shown = refusalIn(await broken(props()));
    expect(shown).toMatchObject({ code: "unexpected", requestId: expect.stringMatching(/^req_/) });
    expect(JSON.stringify(shown)).not.toContain("secret detail");
    const away = page({
      permission: "signed_in",
      handler: () => {
        throw unavailable("The database does not answer.");
      },
    });
    expect(refusalIn(await away(props()))).toMatchObject({
      code: "unavailable",
      sentence: "The database does not answer.",
    });
  });

  test.each([
    [{ id: "pil_1" }, { q: "a\0b" }],
    [{ id: "pil_1%00" }, {}],
    [{ id: "pil_1" }, { q: "longer than five" }],
  ])("probe: params %j with query %j are a bad address, not a fault", async (params, query) => {
    as(viewer);
    expect(refusalIn(await pilot(props(params, query)))).toMatchObject({ code: "bad_input" });
  });

  test("probe: a segment that does not decode is taken as it is", async () => {
    as(viewer);
    expect(await pilot(props({ id: "%E0%A4%A" }))).toBe("Vi Viewer %E0%A4%A runs ");
  });

  test("says what door it is", () => {
    expect(doorOf(pilot)).toEqual({ kind: "page", permission: "pilot.view", maxBytes: 0 });
  });
});

describe("a layout", () => {
  const frame = layout({
    permission: "signed_in",
    handler: ({ session, children }) => `${session?.person.name}: ${String(children)}`,
  });

  test("wraps its children for who is signed in", async () => {
    as(viewer);
    expect(await frame({ children: "page" })).toBe("Vi Viewer: page");
  });

  test("shows nothing of itself to who is not", async () => {
    as(null);
    expect(await digestOf(frame({ children: "page" }))).toContain("/sign-in");
  });
});
