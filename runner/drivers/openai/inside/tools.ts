// The tools a model is given, and what they do. They run in the checkout, as the sandbox's user, behind its walls.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { shortened } from "./excerpt.ts";
import { applyHunks, type FileEdit, PatchError, parsePatch } from "./patch.ts";
import { runShell } from "./shell.ts";
import { ask, Interrupted, say, sayAndWait } from "./wire.ts";

const READ_LINES = 800;
const FOUND_LINES = 200;
const DEFAULT_SECONDS = 120;
const MOST_SECONDS = 600;
const MAX_FILE_BYTES = 8 * 1024 * 1024;

const tool = (name: string, description: string, properties: Record<string, object>) => ({
  type: "function" as const,
  name,
  description,
  strict: true,
  parameters: { type: "object", properties, required: Object.keys(properties), additionalProperties: false },
});
const orNull = (type: string, description: string) => ({ type: [type, "null"], description });

export const TOOLS = [
  tool("shell", "Runs a command line in the checkout and returns its exit code and output.", {
    command: { type: "string", description: "Given to bash -c." },
    timeout_seconds: orNull("integer", `At most ${MOST_SECONDS}; ${DEFAULT_SECONDS} when null.`),
  }),
  tool(
    "apply_patch",
    "Adds, changes, moves and deletes files. The patch begins with *** Begin Patch, ends with *** End Patch and holds *** Add File: path (each line with +), *** Update File: path (hunks after @@, each line with a space, - or +) or *** Delete File: path. Either all of it is applied or nothing.",
    { patch: { type: "string" } },
  ),
  tool("read", "Returns lines of a text file of the checkout.", {
    path: { type: "string" },
    from_line: orNull("integer", "Counted from 1; 1 when null."),
    lines: orNull("integer", `At most ${READ_LINES}, which it is when null.`),
  }),
  tool(
    "search",
    "Finds lines of the checkout's text files by an extended regular expression, as path:line:text.",
    {
      pattern: { type: "string" },
      path: orNull("string", "Only below this path."),
    },
  ),
];

type Arguments = Readonly<Record<string, unknown>>;
const textOf = (value: unknown, name: string): string => {
  if (typeof value === "string") return value;
  throw new PatchError(`"${name}" has to be a text.`);
};
const numberOf = (value: unknown, otherwise: number, most: number): number =>
  typeof value === "number" && Number.isInteger(value) && value > 0 ? Math.min(value, most) : otherwise;

export interface CallChoices {
  /** When it aborts, the tool is ended; then it rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Whether commands and changes are asked for first. */
  readonly asks: boolean;
  /** Globs of files whose reading is asked for too. */
  readonly guarded: readonly string[];
}

/** What is declined; its message is for the model. */
class Declined extends Error {}

/** Does what the model asked for; what went wrong is a result too. */
export async function callTool(
  id: string,
  name: string,
  args: Arguments,
  choices: CallChoices,
): Promise<string> {
  switch (name) {
    case "shell": {
      const seconds = numberOf(args.timeout_seconds, DEFAULT_SECONDS, MOST_SECONDS);
      return shell(id, textOf(args.command, "command"), seconds, choices);
    }
    case "apply_patch": {
      const patch = textOf(args.patch, "patch");
      return told(id, "patch", patchTitle(args), patch, async () => {
        const edits = parsePatch(patch); // nobody is asked about what cannot be done
        const read = edits.filter(({ kind }) => kind === "update").map(({ path }) => path);
        await requireReadable(id, read, choices);
        await requireAllowed(id, "change", patch, choices);
        return applyPatch(patch);
      });
    }
    case "read":
      return told(id, "tool", `read ${String(args.path)}`, null, async () => {
        await requireReadable(id, [textOf(args.path, "path")], choices);
        return read(args);
      });
    case "search":
      return told(id, "tool", `search ${String(args.pattern)}`, null, () => search(args, choices.guarded));
    default:
      return `There is no tool named ${name}.`;
  }
}

async function requireAllowed(
  id: string,
  what: "command" | "change" | "read",
  text: string,
  { asks, signal }: CallChoices,
): Promise<void> {
  if (!asks) return;
  const { decision, reason } = await ask({ type: "ask", id, what, text }, signal);
  if (decision === "declined") throw new Declined(reason === "" ? "It was declined." : reason);
}

/** Files by the names they are given and by those that links lead to; one that is not there is not read. */
async function requireReadable(id: string, paths: readonly string[], choices: CallChoices): Promise<void> {
  if (choices.guarded.length === 0 || paths.length === 0) return;
  const names = paths.flatMap((path) => [path, realpathSync(path)]);
  await requireAllowed(id, "read", [...new Set(names)].join("\0"), choices);
}

/** A tool as an item: with its text, or else with its result as text. */
async function told(
  id: string,
  item: "patch" | "tool",
  title: string,
  text: string | null,
  work: () => string | Promise<string>,
): Promise<string> {
  say({ type: "open", id, item, title });
  if (text !== null) say({ type: "delta", id, text });
  try {
    const result = shortened(await work());
    if (text === null) say({ type: "delta", id, text: result });
    await sayAndWait({ type: "close", id, status: "completed", wait: true });
    return result;
  } catch (error) {
    if (error instanceof Interrupted) {
      await sayAndWait({ type: "close", id, status: "aborted", wait: true });
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    say({ type: "delta", id, text: `${text === null ? "" : "\n"}${reason}` });
    const isDeclined = error instanceof Declined;
    await sayAndWait({ type: "close", id, status: isDeclined ? "declined" : "failed", wait: true });
    return `${isDeclined ? "Declined, not done" : "Failed"}: ${shortened(reason)}`;
  }
}

async function shell(id: string, command: string, seconds: number, choices: CallChoices): Promise<string> {
  say({ type: "command", id, argv: ["bash", "-c", command] });
  const none = {
    type: "command_end",
    id,
    exit: null,
    ended: "cancelled",
    milliseconds: 0,
    dropped: 0,
  } as const;
  try {
    await requireAllowed(id, "command", command, choices);
  } catch (error) {
    const isDeclined = error instanceof Declined;
    await sayAndWait({ ...none, status: isDeclined ? "declined" : "aborted" });
    if (isDeclined) return `Declined, not run: ${error.message}`;
    throw error;
  }
  return runShell(id, command, seconds, choices.signal);
}

function patchTitle({ patch }: Arguments): string {
  const names = [...String(patch).matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm)].map(
    ([, path]) => path,
  );
  return names.length === 0 ? "apply a patch" : `change ${names.join(", ")}`;
}

function applyPatch(text: string): string {
  const edits = parsePatch(text);
  const done = edits.map(outcomeOf);
  for (const { remove, write } of done) {
    if (remove !== null) rmSync(remove);
    if (write === null) continue;
    mkdirSync(dirname(write.path), { recursive: true });
    writeFileSync(write.path, write.content, { mode: write.mode });
  }
  return `Done: ${edits.map(({ kind, path }) => `${kind} ${path}`).join(", ")}`;
}

interface Outcome {
  readonly remove: string | null;
  readonly write: { readonly path: string; readonly content: string; readonly mode?: number } | null;
}

function outcomeOf(edit: FileEdit): Outcome {
  if (edit.kind === "add") {
    if (statSync(edit.path, { throwIfNoEntry: false }))
      throw new PatchError(`${edit.path} is there already.`);
    return { remove: null, write: edit };
  }
  if (!statSync(edit.path, { throwIfNoEntry: false })?.isFile())
    throw new PatchError(`There is no file ${edit.path}.`);
  if (edit.kind === "delete") return { remove: edit.path, write: null };
  const content = applyHunks(edit.path, readFileSync(edit.path, "utf8"), edit.hunks);
  if (edit.moveTo === null) return { remove: null, write: { path: edit.path, content } };
  if (statSync(edit.moveTo, { throwIfNoEntry: false }))
    throw new PatchError(`${edit.moveTo} is there already.`);
  return { remove: edit.path, write: { path: edit.moveTo, content, mode: statSync(edit.path).mode & 0o777 } };
}

function read({ path, from_line, lines }: Arguments): string {
  const file = textOf(path, "path");
  const { size } = statSync(file);
  if (size > MAX_FILE_BYTES)
    throw new PatchError(`${file} has ${size} bytes; look at parts of it with the shell.`);
  const all = readFileSync(file, "utf8").split("\n");
  const first = numberOf(from_line, 1, all.length);
  const part = all.slice(first - 1, first - 1 + numberOf(lines, READ_LINES, READ_LINES));
  const last = first + part.length - 1;
  const more = last < all.length ? `\n[lines ${first} to ${last} of ${all.length}]` : "";
  return part.join("\n") + more;
}

function search({ pattern, path }: Arguments, guarded: readonly string[]): Promise<string> {
  const where = typeof path === "string" && path !== "" ? [path] : [];
  const args = [
    "grep",
    "--untracked",
    "-n",
    "-I",
    "-E",
    "--max-count=50",
    "-e",
    textOf(pattern, "pattern"),
    "--",
    ...where,
    ...guarded.map((glob) => `:(top,exclude,glob)${glob}`),
  ];
  return new Promise((resolve, reject) => {
    execFile("git", args, { maxBuffer: 16 * 1024 * 1024, timeout: 30_000 }, (error, stdout, stderr) => {
      if (error && error.code !== 1) return reject(new Error(stderr.trim() || error.message));
      const found = stdout.split("\n").slice(0, -1);
      const more = found.length > FOUND_LINES ? `\n[${found.length - FOUND_LINES} more lines]` : "";
      const shown = found.slice(0, FOUND_LINES).map((line) => line.slice(0, 400));
      resolve(found.length === 0 ? "Nothing was found." : shown.join("\n") + more);
    });
  });
}
