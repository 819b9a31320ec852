// A Sandbox for tests of what is built on the port: real processes behind the same mounts, killed and stopped as a tree,
// quickly started because nothing is limited. It records what was asked of it.
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Sandbox, SandboxExit, SandboxProcess, SandboxSpec } from "#lib/jail/port.ts";

export interface PlainSandbox extends Sandbox {
  /** Pids of the processes (each leads its group) that were started and have not ended. */
  readonly live: Set<number>;
  /** In order: `start`, `pause`, `resume`, `kill`. */
  readonly calls: string[];
}

const ROOT = [
  ...["--unshare-pid", "--die-with-parent"],
  ...["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"],
  ...[
    "--symlink",
    "usr/lib64",
    "/lib64",
    "--proc",
    "/proc",
    "--dev",
    "/dev",
    "--tmpfs",
    "/tmp",
    "--tmpfs",
    "/work",
  ],
];

/** `hostNetwork`: with the network of the host, for what has to notice that. */
export function createPlainSandbox({ hostNetwork = false } = {}): PlainSandbox {
  const live = new Set<number>();
  const calls: string[] = [];

  async function start(spec: SandboxSpec): Promise<SandboxProcess> {
    calls.push("start");
    const mounts = Object.entries(spec.readOnly ?? {}).flatMap(([host, inside]) => [
      "--ro-bind",
      host,
      inside,
    ]);
    const writable = spec.writable === undefined ? [] : ["--bind", spec.writable.host, spec.writable.inside];
    const place = ["--chdir", spec.cwd ?? "/work", "--", ...spec.command];
    const child = spawn(
      "bwrap",
      [...ROOT, ...(hostNetwork ? [] : ["--unshare-net"]), ...mounts, ...writable, ...place],
      {
        env: { NODE_ENV: "test", PATH: "/usr/bin", ...spec.env },
        detached: true,
        stdio: ["pipe", "pipe", "pipe", "pipe"],
      },
    );
    return wrap(child, live, calls);
  }

  return { tier: "weak", missing: ["This sandbox limits nothing."], uid: null, start, live, calls };
}

async function wrap(child: ChildProcess, live: Set<number>, calls: string[]): Promise<SandboxProcess> {
  const begun = performance.now();
  await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  const pid = child.pid ?? 0;
  live.add(pid);
  let isKilled = false;
  const exited = new Promise<SandboxExit>((resolve) =>
    child.once("exit", (code, signal) => {
      live.delete(pid);
      const milliseconds = Math.round(performance.now() - begun);
      resolve({ code, signal, ended: isKilled ? "cancelled" : "itself", milliseconds });
    }),
  );
  const toGroup = (signal: NodeJS.Signals) => {
    if (live.has(pid)) process.kill(-pid, signal);
  };
  const [stdin, stdout, stderr, result] = child.stdio as unknown as [Writable, Readable, Readable, Readable];
  stdin.on("error", () => undefined);
  return {
    stdin,
    stdout,
    stderr,
    result,
    dropped: () => ({ stdout: 0, stderr: 0, result: 0 }),
    listener: null,
    exited,
    async kill() {
      calls.push("kill");
      isKilled = true;
      toGroup("SIGKILL");
      await exited;
    },
    async pause() {
      calls.push("pause");
      toGroup("SIGSTOP");
    },
    async resume() {
      calls.push("resume");
      toGroup("SIGCONT");
    },
  };
}
