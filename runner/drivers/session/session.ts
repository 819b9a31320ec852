// The runner's end of a session: one sandbox with the keeper in it, which does what it is told and reports. What it reports may
// be an agent's forgery, so nothing but the exact shapes is taken, and no more of it than fits.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { AppError, messageOf, refused } from "#lib/errors.ts";
import type { Sandbox, SandboxProcess } from "#lib/jail/port.ts";
import type { Limits } from "#lib/jail/schema.ts";
import { CHANGED_PATHS } from "#lib/protocol/agent-events.ts";
import { MOST_ARTEFACT_BYTES } from "#lib/protocol/artefacts.ts";
import { MAX_SNAPSHOT } from "#lib/protocol/steering.ts";
import { visibleText } from "#lib/text/rules.ts";
import { BUNDLE_BYTES, readBundle } from "#runner/harness/git/bundle.ts";
import { TREE_ROOT } from "#runner/harness/git/trees.ts";
import { RELAY_PORT, type Relay } from "#runner/relay/relay.ts";
import { COLLECTOR, collectOrder, readCollected } from "./collected.ts";
import { createLineQueue } from "./line-queue.ts";
import { linesOf } from "./lines.ts";
import type { AgentEnd, AgentProgram, KeptSession, PatchBundle, Snapshot, TreeChanges } from "./port.ts";
import { parseReport, type Report } from "./reports.ts";
import { type Results, readResults } from "./results.ts";

const inside = (name: string) => readFileSync(path.join(import.meta.dirname, "inside", name), "utf8");
const KEEPER = inside("keeper.ts");
const PACKER = inside("kept.ts");
const SNAPSHOT_INSIDE = "/in/snapshot";

const MAX_LINE_BYTES = 48 * 1024 * 1024;
/** Characters of lines that wait for the driver before the agent has to. */
const WAITING = 1024 * 1024;
const FRAME_ROOM = 64 * 1024 * 1024;
const TAIL = 4000;
const GRACE_MS = 2000;

export interface SessionOptions {
  readonly sandbox: Sandbox;
  readonly relay: Pick<Relay, "take">;
  /** Host path of the bare repository with the base. */
  readonly repository: string;
  readonly baseCommit: string;
  /** Path of the tests' report: it is no part of the work. */
  readonly reportPath: string;
  /** What setup left, host path → path inside. It is no part of the work either. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Paths of artefacts: no part of the work, and kept by a snapshot where they are folders. */
  readonly artefacts?: readonly string[];
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** Folders inside that a snapshot keeps besides the tree. */
  readonly keeps?: readonly string[];
  /** Host path of a snapshot to begin with; readable for the sandbox's user. */
  readonly restore?: string | null;
  /** What the program writes to stderr, as it comes. */
  onComplaint?(text: string): void;
}

/** Resolves when the program was started beside the checkout; throws a sentence when that was impossible. */
export async function startSession(options: SessionOptions, program: AgentProgram): Promise<KeptSession> {
  const { sandbox, relay, repository, limits, signal, restore = null } = options;
  const snapshot = restore === null ? {} : { [restore]: SNAPSHOT_INSIDE };
  const child = await sandbox.start(
    {
      command: ["node", "--input-type=module-typescript", "-e", KEEPER],
      cwd: "/work",
      readOnly: { [repository]: "/in/repository", ...options.mounts, ...snapshot, ...program.readOnly },
      listen: RELAY_PORT,
      limits: { ...limits, outputBytes: Number.MAX_SAFE_INTEGER },
    },
    { signal },
  );
  try {
    if (child.listener === null) throw refused("This sandbox hands no listener out.");
    relay.take(await child.listener);
    return await attend(child, options, program);
  } catch (error) {
    await child.kill();
    signal.throwIfAborted();
    throw error instanceof AppError ? error : refused(`The agent could not be started: ${messageOf(error)}`);
  }
}

/** Relative to the tree. */
const insideTree = (mounts: Readonly<Record<string, string>>): string[] =>
  Object.values(mounts).map((inside) => path.posix.relative(TREE_ROOT, inside));

async function attend(
  child: SandboxProcess,
  {
    onComplaint,
    baseCommit,
    reportPath,
    mounts = {},
    artefacts = [],
    keeps: own = [],
    restore = null,
  }: SessionOptions,
  { command, env, files }: AgentProgram,
): Promise<KeptSession> {
  const lines = createLineQueue();
  const started = Promise.withResolvers<Extract<Report, { started: string }>>();
  const agentEnd = Promise.withResolvers<AgentEnd>();
  const trees = new Map<number, PromiseWithResolvers<TreeChanges>>();
  const results = collect(child);
  const result = results.rest;
  const said = { complaints: "", own: "", isUnchanged: false, hasEnded: false, bundling: false };
  let lastId = 0;
  let lastSnapshot = 0;
  let gone: { readonly error: unknown } | null = null;
  // Whoever awaits them is told; nobody has to.
  for (const promise of [started.promise, agentEnd.promise, result]) promise.catch(() => undefined);

  function take(report: Report): void {
    if ("line" in report) lines.push(report.line);
    else if ("err" in report) {
      said.complaints = (said.complaints + report.err).slice(-TAIL);
      onComplaint?.(report.err);
    } else if ("started" in report) started.resolve(report);
    else if ("tree" in report) settle(report.id)?.resolve(changesIn(report));
    else if ("snapshot" in report) settle(report.id)?.resolve(changesIn(report.snapshot));
    else if ("problem" in report) settle(report.id)?.reject(refused(visibleText(report.problem)));
    else if ("ended" in report) {
      said.hasEnded = true;
      lines.end();
      agentEnd.resolve({ ...report.ended, stderr: said.complaints.toWellFormed() });
    } else if ("unchanged" in report) said.isUnchanged = true;
    else said.own = report.broken;
  }

  function settle(id: number): PromiseWithResolvers<TreeChanges> | undefined {
    const asked = trees.get(id);
    trees.delete(id);
    return asked;
  }

  function over(error: unknown): void {
    gone ??= { error };
    lines.end(said.hasEnded ? undefined : error);
    started.reject(error);
    agentEnd.reject(error);
    for (const id of [...trees.keys()]) settle(id)?.reject(error);
  }

  async function follow(): Promise<void> {
    for await (const line of linesOf(child.stdout, MAX_LINE_BYTES)) {
      take(parseReport(line));
      // An order that waits for its answer must not wait for the reader of the lines.
      while (lines.waiting() > WAITING && trees.size === 0 && !said.bundling)
        await Promise.race([lines.moved(), asked.promise]);
    }
  }
  let asked = Promise.withResolvers<void>();

  const keeperErrors = tailOf(child.stderr);
  const following = follow().then(
    async () => over(await whyEnded(child, said.own, keeperErrors)),
    async (error: unknown) => {
      await child.kill();
      over(error);
    },
  );
  following.catch(over);

  function order(body: object): Promise<void> {
    if (gone !== null) return Promise.reject(gone.error);
    return new Promise((resolve, reject) => {
      child.stdin.write(`${JSON.stringify(body)}\n`, (error) => {
        if (error) reject(refused("The agent's sandbox has ended."));
        else resolve();
      });
    });
  }

  function hurry(): void {
    asked.resolve();
    asked = Promise.withResolvers<void>();
  }

  /** Asks for something that is answered by a tree. */
  async function ask(body: object): Promise<TreeChanges> {
    const id = ++lastId;
    const answer = Promise.withResolvers<TreeChanges>();
    trees.set(id, answer);
    answer.promise.catch(() => undefined); // where the order itself fails, nobody waits for it
    hurry();
    await order({ ...body, id });
    return answer.promise;
  }

  const tree = { base: baseCommit, ignored: [reportPath, ...insideTree(mounts), ...artefacts] };
  const keeps = [...own, ...artefacts.map((planned) => `${TREE_ROOT}/${planned}`)];
  const kept = { keeps, packer: PACKER, collector: COLLECTOR, restore: restore !== null };
  await order({ do: "start", command, env, files: files ?? {}, ...tree, ...kept });
  const { lost = null } = await started.promise;

  return {
    lines,
    lost: lost === null ? null : visibleText(lost.slice(0, 1000)),
    ended: agentEnd.promise,
    async send(line) {
      if (said.hasEnded) throw refused("The agent has ended.");
      await order({ do: "send", line });
    },
    tree: async () => (await ask({ do: "tree" })).tree,
    changes: () => ask({ do: "changes", paths: CHANGED_PATHS }),
    async snapshot(): Promise<Snapshot> {
      const number = ++lastSnapshot;
      const bytes = results.snapshot(number);
      const taken = await ask({ do: "snapshot", number, most: MAX_SNAPSHOT });
      return { tree: taken.tree, bytes: await bytes };
    },
    async stop() {
      if (!said.hasEnded) await order({ do: "stop", grace: GRACE_MS });
      lines.end();
      return agentEnd.promise;
    },
    async artefacts(plan) {
      said.bundling = true;
      const bytes = results.artefacts(1);
      await ask({ do: "artefacts", collect: collectOrder(plan, 1) });
      return readCollected(plan, await bytes);
    },
    async bundle(): Promise<PatchBundle | null> {
      said.bundling = true;
      hurry();
      await order({ do: "bundle", most: BUNDLE_BYTES });
      const [exit, bytes] = await Promise.all([child.exited, result, following]);
      if (said.isUnchanged && exit.code === 0) return null;
      return readBundle({ exit, result: bytes, isResultCut: false, tail: said.own });
    },
    async close() {
      lines.end();
      await child.kill();
      await following;
    },
  };
}

/** Reads from the beginning, so that nothing gathers unread; what cannot be a result any more ends the session. */
function collect(child: SandboxProcess): Results {
  const results = readResults(child.result, {
    snapshot: MAX_SNAPSHOT,
    artefacts: MOST_ARTEFACT_BYTES + FRAME_ROOM,
    rest: BUNDLE_BYTES + FRAME_ROOM,
  });
  results.rest.catch(() => child.kill());
  return results;
}

/** The store behind the plane cannot keep NUL; git knows no such name, but a forger does. */
const changesIn = ({
  tree,
  changed,
}: Pick<Extract<Report, { id: number; tree: string }>, "tree" | "changed">) => ({
  tree,
  paths: changed?.paths.map((path) => path.replaceAll("\0", "\u2400").toWellFormed()) ?? [],
  more: changed?.more ?? 0,
});

function tailOf(stream: Readable): () => string {
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString("utf8")).slice(-TAIL);
  });
  stream.on("error", () => undefined); // how the sandbox ended is told by its exit
  return () => text.toWellFormed();
}

async function whyEnded(child: SandboxProcess, own: string, errors: () => string): Promise<AppError> {
  const { ended, code } = await child.exited;
  if (ended === "time") return refused("The agent did not finish in the time it was given.");
  if (ended === "memory") return refused("The agent needed more memory than its sandbox has.");
  const said = visibleText((own || errors()).trim().slice(0, 1000));
  return refused(
    said === ""
      ? `The agent's sandbox ended (exit ${code ?? "none"}).`
      : `The agent's sandbox ended: ${said}`,
  );
}
