// File descriptors that whoever started us left open and inheritable would be open in every sandbox too: Node marks
// only the first of them close-on-exec. They are covered by /dev/null.
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { codeOf } from "../cgroups/group.ts";

const CLOSE_ON_EXEC = 0o2000000;

/** Descriptors from `first` on that a child would inherit. */
export function inheritableDescriptors(first: number): number[] {
  return readdirSync("/proc/self/fdinfo")
    .map(Number)
    .filter((fd) => fd >= first && isInheritable(fd));
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] ?? "0";
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false; // the one the directory was read through
    throw error;
  }
}

/** Extends `stdio` so that nothing but its own entries is inherited, for the time of `start`. */
export function withoutLeaks<T>(stdio: ("pipe" | "ignore" | "ipc" | number)[], start: () => T): T {
  const leaks = inheritableDescriptors(stdio.length);
  if (leaks.length === 0) return start();
  const nothing = openSync("/dev/null", "r+");
  try {
    for (const fd of leaks) {
      while (stdio.length < fd) stdio.push("ignore");
      stdio[fd] = nothing;
    }
    return start();
  } finally {
    closeSync(nothing);
  }
}
