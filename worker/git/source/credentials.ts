// Who we are to https hosts, from the operator's file in git's own format: one `https://user:token@host` a line.
import { readFile, stat } from "node:fs/promises";
import { refused } from "#lib/errors.ts";
import type { Credential } from "../mirror/remotes.ts";
import type { Source } from "./check-source.ts";

/** Host with port where it is not 443 → credential. */
export type Credentials = ReadonlyMap<string, Credential>;

const OTHERS = 0o077;

/** Throws refused where the file is open to others or holds a line that is none; the line itself is never quoted. */
export async function readCredentials(file: string): Promise<Credentials> {
  if (((await stat(file)).mode & OTHERS) !== 0) {
    throw refused(`The credentials in ${file} are open to other users. Run: chmod 600 ${file}`);
  }
  return parseCredentials(await readFile(file, "utf8"));
}

export function parseCredentials(text: string): Credentials {
  const credentials = new Map<string, Credential>();
  for (const [index, line] of text.split("\n").entries()) {
    const written = line.trim();
    if (written === "" || written.startsWith("#")) continue;
    const url = URL.canParse(written) ? new URL(written) : null;
    if (url?.protocol !== "https:" || url.username === "" || url.password === "") {
      throw refused(`Line ${index + 1} of the credentials is not like https://user:token@host.`);
    }
    const username = decodeURIComponent(url.username);
    credentials.set(url.host, { username, password: decodeURIComponent(url.password) });
  }
  return credentials;
}

/** What to show to the host of a source; nothing to a folder, and nothing to a host that is not in the file. */
export function credentialFor(credentials: Credentials, source: Source): Credential | undefined {
  return source.kind === "https" ? credentials.get(new URL(source.url).host) : undefined;
}
