import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gatewayEnv } from "#gateway/env.ts";
import { notaryEnv } from "#notary/env.ts";
import { readEnv } from "#runner/env.ts";
import { identitiesFor } from "./identities.ts";
import { type Layout, layoutAt } from "./layout.ts";
import { enrolmentFile, followPort, isRegistered, keepEnrolment, RUNNERS } from "./runners.ts";
import {
  type Deployment,
  gatewayVariables,
  notaryVariables,
  planeUrl,
  runnerVariables,
  webVariables,
  workerVariables,
} from "./settings.ts";

let layout: Layout;

beforeEach(async () => {
  layout = layoutAt(await mkdtemp(join(tmpdir(), "pilothouse-runners-")));
  await mkdir(join(layout.runners, "local-1"), { recursive: true });
});
afterEach(() => rm(layout.data, { recursive: true, force: true }));

const identityFile = () => join(layout.runners, "local-1/identity.json");
const writeIdentity = (identity: object) => writeFile(identityFile(), JSON.stringify(identity));
const readIdentity = async () => JSON.parse(await readFile(identityFile(), "utf8"));

const deployment = (): Deployment => ({
  root: "/opt/pilothouse",
  layout,
  who: identitiesFor(false),
  port: 4300,
  gatewayPort: 4310,
  url: "https://pilothouse.example",
  mode: "up",
  demo: true,
});

describe("the runners of this host", () => {
  test("leave verification to one that is not the author's", () => {
    expect(RUNNERS.filter(({ phases }) => phases.includes("verify")).length).toBeGreaterThanOrEqual(2);
    expect(new Set(RUNNERS.map(({ slot }) => slot)).size).toBe(RUNNERS.length);
  });

  test("are registered once the control plane gave them an id", async () => {
    expect(await isRegistered(layout, "local-1")).toBe(false);
    await writeIdentity({ runnerId: null, plane: null });
    expect(await isRegistered(layout, "local-1")).toBe(false);
    await writeIdentity({ runnerId: "rnr_1", plane: "http://127.0.0.1:4300" });
    expect(await isRegistered(layout, "local-1")).toBe(true);
  });

  test("given a token start anew with it, in a file nobody else reads", async () => {
    await writeIdentity({ runnerId: "rnr_1", plane: "http://127.0.0.1:4300" });
    await keepEnrolment(layout, "local-1", "token-1");
    await keepEnrolment(layout, "local-1", "token-2");
    const file = enrolmentFile(layout, "local-1");
    expect(await readFile(file, "utf8")).toBe("token-2\n");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await isRegistered(layout, "local-1")).toBe(false);
  });

  test("follow the same deployment to another port, and keep everything else", async () => {
    await writeIdentity({ version: 1, privateKey: "k", runnerId: "rnr_1", plane: "http://127.0.0.1:4300" });
    await followPort(layout, "http://127.0.0.1:4301");
    expect(await readIdentity()).toEqual({
      version: 1,
      privateKey: "k",
      runnerId: "rnr_1",
      plane: "http://127.0.0.1:4301",
    });
  });

  test("probe: registered with another host's control plane are not moved to ours", async () => {
    await writeIdentity({ runnerId: "rnr_1", plane: "https://elsewhere.example" });
    await followPort(layout, "http://127.0.0.1:4301");
    expect((await readIdentity()).plane).toBe("https://elsewhere.example");
  });
});

describe("what each process is told", () => {
  const urls = {
    owner: "postgres://ph_owner:o@h/d",
    web: "postgres://ph_web:w@h/d",
    worker: "postgres://ph_worker:k@h/d",
    notary: "postgres://ph_notary:n@h/d",
    gateway: "postgres://ph_gateway:g@h/d",
  };

  test("a runner: its address and state, which it understands, and nothing of the database", () => {
    for (const plan of RUNNERS) {
      const variables = runnerVariables(deployment(), plan, { PATH: "/usr/bin", DATABASE_URL: urls.owner });
      expect(readEnv({ NODE_ENV: "production", ...variables })).toMatchObject({
        planeUrl: planeUrl(deployment()),
        name: plan.name,
        phases: plan.phases,
        slot: plan.slot,
        enrolmentFile: enrolmentFile(layout, plan.name),
        agentsFolder: layout.agents,
      });
      expect(JSON.stringify(variables)).not.toMatch(/postgres:|SECRET/);
    }
  });

  test("web and worker: their own role, the same folders, and no other secret than web's", async () => {
    const source = { PILOTHOUSE_ALLOWED_ROOTS: "/srv/git", PILOTHOUSE_PROXY_HOPS: "1", SOME_TOKEN: "hidden" };
    const web = await webVariables(deployment(), urls, source);
    const worker = workerVariables(deployment(), urls, source);
    expect([web.DATABASE_URL, worker.DATABASE_URL]).toEqual([urls.web, urls.worker]);
    expect(web.PILOTHOUSE_BLOBS).toBe(worker.PILOTHOUSE_BLOBS);
    expect(worker.PILOTHOUSE_ALLOWED_ROOTS).toBe(`${layout.repositories}:/srv/git`);
    expect(web.PILOTHOUSE_SESSION_SECRET).toMatch(/^[0-9a-f]{64}$/);
    expect((await webVariables(deployment(), urls, source)).PILOTHOUSE_SESSION_SECRET).toBe(
      web.PILOTHOUSE_SESSION_SECRET,
    );
    expect(worker).not.toHaveProperty("PILOTHOUSE_SESSION_SECRET");
    expect([web.PILOTHOUSE_PROXY_HOPS, worker.PILOTHOUSE_PROXY_HOPS]).toEqual(["1", undefined]);
    expect(JSON.stringify([web, worker])).not.toMatch(/hidden|ph_owner/);
    expect([web.PILOTHOUSE_LOG, worker.PILOTHOUSE_LOG]).toEqual([layout.log, layout.log]);
    expect([web, worker].filter((variables) => "PILOTHOUSE_NOTARY" in variables)).toEqual([]);
  });

  test("the notary: its own role, what it signs with, which it understands, and no other secret", async () => {
    const given = { PILOTHOUSE_LOG_KEY_FILE: "/etc/log-key.pem", PILOTHOUSE_WITNESSES: "/etc/witnesses" };
    const source = { ...given, PILOTHOUSE_GIT_CREDENTIALS: "/etc/hidden", SOME_TOKEN: "hidden" };
    const variables = notaryVariables(deployment(), urls, source);
    expect(notaryEnv({ NODE_ENV: "production", ...variables })).toMatchObject({
      DATABASE_URL: urls.notary,
      PILOTHOUSE_NOTARY: layout.notary,
      PILOTHOUSE_LOG: layout.log,
      ...given,
    });
    expect(JSON.stringify(variables)).not.toMatch(/hidden|ph_owner|ph_web|SESSION/);
    const web = await webVariables(deployment(), urls, source);
    expect(JSON.stringify([web, workerVariables(deployment(), urls, source)])).not.toMatch(/log-key/);
  });

  test("the gateway: its own role and folder, which it understands, and no other secret", async () => {
    const source = {
      PILOTHOUSE_GATEWAY_HOST: "127.0.0.1",
      SOME_TOKEN: "hidden",
      PILOTHOUSE_LOG_KEY: "hidden",
    };
    const variables = gatewayVariables(deployment(), urls, source);
    expect(gatewayEnv({ NODE_ENV: "production", ...variables })).toMatchObject({
      DATABASE_URL: urls.gateway,
      PILOTHOUSE_GATEWAY: layout.gateway,
      PILOTHOUSE_GATEWAY_PORT: 4310,
    });
    expect(JSON.stringify(variables)).not.toMatch(/hidden|ph_owner|ph_web|SESSION/);
    const web = await webVariables(deployment(), urls, source);
    expect(web.PILOTHOUSE_GATEWAY_URL).toBe("http://127.0.0.1:4310");
    expect(web).not.toHaveProperty("PILOTHOUSE_GATEWAY");
  });
});
