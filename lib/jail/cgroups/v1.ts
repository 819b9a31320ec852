// Control groups version 1: one tree of directories per controller, so a group is one directory in each.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#lib/clock.ts";
import type { Limits } from "../schema.ts";
import {
  type Cgroups,
  CONTROLLERS,
  CPU_PERIOD,
  CPU_SHARE,
  cpuQuota,
  type Group,
  killProcess,
  makeDirectory,
  readKey,
  readPids,
  removeDirectory,
  waitUntil,
  writeIfThere,
} from "./group.ts";

export type V1Controller = (typeof CONTROLLERS)[number] | "freezer";

const ASKS_BEFORE_LETTING_GO = 25;
const LET_GO = 10; // milliseconds

/** Controller → directory below which groups are made. Joint controllers share one. */
export type V1Bases = ReadonlyMap<V1Controller, string>;

async function limitMemory(directory: string, bytes: number): Promise<void> {
  await writeFile(join(directory, "memory.limit_in_bytes"), String(bytes));
  // Memory plus swap; there only where the kernel accounts swap.
  await writeIfThere(join(directory, "memory.memsw.limit_in_bytes"), String(bytes));
}

async function limitCpu(directory: string, limits: Limits): Promise<void> {
  await writeFile(join(directory, "cpu.cfs_period_us"), String(CPU_PERIOD));
  await writeFile(join(directory, "cpu.cfs_quota_us"), String(cpuQuota(limits)));
  await writeIfThere(join(directory, "cpu.shares"), String(CPU_SHARE.v1));
}

export function openV1(bases: V1Bases): Cgroups {
  const distinct = [...new Set(bases.values())];
  const first = distinct[0] ?? "";

  const group = (name: string): Group => {
    const directories = distinct.map((base) => join(base, name));
    const of = (controller: V1Controller) => {
      const base = bases.get(controller);
      return base === undefined ? null : join(base, name);
    };
    const freezer = of("freezer");
    const processes = () => readPids(join(first, name, "cgroup.procs"));

    const freeze = async (frozen: boolean): Promise<boolean> => {
      if (freezer === null) return false;
      const state = join(freezer, "freezer.state");
      const wanted = frozen ? "FROZEN" : "THAWED";
      let asked = 0;
      const isReached = async () => {
        // A process caught between fork and exec can keep a tree at FREEZING for ever: asking again passes it by, and
        // letting go for a moment sets it free. Signals sent meanwhile stay pending.
        if (frozen && asked > 0 && asked % ASKS_BEFORE_LETTING_GO === 0) {
          await writeFile(state, "THAWED");
          await systemClock.sleep(LET_GO);
        }
        asked += 1;
        await writeFile(state, wanted);
        return (await readFile(state, "utf8")).trim() === wanted;
      };
      await waitUntil(isReached, "The sandbox could not be paused.");
      return true;
    };

    return {
      async attach(pid) {
        await Promise.all(directories.map((path) => writeFile(join(path, "cgroup.procs"), String(pid))));
      },
      async limit(limits) {
        const [memory, pids, cpu] = CONTROLLERS.map(of);
        await Promise.all([
          memory ? limitMemory(memory, limits.memoryBytes) : null,
          pids ? writeFile(join(pids, "pids.max"), String(limits.processes)) : null,
          cpu ? limitCpu(cpu, limits) : null,
        ]);
      },
      processes,
      freeze,
      async kill() {
        // Signals first: a frozen process dies the moment it thaws, before it runs another instruction.
        const isEmpty = async () => {
          const pids = await processes();
          if (pids.length === 0) return true;
          pids.forEach(killProcess);
          await freeze(false);
          return false;
        };
        await waitUntil(isEmpty, "The sandbox's processes could not be killed.");
      },
      async memoryKills() {
        const memory = of("memory");
        return memory === null ? 0 : readKey(join(memory, "memory.oom_control"), "oom_kill");
      },
      async remove() {
        await Promise.all(directories.map(removeDirectory));
      },
    };
  };

  return {
    version: 1,
    controllers: new Set(CONTROLLERS.filter((controller) => bases.has(controller))),
    async create(name) {
      await Promise.all(distinct.map((base) => makeDirectory(join(base, name))));
      return group(name);
    },
    async list() {
      const entries = await Promise.all(distinct.map((base) => readdir(base, { withFileTypes: true })));
      return [...new Set(entries.flat().flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])))];
    },
    find: group,
  };
}
