// What is decided about a release is told where whoever asked for it waits: a real server on this host that takes what
// GitHub's REST API takes, and nothing else.
import { createVerify, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { DAY, MINUTE } from "#lib/clock.ts";
import { transaction } from "#lib/db.ts";
import { decideGate } from "#lib/gates/decide-gate.ts";
import { getGate } from "#lib/gates/service.ts";
import { listReleases } from "#lib/releases/answer.ts";
import { askRelease } from "#lib/releases/ask-release.ts";
import { listCredentials, removeCredential, setCredential } from "#lib/releases/callbacks/credentials.ts";
import { AskRelease } from "#lib/releases/schema.ts";
import { makeScope, type Scope } from "#lib/scope.ts";
import { pullStop } from "#lib/stops/pull-stop.ts";
import { liftStop } from "#lib/stops/service.ts";
import { member } from "#lib/testing/arrange.ts";
import { entriesAbout } from "#lib/testing/journey.ts";
import { HERE, type NoticeScene, noticeScene } from "#lib/testing/notice-scene.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";
import { callBack } from "./call-back.ts";

const COMMIT = "a".repeat(40);
const PATH = "/repos/octo/shop/actions/runs/42/deployment_protection_rule";
const app = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = app.privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const TOKEN = "ghs_of_the_installation_1234567890";

/** As docs.github.com has it: “Review custom deployment protection rules for a workflow run”. */
const Review = z.strictObject({
  environment_name: z.string().min(1),
  state: z.enum(["approved", "rejected"]),
  comment: z.string().min(1),
});

const github = { reviews: [] as z.infer<typeof Review>[], asked: [] as string[], head: COMMIT, status: 204 };

function isApp(authorization: string): boolean {
  const [head = "", claims = "", signature = ""] = authorization.replace("Bearer ", "").split(".");
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
  const isOurs = iss === "Iv1.app" && exp - iat <= 600;
  return (
    isOurs &&
    createVerify("RSA-SHA256").update(`${head}.${claims}`).verify(app.publicKey, signature, "base64url")
  );
}

function answer(request: IncomingMessage, body: string): readonly [status: number, text: string] {
  const { method, url = "", headers } = request;
  const { authorization = "", accept, "x-github-api-version": version } = headers;
  github.asked.push(`${method} ${url}`);
  if (accept !== "application/vnd.github+json" || version !== "2022-11-28") return [415, ""];
  if (url === "/app/installations/7/access_tokens")
    return isApp(authorization)
      ? [201, JSON.stringify({ token: TOKEN, expires_at: "2030-01-01T00:00:00Z" })]
      : [401, ""];
  if (authorization !== `Bearer ${TOKEN}`) return [401, ""];
  if (method === "GET" && `${url}/deployment_protection_rule` === PATH)
    return [200, JSON.stringify({ id: 42, head_sha: github.head, status: "waiting" })];
  if (method !== "POST" || url !== PATH) return [404, ""];
  const review = Review.safeParse(JSON.parse(body));
  if (!review.success) return [422, ""];
  if (github.status === 204) github.reviews.push(review.data);
  return [github.status, ""];
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const [status, text] = answer(request, Buffer.concat(pieces).toString("utf8"));
    response.writeHead(status).end(text);
  });
});

let [scene, sec, pipeline]: [NoticeScene?, Scope?, Scope?] = [];
let host = "";
const people = () => {
  if (!scene || !sec || !pipeline) throw new Error("nobody is there");
  return { scene, sec, pipeline };
};
const warn = vi.fn();

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  scene = await noticeScene();
  await scene.reviewed();
  sec = await member(scene.seed, "sec", "security_lead");
  const actor = { kind: "token", personId: "per_pipeline", tokenId: "tok_test" } as const;
  const { pilotId } = scene.work;
  const grants = [{ role: "engineering_lead", pilotId, permissions: ["release.ask"] }] as const;
  pipeline = makeScope({ actor, grants, requestId: "req_test", clock: scene.clock });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  Object.assign(github, { reviews: [], asked: [], head: COMMIT, status: 204 });
});

const call = () =>
  people().scene.asWorker((scope) =>
    callBack(scope, {
      ...{ privateKey: people().scene.privateKey, logger: { warn } },
      limits: { allowedHosts: HERE, timeout: 5000 },
    }),
  );

let nth = 0;
function words(path = PATH): AskRelease {
  const digest = `sha256:${String(nth++).padStart(64, "0")}`;
  return AskRelease.parse({
    ...{ pilotId: people().scene.work.pilotId, environment: "production", deployment: { sha: COMMIT } },
    ...{ artifact: { digest }, deployment_callback_url: `http://${host}${path}` },
  });
}

async function decided(decision: "approve" | "deny", asked = words()): Promise<string> {
  const { gateId } = await askRelease(people().pipeline, asked);
  const { digest } = await getGate(people().sec, gateId);
  await decideGate(people().sec, { gateId, digest, decision, reason: "Read what it contains." });
  return gateId;
}

const ofGate = async (gateId: string) =>
  (await listReleases(people().sec, people().scene.work.pilotId)).find((one) => one.gateId === gateId)
    ?.callbacks;
const kept = () =>
  setCredential(people().scene.administrator, {
    ...{ pilotId: people().scene.work.pilotId, host, kind: "github_app" },
    ...{ app: "Iv1.app", installation: "7", key: pem },
  });

describe("a decision", () => {
  test("is not told without a credential, which is said; once there is one it is told", async () => {
    const gateId = await decided("approve");
    expect(await call()).toBe(0);
    expect([await ofGate(gateId), github.asked]).toMatchObject([[{ state: "no_credential", host }], []]);
    await kept();
    expect(await call()).toBe(1);
    expect(github.reviews).toMatchObject([{ environment_name: "production", state: "approved" }]);
    expect(github.reviews[0]?.comment).toContain("Approved in Pilothouse. Decision sha256:");
    expect(await ofGate(gateId)).toMatchObject([{ state: "delivered", attempts: 1, reason: null }]);
    expect(await call()).toBe(0);
    const entries = await entriesAbout(people().scene.database, `gate:${gateId}`);
    expect(entries.at(-1)).toMatchObject({
      ...{ kind: "release.called_back", detail: { state: "approved", outcome: "delivered" } },
    });
  });

  test("of no is told as that, without asking what waits there", async () => {
    await decided("deny");
    await call();
    expect(github.reviews).toMatchObject([{ state: "rejected" }]);
    expect(github.asked).toEqual(["POST /app/installations/7/access_tokens", `POST ${PATH}`]);
  });

  test("that is not taken is tried again until it is, and the page says what came of it", async () => {
    const gateId = await decided("approve");
    github.status = 502;
    await call();
    expect(await ofGate(gateId)).toMatchObject([
      { state: "waiting", attempts: 1, reason: "It answered 502." },
    ]);
    expect(await call()).toBe(0); // not before its time
    github.status = 204;
    people().scene.clock.advance(MINUTE);
    await call();
    expect(await ofGate(gateId)).toMatchObject([{ state: "delivered", attempts: 2 }]);
  });

  test.each([
    ["is given up after days of no answer", 503, "given_up", 4 * DAY],
    ["is refused where it is not taken for what it is, however often", 422, "refused", 10 * MINUTE],
  ])("%s", async (_, status, state, wait) => {
    const gateId = await decided("deny");
    github.status = status;
    for (let tries = 0; tries < 5; tries++) {
      await call();
      people().scene.clock.advance(wait);
    }
    expect(await ofGate(gateId)).toMatchObject([{ state, reason: expect.stringContaining(String(status)) }]);
  });

  test("asked for from another run of the workflow is told there too, and nowhere twice", async () => {
    const asked = words();
    await decided("approve", asked);
    await askRelease(people().pipeline, asked);
    await call();
    expect(await call()).toBe(0);
    expect(github.reviews).toHaveLength(1);
    const other = { ...asked, deployment_callback_url: `http://${host}${PATH.replace("42", "43")}` };
    const { gateId } = await askRelease(people().pipeline, other);
    expect((await ofGate(gateId))?.map(({ state }) => state).sort()).toEqual(["delivered", "waiting"]);
    await call();
    expect(github.asked).toContain("GET /repos/octo/shop/actions/runs/43");
  });

  test("probe: a yes is not told to a run of another commit than was decided on", async () => {
    const gateId = await decided("approve");
    github.head = "b".repeat(40);
    await call();
    expect(github.reviews).toEqual([]);
    expect(await ofGate(gateId)).toMatchObject([
      { state: "refused", reason: expect.stringContaining("of another commit") },
    ]);
  });

  test("of yes waits under a stop", async () => {
    const { scene, sec } = people();
    const gateId = await decided("approve");
    const { stopId } = await pullStop(sec, { scope: "pilot", pilotId: scene.work.pilotId, reason: "Wait" });
    await call();
    expect([github.asked, await ofGate(gateId)]).toMatchObject([[], [{ state: "waiting", attempts: 0 }]]);
    scene.clock.advance(4 * DAY);
    const lifter = testScope({ actor: systemActor("demo"), clock: scene.clock });
    await transaction(lifter, (tx) => liftStop(tx, lifter, stopId));
    github.status = 502;
    await call();
    expect(await ofGate(gateId)).toMatchObject([{ state: "waiting", attempts: 1 }]);
    github.status = 204;
    scene.clock.advance(MINUTE);
    await call();
    expect(github.reviews).toHaveLength(1);
  });
});

describe("probe: where nothing is told", () => {
  test.each([
    ["another path of the same host", "/repos/octo/shop/actions/secrets/KEY"],
    ["a path that leads elsewhere", "/repos/../../app/actions/runs/42/deployment_protection_rule"],
    ["with a question behind it", `${PATH}?x=1`],
  ])("%s is refused when it is asked", async (_, path) => {
    await expect(askRelease(people().pipeline, words(path))).rejects.toMatchObject({ code: "bad_input" });
  });

  test("an address of a private network, though there is a credential for it", async () => {
    const asked = { ...words(), deployment_callback_url: `https://10.0.0.1${PATH}` };
    const { scene, administrator } = { ...people(), ...people().scene };
    const { pilotId } = scene.work;
    await setCredential(administrator, { pilotId, host: "10.0.0.1", kind: "token", token: "t".repeat(20) });
    const gateId = await decided("approve", asked);
    await call();
    expect(await ofGate(gateId)).toMatchObject([
      { state: "waiting", reason: expect.stringContaining("private network") },
    ]);
  });

  test("probe: an address that web wrote beside another host's name gets nothing of its credential", async () => {
    const { owner } = people().scene.database;
    const gateId = await decided("deny");
    const elsewhere = `http://localhost:${host.split(":")[1]}${PATH}`;
    await owner.query("alter table release_callback disable trigger user");
    await owner.query(
      "update release_callback c set url = $1 from release r where r.id = c.release_id and r.gate_id = $2",
      [elsewhere, gateId],
    );
    await owner.query("alter table release_callback enable trigger user");
    await call();
    expect(await ofGate(gateId)).toMatchObject([
      { state: "refused", reason: expect.stringContaining("another host") },
    ]);
    expect(github.asked).toEqual([]);
  });

  test("with a credential that was moved to another host's row, or removed", async () => {
    const { scene } = people();
    const gateId = await decided("deny");
    const [one] =
      (await listCredentials(scene.administrator, scene.work.pilotId))?.filter((c) => c.host === host) ?? [];
    const moved =
      "update release_credential set sealed = (select sealed from release_credential where host = '10.0.0.1') where id = $1";
    await scene.database.owner.query("alter table release_credential disable trigger user");
    await scene.database.owner.query(moved, [one?.id]);
    await scene.database.owner.query("alter table release_credential enable trigger user");
    await call();
    expect(await ofGate(gateId)).toMatchObject([{ reason: expect.stringContaining("cannot be opened") }]);
    await removeCredential(scene.administrator, { pilotId: scene.work.pilotId, credentialId: one?.id ?? "" });
    expect([await ofGate(gateId), github.reviews]).toMatchObject([[{ state: "no_credential" }], []]);
    const { rows } = await scene.database.owner.query("select sealed from release_credential where id = $1", [
      one?.id,
    ]);
    expect(rows).toEqual([{ sealed: null }]);
  });

  test("web cannot read what is sealed, and the log holds neither address nor secret", async () => {
    const { database } = people().scene;
    const { rows: may } = await database.owner.query(
      "select has_column_privilege('ph_web', 'release_credential', 'sealed', 'select') as web",
    );
    expect(may).toEqual([{ web: false }]);
    const { rows } = await database.owner.query<{ text: string }>(
      "select convert_from(body, 'UTF8') as text from log_entry",
    );
    const all = rows.map(({ text }) => text).join("\n");
    for (const secret of ["PRIVATE KEY", TOKEN, "/repos/octo", "t".repeat(20)])
      expect(all).not.toContain(secret);
  });
});
