// A token for as long as one piece of work takes: of an app's installation for one repository, an hour at most and given
// back right after; or the one that somebody gave us, as it is.
import { z } from "zod";
import type { ForgePlace } from "#lib/forges/rules.ts";
import type { Credential } from "#lib/releases/callbacks/schema.ts";
import type { PostLimits } from "../../notices/post.ts";
import { asked, type GitHubApi, githubApi } from "./api.ts";
import { appToken } from "./app-token.ts";

/** What GitHub says of the app at one installation. */
export interface Installed {
  /** The app's number. */
  readonly app: number;
  readonly permissions: Readonly<Record<string, string>>;
}

export interface Opened {
  readonly api: GitHubApi;
  /** As the app is known by: its client id or its number. Null where a token is all there is. */
  readonly app: string | null;
  /** Null where a token is all there is, or it was not asked for. */
  readonly installed: Installed | null;
  /** What git shows. */
  readonly credential: { readonly username: string; readonly password: string };
}

export type Permissions = Readonly<Record<string, "read" | "write">>;

/** What a piece of work needs, and no more; whatever else the app may do, this token may not. */
export const NEEDS = {
  merge: { contents: "write", pull_requests: "write", checks: "write", metadata: "read" },
  read: { contents: "read", metadata: "read" },
  deployment: { deployments: "read", metadata: "read" },
  outside_change: { pull_requests: "read", metadata: "read" },
  outside_ci_run: { actions: "read", metadata: "read" },
} as const satisfies Record<string, Permissions>;

export interface Wanted {
  readonly needs: Permissions;
  /** Asked for where the app has them at this installation, and only there. */
  readonly ifGiven?: Permissions;
}

const Token = z.object({ token: z.string().regex(/^[\x21-\x7e]{1,2000}$/) });
const Installation = z.object({ app_id: z.int(), permissions: z.record(z.string(), z.string()) });

const openedWith = (
  apiUrl: string,
  token: string,
  of: Pick<Opened, "app" | "installed">,
  limits: PostLimits,
): Opened => ({
  ...{ api: githubApi(apiUrl, `Bearer ${token}`, limits), ...of },
  credential: { username: "x-access-token", password: token },
});

async function installedAt(app: GitHubApi, installation_id: number): Promise<Installed> {
  const { app_id, permissions } = await asked(Installation, () =>
    app("GET /app/installations/{installation_id}", { installation_id }),
  );
  return { app: app_id, permissions };
}

function permissionsOf({ needs, ifGiven = {} }: Wanted, installed: Installed | null): Permissions {
  const given = Object.entries(ifGiven).filter(([name, level]) => installed?.permissions[name] === level);
  return { ...needs, ...Object.fromEntries(given) };
}

export async function withToken<T>(
  { apiUrl, repo }: ForgePlace,
  credential: Credential,
  { limits, now, wanted }: { readonly limits: PostLimits; readonly now: number; readonly wanted: Wanted },
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  if (credential.kind === "token")
    return work(openedWith(apiUrl, credential.token, { app: null, installed: null }, limits));
  const app = githubApi(apiUrl, `Bearer ${appToken(credential, now)}`, limits);
  const installation = Number(credential.installation);
  const installed = wanted.ifGiven ? await installedAt(app, installation) : null;
  const { token } = await asked(Token, () =>
    app("POST /app/installations/{installation_id}/access_tokens", {
      ...{ installation_id: installation, repositories: [repo] },
      permissions: permissionsOf(wanted, installed),
    }),
  );
  const opened = openedWith(apiUrl, token, { app: credential.app, installed }, limits);
  try {
    return await work(opened);
  } finally {
    await asked(z.unknown(), () => opened.api("DELETE /installation/token")).catch((error: unknown) => {
      if (!(error instanceof Error)) throw error; // it ends by itself within the hour
    });
  }
}
