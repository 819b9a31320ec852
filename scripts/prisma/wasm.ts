// Loads the schema engine's WebAssembly by hand: the package's own entry imports a .wasm file, which
// only bundlers understand.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type * as Bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { adapterFactory, type DatabaseUrls } from "./adapter.ts";

export type SchemaEngine = Bindings.SchemaEngine;

interface Glue {
  readonly SchemaEngine: typeof Bindings.SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

let lastPanic: string | undefined;

/** What the engine said when it panicked; the thrown `RuntimeError` itself says nothing. */
export const panicMessage = (): string | undefined => lastPanic;

async function loadGlue(): Promise<Glue> {
  const path = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const glue = await import(path);
  const bytes = readFileSync(join(dirname(path), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start !== "function") throw new Error("The schema engine has no start function.");
  start();
  return glue;
}

export interface EngineOptions extends DatabaseUrls {
  readonly schemaFiles: readonly string[];
}

export async function openEngine(options: EngineOptions): Promise<SchemaEngine> {
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        lastPanic = message;
      },
    },
  });
  const glue = await loadGlue();
  const files = options.schemaFiles.map((path): [string, string] => [path, readFileSync(path, "utf8")]);
  const datamodels = files.length > 0 ? files : undefined; // an empty list is read as an empty schema
  const adapter = bindMigrationAwareSqlAdapterFactory(adapterFactory(options));
  const ignoreLog = () => undefined;
  return glue.SchemaEngine.new({ datamodels }, ignoreLog, adapter);
}
