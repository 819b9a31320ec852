// Files that a run hands in beside its patch, each what it should not be: read in a sandbox by the product's collector, handed in
// by the agent's lease, looked into by the worker, and asked for by a person.
import { Readable } from "node:stream";
import { takeArtefact } from "#lib/artefacts/hand-in.ts";
import type { ArtefactView } from "#lib/artefacts/schema.ts";
import { listArtefacts } from "#lib/artefacts/service.ts";
import { openArtefact } from "#lib/artefacts/take.ts";
import { AppError, messageOf } from "#lib/errors.ts";
import { run } from "#lib/jail/run.ts";
import { markPrepared } from "#lib/leases/service.ts";
import type { ArtefactPlan } from "#lib/protocol/artefacts.ts";
import { activePilot, charterFor } from "#lib/testing/arrange.ts";
import { openSource } from "#lib/testing/git/story.ts";
import { SUM, TEST_LIMITS } from "#lib/testing/harness-scene.ts";
import { asProcess, launch, leaseOf } from "#lib/testing/journey.ts";
import { COLLECTOR, collectOrder, readCollected } from "#runner/drivers/session/collected.ts";
import { scanArtefacts } from "#worker/artefacts/scan-artefacts.ts";
import { tarOf, zipOf } from "./archives.ts";
import type { Outcome } from "./judge.ts";
import { leaveNothingWaiting } from "./steps.ts";
import { sprung, type World } from "./world.ts";

/** Lines of the threat model that are tried here. */
export const ARTEFACT_IDS = ["H14", "H15", "H49"];

const PATHS = ["out"];
const PLAN: ArtefactPlan = { paths: PATHS, count: 20, bytes: 16 * 1024 * 1024 };
const TREE = "/work";

const outcome = (
  id: string,
  name: string,
  expected: Outcome["expected"],
  { happened, escapes, wrong }: Pick<Outcome, "happened" | "escapes" | "wrong">,
): Outcome => ({
  id,
  name,
  expected,
  happened,
  sentences: [],
  verdict: null,
  ran: false,
  milliseconds: null,
  escapes,
  wrong,
});

/** What lies there as no file should; `fine.txt` alone is one. */
const LAID = `cd ${TREE} && mkdir out && echo fine > out/fine.txt && echo x > out/other && ln out/other out/hard
ln -s "$2" out/link; ln -s /proc/self/environ out/environ; ln -s / out/root; mkfifo out/fifo
mknod out/device c 1 5 2>/dev/null
node -e 'require("node:net").createServer().listen("out/socket", () => process.kill(process.pid, 9))' 2>/dev/null </dev/null
truncate -s 1T out/sparse 2>/dev/null || truncate -s 8M out/sparse
exec node --input-type=module-typescript --no-warnings -e "$1"`;

/** As the keeper of a session runs it, in a sandbox as the agent's. */
async function collected({ workshop, secretFile, hostSecret }: World): Promise<Outcome> {
  const order = { ...collectOrder(PLAN, 1), tree: TREE, tracked: [] };
  const result = await run(
    workshop.sandbox,
    { command: ["sh", "-c", LAID, "sh", COLLECTOR, secretFile], limits: TEST_LIMITS },
    { stdin: JSON.stringify(order) },
  );
  const told = readCollected(PLAN, result.result.subarray(result.result.indexOf(10) + 1));
  const faults = new Set<string>(told.refused.map(({ fault }) => fault));
  const taken = told.files.map(({ path }) => path);
  const missing = ["symlink", "hardlink", "fifo", "sparse"].filter((fault) => !faults.has(fault));
  const isRead = told.files.some(({ bytes }) => bytes.includes(hostSecret));
  return outcome(
    "H14",
    "links, a pipe, and 1 TB of nothing, and what else the sandbox lets be made",
    "blocked",
    {
      happened: `${[...faults].join(", ")} refused; ${taken.join(", ")} taken`,
      escapes: isRead ? ["the host's secret was handed in"] : [],
      wrong: [
        ...missing.map((fault) => `no ${fault} was refused`),
        ...(taken.join() === "out/fine.txt" ? [] : [`taken: ${taken.join(", ")}`]),
      ],
    },
  );
}

/** What breaks the collector is told as its outcome, and the others are tried all the same. */
async function collectedOrBroken(world: World): Promise<Outcome> {
  try {
    return await collected(world);
  } catch (error) {
    const happened = `the product broke on it: ${messageOf(error)}`;
    return outcome("H14", "links, pipes, devices, 1 TB of nothing", "blocked", {
      ...{ happened, escapes: [], wrong: [happened] },
    });
  }
}

interface Handed {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly bytes: Buffer;
  /** What must be said of it; where it is refused, by whom nobody can get it. */
  readonly rule: string;
  readonly state: ArtefactView["state"];
}

const MARKUP = '<script>fetch("https://evil.example/")</script>';
const refusedArchive = (name: string, path: string, bytes: Buffer, rule: string): Handed => ({
  ...{ id: "H15", name, path: `out/${path}`, bytes, rule, state: "refused" },
});
const active = (name: string, path: string, text: string): Handed => ({
  ...{ id: "H49", name, path: `out/${path}`, bytes: Buffer.from(text), rule: "active", state: "scanned" },
});

const HANDED: readonly Handed[] = [
  refusedArchive("a tar that leaves its folder", "up.tar", tarOf({ name: "../../evil" }), "archive_path"),
  refusedArchive("a tar with a path from the root", "root.tar", tarOf({ name: "/etc/evil" }), "archive_path"),
  refusedArchive(
    "a tar with a link, and a file that is written through it",
    "through.tar",
    tarOf({ name: "a", link: "/tmp" }, { name: "a/evil" }),
    "archive_link",
  ),
  refusedArchive("a zip that leaves its folder", "up.zip", zipOf("../../evil"), "archive_path"),
  active("a page with a script", "page.html", `<!doctype html><html><body>${MARKUP}</body></html>\n`),
  active("an SVG with a script", "a.svg", `<svg xmlns="http://www.w3.org/2000/svg">${MARKUP}</svg>\n`),
  active(
    "a PDF that opens something",
    "a.pdf",
    "%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n",
  ),
];

const streamOf = (bytes: Buffer): ReadableStream<Uint8Array> =>
  Readable.toWeb(Readable.from([bytes])) as ReadableStream<Uint8Array>;

/** Null where nobody gets it without being told what it is; else a sentence. */
async function takenUntold(world: World, runId: string, artefactId: string): Promise<string | null> {
  try {
    await openArtefact(world.reviewers[0], { runId, artefactId, isAcknowledged: false });
    return "it is had like any file";
  } catch (error) {
    return error instanceof AppError ? null : messageOf(error);
  }
}

async function judged(
  world: World,
  runId: string,
  handed: Handed,
  seen: ArtefactView | undefined,
): Promise<Outcome> {
  const { id, name, state, rule } = handed;
  const rules = seen?.findings.map((finding) => finding.rule as string) ?? [];
  const untold = seen ? await takenUntold(world, runId, seen.id) : "it was not kept";
  return outcome(id, name, state === "refused" ? "blocked" : "shown", {
    happened: `${seen?.state ?? "not kept"}: ${seen?.findings[0]?.detail ?? seen?.problem ?? ""}`,
    escapes: untold === null ? [] : [untold],
    wrong: [
      ...(seen?.state === state ? [] : [`it is ${seen?.state ?? "not there"}: ${seen?.problem ?? ""}`]),
      ...(rules.includes(rule) ? [] : [`nothing says ${rule}`]),
    ],
  });
}

/** In one run of a pilot that takes artefacts. */
export async function artefactOutcomes(world: World): Promise<Outcome[]> {
  const { seed, runner, database, workplace, agentId } = world;
  const source = await openSource(world, "upstream", SUM);
  const charter = charterFor(seed, source.repositoryId);
  const environment = { ...charter.environment, artefactPaths: PATHS };
  const runId = await launch(seed, await activePilot(seed, { ...charter, environment }), agentId);
  try {
    const { leaseId, attempt } = await leaseOf(runner, runId, "agent");
    await markPrepared(runner, leaseId, attempt);
    for (const { path, bytes } of HANDED)
      await takeArtefact(runner, { leaseId, attempt, path }, streamOf(bytes));
    await asProcess(database, "worker", () => scanArtefacts(workplace, seed));
    const { artefacts } = await listArtefacts(seed, runId);
    const outcomes = [await collectedOrBroken(world)];
    for (const handed of HANDED)
      outcomes.push(
        await judged(
          world,
          runId,
          handed,
          artefacts.find(({ path }) => path === handed.path),
        ),
      );
    const found = sprung(world);
    return found === null
      ? outcomes
      : outcomes.map((each) => ({ ...each, escapes: [...each.escapes, found] }));
  } finally {
    await leaveNothingWaiting(world, runId);
  }
}
