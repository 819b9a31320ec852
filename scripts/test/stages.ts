import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildPages, generateClient } from "../../cli/build.ts";
import { ensurePackages, findProgram, missingTools } from "../../cli/checks/tools.ts";
import { isRoot } from "../../cli/identities.ts";
import { type Outcome, playwrightOutcome, single, vitestOutcome } from "./outcome.ts";

export interface Workplace {
  /** The checkout. */
  readonly root: string;
  /** Folder for reports. */
  readonly scratch: string;
}

type Stage = (place: Workplace) => Promise<Outcome>;

/** Runs a program of ours with its output shown; resolves with its exit code. */
function show(
  { root }: Workplace,
  argv: readonly [string, ...string[]],
  env: Record<string, string> = {},
): Promise<number> {
  const [program, ...args] = argv;
  const child = spawn(join(root, "node_modules/.bin", program), args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
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

const tools: Stage = async () => {
  const path = process.env.PATH ?? "";
  const chromium = findProgram("chromium", path) ? [] : ["chromium"];
  await ensurePackages([...missingTools(path), ...chromium], path, isRoot());
  return single(0);
};

const generate: Stage = async ({ root }) => {
  await generateClient(root);
  return single(0);
};

const biome: Stage = async (place) =>
  single(await show(place, ["biome", "check", "--error-on-warnings", "."]));

const imports: Stage = async (place) => {
  const folders = SOURCE_FOLDERS.filter((folder) => existsSync(join(place.root, folder)));
  return single(await show(place, ["depcruise", "--config", "dependency-cruiser.mjs", ...folders]));
};

const types: Stage = async (place) => single(await show(place, ["tsc", "--noEmit"]));

const vitest: Stage = async (place) => {
  const file = join(place.scratch, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const code = await show(place, ["vitest", "run", ...reporters]);
  return vitestOutcome(await readReport(file), code);
};

const build: Stage = async ({ root }) => {
  await buildPages(root);
  return single(0);
};

const playwright: Stage = async (place) => {
  const file = join(place.scratch, "playwright.json");
  const code = await show(place, ["playwright", "test", "--reporter=list,json"], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  return playwrightOutcome(await readReport(file), code);
};

/** In this order; each uses what those before it made. */
export const STAGES: Readonly<Record<string, Stage>> = {
  tools,
  generate,
  biome,
  imports,
  tsc: types,
  vitest,
  build,
  playwright,
};
