// Authoring with Prisma's CLI and no network:
//   node scripts/prisma.ts generate
//   node scripts/prisma.ts migrate-new NAME [--from-empty]   writes prisma/migrations/<time>_NAME/migration.sql
//   node scripts/prisma.ts run ANY PRISMA ARGUMENTS          against the scratch server of the tests
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { joinTestServer } from "../lib/testing/server.ts";

const root = new URL("..", import.meta.url).pathname;

interface PrismaResult {
  readonly code: number;
  readonly output: string;
}

/** Runs the CLI on our engine; `capture` keeps its stdout instead of showing it. */
function prisma(
  args: readonly string[],
  databaseUrl: string | undefined,
  capture: boolean,
): Promise<PrismaResult> {
  const cli = join(root, "node_modules/prisma/build/index.js");
  const urls = databaseUrl ? { DATABASE_URL: databaseUrl, SHADOW_DATABASE_URL: databaseUrl } : {};
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: root,
    stdio: ["ignore", capture ? "pipe" : "inherit", "inherit"],
    env: {
      ...process.env,
      ...urls,
      PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH ?? ""}`,
      PRISMA_SCHEMA_ENGINE_BINARY: join(root, "scripts/prisma-engine.ts"),
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

async function withScratchServer<T>(fn: (url: string) => Promise<T>): Promise<T> {
  const { server, leave } = await joinTestServer();
  try {
    return await fn(server.ownerUrl("postgres"));
  } finally {
    await leave();
  }
}

async function newMigration(name: string | undefined, fromEmpty: boolean): Promise<number> {
  if (!name || !/^[a-z0-9_]+$/.test(name)) {
    console.error("Name the migration in lower_snake: npm run migrate:new -- add_deadline");
    return 1;
  }
  const from = fromEmpty ? ["--from-empty"] : ["--from-migrations", "prisma/migrations"];
  const args = ["migrate", "diff", ...from, "--to-schema", "prisma/schema.prisma", "--script"];
  const { code, output } = await withScratchServer((url) => prisma(args, url, true));
  if (code !== 0) return code;
  if (/^\s*(--.*)?\s*$/.test(output)) {
    console.log("The migrations already make what the schema says; nothing written.");
    return 0;
  }
  const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  const folder = join(root, "prisma/migrations", `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "migration.sql"), output);
  console.log(
    `Wrote ${folder}/migration.sql. Read it: what only SQL knows looks to Prisma like something to drop.`,
  );
  return 0;
}

const [command, ...rest] = process.argv.slice(2);
if (command === "generate") process.exitCode = (await prisma(["generate", ...rest], undefined, false)).code;
else if (command === "migrate-new") {
  const names = rest.filter((argument) => !argument.startsWith("--"));
  process.exitCode = await newMigration(names[0], rest.includes("--from-empty"));
} else if (command === "run") {
  process.exitCode = (await withScratchServer((url) => prisma(rest, url, false))).code;
} else {
  console.error("Use: node scripts/prisma.ts generate | migrate-new NAME [--from-empty] | run ARGUMENTS");
  process.exitCode = 1;
}
