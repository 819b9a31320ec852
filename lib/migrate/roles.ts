// One database role per process. The migrations make them and grant what each needs; here they get LOGIN
// and a password, which stays in a file on this host.
import { join } from "node:path";
import pg from "pg";
import { messageOf, refused, unavailable } from "../errors.ts";
import { keptSecret } from "../kept-secret.ts";

export const PROCESS_ROLES = {
  web: "ph_web",
  worker: "ph_worker",
  notary: "ph_notary",
  gateway: "ph_gateway",
} as const;

export type ProcessName = keyof typeof PROCESS_ROLES;

export type RoleUrls = Readonly<Record<ProcessName | "owner", string>>;

const PROCESSES = Object.keys(PROCESS_ROLES) as ProcessName[];

function roleUrl(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.toString();
}

/** URLs of the same database for every process, with the passwords kept in `secrets`. */
export async function roleUrls(ownerUrl: string, secrets: string): Promise<RoleUrls> {
  const entries = PROCESSES.map(async (name) => {
    const role = PROCESS_ROLES[name];
    return [name, roleUrl(ownerUrl, role, await keptSecret(join(secrets, `${role}-password`)))] as const;
  });
  const urls = Object.fromEntries(await Promise.all(entries)) as Record<ProcessName, string>;
  return { ...urls, owner: ownerUrl };
}

const WRONG_PASSWORD = "28P01";
const NOT_PERMITTED = "28000";

/** Does the role let us in with this URL? Throws what has nothing to do with the password. */
async function letsIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && [WRONG_PASSWORD, NOT_PERMITTED].includes(error.code ?? ""))
      return false;
    throw unavailable(`The database refused ${new URL(url).username}: ${messageOf(error)}`, error);
  } finally {
    await client.end();
  }
}

async function ensureRole(client: pg.ClientBase, role: string, url: string): Promise<void> {
  const { rows } = await client.query<{ rolcanlogin: boolean }>(
    "select rolcanlogin from pg_roles where rolname = $1",
    [role],
  );
  const name = pg.escapeIdentifier(role);
  const password = pg.escapeLiteral(decodeURIComponent(new URL(url).password));
  if (!rows[0]) return void (await client.query(`create role ${name} login password ${password}`));
  if (!rows[0].rolcanlogin) return void (await client.query(`alter role ${name} login password ${password}`));
  if (await letsIn(url)) return;
  throw refused(
    `The role ${role} exists with a password this data folder does not have: copy "secrets" from the host that ` +
      `set it up, or run \`alter role ${role} nologin\` as owner to have a new one set.`,
  );
}

/** Idempotent. The owner must be allowed to create roles. */
export async function ensureRoles(client: pg.ClientBase, urls: RoleUrls): Promise<void> {
  for (const name of PROCESSES) {
    try {
      await ensureRole(client, PROCESS_ROLES[name], urls[name]);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && error.code === "42501")) throw error;
      throw refused(
        `The owner in DATABASE_URL may not create roles; as superuser: alter role NAME createrole.`,
      );
    }
  }
}
