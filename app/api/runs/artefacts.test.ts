// An artefact through its doors: in by a runner's signature, out as bytes to save and nothing else.
import { beforeAll, expect, test } from "vitest";
import { takeArtefact } from "#lib/artefacts/hand-in.ts";
import { listUnscanned, recordScan } from "#lib/artefacts/scan.ts";
import { segmentOf } from "#lib/protocol/artefacts.ts";
import { HEADERS, newRunnerKeys, readPrivateKey, sha256Hex, sign } from "#lib/protocol/signing.ts";
import { actorId } from "#lib/scope.ts";
import { testDatabase } from "#lib/testing/database.ts";
import { asProcess, bytes, entriesAbout, testBlobs } from "#lib/testing/journey.ts";
import { type ModelScene, openModelScene } from "#lib/testing/model-scene.ts";
import { testClock } from "#lib/testing/scopes.ts";
import { type SignedIn, signedIn } from "#lib/testing/signed-in.ts";
import { TEST_URL, webTestEnv } from "#lib/testing/web-env.ts";
import { PUT } from "../runner/v1/leases/[lease]/uploads/artefact/[path]/route.ts";
import { GET, POST } from "./[id]/artefacts/[artefact]/route.ts";

webTestEnv();
testBlobs();
const database = await testDatabase("web");
const HOSTILE = "<html><script>alert(document.cookie)</script>";
let scene: ModelScene;
let [runId, artefactId] = ["", ""];
let security: SignedIn;
let viewer: SignedIn;

beforeAll(async () => {
  scene = await openModelScene(database, testClock(), { environment: { artefactPaths: ["out"] } });
  security = await signedIn("sec", ["security_lead"]);
  viewer = await signedIn("vic", ["viewer"]);
  const { assignment, ...run } = await scene.start();
  ({ runId } = run);
  const { leaseId, attempt } = assignment;
  const path = 'out/"; filename=x.html\u202e.svg';
  ({ artefactId } = await takeArtefact(scene.runner, { leaseId, attempt, path }, bytes(HOSTILE)));
  await asProcess(database, "worker", async () => {
    for (const due of await listUnscanned(scene.lead))
      await recordScan(scene.lead, due, {
        media: "text/html",
        findings: [{ rule: "active", detail: "HTML" }],
      });
  });
});

test("what a runner signed goes into quarantine by its door; another body, or nobody's signature, does not", async () => {
  const keys = newRunnerKeys();
  const runnerId = actorId(scene.runner.actor);
  await database.owner.query("alter table runner disable trigger governed");
  await database.owner.query("update runner set public_key = $1 where id = $2", [keys.publicKey, runnerId]);
  const { assignment } = await scene.start();
  const segment = segmentOf("out/ünï.txt");
  const path = `/api/runner/v1/leases/${assignment.leaseId}/uploads/artefact/${segment}`;
  const put = (said: string, body = said): Promise<Response> => {
    const parts = {
      method: "PUT",
      path,
      runnerId,
      time: String(Date.now()),
      sha256: sha256Hex(Buffer.from(said)),
    };
    const headers = {
      ...{ [HEADERS.runner]: runnerId, [HEADERS.time]: parts.time, [HEADERS.sha256]: parts.sha256 },
      ...{ [HEADERS.signature]: sign(parts, readPrivateKey(keys.privateKey)), [HEADERS.attempt]: "1" },
    };
    const request = new Request(`${TEST_URL}${path}`, { method: "PUT", headers, body });
    return PUT(request, { params: Promise.resolve({ lease: assignment.leaseId, path: segment }) });
  };
  const answer = await put("all is well");
  expect([answer.status, await answer.json()]).toEqual([200, { artefactId: expect.stringMatching(/^art_/) }]);
  expect((await put("all is well", "all is bad!")).status).toBeGreaterThanOrEqual(400);
  const { rows } = await database.owner.query("select path, state from artefact where run_id = $1", [
    assignment.runId,
  ]);
  expect(rows).toEqual([{ path: "out/ünï.txt", state: "quarantined" }]);
});

function ask(
  method: "GET" | "POST",
  who: SignedIn | null,
  headers: Record<string, string>,
): Promise<Response> {
  const url = `${TEST_URL}/api/runs/${runId}/artefacts/${artefactId}?acknowledge=quarantined`;
  const cookie: Record<string, string> = who === null ? {} : { cookie: who.cookie };
  const params = Promise.resolve({ id: runId, artefact: artefactId });
  const request = new Request(url, { method, headers: { ...cookie, ...headers } });
  return (method === "GET" ? GET : POST)(request, { params });
}
const FROM_US = { "sec-fetch-site": "same-origin", origin: TEST_URL };
const get = (who: SignedIn | null, headers: Record<string, string> = {}) => ask("GET", who, headers);
/** As the dialog's button does. */
const press = (who: SignedIn | null, headers: Record<string, string> = FROM_US) => ask("POST", who, headers);
const sentenceOf = async (answer: Response): Promise<string> => (await answer.json()).error.message;
const timesTaken = async (): Promise<number> =>
  (await entriesAbout(database, `run:${runId}`)).filter(({ kind }) => kind === "artefact.taken").length;

test("probe: active content leaves as bytes to save, under a plain name, and opens nowhere (H49)", async () => {
  const answer = await press(security);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "application/octet-stream",
    "content-disposition": 'attachment; filename="___filename_x.html_.svg.quarantined"',
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "content-length": String(HOSTILE.length),
  });
  expect(await answer.text()).toBe(HOSTILE);
  expect(await timesTaken()).toBe(1);
});

test("probe: nobody takes it without being signed in, without the permission, or without being told", async () => {
  expect((await press(null)).status).toBe(401);
  expect((await press(viewer)).status).toBe(403);
  const untold = await get(security);
  expect([untold.status, await sentenceOf(untold)]).toEqual([422, expect.stringContaining("in quarantine")]);
});

test("probe: a runner's signature and a program's token open nothing here", async () => {
  const signed = { "ph-runner": "rnr_x", "ph-signature": "x", "ph-time": String(Date.now()) };
  expect((await press(null, { ...FROM_US, ...signed })).status).toBe(401);
  const bearer = { authorization: `Bearer pht_${"a".repeat(43)}` };
  expect((await press(null, { ...FROM_US, ...bearer })).status).toBe(401);
});

test("probe: no other site starts a download in somebody's name, of what is in quarantine or of what is not", async () => {
  const before = await timesTaken();
  for (const site of ["cross-site", "same-site"]) {
    const pressed = await press(security, { "sec-fetch-site": site, origin: "https://evil.example" });
    expect([pressed.status, await sentenceOf(pressed)]).toEqual([
      403,
      expect.stringContaining("comes from another site"),
    ]);
    const led = await get(security, { "sec-fetch-site": site });
    expect([led.status, await sentenceOf(led)]).toEqual([
      403,
      expect.stringContaining("Another site led here"),
    ]);
  }
  const silent = await press(security, {});
  expect([silent.status, await sentenceOf(silent)]).toEqual([403, expect.stringContaining("does not say")]);
  const old = await press(security, { origin: "https://evil.example" });
  expect(old.status).toBe(403);
  expect(await timesTaken()).toBe(before);
});
