import { z } from "zod";
import { parseEnv } from "#lib/env.ts";
import { badInput } from "#lib/errors.ts";

const absolute = z.string().regex(/^\//, { error: "must be an absolute path" });

const NotaryEnv = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a URL like postgres://…" }),
  PILOTHOUSE_NOTARY: absolute.describe("Folder of the notary alone: its state and its keys"),
  PILOTHOUSE_LOG: absolute.describe("Folder of tiles and checkpoints, which others read"),
  PILOTHOUSE_LOG_KEY: z.string().min(1).optional().describe("Key that signs the log, in PEM form"),
  PILOTHOUSE_LOG_KEY_FILE: absolute.optional().describe("File of the key that signs the log"),
  PILOTHOUSE_WITNESSES: absolute.optional().describe("File of witnesses: lines of VKEY and URL"),
});
export type NotaryEnv = z.infer<typeof NotaryEnv>;

export function notaryEnv(source: NodeJS.ProcessEnv): NotaryEnv {
  const env = parseEnv(NotaryEnv, source);
  if (env.PILOTHOUSE_LOG_KEY && env.PILOTHOUSE_LOG_KEY_FILE)
    throw badInput("Give the log's key by PILOTHOUSE_LOG_KEY or by PILOTHOUSE_LOG_KEY_FILE, not by both.");
  return env;
}
