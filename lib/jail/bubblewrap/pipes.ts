// Real pipes for what a command writes. What Node calls a pipe is a socket, and a socket cannot be opened by name:
// `echo … > /dev/stderr` and a report written to /dev/fd/3 would fail inside. Named pipes can; they lose their names at
// once and are used again when everything at both ends is closed. Not for stdin: opening a named pipe by name waits for
// a writer, so `cat /dev/stdin` would never see the end of an input that is closed already.
import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const O_PATH = 0o10000000; // open(2); Node's constants do not have it
const NAMES = ["stdout", "stderr", "result"] as const;
type Name = (typeof NAMES)[number];

/** One file descriptor per pipe that names it without being one of its ends. */
type Handles = Readonly<Record<Name, number>>;

export interface Pipes extends Readonly<Record<Name, Socket>> {
  /** The command's ends, in the order of its file descriptors. Close them once it has them. */
  readonly commandEnds: readonly number[];
}

async function makeHandles(uid: number | null): Promise<Handles> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-pipes-"));
  try {
    const paths = NAMES.map((name) => join(folder, name));
    await promisify(execFile)("mkfifo", ["-m", "600", ...paths]);
    // Opening its own output by name is up to the file's owner.
    if (uid !== null) await Promise.all(paths.map((path) => chown(path, uid, uid)));
    const [stdout = 0, stderr = 0, result = 0] = paths.map((path) => openSync(path, O_PATH));
    return { stdout, stderr, result };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Both ends of a named pipe. Either alone would wait for the other, so a third is there while they are opened. */
function endsOf(handle: number): { read: number; write: number } {
  const path = `/proc/self/fd/${handle}`;
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const read = openSync(path, constants.O_RDONLY);
  const write = openSync(path, constants.O_WRONLY);
  closeSync(both);
  return { read, write };
}

function openEnds(handles: Handles): Pipes {
  const ends = NAMES.map((name) => endsOf(handles[name]));
  const [stdout, stderr, result] = ends.map(
    ({ read }) => new Socket({ fd: read, readable: true, writable: false }),
  ) as [Socket, Socket, Socket];
  return { stdout, stderr, result, commandEnds: ends.map(({ write }) => write) };
}

export interface PipeStore {
  take(): Promise<Pipes>;
  /** Forgets what is not in use. */
  close(): void;
}

export function createPipeStore(uid: number | null): PipeStore {
  const free: Handles[] = [];
  let isClosed = false;

  function giveBack(handles: Handles): void {
    if (!isClosed) free.push(handles);
    else for (const handle of Object.values(handles)) closeSync(handle);
  }

  return {
    async take() {
      const handles = free.pop() ?? (await makeHandles(uid));
      const pipes = openEnds(handles);
      let open = NAMES.length;
      for (const name of NAMES) {
        pipes[name].once("close", () => {
          open -= 1;
          if (open === 0) giveBack(handles);
        });
      }
      return pipes;
    },
    close() {
      isClosed = true;
      for (const handles of free.splice(0)) giveBack(handles);
    },
  };
}
