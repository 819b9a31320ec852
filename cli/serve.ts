// From an open database to running processes, and back.
import { rename, stat } from "node:fs/promises";
import { type Clock, MINUTE, SECOND, systemClock } from "#lib/clock.ts";
import { messageOf, unavailable } from "#lib/errors.ts";
import { migrateDatabase } from "#lib/migrate/migrate.ts";
import type { RoleUrls } from "#lib/migrate/roles.ts";
import { buildPages, generateClient } from "./build.ts";
import { childSpecs } from "./children.ts";
import type { Database } from "./database.ts";
import type { Progress } from "./progress.ts";
import { followPort } from "./runners.ts";
import { type Link, seed } from "./seed.ts";
import { type Deployment, planeUrl } from "./settings.ts";
import { describeExit, lastLines } from "./supervisor/child.ts";
import { clearRunning, writeRunning } from "./supervisor/records.ts";
import { createSupervisor, type Death, type Supervisor } from "./supervisor/supervisor.ts";

export interface UpOptions {
  readonly deployment: Deployment;
  readonly databaseUrl: string | undefined;
  readonly progress: Progress;
  /** Aborts when everything is to stop. */
  readonly stop: AbortSignal;
  readonly clock?: Clock;
}

const LOG_LIMIT = 10 * 1024 * 1024;

async function keepLogShort(file: string): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT) await rename(file, `${file}.1`);
}

/** A death soon after the start is shown with what the child said last, once: the next ones will be alike. */
function tellDeath(progress: Progress, { spec, exit, lived, failures, pause }: Death): void {
  progress.say(
    `  ! ${spec.name} ${describeExit(exit)}; it starts again in ${pause / SECOND} s. Log: ${spec.log}`,
  );
  if (lived > 10 * SECOND || failures > 1) return;
  for (const line of lastLines(spec.log, 15)) progress.say(`      ${line}`);
}

async function prepareDatabase({ deployment, progress }: UpOptions, database: Database): Promise<RoleUrls> {
  let urls: RoleUrls | undefined;
  await progress.step("Migrating the database", async () => {
    const result = await migrateDatabase({ ownerUrl: database.ownerUrl, secrets: deployment.layout.secrets });
    urls = result.urls;
    const { length } = result.applied;
    return length === 0 ? "Database is current" : `Database migrated (${length} new)`;
  });
  if (!urls) throw unavailable("The database gave no role to connect as.");
  return urls;
}

async function makeFromSources({ deployment, progress, stop }: UpOptions): Promise<void> {
  const { root, mode } = deployment;
  await progress.step("Generating the database client", async () =>
    (await generateClient(root, stop)) ? "Database client generated" : "Database client is current",
  );
  if (mode === "dev") return; // the development server builds each page when it is asked for
  await progress.step("Building the pages (a minute the first time)", async () =>
    (await buildPages(root, stop)) ? "Pages built" : "Pages are current",
  );
}

async function seedAll({ deployment, progress, stop }: UpOptions, urls: RoleUrls): Promise<readonly Link[]> {
  let links: readonly Link[] = [];
  await progress.step("Seeding", async () => {
    links = await seed(deployment, urls, stop);
    await followPort(deployment.layout, planeUrl(deployment));
    return "People and runners are known";
  });
  return links;
}

const WEB_PATIENCE = 2 * MINUTE;
const WEB_DEATHS = 3;

interface Launched {
  readonly supervisor: Supervisor;
  webDeaths(): number;
}

function createSupervision({ deployment, progress, clock = systemClock }: UpOptions): Launched {
  const { layout, url, port } = deployment;
  let deaths = 0;
  const supervisor = createSupervisor({
    clock,
    onDeath(death) {
      if (death.spec.name === "web") deaths++;
      tellDeath(progress, death);
    },
    onChange(children) {
      try {
        writeRunning(layout.state, { pid: process.pid, url, port, children: [...children] });
      } catch (error) {
        progress.say(`  ! What is running cannot be written down: ${messageOf(error)}`);
      }
    },
  });
  return { supervisor, webDeaths: () => deaths };
}

/** Resolves when the pages answer; throws where they keep dying or never do. */
async function waitForWeb(
  url: string,
  { webDeaths }: Launched,
  stop: AbortSignal,
  clock: Clock,
): Promise<void> {
  const deadline = clock.now() + WEB_PATIENCE;
  while (!stop.aborted) {
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(30 * SECOND) }).catch(
      () => null,
    );
    if (answer && answer.status < 500) return;
    if (webDeaths() >= WEB_DEATHS) throw unavailable("The pages do not start; the lines above say why.");
    if (clock.now() > deadline) throw unavailable(`The pages do not answer at ${url}; see the log of web.`);
    await clock.sleep(100);
  }
}

async function startChildren(options: UpOptions, launched: Launched, urls: RoleUrls): Promise<void> {
  const { deployment, progress, stop, clock = systemClock } = options;
  await progress.step("Starting web, worker, notary, gateway and runners", async () => {
    for (const spec of await childSpecs(deployment, urls)) {
      await keepLogShort(spec.log);
      launched.supervisor.start(spec);
    }
    await waitForWeb(planeUrl(deployment), launched, stop, clock);
    return "Web, worker, notary, gateway and runners are up";
  });
}

function sayReady({ deployment, progress }: UpOptions, links: readonly Link[]): void {
  progress.say(`\nPilothouse is running at ${deployment.url}`);
  for (const { role, url } of links) progress.say(`  ${role.replaceAll("_", " ")}: ${url}`);
  if (links.length > 0)
    progress.say("Each link works once. Open yours, set a password, pass the other one on.");
  progress.say(`Data and logs: ${deployment.layout.data}. Ctrl-C stops everything.`);
  if (!deployment.who.web) {
    progress.say(
      "All processes run as this user: one trust domain. Started as root, each has a user of its own.",
    );
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Resolves when everything it started has stopped again. */
export async function serve(options: UpOptions, database: Database): Promise<void> {
  const { deployment, progress, stop } = options;
  const urls = await prepareDatabase(options, database);
  await makeFromSources(options);
  const links = await seedAll(options, urls);
  if (stop.aborted) return;
  const launched = createSupervision(options);
  try {
    await startChildren(options, launched, urls);
    if (!stop.aborted) sayReady(options, links);
    await aborted(stop);
  } finally {
    progress.say("\nStopping…");
    await launched.supervisor.stop();
    await clearRunning(deployment.layout.state);
  }
}
