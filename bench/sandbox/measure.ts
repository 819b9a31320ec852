// From the call that starts a sandbox to the first byte of the command inside it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { systemClock } from "#lib/clock.ts";
import { createSandbox } from "#lib/jail/bubblewrap/sandbox.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { interleave, type Rounds } from "../interleave.ts";
import type { Measure } from "../report.ts";

/** A slot that no runner of a deployment on this host has. */
const SLOT = 170;
/** Until the sandbox has its next starter ready, as it has between two commands of a run. */
const SETTLE = 60;

const MiB = 1024 * 1024;
const LIMITS = {
  memoryBytes: 512 * MiB,
  processes: 64,
  cpus: 1,
  diskBytes: 64 * MiB,
  seconds: 30,
  outputBytes: MiB,
};

const COMMAND = ["/bin/echo", "x"] as const;

/** The same namespaces and no capabilities, with as few mounts as a dynamically linked program needs. */
const BARE = [
  ...["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL"],
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
    "--clearenv",
  ],
];

async function firstByte(stream: Readable): Promise<number> {
  await once(stream, "readable");
  const at = performance.now();
  stream.resume();
  return at;
}

async function ours(sandbox: Sandbox): Promise<{ first: number; end: number }> {
  const began = performance.now();
  const started = await sandbox.start({ command: COMMAND, limits: LIMITS });
  started.stdin.end();
  const at = await firstByte(started.stdout);
  const { code } = await started.exited;
  if (code !== 0) throw new Error(`The sandboxed command ended with ${code}.`);
  return { first: at - began, end: performance.now() - began };
}

async function plain(
  uid: number | null,
  file: string,
  args: readonly string[],
): Promise<{ first: number; end: number }> {
  const began = performance.now();
  const child: ChildProcess = spawn(file, args, {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: "/",
    env: { NODE_ENV: "production", PATH: "/usr/bin:/bin" },
    ...(uid === null ? {} : { uid, gid: uid }),
  });
  const exit = once(child, "exit");
  if (!child.stdout) throw new Error("The process has no output.");
  const at = await firstByte(child.stdout);
  const [code] = await exit;
  if (code !== 0) throw new Error(`${file} ended with ${code}.`);
  return { first: at - began, end: performance.now() - began };
}

export async function measureSandbox(folder: string, rounds: Rounds): Promise<Measure[]> {
  const stateDirectory = join(folder, "sandbox");
  await mkdir(stateDirectory, { recursive: true });
  const sandbox = await createSandbox({ slot: SLOT, stateDirectory });
  const ends = { ours: [] as number[], bare: [] as number[], spawn: [] as number[] };
  const timed = (kept: number[], start: () => Promise<{ first: number; end: number }>) => async () => {
    await systemClock.sleep(SETTLE);
    const { first, end } = await start();
    kept.push(end);
    return first;
  };
  try {
    const samples = await interleave(
      {
        ours: timed(ends.ours, () => ours(sandbox)),
        bare: timed(ends.bare, () => plain(sandbox.uid, "bwrap", [...BARE, "--", ...COMMAND])),
        spawn: timed(ends.spawn, () => plain(sandbox.uid, COMMAND[0], COMMAND.slice(1))),
      },
      rounds,
    );
    const counted = (all: readonly number[]) => all.slice(-samples.ours.length);
    const peer = "bwrap with the same namespaces";
    const floor = "spawn without any wall";
    return [
      {
        name: `Sandbox start (tier ${sandbox.tier})`,
        ours: { name: "start → first byte of the command", samples: samples.ours },
        peer: { name: `${peer}`, samples: samples.bare },
        floor: { name: floor, samples: samples.spawn },
        goal: { kind: "times_peer", most: 2 },
      },
      {
        name: "Sandbox, a whole short command",
        ours: { name: "start → nothing of the tree is left", samples: counted(ends.ours) },
        peer: { name: `${peer} → exit`, samples: counted(ends.bare) },
        floor: { name: `${floor} → exit`, samples: counted(ends.spawn) },
        goal: { kind: "none" },
      },
    ];
  } finally {
    await sandbox.close();
  }
}
