// What each process takes from its environment: parsed once, all that is wrong said at once. Nothing else
// reads these variables. The runner has an environment of its own (runner/env.ts).
import { z } from "zod";
import { AppError, unavailable } from "./errors.ts";

const postgresUrl = z
  .url({
    protocol: /^postgres(ql)?$/,
    error: "must be a URL like postgres://user:password@host:5432/database",
  })
  .describe("Where this process's database role connects");

const absolute = (what: string) =>
  z.string({ error: "is missing" }).regex(/^\//, { error: "must be an absolute path" }).describe(what);

const colonList = z
  .string()
  .default("")
  .transform((text) => text.split(":").filter((part) => part !== ""))
  .pipe(z.array(z.string().regex(/^\//, { error: "must be absolute paths separated by colons" })))
  .describe("Folders on this host that repositories may be read from");

const hostList = z
  .string()
  .default("")
  .transform((text) => text.split(",").map((part) => part.trim().toLowerCase()))
  .transform((hosts) => hosts.filter((host) => host !== ""))
  .describe("Hosts of repositories that may resolve to a private address, comma separated");

const httpProviders = hostList.describe(
  "Hosts of model providers that may be spoken to without https, comma separated",
);

const noticeHosts = hostList.describe(
  "Hosts that notices may be sent to although their address is not public, comma separated",
);

const port = z.coerce
  .number({ error: "must be a number" })
  .int({ error: "must be a whole number" })
  .min(1, { error: "must be between 1 and 65535" })
  .max(65_535, { error: "must be between 1 and 65535" });

const publicUrl = z
  .url({ protocol: /^https?$/, error: "must be the address people open, like http://localhost:4300" })
  .transform((text) => new URL(text).origin)
  .describe("Address people open");

const shared = {
  DATABASE_URL: postgresUrl,
  PILOTHOUSE_DATA: absolute("Folder that keeps everything outside the database"),
  PILOTHOUSE_BLOBS: absolute("Folder of large contents, shared by web and worker"),
  PILOTHOUSE_LOG: absolute("Folder of the signed log, written by the notary").optional(),
  PILOTHOUSE_URL: publicUrl,
  PILOTHOUSE_NOTICE_HOSTS: noticeHosts,
};

const WebEnv = z.object({
  ...shared,
  PILOTHOUSE_SESSION_SECRET: z
    .string({ error: "is missing" })
    .min(32, { error: "must have at least 32 characters" })
    .describe("Signs sessions; changing it signs everybody out"),
  PILOTHOUSE_ALLOWED_ROOTS: colonList,
  PILOTHOUSE_ALLOWED_HOSTS: hostList,
  PILOTHOUSE_HTTP_PROVIDERS: httpProviders,
  PILOTHOUSE_GATEWAY_URL: z
    .url({ protocol: /^https?$/, error: "must be an address like https://gateway.example:4310" })
    .transform((text) => new URL(text).origin)
    .optional()
    .describe("Where runners reach the gateway of models; without it no agent with a model is started"),
  PILOTHOUSE_PROXY_HOPS: z.coerce
    .number({ error: "must be a number" })
    .int({ error: "must be a whole number" })
    .min(0, { error: "must be 0 or more" })
    .max(10, { error: "must be 10 at most" })
    .default(0)
    .describe("Reverse proxies in front of the web process that append to X-Forwarded-For"),
  PORT: port.default(4300),
});

const WorkerEnv = z.object({
  ...shared,
  PILOTHOUSE_MIRRORS: absolute("Folder of the repositories' mirrors"),
  PILOTHOUSE_NOTICE_KEYS: absolute("Folder of the key that secrets of channels are sealed to").optional(),
  PILOTHOUSE_GIT_CREDENTIALS: absolute(
    "File of credentials for https repositories, in git's format",
  ).optional(),
  PILOTHOUSE_ANCHOR: absolute("Folder or bare git repository that checkpoints are put in").optional(),
  PILOTHOUSE_ALLOWED_ROOTS: colonList,
  PILOTHOUSE_ALLOWED_HOSTS: hostList,
});

export type WebEnv = z.infer<typeof WebEnv>;
export type WorkerEnv = z.infer<typeof WorkerEnv>;

/** Reads `source` by `shape`; the error names every wrong variable, never a value. */
export function parseEnv<S extends z.ZodType>(shape: S, source: NodeJS.ProcessEnv): z.infer<S> {
  const result = shape.safeParse(source);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "environment");
    return `  ${name} ${source[name] === undefined ? "is missing" : issue.message}`;
  });
  throw new AppError("bad_input", `The environment is not usable:\n${[...new Set(lines)].join("\n")}`);
}

function once<T>(read: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= read();
    return value;
  };
}

export const webEnv = once(() => parseEnv(WebEnv, process.env));
export const workerEnv = once(() => parseEnv(WorkerEnv, process.env));

/** A folder that web, worker and tools read where they come to it; not every process that does has a whole environment. */
export function folderOf(name: "PILOTHOUSE_BLOBS" | "PILOTHOUSE_LOG"): string {
  const folder = process.env[name];
  if (!folder) throw unavailable(`${name} is not set for this process.`);
  return folder;
}

/** Where runners reach the gateway; null where this control plane has none. The web process checks the setting when it starts. */
export function gatewayUrl(): string | null {
  const url = process.env.PILOTHOUSE_GATEWAY_URL;
  return url ? new URL(url).origin : null;
}

/** Hosts an operator allows notices to be sent to although they are not public; of web and worker. */
export const noticeHostsAllowed = (): readonly string[] =>
  noticeHosts.parse(process.env.PILOTHOUSE_NOTICE_HOSTS ?? "");
