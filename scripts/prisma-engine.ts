#!/usr/bin/env node
// Stands in for Prisma's native schema engine, which its CLI would download from Prisma's own host. Same
// sub-commands and JSON-RPC; the work is done by @prisma/schema-engine-wasm over adapter-pg. The protocol
// is private to Prisma: its four versions are pinned exactly in package.json.
import { parseArgs } from "node:util";
import { z } from "zod";
import { messageOf } from "../lib/errors.ts";
import { canConnect, createDatabase, dropDatabase, errorCode } from "./prisma/databases.ts";
import { serveRpc } from "./prisma/rpc.ts";

const Datasource = z.object({ url: z.string().optional(), shadowDatabaseUrl: z.string().optional() });

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    version: { type: "boolean", short: "V" },
    datamodels: { type: "string", short: "d", multiple: true },
    datasource: { type: "string" },
    "extension-types": { type: "string" },
  },
});

const schemaFiles = z.array(z.string()).default([]).parse(values.datamodels);
const datasource = Datasource.parse(JSON.parse(z.string().default("{}").parse(values.datasource)));

async function runCommand(command: string | undefined): Promise<void> {
  const { url } = datasource;
  if (!url) throw new Error(`"cli ${command}" needs a datasource URL.`);
  if (command === "can-connect-to-database") return canConnect(url);
  if (command === "create-database") return void (await createDatabase(url));
  if (command === "drop-database") return dropDatabase(url);
  throw new Error(`The schema engine stand-in does not know the command "${command}".`);
}

async function cli(command: string | undefined): Promise<void> {
  process.stderr.write("\n"); // the CLI drops the first line of what it reads
  try {
    await runCommand(command);
  } catch (error) {
    const fields = { message: messageOf(error), is_panic: false, error_code: errorCode(error) };
    const line = {
      timestamp: new Date().toISOString(),
      level: "ERROR",
      fields,
      target: "schema_engine::logger",
    };
    process.stderr.write(JSON.stringify(line));
    process.exitCode = 1;
  }
}

if (values.version) process.stdout.write("schema-engine-cli wasm\n");
else if (positionals[0] === "cli") await cli(positionals[1]);
else {
  await serveRpc({ url: datasource.url, shadowUrl: datasource.shadowDatabaseUrl, schemaFiles });
  process.exit(0); // pools the engine still holds would keep us alive
}
