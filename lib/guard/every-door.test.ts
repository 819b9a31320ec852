// Whatever the application exports to the outside stands behind a door, and every door lets in exactly whom the
// table of permissions names. New pages, actions and routes are found by themselves.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { can, type DoorPermission } from "#lib/authz/rules.ts";
import { Role } from "#lib/authz/schema.ts";
import { closeLive } from "#lib/live/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { type SignedIn, signedIn } from "#lib/testing/signed-in.ts";
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
  "app/(auth)/actions.ts setPassword",
  "app/(auth)/actions.ts signIn",
  "app/(auth)/actions.ts signOut",
  "app/(auth)/link/[token]/page.tsx default",
  "app/(auth)/sign-in/page.tsx default",
  "app/api/runner/v1/register/route.ts POST",
];
/** The frame of every page, which reads nothing of ours and so needs no door. */
const FRAME = "app/layout.tsx";

webTestEnv();
await testDatabase("web");
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

const CALLERS = ["anonymous", "stranger", ...Role.options] as const;
type CallerName = (typeof CALLERS)[number];
const people = new Map<CallerName, SignedIn>();

/** New sessions: some doors end the one they are passed with. */
async function signEverybodyIn(): Promise<void> {
  for (const caller of CALLERS) {
    if (caller === "anonymous") continue;
    people.set(caller, await signedIn(`The ${caller}`, caller === "stranger" ? [] : [caller]));
  }
}

type Verdict = "unauthenticated" | "forbidden" | "not_found" | "passed";

function expectedOf(permission: DoorPermission | "runner", caller: CallerName): Verdict {
  if (permission === "runner") return "unauthenticated";
  if (permission === "public") return "passed";
  if (caller === "anonymous") return "unauthenticated";
  if (permission === "signed_in") return "passed";
  if (caller === "stranger") return "not_found";
  return can([{ role: caller, pilotId: null }], permission) ? "passed" : "forbidden";
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
    { ownKeys: () => [], get: (_, key) => (typeof key === "string" ? "nobody" : undefined) },
  ),
);

async function callWith(door: Door, { exported, method }: Entrance, caller: CallerName): Promise<unknown> {
  const headers = new Headers({ origin: TEST_URL, host: "localhost:4300" });
  const cookie = people.get(caller)?.cookie;
  if (cookie) headers.set("cookie", cookie);
  incoming.headers = headers;
  const call = exported as (...args: unknown[]) => Promise<unknown>;
  if (door.kind === "page" || door.kind === "layout") {
    return call({
      params: Promise.resolve({ id: "nobody", token: "nobody" }),
      searchParams: Promise.resolve({}),
      children: null,
    });
  }
  if (door.kind === "action") return call({});
  const body = method === "GET" || method === "HEAD" ? null : "{}";
  return call(new Request(`${TEST_URL}/nowhere`, { method, headers, body }), { params });
}

async function verdictOf(door: Door, entrance: Entrance, caller: CallerName): Promise<Verdict> {
  try {
    const answer = await callWith(door, entrance, caller);
    if (answer instanceof Response) await answer.body?.cancel();
    return answeredVerdict(answer);
  } catch (error) {
    return thrownVerdict(error);
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
  beforeEach(signEverybodyIn);
  afterEach(() => void vi.restoreAllMocks());

  test.each(doors)("$name", async ({ door, ...entrance }) => {
    for (const caller of CALLERS) {
      const expected = expectedOf(door.permission, caller);
      const verdict = await verdictOf(door, entrance, caller);
      // Beyond the door a thing that is not there is 404 as well.
      const seen = expected === "passed" && verdict === "not_found" ? "passed" : verdict;
      expect(`${caller}: ${seen}`).toBe(`${caller}: ${expected}`);
    }
  });
});
