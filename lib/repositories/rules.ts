// Which sources may be written down at all. The worker looks again, with names resolved and links followed,
// before it reads a byte.
import type { SourceKind } from "./schema.ts";
import { isShortForm, readSsh, sshSource } from "./ssh-rules.ts";

export type SourceReading =
  | { readonly ok: true; readonly kind: SourceKind; readonly source: string }
  | { readonly ok: false; readonly sentence: string };

const WANTED = "Give an https or ssh address, or the absolute path of a repository on the worker's host.";
const MAX_LENGTH = 2000;

const no = (sentence: string): SourceReading => ({ ok: false, sentence });

const SCHEMES: Readonly<Record<string, string>> = {
  file: "Leave out file:// and give the absolute path.",
  http: "http is not protected against changes on the way; use https.",
  git: "git:// is neither encrypted nor authenticated; use https.",
  ftp: "ftp is not supported; use https.",
  ftps: "ftps is not supported; use https.",
};

/** Reads what was typed as a repository's source, or says in one sentence why it is refused. */
export function readSource(input: string): SourceReading {
  if (input === "") return no(WANTED);
  if (input.length > MAX_LENGTH) return no(`That is longer than any repository's address. ${WANTED}`);
  if (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(input))
    return no(`The address holds control or invisible characters. ${WANTED}`);
  if (input.startsWith("-"))
    return no(`The address begins with a dash and would be read as an option. ${WANTED}`);
  const helper = /^([a-z0-9+.-]+)::/i.exec(input)?.[1];
  if (helper !== undefined)
    return no(
      `“${helper.slice(0, 20)}::” names a helper program that git would run; that is never done. ${WANTED}`,
    );
  if (input.startsWith("/")) return readPath(input);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input)?.[1]?.toLowerCase();
  if (scheme === "https") return readUrl(input);
  if (scheme === "ssh") return readSshAddress(input);
  if (scheme !== undefined)
    return no(SCHEMES[scheme] ?? `${scheme.slice(0, 20)}:// is not supported. ${WANTED}`);
  if (isShortForm(input)) return readSshAddress(input);
  return no(`That is a relative path. ${WANTED}`);
}

function readUrl(input: string): SourceReading {
  if (!URL.canParse(input))
    return no("That is not a usable https address; one looks like https://host.example/team/project.git.");
  const url = new URL(input);
  if (url.username !== "" || url.password !== "")
    return no("Leave the user name and password out of the address.");
  if (url.search !== "" || url.hash !== "")
    return no("A repository's address has no ? or # part; leave it out.");
  if (url.pathname === "/" || url.pathname.includes("%00"))
    return no("The address names a host but no repository on it.");
  return { ok: true, kind: "https", source: url.href };
}

function readSshAddress(input: string): SourceReading {
  const reading = readSsh(input);
  return reading.ok ? { ok: true, kind: "ssh", source: sshSource(reading.place) } : reading;
}

function readPath(input: string): SourceReading {
  const parts = input.split("/").filter((part) => part !== "");
  if (parts.some((part) => part === "." || part === ".."))
    return no("Write the path without . and .. parts.");
  if (parts.length === 0) return no("The root of the file system is not a repository.");
  return { ok: true, kind: "disk", source: `/${parts.join("/")}` };
}

/** What entries commit to before and after. */
export const repositoryState = (repository: {
  readonly id: string;
  readonly state: string;
  readonly branch: string | null;
  readonly headCommit: string | null;
}) => ({
  repository: repository.id,
  state: repository.state,
  branch: repository.branch,
  head: repository.headCommit,
});
