// Runs inside the sandbox as its first process, beside the agent: makes the checkout, starts the agent, passes its lines, says
// which tree the checkout is, makes snapshots to go on from, and hands the work out at the end. It is given as text to Node, so it is one file without
// imports of ours. The agent has the same user: what is said here is as true as the agent lets it be, and nothing outside
// rests on it. Lines of JSON both ways: orders on stdin, reports on stdout; the work goes out through fd 3 in frames.
import { type ChildProcess, type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

const TREE = "/work/tree";
/** Its own repository and index: what the agent does to the checkout's has no part in what is recorded. */
const OWN = "/work/keep";
const BASE_OBJECTS = "/in/repository/objects";
const SNAPSHOT = "/in/snapshot";

interface Order {
  readonly do: "start" | "send" | "tree" | "changes" | "snapshot" | "stop" | "artefacts" | "bundle";
  readonly id?: number;
  readonly line?: string;
  readonly grace?: number;
  readonly most?: number;
  /** Of changed paths: how many, how long each, and how long all together; UTF-16 units. */
  readonly paths?: { readonly count: number; readonly each: number; readonly all: number };
  /** Of a snapshot, in the result's frames. */
  readonly number?: number;
  readonly base?: string;
  readonly ignored?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
  /** Folders besides the tree that a snapshot keeps. */
  readonly keeps?: readonly string[];
  /** The program that packs and unpacks snapshots. */
  readonly packer?: string;
  /** The program that reads artefacts, and what it is told. */
  readonly collector?: string;
  readonly collect?: Readonly<Record<string, unknown>>;
  /** Whether there is a snapshot to begin with. */
  readonly restore?: boolean;
}

const report = (said: object): void => void process.stdout.write(`${JSON.stringify(said)}\n`);
const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 2000);

// Everything inside is ended at the end, by a signal to every process there is: this must be no other place.
if (process.pid !== 2) {
  report({ broken: "The keeper is not the first process of a sandbox." });
  process.exit(1);
}

const QUIET = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
};
const PLAIN = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "gc.auto=0",
  "advice.detachedHead=false",
  "advice.addEmbeddedRepo=false",
  "core.quotePath=false",
  "init.defaultBranch=none",
  "commit.gpgSign=false",
  "core.autocrlf=false",
].flatMap((setting) => ["-c", setting]);

function git(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const options = { cwd: TREE, env: { ...process.env, ...QUIET, ...env }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile("git", [...PLAIN, ...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message));
      else resolve(stdout);
    });
  });
}
const own = (args: readonly string[], env = {}): Promise<string> =>
  git([`--git-dir=${OWN}`, `--work-tree=${TREE}`, ...args], env);

async function checkOut(base: string, ignored: readonly string[]): Promise<void> {
  mkdirSync(TREE, { recursive: true }); // there already where something is mounted below it
  await git(["init", "--quiet", "--template=", TREE]);
  await git(["init", "--quiet", "--bare", "--template=", OWN]);
  for (const folder of [`${TREE}/.git`, OWN]) {
    mkdirSync(`${folder}/objects/info`, { recursive: true });
    mkdirSync(`${folder}/info`, { recursive: true });
    writeFileSync(`${folder}/objects/info/alternates`, `${BASE_OBJECTS}\n`);
    // The report of the tests is made by running them, and what is mounted was there before: no part of the work.
    const lines = ignored.map((path) => `/${path.replace(/[\\*?[\]!#]/g, "\\$&")}\n`);
    writeFileSync(`${folder}/info/exclude`, lines.join(""));
  }
  await git(["checkout", "--quiet", "--detach", base]);
  await own(["read-tree", base]);
}

async function treeNow(): Promise<string> {
  await own(["add", "--all", "."]);
  return (await own(["write-tree"])).trim();
}

interface Changed {
  readonly paths: string[];
  /** How many are not named. */
  more: number;
}

/** Paths that differ, as they are. Read as they come: there may be more of them than should be in memory. */
function changedBetween(from: string, to: string, most: NonNullable<Order["paths"]>): Promise<Changed> {
  const args = [`--git-dir=${OWN}`, "diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to];
  const child = spawn("git", [...PLAIN, ...args], { cwd: TREE, env: { ...process.env, ...QUIET } });
  const changed: Changed = { paths: [], more: 0 };
  let [held, room, errors] = ["", most.all, ""];
  const take = (path: string): void => {
    const fits = changed.paths.length < most.count && path.length <= Math.min(most.each, room);
    if (!fits) changed.more += 1;
    else {
      changed.paths.push(path);
      room -= path.length;
    }
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const names = (held + text).split("\0");
    held = names.pop() ?? "";
    names.forEach(take);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(changed) : reject(new Error(errors.trim()))));
  });
}

// One at a time: they share an index.
let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const done = last.then(task, task);
  last = done.catch(() => undefined); // told to whoever asked; the next task runs all the same
  return done;
}

let base = "";
/** As it was told last. */
let told = "";
let packer = "";
let collector = "";
let keeps: readonly string[] = [];
let agent: ChildProcess | null = null;

function runPacker(order: object): Promise<string> {
  const env = { ...process.env, PH_KEPT: JSON.stringify({ ...order, folders: keeps }) };
  return new Promise((resolve, reject) => {
    const args = ["--input-type=module-typescript", "--no-warnings", "-e", packer];
    execFile(process.execPath, args, { cwd: "/work", env }, (error, stdout, stderr) => {
      if (error) reject(new Error(/^\w*Error: (.+)$/m.exec(stderr)?.[1] ?? error.message));
      else resolve(stdout);
    });
  });
}

/** The tree and the folders as a snapshot left them; as the base has them where that is impossible. Says why. */
async function restore(): Promise<string | null> {
  const bundle = `${OWN}/restored`;
  try {
    const unpacked = await runPacker({ do: "unpack", file: SNAPSHOT, bundle });
    const { tree, hasBundle } = JSON.parse(unpacked) as { tree: string; hasBundle: boolean };
    if (hasBundle) await own(["bundle", "unbundle", bundle]);
    await own(["read-tree", "--reset", "-u", tree]);
    return null;
  } catch (error) {
    for (const folder of keeps) rmSync(folder, { recursive: true, force: true });
    await own(["read-tree", "--reset", "-u", base]);
    return messageOf(error);
  } finally {
    rmSync(bundle, { force: true });
  }
}

function startAgent({ command = [], env = {}, files = {} }: Order): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: 0o600 });
  }
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: TREE,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  agent = child;
  child.stdin.on("error", () => undefined); // its end is told below
  child.on("error", (error) => report({ ended: { code: 127, signal: null, problem: messageOf(error) } }));
  const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    report({ line });
    slowDown(child);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    report({ err: text });
    slowDown(child);
  });
  child.once("close", (code, signal) => report({ ended: { code, signal } }));
}

/** An agent that says more than is read waits for the reader: what is not written yet lies in memory here. */
function slowDown({ stdout, stderr }: ChildProcessWithoutNullStreams): void {
  if (!process.stdout.writableNeedDrain || stderr.isPaused()) return;
  stdout.pause();
  stderr.pause();
  process.stdout.once("drain", () => {
    stdout.resume();
    stderr.resume();
  });
}

/** Its input ends first; what does not end by itself is ended. */
function stopAgent(grace: number): void {
  if (agent === null || agent.exitCode !== null || agent.signalCode !== null) return;
  const stopped = agent;
  stopped.stdin?.end();
  setTimeout(() => stopped.kill("SIGTERM"), grace).unref();
  setTimeout(endAll, 2 * grace).unref();
}

/** Every process of the sandbox but this one and its pid 1. */
function endAll(): void {
  try {
    process.kill(-1, "SIGKILL");
  } catch (error) {
    if ((error as { code?: string }).code !== "ESRCH") throw error; // there is none
  }
}

function frame(name: string, bytes: Buffer, number = 0): void {
  let left = Buffer.concat([Buffer.from(`${name} ${number} ${bytes.length}\n`), bytes]);
  while (left.length > 0) left = left.subarray(writeSync(3, left));
}

/** Writes a bundle of the tree as one commit on the base; the commit, or null where the tree is the base's own. */
async function bundleTree(tree: string, file: string): Promise<string | null> {
  if (tree === (await own(["rev-parse", `${base}^{tree}`])).trim()) return null;
  const date = (await own(["show", "--no-patch", "--format=%cI", base])).trim();
  const person = (role: string) => ({
    [`GIT_${role}_NAME`]: "agent",
    [`GIT_${role}_EMAIL`]: "agent@pilothouse.invalid",
    [`GIT_${role}_DATE`]: date,
  });
  const people = { ...person("AUTHOR"), ...person("COMMITTER") };
  const commit = (await own(["commit-tree", tree, "-p", base, "-m", "Work of an agent"], people)).trim();
  await own(["update-ref", "refs/heads/patch", commit]);
  await own(["bundle", "create", "--quiet", file, "refs/heads/patch", `^${base}`]);
  return commit;
}

async function changes({ id, paths = { count: 0, each: 0, all: 0 } }: Order): Promise<void> {
  const tree = await treeNow();
  const changed = tree === told ? { paths: [], more: 0 } : await changedBetween(told, tree, paths);
  told = tree;
  report({ tree, changed, id });
}

async function snapshot({ id, number = 0, most = 0 }: Order): Promise<void> {
  const [file, bundle] = [`${OWN}/snapshot`, `${OWN}/snapshot.bundle`];
  try {
    const tree = await treeNow();
    const commit = await bundleTree(tree, bundle);
    await runPacker({ do: "pack", file, bundle: commit === null ? "" : bundle, tree });
    const { size } = statSync(file);
    if (size > most) throw new Error(`The snapshot would have ${size} bytes; ${most} are the most.`);
    frame("snapshot", readFileSync(file), number);
    report({ snapshot: { tree, size }, id });
  } finally {
    for (const made of [file, bundle]) rmSync(made, { force: true });
  }
}

/** Nothing of the agent is left to change what is read; the collector writes to fd 3 itself. */
async function artefacts({ id, collect = {} }: Order): Promise<void> {
  endAll();
  const listed = await own([
    "ls-tree",
    "-r",
    "-z",
    "--name-only",
    base,
    "--",
    ...((collect.paths ?? []) as string[]),
  ]);
  const tracked = listed.split("\0").filter((name) => name !== "");
  const args = ["--input-type=module-typescript", "--no-warnings", "-e", collector];
  const child = spawn(process.execPath, args, { cwd: "/work", stdio: ["pipe", "ignore", "pipe", 3] });
  child.stdin?.on("error", () => undefined); // it ended early, and its exit says so
  child.stdin?.end(JSON.stringify({ ...collect, tracked })); // a variable holds 128 KiB, a base more names
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(/^\w*Error: (.+)$/m.exec(errors)?.[1] ?? "The artefacts could not be read.")),
    );
  });
  report({ tree: told, id });
}

async function bundle(most: number): Promise<void> {
  endAll();
  const tree = await treeNow();
  const commit = await bundleTree(tree, `${OWN}/bundle`);
  if (commit === null) return report({ unchanged: true });
  const plain = ["--numstat", "-z", "--no-renames", "--no-ext-diff", "--no-textconv"];
  const numstat = await own(["diff", ...plain, base, commit]);
  frame("tree", Buffer.from(`${tree}\n`));
  if (statSync(`${OWN}/bundle`).size > most) return frame("oversized", Buffer.alloc(0));
  frame("numstat", Buffer.from(numstat));
  frame("bundle", readFileSync(`${OWN}/bundle`));
}

async function start(order: Order): Promise<void> {
  ({ base = "", packer = "", collector = "", keeps = [] } = order);
  await checkOut(base, order.ignored ?? []);
  const lost = order.restore ? await restore() : null;
  told = await treeNow();
  report({ started: told, ...(lost === null ? {} : { lost }) });
  startAgent(order);
}

const answer = ({ id }: Order, task: () => Promise<void>): Promise<void> =>
  inTurn(task).catch((error: unknown) => report({ problem: messageOf(error), id }));

async function follow(order: Order): Promise<void> {
  switch (order.do) {
    case "start":
      return inTurn(() => start(order));
    case "send":
      return void agent?.stdin?.write(`${order.line ?? ""}\n`);
    case "tree":
      return answer(order, async () => report({ tree: await treeNow(), id: order.id }));
    case "changes":
      return answer(order, () => changes(order));
    case "snapshot":
      return answer(order, () => snapshot(order));
    case "artefacts":
      return answer(order, () => artefacts(order));
    case "stop":
      return stopAgent(order.grace ?? 0);
    case "bundle":
      await inTurn(() => bundle(order.most ?? 0));
      process.exit(0);
  }
}

const broken = (error: unknown): void => {
  report({ broken: messageOf(error) });
  process.exitCode = 1;
  process.stdin.destroy();
};
createInterface({ input: process.stdin }).on("line", (line) => {
  follow(JSON.parse(line) as Order).catch(broken);
});
process.stdin.once("close", () => {
  endAll();
  process.exit();
});
