// Finds a place where groups with limits can be made, or says in one sentence why there is none.
import { constants } from "node:fs";
import { access, mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf } from "#lib/errors.ts";
import { type Cgroups, CONTROLLERS, type Controller, codeOf, makeDirectory, readPids } from "./group.ts";
import { parseStanding, type Standing } from "./layout.ts";
import { openV1, type V1Controller } from "./v1.ts";
import { openV2 } from "./v2.ts";

export interface CgroupsFound {
  /** Null when no group can be made. */
  readonly cgroups: Cgroups | null;
  /** What no group limits, and what would help; null when nothing is missing. */
  readonly missing: string | null;
}

const LIMITS: Record<Controller, string> = { memory: "memory", pids: "process", cpu: "CPU" };

const REMEDY =
  "run Pilothouse as root, or as a systemd service with Delegate=yes, or give a container writable cgroups";

function judge(cgroups: Cgroups | null, why: string): CgroupsFound {
  const lacking = CONTROLLERS.filter((controller) => !cgroups?.controllers.has(controller));
  if (lacking.length === 0) return { cgroups, missing: null };
  const limits = lacking.map((controller) => LIMITS[controller]).join(", ");
  return {
    cgroups: cgroups?.controllers.size ? cgroups : null,
    missing: `No control group can hold the ${limits} limit of a whole sandbox (${why}): ${REMEDY}.`,
  };
}

/** Whether we may make groups below it and move processes there; the message of the refusal otherwise. */
async function refusalAt(directory: string): Promise<string | null> {
  const trial = join(directory, `pilothouse-trial-${process.pid}`);
  try {
    await access(join(directory, "cgroup.procs"), constants.W_OK);
    await mkdir(trial);
    await rmdir(trial);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function findV1(standing: Standing): Promise<CgroupsFound> {
  const bases = new Map<V1Controller, string>();
  let why = "the kernel does not offer it";
  for (const controller of [...CONTROLLERS, "freezer"] as const) {
    const directory = standing.v1.get(controller);
    if (directory === undefined) continue;
    const refusal = await refusalAt(directory);
    if (refusal === null) bases.set(controller, directory);
    else why = refusal;
  }
  return judge(openV1(bases), why);
}

async function enabledAt(directory: string, file = "cgroup.subtree_control"): Promise<Set<Controller>> {
  const words = (await readFile(join(directory, file), "utf8")).trim().split(" ");
  return new Set(CONTROLLERS.filter((controller) => words.includes(controller)));
}

function ancestors(directory: string, mount: string): string[] {
  const found = [directory];
  for (let at = directory; at !== mount && at !== "/"; at = dirname(at)) found.push(dirname(at));
  return found;
}

/** Hands our own group's controllers down. A group with processes cannot, so these move one level down first. */
async function handDown(directory: string): Promise<string | null> {
  const enable = async () => {
    for (const controller of await enabledAt(directory, "cgroup.controllers")) {
      await writeFile(join(directory, "cgroup.subtree_control"), `+${controller}`);
    }
  };
  try {
    await enable();
    return null;
  } catch (error) {
    if (codeOf(error) !== "EBUSY") return messageOf(error);
  }
  try {
    const leaf = join(directory, `pilothouse-own-${process.pid}`);
    await makeDirectory(leaf);
    for (const pid of await readPids(join(directory, "cgroup.procs"))) {
      await writeFile(join(leaf, "cgroup.procs"), String(pid));
    }
    await enable();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

async function findV2({ directory, mount }: NonNullable<Standing["v2"]>): Promise<CgroupsFound> {
  const usable: { at: string; controllers: Set<Controller> }[] = [];
  let why = "no group above this process hands its controllers down";
  const consider = async (at: string): Promise<boolean> => {
    const refusal = await refusalAt(at);
    if (refusal !== null) {
      why = refusal;
      return false;
    }
    const controllers = await enabledAt(at);
    usable.push({ at, controllers });
    return controllers.size === CONTROLLERS.length;
  };
  let isWhole = false;
  for (const at of ancestors(directory, mount)) {
    isWhole = await consider(at);
    if (isWhole) break;
  }
  if (!isWhole && usable[0]?.at === directory) {
    const refusal = await handDown(directory);
    if (refusal === null) await consider(directory);
    else why = refusal;
  }
  const best = usable.sort((one, other) => other.controllers.size - one.controllers.size)[0];
  return judge(best ? openV2(best.at, best.controllers) : null, why);
}

/** Looks where the kernel says this process stands; `files` are the texts of /proc/self/cgroup and mountinfo. */
export async function findCgroups(files?: { cgroup: string; mountinfo: string }): Promise<CgroupsFound> {
  const standing = parseStanding(
    files?.cgroup ?? (await readFile("/proc/self/cgroup", "utf8")),
    files?.mountinfo ?? (await readFile("/proc/self/mountinfo", "utf8")),
  );
  if (CONTROLLERS.some((controller) => standing.v1.has(controller))) return findV1(standing);
  if (standing.v2 !== null) return findV2(standing.v2);
  return judge(null, "no cgroup file system is mounted");
}
