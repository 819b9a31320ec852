// What this host gives to sandboxes. `npm run doctor` shows it; a sandbox is made from it.
import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { access, lstat, readFile, readlink } from "node:fs/promises";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { messageOf } from "#lib/errors.ts";
import type { Cgroups } from "../cgroups/group.ts";
import { codeOf } from "../cgroups/group.ts";
import { findCgroups } from "../cgroups/open.ts";
import type { Tier } from "../schema.ts";
import { buildFilter } from "../seccomp/filter.ts";
import { LAUNCH_ENVIRONMENT, type SystemPath } from "./box.ts";
import { INSTALL_BUBBLEWRAP, namespaceRemedy, oldBubblewrap } from "./remedy.ts";

/** `fatal`: no sandbox at all. `weak`: a sandbox without this protection. */
export interface HostCheck {
  readonly name: "bubblewrap" | "namespaces" | "seccomp" | "cgroups";
  readonly state: "ok" | "weak" | "fatal";
  /** What was found; or what is missing and the exact remedy. */
  readonly sentence: string;
}

export interface HostReport {
  readonly checks: readonly HostCheck[];
  /** Null when there can be no sandbox. */
  readonly tier: Tier | null;
  /** The sentences of what is missing. */
  readonly missing: readonly string[];
  readonly bubblewrap: string;
  readonly filter: Buffer | null;
  readonly cgroups: Cgroups | null;
  readonly system: readonly SystemPath[];
}

const FIRST_UID = 61_000;
/** systemd hands out users dynamically from 61184 on. */
export const MAX_SLOT = 183;

const SYSTEM_PATHS = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const PRLIMIT = "/usr/bin/prlimit";

/** uid and gid of a slot; null when we are not root and every sandbox runs as ourselves. */
export const uidOf = (slot: number): number | null => (process.geteuid?.() === 0 ? FIRST_UID + slot : null);

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

const searchPath = (): string[] => [...(process.env.PATH ?? "").split(":"), "/usr/bin", "/usr/local/bin"];

async function findBubblewrap(folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    if (folder.startsWith("/") && (await isExecutable(`${folder}/bwrap`))) return `${folder}/bwrap`;
  }
  return null;
}

async function systemPaths(): Promise<SystemPath[]> {
  const found = await Promise.all(
    SYSTEM_PATHS.map(async (path) => {
      try {
        return { path, link: (await lstat(path)).isSymbolicLink() ? await readlink(path) : null };
      } catch (error) {
        if (codeOf(error) === "ENOENT") return null;
        throw error;
      }
    }),
  );
  return found.filter((path) => path !== null);
}

interface Trial {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs bubblewrap as the sandbox's user; a filter, where given, is its file descriptor 3. */
async function tryOut(bubblewrap: string, args: readonly string[], filter: Buffer | null): Promise<Trial> {
  const uid = uidOf(0);
  const stdio: StdioOptions = ["ignore", "pipe", "pipe", "pipe"];
  const child: ChildProcess = spawn(bubblewrap, args, {
    cwd: "/",
    env: LAUNCH_ENVIRONMENT,
    stdio,
    ...(uid === null ? {} : { uid, gid: uid }),
  });
  const pipe = child.stdio[3];
  if (pipe instanceof Writable) {
    pipe.on("error", () => undefined); // it ended before it read its filter; its exit says so
    pipe.end(filter ?? Buffer.alloc(0));
  }
  try {
    const [[code], stdout, stderr] = await Promise.all([
      once(child, "close") as Promise<[number | null]>,
      text(child.stdout ?? Readable.from([])),
      text(child.stderr ?? Readable.from([])),
    ]);
    return { code, stdout, stderr: stderr.trim() };
  } catch (error) {
    return { code: null, stdout: "", stderr: messageOf(error) };
  }
}

const readSetting = (path: string): Promise<string | null> =>
  readFile(path, "utf8").then(
    (value) => value.trim(),
    () => null,
  );

async function namespaceFacts(complaint: string) {
  const [apparmorRestricts, cloneAllowed, maximum] = await Promise.all(
    [
      "kernel/apparmor_restrict_unprivileged_userns",
      "kernel/unprivileged_userns_clone",
      "user/max_user_namespaces",
    ].map((name) => readSetting(`/proc/sys/${name}`)),
  );
  const marks = await Promise.all(["/.dockerenv", "/run/.containerenv"].map((path) => readSetting(path)));
  return {
    apparmorRestricts: apparmorRestricts ?? null,
    cloneAllowed: cloneAllowed ?? null,
    maximum: maximum ?? null,
    isContainer: marks.some((mark) => mark !== null),
    complaint,
  };
}

async function checkBubblewrap(path: string | null): Promise<HostCheck> {
  if (path === null) return { name: "bubblewrap", state: "fatal", sentence: INSTALL_BUBBLEWRAP };
  const { stdout, stderr } = await tryOut(path, ["--version"], null);
  const version = /(\d+)\.(\d+)(\.\d+)?/.exec(stdout);
  if (version === null)
    return { name: "bubblewrap", state: "fatal", sentence: `${path} does not start: ${stderr || stdout}` };
  const [text_, major, minor] = version;
  if (Number(major) === 0 && Number(minor) < 7)
    return { name: "bubblewrap", state: "fatal", sentence: oldBubblewrap(text_) };
  return { name: "bubblewrap", state: "ok", sentence: `bubblewrap ${text_} at ${path}` };
}

function boxOf(system: readonly SystemPath[]): string[] {
  return [
    ...["--unshare-all", "--unshare-user", "--die-with-parent", "--cap-drop", "ALL"],
    ...[
      "--ro-bind",
      "/usr",
      "/usr",
      "--proc",
      "/proc",
      "--dev",
      "/dev",
      "--size",
      "65536",
      "--tmpfs",
      "/tmp",
    ],
    ...system.flatMap(({ path, link }) =>
      link === null ? ["--ro-bind", path, path] : ["--symlink", link, path],
    ),
  ];
}

async function checkWalls(
  bubblewrap: string,
  system: readonly SystemPath[],
): Promise<{ checks: HostCheck[]; filter: Buffer | null }> {
  const box = boxOf(system);
  const look = ["--", "/usr/bin/cat", "/proc/self/status"];
  const bare = await tryOut(bubblewrap, [...box, ...look], null);
  if (bare.code !== 0) {
    const sentence = namespaceRemedy(await namespaceFacts(bare.stderr.split("\n")[0] ?? ""));
    return { checks: [{ name: "namespaces", state: "fatal", sentence }], filter: null };
  }
  const namespaces: HostCheck = { name: "namespaces", state: "ok", sentence: "user namespaces work" };
  const { arch } = process;
  if (arch !== "x64" && arch !== "arm64") {
    const sentence = `There is no system call filter for ${arch}: only x64 and arm64 have one.`;
    return { checks: [namespaces, { name: "seccomp", state: "weak", sentence }], filter: null };
  }
  const filter = buildFilter(arch);
  const filtered = await tryOut(bubblewrap, [...box, "--seccomp", "3", ...look], filter);
  if (filtered.code === 0 && /^Seccomp:\s*2$/m.test(filtered.stdout))
    return {
      checks: [namespaces, { name: "seccomp", state: "ok", sentence: `system call filter for ${arch}` }],
      filter,
    };
  const sentence = `This kernel takes no system call filter (${filtered.stderr || "it stayed off"}): it needs CONFIG_SECCOMP_FILTER.`;
  return { checks: [namespaces, { name: "seccomp", state: "weak", sentence }], filter: null };
}

async function checkCgroups(): Promise<{ check: HostCheck; cgroups: Cgroups | null }> {
  const { cgroups, missing } = await findCgroups();
  if (missing === null)
    return {
      check: { name: "cgroups", state: "ok", sentence: `control groups version ${cgroups?.version}` },
      cgroups,
    };
  if (await isExecutable(PRLIMIT))
    return { check: { name: "cgroups", state: "weak", sentence: missing }, cgroups };
  const sentence = `${missing} Without that, limits need ${PRLIMIT}: install util-linux.`;
  return { check: { name: "cgroups", state: "fatal", sentence }, cgroups };
}

/** Looks at everything, also after a failure; starts a few trial processes. `folders`: where to look for bubblewrap. */
export async function probeHost(folders: readonly string[] = searchPath()): Promise<HostReport> {
  const [path, system, { check: groups, cgroups }] = await Promise.all([
    findBubblewrap(folders),
    systemPaths(),
    checkCgroups(),
  ]);
  const program = await checkBubblewrap(path);
  const walls =
    program.state === "ok" && path !== null ? await checkWalls(path, system) : { checks: [], filter: null };
  const checks = [program, ...walls.checks, groups];
  const lacking = checks.filter(({ state }) => state !== "ok");
  const tier = checks.some(({ state }) => state === "fatal") ? null : lacking.length > 0 ? "weak" : "strong";
  return {
    checks,
    tier,
    missing: lacking.map(({ sentence }) => sentence),
    bubblewrap: path ?? "",
    filter: walls.filter,
    cgroups,
    system,
  };
}
