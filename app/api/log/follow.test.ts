// The log followed over HTTP, by nothing but its formats: with a token, as every tlog client would.
import { beforeAll, describe, expect, test } from "vitest";
import { giveAccess } from "#lib/log-access/service.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { enrol, testBlobs } from "#lib/testing/journey.ts";
import { type MergedRun, mergedRun, verified } from "#lib/testing/merged-run.ts";
import { sequenceLog, type TestLog } from "#lib/testing/notary.ts";
import { person, systemActor, testClock, testScope } from "#lib/testing/scopes.ts";
import { signedIn } from "#lib/testing/signed-in.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { parseCheckpoint } from "#lib/tlog/checkpoint.ts";
import { leafHash } from "#lib/tlog/hashing.ts";
import { memoryTree } from "#lib/tlog/memory-tree.ts";
import { openNote } from "#lib/tlog/note.ts";
import { parseBundle, parseTile } from "#lib/tlog/tile-files.ts";
import { tilePath, tileWidth } from "#lib/tlog/tiles.ts";
import { GET as getDossier } from "../runs/[id]/dossier/route.ts";
import { GET as getCheckpoint } from "./[epoch]/checkpoint/route.ts";
import { GET as getTile } from "./[epoch]/tile/[...path]/route.ts";
import { GET as getProof } from "./entries/[id]/proof/route.ts";
import { POST as postExport } from "./export/route.ts";
import { GET as getExport } from "./exports/[id]/route.ts";

testBlobs();
webTestEnv();
const database = await testDatabase("web");
const seed = testScope({ roles: ["engineering_lead"], actor: systemActor("demo"), clock: testClock() });
const lead = testScope({ roles: ["security_lead"], actor: person("per_lead"), clock: testClock() });
let first: MergedRun;
let second: MergedRun;
let log: TestLog;
let whole = "";
let narrow = "";
let bare = "";

beforeAll(async () => {
  const journey = { database, worker: seed, runner: await enrol(seed, "r") };
  first = await mergedRun(journey, "first");
  second = await mergedRun(journey, "second");
  const given = async (pilotId: string | null, withBlobs: boolean) =>
    (await giveAccess(lead, { label: "The auditors", pilotId, withBlobs, days: 30 })).token;
  whole = await given(null, true);
  narrow = await given(first.pilotId, true);
  bare = await given(null, false);
  log = await sequenceLog(database);
});

type Route = typeof getTile;
type Params = Record<string, string | string[]>;

const call = (route: Route, token: string, params: Params = {}, query = "", method = "GET") =>
  route(
    new Request(`${TEST_URL}/api/log/x${query}`, { method, headers: { authorization: `Bearer ${token}` } }),
    { params: Promise.resolve(params) },
  );
const tile = (token: string, path: string, epoch = "1") =>
  call(getTile, token, { epoch, path: path.split("/") });

async function exportedBy(token: string, query: string): Promise<Response> {
  const started = await call(postExport, token, {}, query, "POST");
  if (started.status !== 201) return started;
  const { id } = (await started.json()) as { id: string };
  expect(started.headers.get("location")).toBe(`/api/log/exports/${id}`);
  return call(getExport, token, { id });
}

describe("a tlog client with a token", () => {
  test("reads the checkpoint, the tiles and the entries, and gets to the signed root", async () => {
    const checkpoint = await call(getCheckpoint, whole, { epoch: "1" });
    expect(checkpoint.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(checkpoint.headers.get("cache-control")).toContain("no-cache");
    const { size, root } = parseCheckpoint(openNote(await checkpoint.text()).text);
    const width = tileWidth(0, 0, size);
    const hashes = await tile(whole, tilePath({ level: 0, index: 0, width }).slice("tile/".length));
    expect(hashes.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    expect(hashes.headers.get("content-type")).toBe("application/octet-stream");
    const leaves = parseTile(Buffer.from(await hashes.arrayBuffer())) ?? [];
    expect(memoryTree(leaves).root).toEqual(root);
    const bundle = await tile(whole, tilePath({ level: "entries", index: 0, width }).slice("tile/".length));
    const entries = parseBundle(Buffer.from(await bundle.arrayBuffer())) ?? [];
    expect(entries.map(leafHash)).toEqual(leaves);
  });

  test.each([
    "0/001",
    "0/000.p/0",
    "0/000.p/256",
    "0/000.p/257",
    "0/0",
    "1/000",
    "64/000",
    "00/000.p/3",
    "0/../../checkpoint",
    "0/000.p/3/../../../vkey",
    "%2e%2e/%2e%2e/1/checkpoint",
    "0/000.p/3\0",
    "entries/x000/000",
    "",
  ])("probe: %j is no tile, whatever lies there", async (path) => {
    expect([400, 404]).toContain((await tile(whole, path)).status);
  });

  test.each(["0", "2", "01", "1e0", "-1", "..", "99999999999999999999"])(
    "probe: there is no log %s",
    async (epoch) => {
      expect([400, 404]).toContain((await call(getCheckpoint, whole, { epoch })).status);
      expect([400, 404]).toContain((await tile(whole, "0/000", epoch)).status);
    },
  );

  test("limited to a pilot, it gets hashes and no bundle of everybody's entries", async () => {
    const width = tileWidth(0, 0, log.signed?.size ?? 0);
    expect((await tile(narrow, `0/000.p/${width}`)).status).toBe(200);
    const refused = await tile(narrow, `entries/000.p/${width}`);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("Bundles hold the entries of all pilots");
  });
});

describe("an export by token", () => {
  test("is accepted by the verifier", async () => {
    const answer = await exportedBy(whole, "?payloads=1");
    expect(answer.headers.get("content-type")).toBe("application/jsonl; charset=utf-8");
    const report = await verified(await answer.text(), log.folders.log);
    expect(report).toMatchObject({ code: 0, unreadable: null });
  });

  test("of a limited token is of its pilot, asked for or not; another pilot is not there for it", async () => {
    const text = await (await exportedBy(narrow, "?payloads=1")).text();
    expect((await verified(text, log.folders.log)).code).toBe(0);
    expect(text).toContain(first.runId);
    expect(text).not.toContain(second.runId);
    expect((await exportedBy(narrow, `?pilot=${second.pilotId}`)).status).toBe(404);
  });

  test("has no payloads where the access has none", async () => {
    expect((await exportedBy(bare, "?payloads=1")).status).toBe(403);
    expect(await (await exportedBy(bare, "")).text()).not.toContain('"type":"event"');
  });

  test("probe: belongs to its token; another one's and a person's are not there for it", async () => {
    const started = await call(postExport, whole, {}, "", "POST");
    const { id } = (await started.json()) as { id: string };
    expect((await call(getExport, bare, { id })).status).toBe(404);
    const auditor = await signedIn("Ada Auditor", ["auditor"]);
    const cookie = new Request(`${TEST_URL}/x`, { headers: { cookie: auditor.cookie } });
    expect((await getExport(cookie, { params: Promise.resolve({ id }) })).status).toBe(404);
  });

  test.each(["?from=1000000", "?from=-1", "?from=1.5", "?from=x"])("probe: %s is refused", async (query) => {
    const started = await call(postExport, whole, {}, "", "POST");
    const { id } = (await started.json()) as { id: string };
    expect((await call(getExport, whole, { id }, query)).status).toBe(400);
  });
});

describe("a proof and a dossier by token", () => {
  const mergedEntry = async (run: MergedRun): Promise<string> => {
    const { rows } = await database.owner.query<{ id: string }>(
      "select id from log_entry where kind = 'run.merged' and about @> array[$1]",
      [`run:${run.runId}`],
    );
    return rows[0]?.id ?? "";
  };

  test("the proof of a merge is accepted, and refused with one byte changed", async () => {
    const text = await (await call(getProof, narrow, { id: await mergedEntry(first) })).text();
    expect((await verified(text, log.folders.log)).code).toBe(0);
    const changed = text.replace("dddddddd", "dddddddc");
    expect((await verified(changed, log.folders.log)).code).toBe(1);
  });

  test("the dossier is accepted as JSON Lines and readable as a page that names it", async () => {
    const params = { id: first.runId };
    const page = await (await call(getDossier, narrow, params, "?payloads=1")).text();
    const address = /dossier=(exp_[0-9a-z]+)/.exec(page)?.[1] ?? "";
    const bundle = await (await call(getDossier, narrow, params, `?format=jsonl&dossier=${address}`)).text();
    expect((await verified(bundle, log.folders.log)).code).toBe(0);
    const digest = await crypto.subtle.digest("SHA-256", Buffer.from(bundle));
    expect(page).toContain(Buffer.from(digest).toString("hex"));
  });

  test("probe: another pilot's entry and run are not there for a limited token", async () => {
    expect((await call(getProof, narrow, { id: await mergedEntry(second) })).status).toBe(404);
    expect((await call(getDossier, narrow, { id: second.runId })).status).toBe(404);
  });
});
