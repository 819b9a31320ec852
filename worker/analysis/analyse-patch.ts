// Reads the contents of a patch for what a person should look at first. The parsing is done in the sandbox: no network, a
// user of its own, memory and time that end. What comes out is checked like anything hostile; where nothing comes
// out, that is the finding.
import { realpath } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { AnalysisAnswer } from "#lib/changes/schema.ts";
import { reachableFolder } from "#lib/jail/bubblewrap/files.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { run } from "#lib/jail/run.ts";
import type { Limits } from "#lib/jail/schema.ts";
import { unreadablePatch } from "#lib/test-integrity/rules.ts";
import { type ChangedContent, requestBytes } from "./inside/request.ts";
import { isAskedAbout } from "./inside/which-files.ts";

const MiB = 1024 * 1024;

export const ANALYSIS_LIMITS: Limits = {
  memoryBytes: 1024 * MiB,
  processes: 32,
  cpus: 1,
  diskBytes: 16 * MiB,
  seconds: 60,
  outputBytes: 32 * MiB,
};

/** Packages that the program inside reads with. */
const PACKAGES = ["@vscode/tree-sitter-wasm", "smol-toml", "yaml"];

export interface AnalysisOrder {
  readonly sandbox: Sandbox;
  /** Host folder that the sandbox's user may enter, for copies of what lies in a closed one. */
  readonly stateFolder: string;
  readonly files: readonly ChangedContent[];
  readonly limits?: Partial<Limits>;
}

export const NOTHING_ASKED: AnalysisAnswer = { tests: [], packages: [], notes: [], headers: [] };

/** Only files whose contents somebody has rules for are handed over; none, and nothing is started. */
export async function analysePatch(order: AnalysisOrder): Promise<AnalysisAnswer> {
  const files = order.files.filter(isAskedAbout);
  if (files.length === 0) return NOTHING_ASKED;
  const { exit, stdout, dropped } = await run(
    order.sandbox,
    {
      command: ["node", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "/analysis/inside/main.ts"],
      cwd: "/analysis",
      readOnly: await mounts(order),
      limits: { ...ANALYSIS_LIMITS, ...order.limits },
    },
    { stdin: requestBytes(files) },
  );
  if (exit.ended !== "itself" || exit.code !== 0 || dropped.stdout > 0)
    return { ...NOTHING_ASKED, tests: unreadablePatch(files, whyOf(exit.ended)) };
  return (
    readAnswer(stdout) ?? { ...NOTHING_ASKED, tests: unreadablePatch(files, "what was read makes no sense") }
  );
}

const whyOf = (ended: string): string =>
  ended === "time"
    ? "reading it took too long"
    : ended === "memory"
      ? "reading it took too much memory"
      : "its reading failed";

function readAnswer(stdout: Buffer): AnalysisAnswer | null {
  try {
    const answer = AnalysisAnswer.safeParse(JSON.parse(stdout.toString("utf8")));
    return answer.success ? answer.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function mounts({ sandbox: { uid }, stateFolder }: AnalysisOrder): Promise<Record<string, string>> {
  const folder = (host: string, name: string) => reachableFolder({ stateFolder, uid, host, name });
  const entries = PACKAGES.map(async (name) => {
    const host = await realpath(dirname(findPackageJSON(name, import.meta.url) ?? ""));
    return [await folder(host, name.replaceAll("/", "-")), `/analysis/node_modules/${name}`] as const;
  });
  const own = await folder(join(dirname(import.meta.filename), "inside"), "analysis");
  return { ...Object.fromEntries(await Promise.all(entries)), [own]: "/analysis/inside" };
}
