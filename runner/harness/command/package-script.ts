// A command that is a script of package.json is not called by its name: the patch could have renamed what it does. What runs is
// what the base's script says, the way npm would run it.
import path from "node:path";
import { z } from "zod";
import { NODE_INSIDE } from "#lib/jail/bubblewrap/box.ts";

const Manifest = z.object({ scripts: z.record(z.string(), z.unknown()).optional() });
const RUNNERS = new Set(["npm", "pnpm", "yarn"]);
const DEPTH = 5;
/**
 * npm puts the programs of packages before the system's, and those are the base's (`programPaths`). The harness's own Node comes
 * before both: it is the one that evidence names, whatever package brings another.
 */
const WITH_PROGRAMS = `PATH="${path.dirname(NODE_INSIDE)}:$PWD/node_modules/.bin:$PATH"; export PATH; `;

/** argv in the place of a package script; null where the command is none, or the base has no such script. */
export function packageScript(argv: readonly string[], manifest: string | null): string[] | null {
  const called = scriptCalled(argv);
  const scripts = called && scriptsOf(manifest);
  if (!called || !scripts?.[called.name]) return null;
  const line = expand(called.name, scripts, DEPTH);
  // Arguments belong to the script itself, not to what comes after it.
  const rest = called.rest.length === 0 ? "" : ' "$@"';
  const after = scripts[`post${called.name}`];
  const before = scripts[`pre${called.name}`];
  const parts = [
    before && `(${before})`,
    rest === "" ? `(${line})` : `${line}${rest}`,
    after && `(${after})`,
  ];
  return ["sh", "-c", `${WITH_PROGRAMS}${parts.filter(Boolean).join(" && ")}`, called.name, ...called.rest];
}

function scriptCalled(argv: readonly string[]): { name: string; rest: string[] } | null {
  const [program = "", verb = "", ...more] = argv;
  if (!RUNNERS.has(program)) return null;
  const words = verb === "run" || verb === "run-script" ? more : [verb === "t" ? "test" : verb, ...more];
  const [name = "", ...rest] = words;
  if (name === "" || name.startsWith("-")) return null;
  return { name, rest: rest[0] === "--" ? rest.slice(1) : rest };
}

function scriptsOf(manifest: string | null): Record<string, string> | null {
  if (manifest === null) return null;
  try {
    const { scripts = {} } = Manifest.parse(JSON.parse(manifest));
    const lines = Object.entries(scripts).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return Object.assign(Object.create(null), Object.fromEntries(lines));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** Scripts that a script calls without arguments, in their places too. */
function expand(name: string, scripts: Readonly<Record<string, string>>, depth: number): string {
  const line = scripts[name] ?? "";
  if (depth === 0) return line;
  return line.replace(
    /(^|&&|\|\||;)(\s*)(?:npm|pnpm|yarn) (?:run |run-script )?([\w:.-]+)(?=\s*(?:$|&&|\|\||;))/g,
    (whole, joint: string, space: string, inner: string) =>
      scripts[inner] ? `${joint}${space}(${expand(inner, scripts, depth - 1)})` : whole,
  );
}
