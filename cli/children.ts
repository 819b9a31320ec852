// The processes of one deployment as the supervisor starts them.
import { join } from "node:path";
import type { RoleUrls } from "#lib/migrate/roles.ts";
import { RUNNERS } from "./runners.ts";
import {
  type Deployment,
  gatewayVariables,
  notaryVariables,
  runnerVariables,
  webVariables,
  workerVariables,
} from "./settings.ts";
import type { ChildSpec } from "./supervisor/child.ts";

export async function childSpecs(deployment: Deployment, urls: RoleUrls): Promise<ChildSpec[]> {
  const { root, layout, who, port, mode } = deployment;
  const log = (name: string) => join(layout.logs, `${name}.log`);
  const next = join(root, "node_modules/next/dist/bin/next");
  const serve = mode === "dev" ? "dev" : "start";
  const web: ChildSpec = {
    name: "web",
    command: [process.execPath, next, serve, "--port", String(port), "--hostname", "127.0.0.1"],
    cwd: root,
    env: {
      ...(await webVariables(deployment, urls, process.env)),
      NODE_ENV: mode === "dev" ? "development" : "production",
    },
    identity: mode === "dev" ? null : who.web, // next dev writes into the checkout
    log: log("web"),
  };
  const worker: ChildSpec = {
    name: "worker",
    command: [process.execPath, join(root, "worker/main.ts")],
    cwd: root,
    env: workerVariables(deployment, urls, process.env),
    identity: who.worker,
    log: log("worker"),
  };
  const notary: ChildSpec = {
    name: "notary",
    command: [process.execPath, join(root, "notary/main.ts")],
    cwd: root,
    env: notaryVariables(deployment, urls, process.env),
    identity: who.notary,
    log: log("notary"),
  };
  const gateway: ChildSpec = {
    name: "gateway",
    command: [process.execPath, join(root, "gateway/main.ts")],
    cwd: root,
    env: gatewayVariables(deployment, urls, process.env),
    identity: who.gateway,
    log: log("gateway"),
  };
  const runners = RUNNERS.map(
    (plan): ChildSpec => ({
      name: `runner-${plan.name}`,
      command: [process.execPath, join(root, "runner/main.ts")],
      cwd: root,
      env: runnerVariables(deployment, plan, process.env),
      identity: who.runner,
      log: log(`runner-${plan.name}`),
    }),
  );
  return [web, worker, notary, gateway, ...runners];
}
