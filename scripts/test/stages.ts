import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildPages, generateClient } from "../../cli/build.ts";
import { ensurePackages, findProgram, missingTools } from "../../cli/checks/tools.ts";
import { isRoot } from "../../cli/identities.ts";
import { type Outcome, playwrightOutcome, single, vitestOutcome } from "./outcome.ts";
import type { Placed } from "./schedule.ts";

export interface Workplace {
  /** The checkout. */
  readonly root: string;
  /** Folder for reports. */
  readonly scratch: string;
}

/** Prints once the stage is over, so that stages side by side can be read one after the other. */
type Say = (text: string) => void;

type Run = (place: Workplace, say: Say) => Promise<Outcome>;

export interface Stage extends Placed {
  readonly run: Run;
  /** Runs alone, and is watched: what it prints is shown at once. */
  readonly isLive?: boolean;
}

/** Programs that tests start again and again, and Vitest's own processes, find there what others compiled before them. */
const compiled = ({ scratch }: Workplace) => ({ NODE_COMPILE_CACHE: join(scratch, "compiled") });

/** Runs a program of ours; `say` gets what it prints, or the terminal where there is none. Resolves with its exit code. */
function show(
  { root }: Workplace,
  say: Say | null,
  argv: readonly [string, ...string[]],
  env: Record<string, string> = {},
): Promise<number> {
  const [program, ...args] = argv;
  const child = spawn(join(root, "node_modules/.bin", program), args, {
    cwd: root,
    stdio: ["ignore", say ? "pipe" : "inherit", say ? "pipe" : "inherit"],
    env: { ...process.env, ...env },
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", say ?? (() => undefined));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

async function readReport(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}

const SOURCE_FOLDERS = [
  ...["app", "components", "lib", "worker", "gateway", "notary", "witness", "verify", "runner", "cli"],
  ...["bench", "e2e", "scripts"],
];

const tools: Run = async () => {
  const path = process.env.PATH ?? "";
  const chromium = findProgram("chromium", path) ? [] : ["chromium"];
  // Packages put it where ordinary users do not look; ssh itself comes with it.
  const sshd = findProgram("sshd", `${path}:/usr/sbin:/sbin`) ? [] : ["openssh-server"];
  await ensurePackages([...missingTools(path), ...chromium, ...sshd], path, isRoot());
  return single(0);
};

const generate: Run = async ({ root }) => {
  await generateClient(root);
  return single(0);
};

const biome: Run = async (place, say) =>
  single(await show(place, say, ["biome", "check", "--error-on-warnings", "."]));

const imports: Run = async (place, say) => {
  const folders = SOURCE_FOLDERS.filter((folder) => existsSync(join(place.root, folder)));
  return single(await show(place, say, ["depcruise", "--config", "dependency-cruiser.mjs", ...folders]));
};

const types: Run = async (place, say) => single(await show(place, say, ["tsc", "--noEmit"]));

const vitest: Run = async (place) => {
  const file = join(place.scratch, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const code = await show(place, null, ["vitest", "run", "--retry=1", ...reporters], compiled(place));
  return vitestOutcome(await readReport(file), code);
};

const build: Run = async ({ root }) => {
  await buildPages(root);
  return single(0);
};

const playwright: Run = async (place) => {
  const file = join(place.scratch, "playwright.json");
  const code = await show(place, null, ["playwright", "test", "--retries=1", "--reporter=list,json"], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    ...compiled(place),
  });
  return playwrightOutcome(await readReport(file), code);
};

/**
 * Each below what it comes after. tsc reads what a build leaves in .next, so they take turns; the system's packages are
 * needed by the tests alone.
 */
export const STAGES: Readonly<Record<string, Stage>> = {
  tools: { after: [], run: tools },
  generate: { after: [], run: generate },
  biome: { after: ["generate"], run: biome },
  imports: { after: ["generate"], run: imports },
  tsc: { after: ["generate"], run: types },
  build: { after: ["biome", "imports", "tsc"], run: build },
  vitest: { after: ["tools", "build"], run: vitest, isLive: true },
  playwright: { after: ["vitest"], run: playwright, isLive: true },
};
