// The first people, the first runners and the demo, made by prisma/seed.ts through the product's services:
//
//   node prisma/seed.ts --runner NAME=PHASE,PHASE … [--new NAME …] [--no-demo]
//
// It has the environment of web, whose work it does, and the user of the worker, so that the demo's
// repository (below the first of PILOTHOUSE_ALLOWED_ROOTS) is the worker's to push to. It is idempotent. It
// issues an enrolment for each --runner the database does not know, and for each --new one (this host has no
// key for it). Its last line of output is JSON: {"links": [{"role", "url"}], "enrolments": [{"name", "token"}]}.
import { join } from "node:path";
import { z } from "zod";
import { messageOf, refused } from "#lib/errors.ts";
import type { RoleUrls } from "#lib/migrate/roles.ts";
import { runToEnd } from "./command.ts";
import { isRegistered, keepEnrolment, RUNNERS } from "./runners.ts";
import { type Deployment, webVariables } from "./settings.ts";

const SeedResult = z.object({
  /** One-time links of people who have not signed in yet. */
  links: z.array(z.object({ role: z.string(), url: z.string() })).default([]),
  enrolments: z.array(z.object({ name: z.string(), token: z.string() })).default([]),
});
export type Link = z.infer<typeof SeedResult>["links"][number];

function parseResult(stdout: string): z.infer<typeof SeedResult> {
  try {
    return SeedResult.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  } catch (error) {
    throw refused(`The seed's last line is not its result: ${messageOf(error)}`);
  }
}

async function runnerArguments({ layout }: Deployment): Promise<string[]> {
  const groups = RUNNERS.map(async ({ name, phases }) => {
    const about = ["--runner", `${name}=${phases.join(",")}`];
    return (await isRegistered(layout, name)) ? about : [...about, "--new", name];
  });
  return (await Promise.all(groups)).flat();
}

/** Returns the links to show; keeps the runners' tokens where only they are read from. */
export async function seed(
  deployment: Deployment,
  urls: RoleUrls,
  signal: AbortSignal,
): Promise<readonly Link[]> {
  const { root, layout, who, demo } = deployment;
  const flags = [...(await runnerArguments(deployment)), ...(demo ? [] : ["--no-demo"])];
  const env = { ...(await webVariables(deployment, urls, process.env)), HOME: join(layout.homes, "worker") };
  const options = { cwd: root, env, identity: who.worker, signal };
  const result = parseResult(
    await runToEnd("Seeding", [process.execPath, join(root, "prisma/seed.ts"), ...flags], options),
  );
  for (const { name, token } of result.enrolments) await keepEnrolment(layout, name, token);
  return result.links;
}
