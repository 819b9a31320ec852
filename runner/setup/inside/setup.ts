// Runs inside two sandboxes. In one with the repository and without a network: says the manifests of a commit. In the other,
// with a network and without the repository: puts what it is given on its input into a fresh tree, runs the setup command
// beside it, and hands out what that left in the declared folders, maybe by forgery: the runner takes it so.
import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

interface Order {
  /** Null beside the command: it learns nothing of the repository. */
  readonly commit: string | null;
  /** Matches names of manifests, in lower case. */
  readonly manifest: string;
  /** The declared folders. */
  readonly paths: readonly string[];
  /** Null: the manifests are said, and nothing else happens. */
  readonly run: {
    readonly argv: readonly string[];
    readonly env: Record<string, string>;
    readonly mostEntries: number;
    readonly mostBytes: number;
  } | null;
}

const TREE = "/work/tree";
const OUT = 3;
const order = JSON.parse(process.argv[1] ?? "") as Order;
const QUIET = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
};

function git(args: readonly string[], input?: string): Buffer {
  const plain = ["-c", "safe.directory=*", "-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false"];
  return execFileSync("git", [...plain, "--git-dir=/in/repository", ...args], {
    ...{ env: { ...process.env, ...QUIET }, maxBuffer: 512 * 1024 * 1024, input },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** Small pieces leave together. */
const held = Buffer.alloc(512 * 1024);
let used = 0;

function flush(): void {
  for (let from = 0; from < used; ) from += writeSync(OUT, held, from, used - from);
  used = 0;
}

function put(bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) {
    const part = bytes.copy(held, used, from);
    from += part;
    used += part;
    if (used === held.length) flush();
  }
}
const say = (line: object): void => put(Buffer.from(`${JSON.stringify(line)}\n`));

/** Why setup failed, for people. */
class Failure extends Error {}

interface Manifest {
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

/** Regular files alone: a link to a manifest is none. */
function manifestsOf(commit: string): Manifest[] {
  const name = new RegExp(order.manifest);
  return git(["ls-tree", "-r", "-z", "--full-tree", commit])
    .toString("utf8")
    .split("\0")
    .flatMap((line) => {
      const [, mode = "", id = "", path = ""] = /^(100[0-7]{3}) blob ([0-9a-f]{40})\t(.+)$/s.exec(line) ?? [];
      return path !== "" && name.test((path.split("/").at(-1) ?? "").toLowerCase())
        ? [{ mode, id, path }]
        : [];
    });
}

/** Their bytes in base64, in the same order. */
function contentsOf(manifests: readonly Manifest[]): string[] {
  const all = git(["cat-file", "--batch"], manifests.map(({ id }) => `${id}\n`).join(""));
  let at = 0;
  return manifests.map(() => {
    const begin = all.indexOf(0x0a, at) + 1;
    const end = begin + Number(all.toString("latin1", at, begin).trim().split(" ")[2]);
    at = end + 1;
    return all.toString("base64", begin, end);
  });
}

interface Given extends Pick<Manifest, "mode" | "path"> {
  readonly content: string;
}

function lay(given: readonly Given[]): void {
  mkdirSync(TREE);
  for (const { mode, path, content } of given) {
    if (path.split("/").some((part) => ["", ".", "..", ".git"].includes(part.toLowerCase()))) continue;
    mkdirSync(dirname(join(TREE, path)), { recursive: true });
    const options = { flag: "wx", mode: mode === "100755" ? 0o755 : 0o644 };
    writeFileSync(join(TREE, path), Buffer.from(content, "base64"), options);
  }
}

function perform({ argv, env }: NonNullable<Order["run"]>): Promise<void> {
  const [program = "", ...args] = argv;
  // Without the way out: what it wants to leave has to be in the declared folders.
  const child = spawn(program, args, {
    cwd: TREE,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(new Failure(`The setup command could not be started: ${error.message}`)),
    );
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Failure(`The setup command ended with ${signal ?? `exit code ${code}`}.`));
    });
  });
}

/** How setuptools says where packages lie: those it found, and here it finds none. */
const EDITABLE = /^__editable___.*_finder\.py$/;

/** What would only fail later, and without a reason. */
function refusePnp(): void {
  const left = [".pnp.cjs", ".pnp.js"].find((name) => lstatSync(join(TREE, name), { throwIfNoEntry: false }));
  if (left === undefined) return;
  const why = `Yarn installed for Plug'n'Play: ${left} is no folder, and the tests would not find it.`;
  throw new Failure(`${why} Write "nodeLinker: node-modules" into .yarnrc.yml.`);
}

/** Every process of the sandbox but this one and its pid 1: what is packed does not move any more. */
function endAll(): void {
  try {
    process.kill(-1, "SIGKILL");
  } catch (error) {
    if ((error as { code?: string }).code !== "ESRCH") throw error; // there is none
  }
}

function pack({ mostEntries, mostBytes }: NonNullable<Order["run"]>): void {
  let entries = 0;
  let bytes = 0;
  const block = Buffer.alloc(1024 * 1024);

  function count(size: number): void {
    entries += 1;
    bytes += size;
    if (entries > mostEntries) throw new Failure(`Setup left more than ${mostEntries} files and folders.`);
    if (bytes > mostBytes) throw new Failure(`Setup left more than ${mostBytes} bytes.`);
  }

  function file(path: string): void {
    if (EDITABLE.test(basename(path)))
      throw new Failure(
        `${path}: the project itself was installed as editable (pip install -e), but setup has no source, only manifests, and its packages would not be found. Install what it depends on alone, and let the tests find its source by PYTHONPATH.`,
      );
    const fd = openSync(join(TREE, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = fstatSync(fd);
      if (!found.isFile()) throw new Failure(`${path} is not a regular file any more.`);
      count(found.size);
      say({ t: "f", p: path, x: (found.mode & 0o111) === 0 ? 0 : 1, n: found.size });
      for (let left = found.size; left > 0; ) {
        const got = readSync(fd, block, 0, Math.min(block.length, left), null);
        if (got === 0) throw new Failure(`${path} became shorter.`);
        put(block.subarray(0, got));
        left -= got;
      }
    } finally {
      closeSync(fd);
    }
  }

  function walk(path: string): void {
    const found = lstatSync(join(TREE, path));
    if (found.isSymbolicLink()) {
      count(0);
      say({ t: "l", p: path, to: readlinkSync(join(TREE, path)) });
      return;
    }
    if (found.isFile()) {
      file(path);
      return;
    }
    if (!found.isDirectory()) throw new Failure(`${path} is neither a file, a folder nor a link.`);
    count(0);
    say({ t: "d", p: path });
    for (const name of readdirSync(join(TREE, path), { encoding: "buffer" }).sort(Buffer.compare)) {
      const text = name.toString("utf8");
      if (!Buffer.from(text, "utf8").equals(name)) throw new Failure(`A name in ${path} is not text.`);
      walk(`${path}/${text}`);
    }
  }

  for (const path of order.paths) {
    for (let at = path; at !== "."; at = dirname(at)) {
      const found = lstatSync(join(TREE, at), { throwIfNoEntry: false });
      if (found === undefined) throw new Failure(`Setup left no ${path}.`);
      if (!found.isDirectory()) throw new Failure(`${at} is no folder, but what setup made of it.`);
    }
    walk(path);
  }
  say({ t: "end", entries, bytes });
}

async function main(): Promise<void> {
  if (order.run === null) {
    if (order.commit === null) throw new Error("There is no commit to look at.");
    const manifests = manifestsOf(order.commit);
    const tracked = git(["ls-tree", "-z", "--name-only", order.commit, "--", ...order.paths]);
    const contents = contentsOf(manifests);
    say({ manifests, contents, tracked: tracked.toString("utf8").split("\0")[0] });
    return;
  }
  lay(JSON.parse(readFileSync(0, "utf8")) as Given[]);
  await perform(order.run);
  endAll();
  refusePnp();
  pack(order.run);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say({ t: "failed", because: error.message.slice(0, 1000) });
  process.exitCode = 1;
}
flush();
