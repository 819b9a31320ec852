// The runner's end of a session: one sandbox with the keeper in it, which does what it is told and reports. What it reports may
// be an agent's forgery, so nothing but the exact shapes is taken, and no more of it than fits.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { AppError, messageOf, refused } from "#lib/errors.ts";
import type { Sandbox, SandboxProcess } from "#lib/jail/port.ts";
import type { Limits } from "#lib/jail/schema.ts";
import { visibleText } from "#lib/text/rules.ts";
import { BUNDLE_BYTES, readBundle } from "#runner/harness/git/bundle.ts";
import { RELAY_PORT, type Relay } from "#runner/relay/relay.ts";
import { createLineQueue } from "./line-queue.ts";
import { linesOf } from "./lines.ts";
import type { AgentEnd, AgentProgram, AgentSession, PatchBundle } from "./port.ts";

const KEEPER = readFileSync(path.join(import.meta.dirname, "inside", "keeper.ts"), "utf8");

const MAX_LINE_BYTES = 48 * 1024 * 1024;
/** Characters of lines that wait for the driver before the agent has to. */
const WAITING = 1024 * 1024;
const FRAME_ROOM = 64 * 1024 * 1024;
const TAIL = 4000;
const GRACE_MS = 2000;

const Report = z.union([
  z.object({ line: z.string() }),
  z.object({ err: z.string() }),
  z.object({ started: z.string().regex(/^[0-9a-f]{40}$/) }),
  z.object({ tree: z.string().regex(/^[0-9a-f]{40}$/), id: z.int() }),
  z.object({ problem: z.string(), id: z.int() }),
  z.object({ ended: z.object({ code: z.int().nullable(), signal: z.string().max(20).nullable() }) }),
  z.object({ unchanged: z.literal(true) }),
  z.object({ broken: z.string() }),
]);
type Report = z.infer<typeof Report>;

export interface SessionOptions {
  readonly sandbox: Sandbox;
  readonly relay: Pick<Relay, "take">;
  /** Host path of the bare repository with the base. */
  readonly repository: string;
  readonly baseCommit: string;
  /** Path of the tests' report: it is no part of the work. */
  readonly reportPath: string;
  readonly limits: Limits;
  readonly signal: AbortSignal;
  /** What the program writes to stderr, as it comes. */
  onComplaint?(text: string): void;
}

/** Resolves when the program was started beside the checkout; throws a sentence when that was impossible. */
export async function startSession(options: SessionOptions, program: AgentProgram): Promise<AgentSession> {
  const { sandbox, relay, repository, baseCommit, reportPath, limits, signal } = options;
  const child = await sandbox.start(
    {
      command: ["node", "--input-type=module-typescript", "-e", KEEPER],
      cwd: "/work",
      readOnly: { [repository]: "/in/repository", ...program.readOnly },
      listen: RELAY_PORT,
      limits: { ...limits, outputBytes: Number.MAX_SAFE_INTEGER },
    },
    { signal },
  );
  try {
    if (child.listener === null) throw refused("This sandbox hands no listener out.");
    relay.take(await child.listener);
    return await attend(child, options, program, { base: baseCommit, ignored: reportPath });
  } catch (error) {
    await child.kill();
    signal.throwIfAborted();
    throw error instanceof AppError ? error : refused(`The agent could not be started: ${messageOf(error)}`);
  }
}

async function attend(
  child: SandboxProcess,
  { onComplaint }: SessionOptions,
  { command, env, files }: AgentProgram,
  tree: { base: string; ignored: string },
): Promise<AgentSession> {
  const lines = createLineQueue();
  const started = Promise.withResolvers<string>();
  const agentEnd = Promise.withResolvers<AgentEnd>();
  const trees = new Map<number, PromiseWithResolvers<string>>();
  const result = collect(child, child.result);
  const said = { complaints: "", own: "", isUnchanged: false, hasEnded: false, bundling: false };
  let lastId = 0;
  let gone: { readonly error: unknown } | null = null;
  // Whoever awaits them is told; nobody has to.
  for (const promise of [started.promise, agentEnd.promise, result]) promise.catch(() => undefined);

  function take(report: Report): void {
    if ("line" in report) lines.push(report.line);
    else if ("err" in report) {
      said.complaints = (said.complaints + report.err).slice(-TAIL);
      onComplaint?.(report.err);
    } else if ("started" in report) started.resolve(report.started);
    else if ("tree" in report) settle(report.id)?.resolve(report.tree);
    else if ("problem" in report) settle(report.id)?.reject(refused(visibleText(report.problem)));
    else if ("ended" in report) {
      said.hasEnded = true;
      lines.end();
      agentEnd.resolve({ ...report.ended, stderr: said.complaints.toWellFormed() });
    } else if ("unchanged" in report) said.isUnchanged = true;
    else said.own = report.broken;
  }

  function settle(id: number): PromiseWithResolvers<string> | undefined {
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
      take(parse(line));
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

  await order({ do: "start", command, env, files: files ?? {}, ...tree });
  await started.promise;

  return {
    lines,
    ended: agentEnd.promise,
    async send(line) {
      if (said.hasEnded) throw refused("The agent has ended.");
      await order({ do: "send", line });
    },
    async tree() {
      const id = ++lastId;
      const answer = Promise.withResolvers<string>();
      trees.set(id, answer);
      hurry();
      await order({ do: "tree", id });
      return answer.promise;
    },
    async stop() {
      if (!said.hasEnded) await order({ do: "stop", grace: GRACE_MS });
      lines.end();
      return agentEnd.promise;
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

function parse(line: string): Report {
  try {
    return Report.parse(JSON.parse(line));
  } catch (error) {
    throw refused(
      `Something in the sandbox wrote into the session's own channel. ${messageOf(error).slice(0, 200)}`,
    );
  }
}

/** Reads from the beginning, so that nothing gathers unread; what cannot be a patch any more ends the session. */
async function collect(child: SandboxProcess, stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BUNDLE_BYTES + FRAME_ROOM) {
      await child.kill();
      throw refused("More came out of the sandbox than a patch can be.");
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

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
