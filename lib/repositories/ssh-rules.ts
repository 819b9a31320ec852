// How ssh names a repository: as a URL, or as `user@host:path`, which begins in the user's own folder. Only plain letters get
// through: what is left goes to git, and from there through a shell on the other side. Pure.

export interface SshPlace {
  readonly user: string;
  /** Small letters; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Begins with a slash where it was written as a URL. */
  readonly path: string;
}

export type SshReading =
  | { readonly ok: true; readonly place: SshPlace }
  | { readonly ok: false; readonly sentence: string };

const DEFAULT_PORT = 22;
const LOOKS = "One looks like ssh://git@host.example/team/project.git.";
const URL_FORM = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]/]*\]|[^@:/[\]]*)(?::([^/@]*))?(\/.*)$/i;
const SHORT_FORM = /^(?:([^@/:]*)@)?(\[[^\]/]*\]|[^@:/[\]]*):(.*)$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const IPV6 = /^\[([0-9a-f:.]{2,45})\]$/;
const PORT = /^[1-9]\d{0,4}$/;
const PATH = /^[A-Za-z0-9._~+@=,/-]+$/;

const no = (sentence: string): SshReading => ({ ok: false, sentence });

export const isShortForm = (input: string): boolean => /^[^/]+:/.test(input);

/** Reads either way of writing it, or says in one sentence why it is refused. */
export function readSsh(input: string): SshReading {
  const isUrl = /^ssh:\/\//i.test(input);
  const found = (isUrl ? URL_FORM : SHORT_FORM).exec(input);
  if (!found) return no(`That is no usable ssh address. ${LOOKS}`);
  const [, user, written = "", ...rest] = found;
  const [port, path = ""] = isUrl ? rest : [undefined, rest[0]];
  if (user === undefined || user === "")
    return no(`Name the user the host expects, most often git. ${LOOKS}`);
  if (user.includes(":")) return no("Leave the password out of the address; the host is shown a key.");
  if (!USER.test(user)) return no(`“${user.slice(0, 20)}” is no name of a user. ${LOOKS}`);
  const host = hostOf(written.toLowerCase());
  if (host === null) return no(`The host's name is not a usable one. ${LOOKS}`);
  if (port !== undefined && !(PORT.test(port) && Number(port) <= 65_535))
    return no("A port is a number from 1 to 65535.");
  if (!PATH.test(path) || path.replaceAll("/", "") === "")
    return no(
      "The address names no repository, or one with other characters than letters, digits and . _ ~ + @ = , / -.",
    );
  if (path.startsWith("-") || path.split("/").some((part) => part === ".." || part === "."))
    return no("Write the repository's path without . and .. parts, and without a dash at its beginning.");
  return { ok: true, place: { user, host, port: Number(port ?? DEFAULT_PORT), path } };
}

const hostOf = (written: string): string | null =>
  NAME.test(written) ? written : (IPV6.exec(written)?.[1] ?? null);

const shownHost = (host: string): string => (host.includes(":") ? `[${host}]` : host);

/** As it is kept: one way for each place. */
export function sshSource({ user, host, port, path }: SshPlace): string {
  if (!path.startsWith("/")) return `${user}@${shownHost(host)}:${path}`;
  const at = port === DEFAULT_PORT ? "" : `:${port}`;
  return `ssh://${user}@${shownHost(host)}${at}${path}`;
}

/** How the host is written in a file of known hosts. */
export const knownAs = ({ host, port }: Pick<SshPlace, "host" | "port">): string =>
  port === DEFAULT_PORT ? host : `[${host}]:${port}`;
