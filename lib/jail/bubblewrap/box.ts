// The inside of a sandbox as bubblewrap options. Pure: what the host looks like comes in as a value.
import type { SandboxSpec } from "../port.ts";
import { readOnlyMounts } from "./spec.ts";

/**
 * File descriptors of the process that becomes bubblewrap. 0 to 3 reach the command, the others do not; `channel` is there
 * only for a listener to be handed out.
 */
export const FD = { result: 3, plan: 4, options: 5, filter: 6, status: 7, channel: 8 } as const;

/** uid and gid seen inside, whichever they are outside. */
export const INSIDE_ID = 61_000;

export const HOME = "/home/agent";
export const NODE_INSIDE = "/opt/ph/node";

/** Environment of bubblewrap itself; the command sees nothing of it. */
export const LAUNCH_ENVIRONMENT = { NODE_ENV: "production", PATH: "/usr/bin:/bin", LC_ALL: "C" } as const;

const SMALL_TMPFS = 64 * 1024 * 1024;

/** One of /bin, /sbin, /lib…: a link into /usr on a merged system, a directory of its own elsewhere. */
export interface SystemPath {
  readonly path: string;
  /** Target of the link; null for a directory. */
  readonly link: string | null;
}

export interface BoxHost {
  readonly system: readonly SystemPath[];
  /** Directory with the synthetic /etc. */
  readonly etc: string;
  /** Folders of the host's /etc that are shown in it; it has a place for each. */
  readonly shown: readonly string[];
  /** The Node binary to show at /opt/ph/node. */
  readonly node: string;
  /** False where the kernel takes no filter. */
  readonly hasFilter: boolean;
}

const ENVIRONMENT = {
  PATH: "/opt/ph:/usr/local/bin:/usr/bin:/bin",
  HOME,
  USER: "agent",
  LANG: "C.UTF-8",
  TMPDIR: "/tmp",
};

const ISOLATION = [
  ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL"],
  ["--uid", String(INSIDE_ID), "--gid", String(INSIDE_ID), "--hostname", "sandbox"],
].flat();

const tmpfs = (path: string, bytes: number, permissions: string): string[] => [
  ...["--perms", permissions, "--size", String(bytes), "--tmpfs", path],
];

function systemOptions({ system, etc, shown }: BoxHost): string[] {
  return [
    ...["--ro-bind", "/usr", "/usr"],
    ...system.flatMap(({ path, link }) =>
      link === null ? ["--ro-bind", path, path] : ["--symlink", link, path],
    ),
    ...["--ro-bind", etc, "/etc"],
    ...["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"],
    ...["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"],
    ...shown.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...tmpfs("/dev/shm", SMALL_TMPFS, "1777"),
    ...["--remount-ro", "/dev"],
  ];
}

function treeOptions(spec: SandboxSpec): string[] {
  const { writable, limits } = spec;
  return [
    ...tmpfs("/tmp", SMALL_TMPFS, "1777"),
    ...["--symlink", "../tmp", "/var/tmp"],
    ...tmpfs(HOME, SMALL_TMPFS, "0700"),
    ...(writable?.inside === "/work" ? [] : tmpfs("/work", limits.diskBytes, "0700")),
    ...(writable ? ["--bind", writable.host, writable.inside] : []),
    ...readOnlyMounts(spec).flatMap(({ host, inside }) => ["--ro-bind", host, inside]),
  ];
}

/** Everything up to the command. Given to bubblewrap through a pipe: the host's process list shows no value of it. */
export function boxOptions(host: BoxHost, spec: SandboxSpec): string[] {
  const environment = Object.entries({ ...ENVIRONMENT, ...spec.env });
  return [
    ...ISOLATION,
    ...systemOptions(host),
    ...treeOptions(spec),
    ...["--ro-bind", host.node, NODE_INSIDE],
    ...["--remount-ro", "/", "--clearenv"],
    ...environment.flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--chdir", spec.cwd ?? "/work"],
    ...["--json-status-fd", String(FD.status)],
    ...(host.hasFilter ? ["--seccomp", String(FD.filter)] : []),
  ];
}
