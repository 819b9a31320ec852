// The ssh that git starts: it knows one host by the keys that were pinned, shows one key, and reads nothing of this machine's
// or any user's configuration. Pure.
import type { SshPlace } from "#lib/repositories/ssh-rules.ts";

/** What git and ssh call the host, whatever its name is: no address of others reaches a command line. */
export const ALIAS = "upstream";

export interface SshFiles {
  /** Host paths. */
  readonly key: string;
  readonly knownHosts: string;
  /** Says who this user is: ssh refuses to run for a number that nobody wrote down. */
  readonly passwd: string;
}

const SETTINGS = {
  BatchMode: "yes",
  StrictHostKeyChecking: "yes",
  HashKnownHosts: "no",
  UpdateHostKeys: "no",
  CheckHostIP: "no",
  VerifyHostKeyDNS: "no",
  GlobalKnownHostsFile: "/dev/null",
  CanonicalizeHostname: "no",
  HostName: "127.0.0.1",
  HostKeyAlias: ALIAS,
  ProxyCommand: "none",
  ProxyJump: "none",
  IdentitiesOnly: "yes",
  IdentityAgent: "none",
  AddKeysToAgent: "no",
  PreferredAuthentications: "publickey",
  PasswordAuthentication: "no",
  KbdInteractiveAuthentication: "no",
  NumberOfPasswordPrompts: "0",
  ForwardAgent: "no",
  ForwardX11: "no",
  ClearAllForwardings: "yes",
  PermitLocalCommand: "no",
  ControlMaster: "no",
  ControlPath: "none",
  Tunnel: "no",
  RequestTTY: "no",
  EscapeChar: "none",
  LogLevel: "ERROR",
  ConnectTimeout: "30",
  ServerAliveInterval: "15",
  ServerAliveCountMax: "3",
} as const;

/** ssh reads % in its values, and words between blanks. */
const optionValue = (path: string): string => `"${path.replaceAll("%", "%%")}"`;
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** For GIT_SSH_COMMAND, which goes through a shell. `port`: on loopback, where the way to the host begins. */
export function sshCommand(files: SshFiles, port: number): string {
  const settings = {
    ...SETTINGS,
    Port: String(port),
    UserKnownHostsFile: optionValue(files.knownHosts),
    IdentityFile: optionValue(files.key),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const shown = ["--ro-bind", "/", "/", "--dev", "/dev", "--ro-bind", files.passwd, "/etc/passwd"];
  const jail = ["bwrap", "--die-with-parent", ...shown, "--"];
  return [...jail, "ssh", "-F", "none", ...options].map(quoted).join(" ");
}

/** Where git is told to go. */
export const gitAddress = ({ user, path }: SshPlace): string =>
  path.startsWith("/") ? `ssh://${user}@${ALIAS}${path}` : `${user}@${ALIAS}:${path}`;

export const knownHostsText = (hostKeys: readonly string[]): string =>
  hostKeys.map((line) => `${ALIAS} ${line}\n`).join("");
