// One package by npm, whose registry, proxy and credentials are the operator's. The lock it is given holds the digest we
// know the package by, so npm itself refuses other bytes under the same name. Scripts of packages are not run.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LibraryPin } from "#lib/agent-programs/pins.ts";
import { type AppError, messageOf, refused, unavailable } from "#lib/errors.ts";
import { findProgram } from "../checks/tools.ts";
import { runToEnd } from "../command.ts";

const PLACE = "node_modules/program";

/** npm belongs to the host's Node; our own stands in front of it in PATH. */
export const hostPath = (path: string): string =>
  path
    .split(":")
    .filter((folder) => !folder.endsWith("/node_modules/.bin"))
    .join(":");

const OFFLINE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/;
const ABSENT = /\b(E404|ETARGET)\b/;

function explain({ name, version }: LibraryPin, error: unknown): AppError {
  const text = messageOf(error);
  const [offline] = OFFLINE.exec(text) ?? [];
  if (/\bEINTEGRITY\b/.test(text))
    return refused(
      `What npm's registry sent as ${name} ${version} is not the package that is known here: its digest differs. Nothing was installed.`,
    );
  if (offline !== undefined)
    return unavailable(
      `npm's registry cannot be reached (${offline}), so ${name} ${version} was not installed. Look at \`npm config get registry\` and the proxy of this host, then run this again.`,
      error,
    );
  if (ABSENT.test(text))
    return refused(
      `npm's registry does not have ${name} ${version}. Look at \`npm config get registry\`: a mirror has to offer this very version.`,
    );
  return refused(`npm could not fetch ${name} ${version}. ${text}`);
}

/** The folder of the package's files, below `folder`, which is empty before. */
export async function fetchPackage(
  pin: LibraryPin,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const path = hostPath(env.PATH ?? "");
  const npm = findProgram("npm", path);
  if (!npm)
    throw refused(
      "npm is missing: install it (on Debian and Ubuntu: apt-get install -y npm), then run this again.",
    );
  const wanted = { program: `npm:${pin.name}@${pin.version}` };
  const locked = { name: pin.name, version: pin.version, integrity: pin.integrity };
  const lock = { lockfileVersion: 3, packages: { "": { dependencies: wanted }, [PLACE]: locked } };
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: wanted }));
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  const argv = [npm, "ci", ...quiet, ...patience, `--cache=${join(folder, "cache")}`] as const;
  try {
    await runToEnd("npm", [...argv], { cwd: folder, env: { ...env, PATH: path } });
  } catch (error) {
    throw explain(pin, error);
  }
  return join(folder, PLACE);
}
