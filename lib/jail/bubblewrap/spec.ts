// What a start may ask for. Pure; paths are judged as text, the disk is looked at elsewhere.
import { posix } from "node:path";
import type { SandboxSpec } from "../port.ts";

/** Where the sandbox itself puts things: nothing may be mounted there or below. */
const RESERVED = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/etc",
  "/proc",
  "/dev",
  "/var",
  "/opt/ph",
];

/** Trees that may hold a mount but are never replaced by one. */
const PARENTS = ["/", "/opt", "/home", "/home/agent", "/tmp"];

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface MountRequest {
  readonly host: string;
  readonly inside: string;
}

export const readOnlyMounts = ({ readOnly = {} }: SandboxSpec): MountRequest[] =>
  Object.entries(readOnly).map(([host, inside]) => ({ host, inside }));

const isClean = (path: string): boolean =>
  path.startsWith("/") && posix.normalize(path) === path && (path === "/" || !path.endsWith("/"));

const isAtOrBelow = (path: string, parent: string): boolean =>
  path === parent || path.startsWith(parent === "/" ? "/" : `${parent}/`);

function refusalOfMount({ host, inside }: MountRequest): string | null {
  if (!isClean(host)) return `The host path ${JSON.stringify(host)} is not absolute and plain.`;
  if (!isClean(inside)) return `The path inside ${JSON.stringify(inside)} is not absolute and plain.`;
  const reserved = RESERVED.find((path) => isAtOrBelow(inside, path));
  if (reserved !== undefined) return `Nothing can be mounted at ${inside}: ${reserved} is the sandbox's own.`;
  if (PARENTS.includes(inside)) return `Nothing can be mounted at ${inside} itself, only below it.`;
  return null;
}

/**
 * Mounts in one another are refused: a mount point below a tree that an agent wrote would be looked up through the
 * agent's symbolic links while the host is still in view.
 */
function refusalOfOverlap(mounts: readonly MountRequest[]): string | null {
  for (const [index, one] of mounts.entries()) {
    for (const other of mounts.slice(index + 1)) {
      if (isAtOrBelow(one.inside, other.inside) || isAtOrBelow(other.inside, one.inside))
        return `The mounts at ${one.inside} and ${other.inside} overlap.`;
    }
  }
  return null;
}

/** The first reason not to start this, as one sentence; null when there is none. */
export function refusalOf(spec: SandboxSpec): string | null {
  if (spec.command.length === 0 || spec.command[0] === "") return "The command is empty.";
  const mounts = [...readOnlyMounts(spec), ...(spec.writable ? [spec.writable] : [])];
  const environment = Object.entries(spec.env ?? {});
  const texts = [
    spec.command,
    spec.cwd ?? "",
    environment.flat(),
    mounts.flatMap(({ host, inside }) => [host, inside]),
  ];
  if (texts.flat().some((text) => text.includes("\0"))) return "A NUL byte cannot be passed to a command.";
  const badName = environment.map(([name]) => name).find((name) => !ENVIRONMENT_NAME.test(name));
  if (badName !== undefined) return `${JSON.stringify(badName)} is not a name of an environment variable.`;
  if (
    spec.listen !== undefined &&
    !(Number.isInteger(spec.listen) && spec.listen > 0 && spec.listen < 65_536)
  )
    return `${spec.listen} is not a port.`;
  if (spec.cwd !== undefined && !isClean(spec.cwd))
    return `The working directory ${JSON.stringify(spec.cwd)} is not absolute and plain.`;
  for (const mount of mounts) {
    const refusal = refusalOfMount(mount);
    if (refusal !== null) return refusal;
  }
  return refusalOfOverlap(mounts);
}
