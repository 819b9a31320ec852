// Registries that want a credential. It stays in a file of the runner's host: setup asks the proxy in the clear, on its own
// loopback, and the proxy asks the registry with the credential. Its path is the registry's own, because installers put
// paths of one host on another.
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { messageOf, refused } from "#lib/errors.ts";
import { ruleFor } from "#lib/setup/rules.ts";
import type { SetupPlan } from "#lib/setup/schema.ts";
import { isUsableOrigin } from "../origin.ts";
import { readPrivateFile } from "../plane/state-folder.ts";

/** In the runner's state folder; nobody else may read it. */
export const REGISTRIES_FILE = "registries.json";

const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]{0,8000}[\x21-\x7e])?$/;

const File = z.strictObject({
  registries: z
    .array(
      z.strictObject({
        /** Which tool is pointed to it. */
        for: z.enum(["npm", "pypi"]),
        /** Scopes of npm; left out: every package. */
        scopes: z
          .array(z.string().regex(/^@[a-z0-9][a-z0-9._-]{0,100}$/))
          .max(50)
          .default([]),
        url: z
          .url()
          .max(500)
          .refine(
            (text) => isUsableOrigin(new URL(text).origin),
            "must be https, or http on this host's loopback",
          )
          .refine((text) => {
            const { username, password, search, hash, pathname } = new URL(text);
            return (
              username + password + search + hash === "" && pathname.endsWith("/") && !pathname.includes("//")
            );
          }, "must end in a slash, without user, query or fragment"),
        authorization: z.string().regex(HEADER_VALUE, "must be the value of an Authorization header"),
        /** Whether it may lie in a private network. */
        isPrivate: z.boolean().default(false),
        /** PEM file of the authorities that its certificate is checked by, instead of the public ones. */
        caFile: z.string().refine(isAbsolute, "must be an absolute path").optional(),
      }),
    )
    .max(20)
    .refine((all) => {
      const paths = all.map(({ url }) => new URL(url).pathname);
      return paths.every((path, index) =>
        paths.every((other, at) => at === index || !path.startsWith(other)),
      );
    }, "the path of one registry begins with that of another"),
});

export interface Registry {
  readonly for: "npm" | "pypi";
  readonly scopes: readonly string[];
  readonly url: URL;
  readonly authorization: string;
  readonly isPrivate: boolean;
  readonly ca: string | null;
}

/** Read anew for each setup. None where there is no file. Throws a sentence that holds no credential. */
export async function readRegistries(stateFolder: string): Promise<readonly Registry[]> {
  const path = join(stateFolder, REGISTRIES_FILE);
  const text = await readPrivateFile(path);
  if (text === null) return [];
  const parsed = File.safeParse(parseJson(text));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw refused(`${path} is not usable. ${lines.join("; ")}`.slice(0, 1000));
  }
  return Promise.all(
    parsed.data.registries.map(async ({ url, caFile, ...rest }) => ({
      ...rest,
      url: new URL(url),
      ca: caFile === undefined ? null : await readAuthorities(caFile),
    })),
  );
}

const readAuthorities = (path: string): Promise<string> =>
  readFile(path, "utf8").catch((error: unknown) => {
    throw refused(`The authorities in ${path} cannot be read: ${messageOf(error)}`);
  });

/** What the parser would say quotes the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export const portOf = ({ protocol, port }: URL): number => Number(port) || (protocol === "https:" ? 443 : 80);

/** Those whose host the charter lists: a credential of the host opens no way of its own. */
export const listedRegistries = (all: readonly Registry[], hosts: SetupPlan["hosts"]): Registry[] =>
  all.filter(({ url }) => ruleFor(hosts, url.hostname, portOf(url)) !== null);

/** The registry that a path on the proxy's own loopback belongs to; null for none, and for a path that is not plain. */
export function registryOf(registries: readonly Registry[], path: string): Registry | null {
  // Some servers read %2f as a slash, and take what stands behind a semicolon off a folder's name.
  const asRead = path.replace(/%2f/gi, "/");
  const isPlain = !/\\|\/\/|%2e|%5c|%3b|%25|%00|#/i.test(path) && !/(?:^|\/)\.\.?(?:[/?;]|$)/.test(asRead);
  return isPlain ? (registries.find(({ url }) => path.startsWith(url.pathname)) ?? null) : null;
}

/** Points the tools to the proxy. */
export function registryEnvironment(
  registries: readonly Registry[],
  proxyUrl: string,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { for: tool, scopes, url } of registries) {
    const local = new URL(url.pathname, proxyUrl).href;
    if (tool === "pypi") env.PIP_INDEX_URL = local;
    else {
      // Lock files name the registry itself; npm puts their paths on the one it was pointed to.
      env.npm_config_replace_registry_host = "always";
      if (scopes.length === 0) env.npm_config_registry = local;
      for (const scope of scopes) env[`npm_config_${scope}:registry`] = local;
    }
  }
  return env;
}
