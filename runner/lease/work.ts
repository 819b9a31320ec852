// What a lease asks for: an agent's driver, or the harness.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AppError, conflict, refused } from "#lib/errors.ts";
import type { NewEvent } from "#lib/protocol/events.ts";
import type { AgentAssignment, Finish, ModelGrant } from "#lib/protocol/schema.ts";
import type { InboxItem } from "#lib/protocol/steering.ts";
import type { AgentDriver, DriverResult, ModelAccess, Workspace } from "../drivers/port.ts";
import { startSession } from "../drivers/session/session.ts";
import { prepareRepository } from "../harness/git/prepare.ts";
import type { VerifyOptions } from "../harness/verify.ts";
import { untilAnswered } from "../plane/retry.ts";
import { createRelay, RELAY_PORT, type Relay, SANDBOX_KEY } from "../relay/relay.ts";
import { drill } from "./drill.ts";
import { hear, inboxOf } from "./inbox.ts";
import type { Lease, Work } from "./lease.ts";
import { isFencing } from "./life.ts";
import { createNumbers, type SetupHost, setUpOf } from "./set-up.ts";

/** The harness of verification, `verify` of runner/harness. */
export type Verify = (
  options: VerifyOptions,
) => Promise<Omit<Extract<Finish, { outcome: "observed" }>, "attempt">>;

export interface WorkOptions {
  readonly drivers: readonly AgentDriver[];
  readonly verify: Verify;
  /** Left out: runs whose charter has a setup phase fail here. */
  readonly setup?: SetupHost;
}

const PASSABLE = 0o711;
const READABLE = 0o444;

export function createWork({ drivers, verify, setup }: WorkOptions): Work {
  return async (lease) => {
    const { assignment, sandbox, clock, life, stream, folder } = lease;
    const { attempt } = assignment;
    if (assignment.phase === "agent") {
      if (assignment.driver === "drill") return drill(lease, assignment);
      const driver = drivers.find(({ name }) => name === assignment.driver);
      if (driver === undefined) throw refused(`This runner has no driver named "${assignment.driver}".`);
      return handIn(lease, await drive(lease, driver, assignment, setup));
    }
    const bundles = { base: await download(lease, "base"), patch: await download(lease, "patch") };
    const emit = (event: NewEvent) => stream.emit(event);
    const nextCommand = createNumbers();
    const setUp = setUpOf(lease, setup, nextCommand);
    const options = { assignment, sandbox, clock, signal: life.over, directory: folder, bundles, emit };
    return { attempt, ...(await verify({ ...options, setUp, nextCommand })) };
  };
}

async function download(lease: Lease, name: "base" | "patch" | "snapshot"): Promise<string> {
  const file = join(lease.folder, `${name}.bundle`);
  const { plane, assignment, life } = lease;
  await patiently(lease, `downloading the ${name} bundle`, () =>
    plane.download(assignment, name, file, life.over),
  );
  return file;
}

async function makeWorkspace(lease: Lease, setup: SetupHost | undefined): Promise<Workspace> {
  const { sandbox, assignment, life, folder } = lease;
  const bundle = await download(lease, "base");
  const repository = await prepareRepository({
    sandbox,
    directory: folder,
    bundles: [bundle],
    commits: [assignment.baseCommit],
    signal: life.over,
  });
  const scratch = join(folder, "scratch");
  await mkdir(scratch);
  await chmod(scratch, PASSABLE); // a sandbox reads the snapshots in it
  const nextCommand = createNumbers();
  const base = { repository, commit: assignment.baseCommit, from: "base" } as const;
  const mounts = (await setUpOf(lease, setup, nextCommand)?.(base))?.mounts ?? {};
  return { repository, scratch, mounts, nextCommand };
}

/**
 * A run of an agent with a model that is paused before its agent is up is put away at once: whatever goes on for it ends. One
 * without a model has no inbox: the control plane ends its lease.
 */
async function drive(
  whole: Lease,
  driver: AgentDriver,
  assignment: AgentAssignment,
  setup: SetupHost | undefined,
): Promise<DriverResult> {
  if (assignment.model === null) return driveOn(whole, driver, assignment, { setup, inbox: NOTHING });
  const [left, done] = [new AbortController(), new AbortController()];
  const inbox = hear(inboxOf(endedBy(whole, done.signal)), () => left.abort(conflict("The run is paused.")));
  try {
    return await driveOn(endedBy(whole, left.signal), driver, assignment, { setup, inbox: inbox.items });
  } catch (error) {
    const early = inbox.early();
    if (early === null || whole.life.over.aborted) throw error;
    return { outcome: "parked", why: early.why };
  } finally {
    done.abort();
  }
}

/** The lease, whose work is over with this signal too. */
const endedBy = (lease: Lease, signal: AbortSignal): Lease => ({
  ...lease,
  life: { ...lease.life, over: AbortSignal.any([lease.life.over, signal]) },
});

const NOTHING: AsyncIterable<InboxItem> = { async *[Symbol.asyncIterator]() {} };

interface Surroundings {
  readonly setup: SetupHost | undefined;
  readonly inbox: AsyncIterable<InboxItem>;
}

async function driveOn(
  lease: Lease,
  driver: AgentDriver,
  assignment: AgentAssignment,
  { setup, inbox }: Surroundings,
): Promise<DriverResult> {
  const { sandbox, clock, life, traffic, stream, plane, logger } = lease;
  const { model: grant, ...shown } = assignment;
  const workspace = await makeWorkspace(lease, setup);
  const resumed = grant && (await fetchSnapshot(lease, assignment));
  const emit = (event: NewEvent) => stream.emit(event);
  const { passed } = traffic;
  const relay = grant && createRelay({ grant, sign: plane.sign, logger, signal: life.over, passed, emit });
  try {
    return await driver.run({
      assignment: shown,
      workspace,
      sandbox,
      clock,
      model: grant && relay && accessOf(lease, { assignment, grant, relay, workspace, resumed, inbox }),
      signal: life.over,
      emit,
      handInArtefact: (file, path) =>
        patiently(lease, "handing an artefact in", () =>
          plane.uploadArtefact(assignment, file, path, life.over),
        ),
      prepared: () =>
        patiently(lease, "saying that preparation is over", () => plane.prepared(assignment, life.over)),
    });
  } finally {
    await relay
      ?.close()
      .catch((error: unknown) => logger.debug({ err: error }, "the relay had more to tell"));
  }
}

interface Access {
  readonly assignment: AgentAssignment;
  readonly grant: ModelGrant;
  readonly relay: Relay;
  readonly workspace: Workspace;
  readonly resumed: string | null;
  readonly inbox: AsyncIterable<InboxItem>;
}

/** What an earlier attempt left, where it is what the control plane announced. */
async function fetchSnapshot(lease: Lease, { resume }: AgentAssignment): Promise<string | null> {
  if (resume === null) return null;
  const file = await download(lease, "snapshot");
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  if (hash.digest("hex") !== resume.sha256) throw refused("The snapshot is not the one that was announced.");
  await chmod(file, READABLE);
  return file;
}

/** A control plane of the version before keeps no snapshots; a lease that is gone is told by every other call. */
function refuseUnknown(error: unknown): never {
  if (error instanceof AppError && error.code === "not_found")
    throw refused("The control plane takes no snapshots.");
  throw error;
}

function accessOf(
  lease: Lease,
  { assignment, grant, relay, workspace, resumed, inbox }: Access,
): ModelAccess {
  const { sandbox, life, plane } = lease;
  const { baseCommit, test, limits, maxSeconds } = assignment;
  return {
    model: grant.model,
    api: grant.api,
    historyTokens: grant.historyTokens ?? null,
    baseUrl: `http://127.0.0.1:${RELAY_PORT}/v1`,
    key: SANDBOX_KEY,
    inbox,
    answers: relay.answers,
    microsLeft: life.microsLeft,
    secondsLeft: life.secondsLeft,
    nearlyOver: life.nearlyOver,
    resumed,
    upload: (file) =>
      patiently(lease, "keeping the session", () =>
        plane.upload(assignment, file, life.over, "snapshot").catch(refuseUnknown),
      ),
    session: (program, choices) =>
      startSession(
        {
          sandbox,
          relay,
          repository: workspace.repository,
          baseCommit,
          reportPath: test.reportPath,
          mounts: workspace.mounts,
          artefacts: assignment.artefacts?.paths ?? [],
          limits: { ...limits, seconds: maxSeconds },
          signal: life.over,
          ...choices,
        },
        program,
      ),
  };
}

async function handIn(lease: Lease, result: DriverResult): Promise<Finish> {
  const { plane, assignment, life } = lease;
  const { attempt } = assignment;
  if (result.outcome !== "patch") return { attempt, ...result };
  const { bundle, summary } = result;
  const upload = () => plane.upload(assignment, bundle, life.over);
  const bundleBlobId = await patiently(lease, "uploading the patch", upload);
  return { outcome: "patch", attempt, bundleBlobId, summary };
}

/** A call to the plane, until it is answered or the work is over. An answer that fences ends the lease at once. */
async function patiently<T>(
  { steady, life, logger }: Lease,
  what: string,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await untilAnswered(attempt, { clock: steady, signal: life.over, logger, what });
  } catch (error) {
    if (isFencing(error)) life.end("fenced", error.message);
    throw error;
  }
}
