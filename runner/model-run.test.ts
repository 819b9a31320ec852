// The runner's own process with an agent that uses a model: real sandbox, driver, relay and signatures; plane, gateway and
// model are a test's.
import { spawn } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { createRepository, playGit, playGitBytes } from "#lib/testing/git/author.ts";
import { NODE_PLAN, SUM } from "#lib/testing/harness-scene.ts";
import { type GatewayStandIn, startGatewayStandIn } from "#lib/testing/model/gateway-stand-in.ts";
import { type ScriptedTurn, scriptedModel } from "#lib/testing/model/responses-script.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { agentAssignment, until } from "#lib/testing/runner/parts.ts";
import { type ScriptedPlane, startScriptedPlane, TOKEN } from "#lib/testing/runner/scripted-plane.ts";
import { slotBeside } from "#lib/testing/sandbox.ts";

const shell = (command: string): ScriptedTurn => ({
  items: [{ call: "shell", args: { command, timeout_seconds: null } }],
});
const DONE: ScriptedTurn = { items: [{ say: "sum() adds now." }] };

let plane: ScriptedPlane;
let home: string;
let repository: string;
let base: string;
let log = "";

beforeEach(async () => {
  plane = await startScriptedPlane();
  home = mkdtempSync(join(realpathSync(tmpdir()), "runner-model-"));
  chmodSync(home, 0o711); // the sandbox's own user walks through to what is made for it
  onTestFinished(async () => {
    await plane.close();
    rmSync(home, { recursive: true, force: true });
  });
  const files = { ...SUM, "src/sum.js": "export const sum = (a, b) => a - b;\n" };
  ({ path: repository, head: base } = createRepository(join(home, "service"), files));
  plane.bundles.set("base", {
    bytes: playGitBytes(repository, ["bundle", "create", "--quiet", "-", "main"]),
  });
  writeFileSync(join(home, "enrolment"), TOKEN, { mode: 0o600 });
});

function startRunner(): void {
  log = "";
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      PILOTHOUSE_PLANE_URL: plane.url,
      PILOTHOUSE_RUNNER_STATE: join(home, "state"),
      PILOTHOUSE_ENROLMENT_FILE: join(home, "enrolment"),
      PILOTHOUSE_RUNNER_NAME: "runner-1",
      PILOTHOUSE_RUNNER_PHASES: "agent",
      PILOTHOUSE_RUNNER_SLOT: String(slotBeside()),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      log += String(chunk);
    });
  }
  const exited = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
}

/** Offers the run and starts the runner; the gateway takes what the registered runner signed. */
async function begin(script: readonly ScriptedTurn[]): Promise<GatewayStandIn> {
  const gateway = await startGatewayStandIn(scriptedModel(script), () => plane.registrations[0]?.publicKey);
  onTestFinished(() => gateway.close());
  plane.offers.push(
    agentAssignment({
      ...{ driver: "openai", baseCommit: base, test: NODE_PLAN, task: "Repair the sum." },
      model: { token: gateway.token, gatewayUrl: gateway.url, model: "model-1", api: "responses" },
    }),
  );
  startRunner();
  return gateway;
}

const stored = () => plane.stored.get("lse_1") ?? [];

/** Everything the runner keeps on disk. */
const kept = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");

test("leases the run, lets the loop repair it, and hands the patch in", async () => {
  const gateway = await begin([shell("sed -i 's/a - b/a + b/' src/sum.js"), shell("node --test"), DONE]);
  await until(() => plane.finished.length === 1);
  expect(plane.finished[0]?.finish).toMatchObject({ outcome: "patch", summary: { text: "sum() adds now." } });
  const bundle = join(home, "patch.bundle");
  writeFileSync(bundle, plane.uploads[0]?.body ?? "");
  playGit(repository, ["fetch", "--quiet", bundle, "refs/heads/patch:refs/heads/patch"]);
  expect(playGit(repository, ["show", "patch:src/sum.js"])).toBe("export const sum = (a, b) => a + b;");
  expect(gateway.requests).toHaveLength(3);
  expect(plane.prepared).toEqual(["lse_1"]);
  expect(ofKind(stored(), "turn_ended")).toEqual([{ turn: 1, status: "completed" }]);

  for (const text of [log, JSON.stringify(stored()), kept(join(home, "state"))])
    expect(text).not.toContain(gateway.token);
});

test("a lease that is fenced off cuts the agent's stream at the gateway and leaves nothing running", async () => {
  const gateway = await begin([{ items: [{ say: "I am thinking" }], hang: true }]);
  await until(() => gateway.requests.length === 1);
  plane.fenced.add("lse_1");
  await until(() => gateway.cut === 1);
  expect(plane.finished).toEqual([]);
});

test("a cancelled run ends its agent, and what was open is closed", async () => {
  const gateway = await begin([shell("sleep 1000"), DONE]);
  await until(() => ofKind(stored(), "command_started").length === 2);
  plane.cancelled.set("lse_1", "somebody stopped it");
  await until(() => plane.finished.length === 1);
  expect(plane.finished[0]?.finish).toMatchObject({ outcome: "failed", reason: "somebody stopped it" });
  expect(gateway.requests).toHaveLength(1);
  expect(ofKind(stored(), "item_closed")).toMatchObject([{ item: 1, status: "aborted" }]);
  expect(ofKind(stored(), "turn_ended")).toEqual([{ turn: 1, status: "interrupted" }]);
});
