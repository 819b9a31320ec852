// The schema engine's JSON-RPC: one request a line on stdin, one answer a line on stdout.
import { createInterface } from "node:readline";
import { z } from "zod";
import { createDatabase } from "./databases.ts";
import { type EngineOptions, openEngine, panicMessage, type SchemaEngine } from "./wasm.ts";

const Request = z.object({
  id: z.union([z.number(), z.string()]),
  method: z.string(),
  params: z.unknown(),
});

type RequestId = z.infer<typeof Request>["id"];

const ENGINE_ERROR = 4466;

/** What the engine can be asked; `new` and `free` stay ours. */
const METHODS = [
  "applyMigrations",
  "createMigration",
  "dbExecute",
  "devDiagnostic",
  "diagnoseMigrationHistory",
  "diff",
  "ensureConnectionValidity",
  "evaluateDataLoss",
  "introspect",
  "introspectSql",
  "markMigrationApplied",
  "markMigrationRolledBack",
  "reset",
  "schemaPush",
] as const satisfies readonly (keyof SchemaEngine)[];

const send = (message: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

function describeError(error: unknown) {
  const isPanic = error instanceof WebAssembly.RuntimeError;
  const known = z
    .object({ message: z.string(), code: z.string().optional(), meta: z.unknown() })
    .safeParse(error);
  const message = (isPanic && panicMessage()) || (known.success ? known.data.message : String(error));
  return {
    code: ENGINE_ERROR,
    message: "An error happened. Check the data field for details.",
    data: {
      is_panic: isPanic,
      message,
      meta: (known.success && known.data.meta) || {},
      error_code: (known.success && known.data.code) || null,
    },
  };
}

/** Answers until stdin ends. */
export async function serveRpc(options: EngineOptions): Promise<void> {
  let engine: Promise<SchemaEngine> | undefined;
  let current: RequestId | undefined;
  let prints = 0;

  // A panic inside the engine's own async task cannot be caught where it was called; unanswered, the
  // CLI would print nothing and exit 0.
  process.on("uncaughtException", (error) => {
    if (current !== undefined) send({ id: current, error: describeError(error) });
    process.stderr.write(`${panicMessage() ?? error.stack ?? error.message}\n`, () => process.exit(1));
  });

  async function call(method: string, params: unknown): Promise<unknown> {
    if (method === "createDatabase" && options.url)
      return { databaseName: await createDatabase(options.url) };
    engine ??= openEngine(options);
    if (method === "getDatabaseVersion") return (await engine).version();
    const name = METHODS.find((known) => known === method);
    if (!name) throw new Error(`The schema engine stand-in does not know the method "${method}".`);
    const run: (argument: never) => Promise<unknown> = (await engine)[name].bind(await engine);
    const result = await run(params as never);
    const printed = z.object({ stdout: z.string().min(1) }).safeParse(result);
    if (name === "diff" && printed.success) {
      const content = printed.data.stdout.replace(/\n$/, "");
      send({ id: `print-${++prints}`, method: "print", params: { content } });
    }
    return result;
  }

  for await (const line of createInterface({ input: process.stdin })) {
    const request = Request.safeParse(line.trim() ? JSON.parse(line) : undefined);
    if (!request.success) continue; // the CLI's answers to our prints come here too
    current = request.data.id;
    try {
      const result = await call(request.data.method, request.data.params);
      send({ id: current, result: result ?? {} });
    } catch (error) {
      send({ id: current, error: describeError(error) });
    }
    current = undefined;
  }
}
