// What each process takes from its environment: parsed once, all that is wrong said at once. Nothing else
// reads these variables. The runner has an environment of its own (runner/env.ts).
import { readFileSync } from "node:fs";
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

const doorUrl = z
  .url({ protocol: /^https?$/, error: "must be an address like http://127.0.0.1:4300" })
  .transform((text) => new URL(text).origin)
  .optional();

const words = (text: string) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

function isSafeIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname));
}

const humanMinutes = z
  .enum(["", "on", "off"], { error: "must be on or off" })
  .default("on")
  .transform((word) => word || ("on" as const))
  .describe("Whether minutes that people spend on runs are counted");

/** How people sign in. An empty value is none, so that a launcher may hand all of them on. */
const signIn = {
  PILOTHOUSE_OIDC_ISSUER: z
    .string()
    .default("")
    .refine((text) => text === "" || isSafeIssuer(text), {
      error: "must be an https address as the identity provider names itself",
    })
    .describe("Identity provider (OpenID Connect); empty: none"),
  PILOTHOUSE_OIDC_CLIENT_ID: z.string().default(""),
  PILOTHOUSE_OIDC_CLIENT_SECRET: z.string().default(""),
  PILOTHOUSE_OIDC_CLIENT_SECRET_FILE: z.string().default("").describe("File that holds the secret instead"),
  PILOTHOUSE_OIDC_SECOND_STEP: z
    .enum(["", "provider", "own"], { error: "must be provider or own" })
    .default("provider")
    .transform((word) => word || ("provider" as const))
    .describe("Whether people who came by the provider take a second step here, too"),
  PILOTHOUSE_OIDC_ACR: z
    .string()
    .default("")
    .transform(words)
    .describe("The provider's word has to be one of them"),
  PILOTHOUSE_OIDC_AMR: z
    .string()
    .default("")
    .transform(words)
    .describe("One of these ways has to be among its own"),
  PILOTHOUSE_OIDC_CONFIRM_HOURS: z
    .string()
    .default("")
    .transform((text) => Number(text || 72))
    .refine((hours) => Number.isInteger(hours) && hours >= 1 && hours <= 720, {
      error: "must be a whole number from 1 to 720",
    })
    .describe("So long after the provider's last yes tokens of people who came by it open something"),
  PILOTHOUSE_OIDC_NAME: z.string().max(60, { error: "must have at most 60 characters" }).default(""),
  PILOTHOUSE_OIDC_SCOPES: z.string().default("").describe("Besides openid, email and profile"),
  PILOTHOUSE_OIDC_GROUPS_CLAIM: z.string().default(""),
  PILOTHOUSE_OIDC_JOIN_GROUPS: z
    .string()
    .default("")
    .transform(words)
    .describe("Who is in one of these groups of the provider may come without an invitation"),
  PILOTHOUSE_SIGN_IN: z
    .enum(["", "any", "sso_only"], { error: "must be any or sso_only" })
    .default("any")
    .transform((word) => word || ("any" as const)),
  PILOTHOUSE_EMERGENCY_ADMIN: z
    .string()
    .default("")
    .transform((text) => text.trim().toLowerCase())
    .describe(
      "E-mail address of the one person who may use a password although only single sign-on is allowed",
    ),
  PILOTHOUSE_SECOND_FACTOR: z
    .enum(["", "optional", "required"], { error: "must be optional or required" })
    .default("optional")
    .transform((word) => word || ("optional" as const)),
  PILOTHOUSE_IDLE_MINUTES: z
    .string()
    .default("")
    .transform((text) => Number(text || 60))
    .refine((minutes) => Number.isInteger(minutes) && minutes >= 5 && minutes <= 720, {
      error: "must be a whole number from 5 to 720",
    }),
};

/** A secret as the environment has it, or in a file: without the line's end that editors leave. Throws where it cannot be read. */
export const secretOf = (value: string, file: string): string =>
  file === "" ? value : readFileSync(file, "utf8").trim();

/** Never a word of the secret, nor of what else stands in the file. */
function secretProblem(value: string, file: string): string | null {
  if (value !== "" && file !== "") return "is set, and so is the file for it: set one of the two";
  try {
    return secretOf(value, file) === ""
      ? "is needed where PILOTHOUSE_OIDC_ISSUER is set, or a file that holds it"
      : null;
  } catch {
    return "cannot be read from PILOTHOUSE_OIDC_CLIENT_SECRET_FILE";
  }
}

const SignInEnv = z.object(signIn).superRefine((env, problems) => {
  const wrong = (name: string, message: string) =>
    problems.addIssue({ code: "custom", path: [name], message });
  if (env.PILOTHOUSE_OIDC_ISSUER !== "") {
    if (env.PILOTHOUSE_OIDC_CLIENT_ID === "")
      wrong("PILOTHOUSE_OIDC_CLIENT_ID", "is needed where PILOTHOUSE_OIDC_ISSUER is set");
    const problem = secretProblem(env.PILOTHOUSE_OIDC_CLIENT_SECRET, env.PILOTHOUSE_OIDC_CLIENT_SECRET_FILE);
    if (problem !== null) wrong("PILOTHOUSE_OIDC_CLIENT_SECRET", problem);
  } else if (env.PILOTHOUSE_SIGN_IN === "sso_only")
    wrong("PILOTHOUSE_SIGN_IN", "can be sso_only only where PILOTHOUSE_OIDC_ISSUER is set");
  if (env.PILOTHOUSE_SIGN_IN === "sso_only" && env.PILOTHOUSE_EMERGENCY_ADMIN === "")
    wrong(
      "PILOTHOUSE_EMERGENCY_ADMIN",
      "must name the one person who can still sign in when the identity provider cannot be reached",
    );
});
export type SignInEnv = z.infer<typeof SignInEnv>;

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
  PILOTHOUSE_HUMAN_MINUTES: humanMinutes,
  PILOTHOUSE_CHROMIUM: absolute("Chromium that prints packs as PDF").optional(),
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
  PILOTHOUSE_NOTICE_KEYS: absolute(
    "Folder of the worker's keys: what secrets of channels are sealed to, and what attestations are signed with",
  ).optional(),
  PILOTHOUSE_GIT_CREDENTIALS: absolute(
    "File of credentials for https repositories, in git's format",
  ).optional(),
  PILOTHOUSE_INDICATORS: absolute("File of packages known to be malicious, a STIX 2.1 bundle").optional(),
  PILOTHOUSE_ANCHOR: absolute("Folder or bare git repository that checkpoints are put in").optional(),
  PILOTHOUSE_PLANE_URL: doorUrl.describe("Where the self-test of controls asks the web process's doors"),
  PILOTHOUSE_GATEWAY_URL: doorUrl.describe(
    "Where it asks the gateway's; left out: that control is not tried",
  ),
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
    return `  ${name} ${source[name] === undefined && issue.code !== "custom" ? "is missing" : issue.message}`;
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

export const webEnv = once(() => {
  signInEnv();
  return parseEnv(WebEnv, process.env);
});
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

/** How people sign in; of the web process, which checks it when it starts. */
export const signInEnv = (): SignInEnv => parseEnv(SignInEnv, process.env);

/** Whether minutes that people spend on runs are counted here; of the web process, which checks the setting when it starts. */
export const humanMinutesOn = (): boolean =>
  humanMinutes.parse(process.env.PILOTHOUSE_HUMAN_MINUTES ?? "") === "on";

/** What prints packs, and where it is looked for. */
export const chromiumSetting = (): { readonly chromium: string | null; readonly searched: string } => ({
  chromium: process.env.PILOTHOUSE_CHROMIUM || null,
  searched: process.env.PATH ?? "",
});
