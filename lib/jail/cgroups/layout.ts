// Where this process stands in the control group trees, read from /proc/self/cgroup and /proc/self/mountinfo
// (cgroups(7), proc(5)). Pure.
import { posix } from "node:path";

export interface Standing {
  /** Version 1: controller → directory of our own group. */
  readonly v1: ReadonlyMap<string, string>;
  /** Version 2: directory of our own group, and where that tree is mounted. */
  readonly v2: { readonly directory: string; readonly mount: string } | null;
}

interface Mount {
  readonly type: string;
  /** Which directory of the tree is mounted. */
  readonly root: string;
  readonly at: string;
  readonly controllers: readonly string[];
}

/** Spaces and the like are written as `\040`. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function parseMount(line: string): Mount | null {
  const [front = "", back = ""] = line.split(" - ");
  const [type = "", , options = ""] = back.split(" ");
  const [, , , root = "", at = ""] = front.split(" ");
  if (type !== "cgroup" && type !== "cgroup2") return null;
  return { type, root: unescapeOctal(root), at: unescapeOctal(at), controllers: options.split(",") };
}

/** A container may see only its own part of the tree: what lies above it is cut off the path. */
function directoryOf({ root, at }: Mount, path: string): string {
  const inside = posix.relative(root, path);
  return inside.startsWith("..") ? at : posix.join(at, inside);
}

export function parseStanding(selfCgroup: string, mountinfo: string): Standing {
  const mounts = mountinfo.split("\n").flatMap((line) => parseMount(line) ?? []);
  const v1 = new Map<string, string>();
  let v2: Standing["v2"] = null;
  for (const line of selfCgroup.split("\n").filter(Boolean)) {
    const [, names = "", ...rest] = line.split(":");
    const path = rest.join(":");
    if (names === "") {
      const mount = mounts.find(({ type }) => type === "cgroup2");
      if (mount) v2 = { directory: directoryOf(mount, path), mount: mount.at };
      continue;
    }
    for (const name of names.split(",")) {
      const mount = mounts.find(({ type, controllers }) => type === "cgroup" && controllers.includes(name));
      if (mount) v1.set(name, directoryOf(mount, path));
    }
  }
  return { v1, v2 };
}
