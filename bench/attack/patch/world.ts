// Where hostile branches are sent to: a database, blobs, a worker's place, runners and reviewers of the product's own, and
// what must never be touched beside them.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureRecipeAgent } from "#lib/agents/service.ts";
import { systemClock } from "#lib/clock.ts";
import type { Scope } from "#lib/scope.ts";
import { member } from "#lib/testing/arrange.ts";
import type { TestDatabase } from "#lib/testing/database.ts";
import { type Source, type Story, testWorkplace } from "#lib/testing/git/story.ts";
import type { TestWorkshop } from "#lib/testing/git/workshop.ts";
import { connecting } from "#lib/testing/github/connected.ts";
import { enrol } from "#lib/testing/journey.ts";
import { systemActor, testScope } from "#lib/testing/scopes.ts";

export interface World extends Story {
  readonly agentId: string;
  /** Another runner than the agent's, on another host. */
  readonly verifier: Scope;
  readonly reviewers: readonly [Scope, Scope];
  /** A folder that everybody may write. */
  readonly open: string;
  readonly canary: string;
  readonly secretFile: string;
  /** In a file and in the environment of the worker's process: nothing may say it. */
  readonly hostSecret: string;
  /** In branches: what the plane shows masks it. */
  readonly agentSecret: string;
  /** `needed`: a sandbox runs the tests of those alone that are about tests; of the others their end is told. */
  readonly harness: "all" | "needed";
  /** Connects a repository with a GitHub; gives the connection's id. */
  readonly connect: Awaited<ReturnType<typeof connecting>>;
  /** Repositories of the usual base on which nothing was merged. */
  readonly spare: Source[];
}

const HEX = 16;
const CANARY = "canary";

/** On the operator's list of packages that are known to be malicious. */
export const INDICATED = "flatmap-streams";

function indicatorsIn(file: string): string {
  const indicator = {
    ...{ type: "indicator", spec_version: "2.1", id: "indicator--11111111-1111-4111-8111-111111111111" },
    ...{
      created: "2024-01-01T00:00:00Z",
      modified: "2024-01-01T00:00:00Z",
      valid_from: "2024-01-01T00:00:00Z",
    },
    ...{ pattern_type: "stix", pattern: `[software:name = '${INDICATED}' AND software:vendor = 'npm']` },
    external_references: [{ source_name: "cert", url: "https://cert.example/advisories/1" }],
  };
  const id = "bundle--11111111-1111-4111-8111-111111111111";
  writeFileSync(file, JSON.stringify({ type: "bundle", id, objects: [indicator] }));
  return file;
}

/** `DATABASE_URL` and the folder for blobs are set. */
export async function openWorld(
  database: TestDatabase,
  workshop: TestWorkshop,
  blobs: string,
  harness: World["harness"],
): Promise<World> {
  const seed = testScope({
    roles: ["engineering_lead"],
    actor: systemActor("demo"),
    clock: systemClock,
  });
  const { agentId } = await ensureRecipeAgent(seed);
  const open = workshop.fresh("open");
  mkdirSync(open);
  chmodSync(open, 0o777);
  const hostSecret = randomBytes(HEX).toString("hex");
  const secretFile = workshop.fresh("secret");
  writeFileSync(secretFile, hostSecret, { mode: 0o644 });
  process.env.PILOTHOUSE_BENCH_SECRET = hostSecret;
  const keys = workshop.fresh("keys");
  const plain = testWorkplace(workshop, blobs);
  // GitHub is a server on this host.
  const env = {
    ...{ ...plain.env, PILOTHOUSE_NOTICE_KEYS: keys, PILOTHOUSE_NOTICE_HOSTS: ["127.0.0.1"] },
    PILOTHOUSE_INDICATORS: indicatorsIn(workshop.fresh("indicators")),
  };
  return {
    ...{ database, workshop, seed, workplace: { ...plain, env } },
    connect: await connecting(database, seed, keys),
    ...{ agentId, open, secretFile, hostSecret, canary: `touch ${join(open, CANARY)}` },
    runner: await enrol(seed, "author", { phases: ["agent"] }),
    verifier: await enrol(seed, "verifier", { phases: ["verify"] }),
    reviewers: [await member(seed, "ada", "engineering_lead"), await member(seed, "bo", "reviewer")],
    agentSecret: `ghp_${randomBytes(18).toString("hex")}`,
    ...{ harness, spare: [] },
  };
}

/** A sentence where something hostile was run on the host, once; null where nothing was. */
export function sprung({ open, workplace }: Pick<World, "open" | "workplace">): string | null {
  if (readdirSync(open).includes(CANARY)) {
    rmSync(join(open, CANARY));
    return "the canary was found: something hostile was run on the host";
  }
  const left = readdirSync(workplace.workshop.scratch);
  return left.length > 0 ? `left in the worker's scratch: ${left.join(", ")}` : null;
}

/** Takes settings, hooks and attributes out of a repository, so that looking into it runs nothing. */
export function disarm(gitDir: string, isBare: boolean): void {
  for (const name of ["hooks", "info"]) rmSync(join(gitDir, name), { recursive: true, force: true });
  writeFileSync(join(gitDir, "config"), `[core]\n\trepositoryformatversion = 0\n\tbare = ${isBare}\n`);
}
