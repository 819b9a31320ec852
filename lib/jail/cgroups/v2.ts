// Control groups version 2: one tree, one directory per group.
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Cgroups,
  type Controller,
  CPU_PERIOD,
  CPU_SHARE,
  codeOf,
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

/** `base` is a directory whose subtree_control holds `controllers`. */
export function openV2(base: string, controllers: ReadonlySet<Controller>): Cgroups {
  const group = (name: string): Group => {
    const file = (leaf: string) => join(base, name, leaf);
    const processes = () => readPids(file("cgroup.procs"));

    const killEach = async (): Promise<void> => {
      const isEmpty = async () => {
        const pids = await processes();
        pids.forEach(killProcess);
        return pids.length === 0;
      };
      await waitUntil(isEmpty, "The sandbox's processes could not be killed.");
    };

    return {
      attach: (pid) => writeFile(file("cgroup.procs"), String(pid)),
      async limit({ memoryBytes, processes: most, ...limits }) {
        const all = { memoryBytes, processes: most, ...limits };
        if (controllers.has("memory")) {
          await writeFile(file("memory.max"), String(memoryBytes));
          await writeIfThere(file("memory.swap.max"), "0");
          await writeIfThere(file("memory.oom.group"), "1");
        }
        if (controllers.has("pids")) await writeFile(file("pids.max"), String(most));
        if (controllers.has("cpu")) {
          await writeFile(file("cpu.max"), `${cpuQuota(all)} ${CPU_PERIOD}`);
          await writeIfThere(file("cpu.weight"), String(CPU_SHARE.v2));
        }
      },
      processes,
      async freeze(frozen) {
        await writeFile(file("cgroup.freeze"), frozen ? "1" : "0");
        const isReached = async () => (await readKey(file("cgroup.events"), "frozen")) === (frozen ? 1 : 0);
        await waitUntil(isReached, "The sandbox could not be paused.");
        return true;
      },
      async kill() {
        try {
          await writeFile(file("cgroup.kill"), "1", { flag: "r+" });
        } catch (error) {
          if (codeOf(error) !== "ENOENT") throw error; // Linux before 5.14 has no cgroup.kill
          await killEach();
        }
      },
      memoryKills: async () =>
        controllers.has("memory") ? await readKey(file("memory.events"), "oom_kill") : 0,
      remove: () => removeDirectory(join(base, name)),
    };
  };

  return {
    version: 2,
    controllers,
    async create(name) {
      await makeDirectory(join(base, name));
      return group(name);
    },
    async list() {
      const entries = await readdir(base, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    },
    find: group,
  };
}
