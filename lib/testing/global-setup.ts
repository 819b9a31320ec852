// Vitest runs this once, before the first and after the last test file.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { roleUrls } from "#lib/migrate/roles.ts";
import type { TestServerFacts } from "./facts.ts";
import { joinTestServer } from "./server.ts";
import { ensureTemplate } from "./template.ts";

declare module "vitest" {
  export interface ProvidedContext {
    pilothouse: TestServerFacts;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { server, folder, leave } = await joinTestServer();
  try {
    await mkdir(join(folder, "secrets"), { recursive: true, mode: 0o700 });
    const template = await ensureTemplate(server, folder);
    const urls = await roleUrls(server.ownerUrl("postgres"), join(folder, "secrets"));
    project.provide("pilothouse", { template, urls });
  } catch (error) {
    await leave();
    throw error;
  }
  return leave;
}
