// The bubblewrap driver of the Sandbox port. There is no mode without bubblewrap: where it does not work, nothing runs.
import { refused } from "#lib/errors.ts";
import type { Logger } from "#lib/logger.ts";
import type { Cgroups } from "../cgroups/group.ts";
import type { Sandbox } from "../port.ts";
import type { Limits } from "../schema.ts";
import { type BoxHost, boxOptions, FD } from "./box.ts";
import { reachableNode, requireReachable, shownOfEtc, writeEtc } from "./files.ts";
import { type HostReport, MAX_SLOT, probeHost, uidOf } from "./host.ts";
import { handingOut } from "./listener.ts";
import { prepareMounts } from "./mounts.ts";
import { createPipeStore } from "./pipes.ts";
import { followProcess } from "./process.ts";
import { refusalOf } from "./spec.ts";
import { quote, type Starter, spawnStarter } from "./starter.ts";

export interface SandboxOptions {
  /** 0 to 183. As root every slot has its own uid, 61000 + slot: two that run at once take different ones. */
  readonly slot: number;
  /** Where the sandbox keeps its /etc; everybody may enter it, and sandboxes of one user may share it. */
  readonly stateDirectory: string;
  readonly logger?: Logger;
}

export interface ClosableSandbox extends Sandbox {
  /** Ends the waiting starter. What was started is not touched. */
  close(): Promise<void>;
}

const KiB = 1024;
/** Node 24 reserves about 575 MB of writable memory that it never touches; RLIMIT_DATA counts it. */
const RESERVED_BY_NODE = 768 * KiB * KiB;
const FILE_BLOCK = 512; // what POSIX `ulimit -f` counts in

/** One line of shell: limits of each single process, then bubblewrap in the shell's place. */
function planOf({ bubblewrap, cgroups }: HostReport, command: readonly string[], limits: Limits): string {
  const hasWholeLimits = cgroups?.controllers.has("memory") && cgroups.controllers.has("pids");
  const ulimits = [
    "ulimit -c 0",
    `ulimit -f ${Math.ceil(limits.diskBytes / FILE_BLOCK)}`,
    ...(hasWholeLimits ? [] : [`ulimit -d ${Math.ceil((limits.memoryBytes + RESERVED_BY_NODE) / KiB)}`]),
  ];
  // Inside, because the number of processes is counted per user namespace.
  const prefix = hasWholeLimits ? [] : ["/usr/bin/prlimit", `--nproc=${limits.processes}`, "--"];
  const argv = [bubblewrap, "--args", String(FD.options), "--", ...prefix, ...command];
  return `${ulimits.join(" && ")} && exec ${argv.map(quote).join(" ")}`;
}

const GROUP_NAME = /^pilothouse-\d+-(\d+)-\d+$/;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** Groups of a process that was killed before it could remove them. */
async function sweep(cgroups: Cgroups, logger: Logger | undefined): Promise<void> {
  for (const name of await cgroups.list()) {
    const owner = GROUP_NAME.exec(name)?.[1];
    if (owner === undefined || isRunning(Number(owner))) continue;
    logger?.warn({ group: name }, "removing what a killed process left behind");
    const group = cgroups.find(name);
    try {
      await group.kill();
      await group.remove();
    } catch (error) {
      logger?.error({ err: error, group: name }, "a group of a killed process could not be removed");
    }
  }
}

let serial = 0;

/** Throws `refused` with one sentence and its remedy where the host allows no sandbox. */
export async function createSandbox({
  slot,
  stateDirectory,
  logger,
}: SandboxOptions): Promise<ClosableSandbox> {
  if (!Number.isInteger(slot) || slot < 0 || slot > MAX_SLOT)
    throw refused(`A sandbox slot is a number from 0 to ${MAX_SLOT}, not ${slot}.`);
  const host = await probeHost();
  if (host.tier === null)
    throw refused(
      host.checks.find(({ state }) => state === "fatal")?.sentence ?? "This host allows no sandbox.",
    );
  const uid = uidOf(slot);
  const shown = await shownOfEtc();
  const etc = await writeEtc(stateDirectory, shown);
  if (uid !== null) await requireReachable(etc, uid);
  const node = await reachableNode(stateDirectory, uid);
  const box: BoxHost = { system: host.system, etc, shown, node, hasFilter: host.filter !== null };
  if (host.cgroups) await sweep(host.cgroups, logger);

  const store = createPipeStore(uid);

  async function prepare(hasChannel = false): Promise<Starter> {
    const name = `pilothouse-${slot}-${process.pid}-${serial++}`;
    const group = (await host.cgroups?.create(name)) ?? null;
    try {
      return await spawnStarter({ uid, filter: host.filter, pipes: await store.take(), group, hasChannel });
    } catch (error) {
      await group?.remove();
      throw error;
    }
  }

  let waiting: Promise<Starter> | null = null;
  let isClosed = false;

  function prepareNext(): void {
    if (waiting !== null || isClosed) return;
    waiting = prepare();
    waiting.catch((error: unknown) => logger?.warn({ err: error }, "no starter could be prepared")); // the next start is told
  }

  async function take(): Promise<Starter> {
    const next = waiting;
    waiting = null;
    const starter = await (next ?? prepare());
    if (starter.child.exitCode === null && starter.child.signalCode === null) return starter;
    await starter.discard();
    return prepare();
  }

  prepareNext();
  return {
    tier: host.tier,
    missing: host.missing,
    uid,
    async start(spec, options = {}) {
      options.signal?.throwIfAborted();
      const refusal = refusalOf(spec);
      if (refusal !== null) throw refused(refusal);
      await prepareMounts(spec, uid);
      const { listen } = spec;
      const starter = await (listen === undefined ? take() : prepare(true));
      try {
        await starter.group?.limit(spec.limits);
      } catch (error) {
        await starter.discard();
        throw error;
      }
      const command = listen === undefined ? spec.command : handingOut(listen, spec.command);
      starter.launch(planOf(host, command, spec.limits), boxOptions(box, spec));
      const started = followProcess(starter, spec.limits, options);
      prepareNext();
      return started;
    },
    async close() {
      isClosed = true;
      const last = waiting;
      waiting = null;
      if (last !== null) await (await last).discard();
      store.close();
    },
  };
}
