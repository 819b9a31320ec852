// Whatever the application exports to the outside stands behind a door, and every door lets in exactly whom the
// table of permissions names. New pages, actions and routes are found by themselves.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { can, type DoorPermission } from "#lib/authz/rules.ts";
import { closeLive } from "#lib/live/service.ts";
import { type Caller, everybody, PILOT } from "#lib/testing/callers.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { webLogger } from "./core.ts";
import { type Door, doorOf } from "./door.ts";

const incoming = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({
  headers: async () => incoming.headers,
  cookies: async () => ({ get: () => undefined, set: () => undefined, delete: () => undefined }),
}));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined, revalidateTag: () => undefined }));

/** Everything anybody may reach without a session. To add one is a decision of its own. */
const PUBLIC = [
  "app/(auth)/actions.ts askPasskey",
  "app/(auth)/actions.ts secondStep",
  "app/(auth)/actions.ts secondStepByPasskey",
  "app/(auth)/actions.ts setPassword",
  "app/(auth)/actions.ts signIn",
  "app/(auth)/actions.ts signOut",
  "app/(auth)/link/[token]/page.tsx default",
  "app/(auth)/sign-in/page.tsx default",
  "app/(auth)/sign-in/return/route.ts GET",
  "app/(auth)/sign-in/second-step/page.tsx default",
  "app/(auth)/sign-in/sso/route.ts GET",
  "app/api/forges/[connection]/route.ts POST",
  "app/api/pagers/[pager]/route.ts POST",
  "app/api/runner/v1/register/route.ts POST",
];
/** The frame of every page, which reads nothing of ours and so needs no door. */
const FRAME = "app/layout.tsx";

webTestEnv();
const database = await testDatabase("web");
afterAll(() => closeLive());

const ROOT = new URL("../..", import.meta.url).pathname;
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const SPECIAL =
  /^(page|layout|route|template|default|loading|error|global-error|not-found|forbidden|unauthorized)\.tsx?$/;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesOf(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.") ? [path] : [];
  });
}

const files = filesOf(join(ROOT, "app")).sort();
const textOf = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
const isActions = (file: string) => /^\s*["']use server["']/.test(textOf.get(file) ?? "");
const nameOf = (file: string) => relative(ROOT, file);

interface Entrance {
  readonly name: string;
  readonly exported: unknown;
  readonly method: string;
}

/** What Next would expose of a module. */
async function entrancesOf(file: string): Promise<Entrance[]> {
  const kind = basename(file).replace(/\.tsx?$/, "");
  if (nameOf(file) === FRAME || (!isActions(file) && !["page", "layout", "route"].includes(kind))) return [];
  const exports = Object.entries((await import(file)) as Record<string, unknown>);
  const exposed = exports.filter(([key]) => {
    if (isActions(file)) return true;
    return kind === "route" ? METHODS.includes(key) : key === "default";
  });
  return exposed.map(([key, exported]) => ({
    name: `${nameOf(file)} ${key}`,
    exported,
    method: METHODS.includes(key) ? key : "GET",
  }));
}

const entrances = (await Promise.all(files.map(entrancesOf))).flat();
const doors = entrances.flatMap((entrance) => {
  const door = doorOf(entrance.exported);
  return door ? [{ ...entrance, door }] : [];
});

const { callers, renew } = await everybody(database.owner);

type Verdict = "unauthenticated" | "forbidden" | "not_found" | "passed";

/** To a member of another pilot, what is this one's may be closed or not there; it is never open. */
const CLOSED: readonly Verdict[] = ["forbidden", "not_found"];

function expectedOf(permission: DoorPermission | "runner", caller: Caller): readonly Verdict[] {
  if (permission === "runner") return ["unauthenticated"];
  // Beyond the door a thing that is not there is 404 as well.
  const passed = ["passed", "not_found"] as const;
  if (permission === "public") return ["passed"];
  if (caller.cookie === null) return ["unauthenticated"];
  if (permission === "signed_in") return passed;
  if (caller.grants.length === 0) return ["not_found"];
  // What all pilots share is closed behind the door to who has the permission on one alone.
  if (can(caller.grants, permission)) return caller.isEverywhere ? passed : [...passed, "forbidden"];
  return caller.isElsewhere ? CLOSED : ["forbidden"];
}

const STATUS: Record<number, Verdict> = { 401: "unauthenticated", 403: "forbidden", 404: "not_found" };

/** Next's redirect and notFound are thrown, with a digest that says which. */
function thrownVerdict(error: unknown): Verdict {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : "";
  if (digest.includes("/sign-in?next=")) return "unauthenticated";
  if (digest.endsWith(";404")) return "not_found";
  if (digest.startsWith("NEXT_REDIRECT")) return "passed";
  throw error;
}

function answeredVerdict(answer: unknown): Verdict {
  if (answer instanceof Response) return STATUS[answer.status] ?? "passed";
  const code = codeIn(answer);
  return code === "unauthenticated" || code === "forbidden" || code === "not_found" ? code : "passed";
}

/** The code of an action's result, or of the refusal a page shows instead of itself. */
function codeIn(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null) return undefined;
  if ("code" in answer) return answer.code;
  const props = "props" in answer ? answer.props : undefined;
  return typeof props === "object" && props !== null && "code" in props && "requestId" in props
    ? props.code
    : undefined;
}

const params = Promise.resolve(
  new Proxy<Record<string, string>>(
    {},
    { ownKeys: () => [], get: (_, key) => (typeof key === "string" ? PILOT : undefined) },
  ),
);

async function callWith(door: Door, { exported, method }: Entrance, caller: Caller): Promise<unknown> {
  const headers = new Headers({ origin: TEST_URL, host: "localhost:4300" });
  if (caller.cookie !== null) headers.set("cookie", caller.cookie);
  incoming.headers = headers;
  const call = exported as (...args: unknown[]) => Promise<unknown>;
  if (door.kind === "page" || door.kind === "layout") {
    return call({
      params: Promise.resolve({ id: PILOT, token: "nobody" }),
      searchParams: Promise.resolve({}),
      children: null,
    });
  }
  if (door.kind === "action") return call({});
  const body = method === "GET" || method === "HEAD" ? null : "{}";
  return call(new Request(`${TEST_URL}/nowhere`, { method, headers, body }), { params });
}

async function verdictOf(door: Door, entrance: Entrance, caller: Caller): Promise<Verdict> {
  try {
    const answer = await callWith(door, entrance, caller);
    if (answer instanceof Response) await answer.body?.cancel();
    return answeredVerdict(answer);
  } catch (error) {
    const verdict = thrownVerdict(error);
    // A page for anybody may lead on to the way in.
    return door.permission === "public" && verdict === "unauthenticated" ? "passed" : verdict;
  }
}

describe("everything reachable", () => {
  test("was found", () => {
    expect(entrances.length).toBeGreaterThan(PUBLIC.length);
  });

  test("stands behind a door", () => {
    const open = entrances.filter(({ exported }) => doorOf(exported) === null).map(({ name }) => name);
    expect(open).toEqual([]);
  });

  test("is of the door's own kind", () => {
    for (const { name, door } of doors) {
      const file = name.slice(0, name.lastIndexOf(" "));
      const kinds = isActions(join(ROOT, file))
        ? ["action"]
        : { page: ["page"], layout: ["layout"] }[basename(file, ".tsx")];
      expect(kinds ?? ["route", "stream_route", "runner_route", "token_route"], name).toContain(door.kind);
    }
  });

  test("is open to anybody only where this list says so", () => {
    const open = doors.filter(({ door }) => door.permission === "public").map(({ name }) => name);
    expect(open.sort()).toEqual(PUBLIC);
  });

  test("says how much it takes, and an action no more than Next lets through", () => {
    for (const { name, door } of doors) {
      expect(Number.isSafeInteger(door.maxBytes) && door.maxBytes >= 0, name).toBe(true);
      if (door.kind === "action") expect(door.maxBytes, name).toBeLessThanOrEqual(1_000_000);
    }
  });

  test("probe: no function is made an action in the middle of a file, where no door would be seen", () => {
    const inline = files.filter(
      (file) => !isActions(file) && /["']use server["']/.test(textOf.get(file) ?? ""),
    );
    expect(inline.map(nameOf)).toEqual([]);
  });

  test("probe: what Next renders without a door reads nothing of ours", () => {
    const reading = files.filter((file) => {
      const special = basename(file).match(SPECIAL)?.[1];
      if (
        nameOf(file) !== FRAME &&
        (special === undefined || ["page", "route", "layout"].includes(special))
      ) {
        return false;
      }
      return /#lib\/[a-z-]+\/[a-z-]*service\.ts|#lib\/guard/.test(textOf.get(file) ?? "");
    });
    expect(reading.map(nameOf)).toEqual([]);
  });
});

describe("every door lets in whom the table names", () => {
  // Handlers that are reached get input that fits nothing; what they then say is their own tests' business.
  beforeEach(() => void vi.spyOn(webLogger(), "error").mockImplementation(() => undefined));
  beforeEach(renew);
  afterEach(() => void vi.restoreAllMocks());

  test.each(doors)("$name", async ({ door, ...entrance }) => {
    for (const caller of callers) {
      const expected = expectedOf(door.permission, caller);
      const verdict = await verdictOf(door, entrance, caller);
      const isRight = expected.includes(verdict);
      expect(`${caller.name}: ${isRight ? expected.join() : verdict}`).toBe(
        `${caller.name}: ${expected.join()}`,
      );
    }
  });
});
