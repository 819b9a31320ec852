// What every git of ours has in common, whether it runs on the host or in the sandbox: no configuration but
// this list, no prompt, no hook, no program named by a repository. Measured on git 2.39: a guard of
// `core.hooksPath` alone still lets fsmonitor, filters and textconv run.
import { EMPTY_TREE } from "./ids.ts";

/** Settings given with `-c`; they win over everything a repository's own config says. */
const SETTINGS = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.attributesFile": "/dev/null",
  "core.excludesFile": "/dev/null",
  "core.alternateRefsCommand": "true",
  "core.sshCommand": "false",
  "core.askPass": "true",
  "credential.helper": "",
  "core.bigFileThreshold": "8m",
  "core.quotePath": "true",
  "submodule.recurse": "false",
  "fetch.recurseSubmodules": "no",
  "fetch.writeCommitGraph": "false",
  "fetch.unpackLimit": "1",
  "fetch.fsckObjects": "true",
  "receive.autogc": "false",
  "receive.denyCurrentBranch": "refuse",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "pack.threads": "1",
  "safe.bareRepository": "explicit",
  "init.defaultBranch": "main",
  "advice.detachedHead": "false",
  "diff.renameLimit": "1000",
  // Old histories hold these; none of them changes what a path or a content is.
  "fetch.fsck.zeroPaddedFilemode": "ignore",
  "fetch.fsck.missingSpaceBeforeDate": "ignore",
  "fetch.fsck.badTimezone": "ignore",
  "fetch.fsck.missingEmail": "ignore",
  "fetch.fsck.missingNameBeforeEmail": "ignore",
  "fetch.fsck.badName": "ignore",
} as const;

const SERVER_SETTINGS = [
  "core.hooksPath",
  "core.fsmonitor",
  "core.alternateRefsCommand",
  "receive.autogc",
  "receive.denyCurrentBranch",
  "gc.auto",
] as const;

export type Protocol = "file" | "https" | "ssh";

/** A clean environment: nothing of ours or of the machine's reaches git but PATH. */
export function gitEnvironment(path: string, protocol?: Protocol): Record<string, string> {
  return {
    PATH: path,
    HOME: "/nonexistent",
    XDG_CONFIG_HOME: "/nonexistent",
    LC_ALL: "C",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    // Newer gits read attributes of a bare repository from HEAD, so a patch could call its own code binary.
    GIT_ATTR_SOURCE: EMPTY_TREE,
    // Unlike the settings, this also binds a server-side git, whatever its repository's config allows.
    GIT_ALLOW_PROTOCOL: protocol ?? "none",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_TEMPLATE_DIR: "/nonexistent",
  };
}

export interface GitCommand {
  /** The one transport this call may use; none by default. */
  readonly protocol?: Protocol;
  /** Absolute path of the repository; the only way git is told where to work. */
  readonly gitDir?: string;
  /** Further `-c` settings, after ours. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

const settingArguments = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);

/** argv of one git call. */
export function gitArgv({ gitDir, settings, args }: GitCommand): string[] {
  return [
    "git",
    "--no-pager",
    ...settingArguments({ ...SETTINGS, ...settings }),
    ...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]),
    ...args,
  ];
}

/**
 * What a server-side git is started as, for `--upload-pack=` and `--receive-pack=`. git drops `-c` settings on
 * its way across a local transport, so those that keep the repository's own programs from running are said again.
 * The text goes through a shell: it holds constants only.
 */
export function serverProgram(program: "upload-pack" | "receive-pack", safeDirectory?: "/source"): string {
  const settings = {
    ...Object.fromEntries(SERVER_SETTINGS.map((key) => [key, SETTINGS[key]])),
    ...(safeDirectory === undefined ? {} : { "safe.directory": safeDirectory }),
  };
  // It answers and asks nobody: no transport, and no fetching of objects its repository lacks.
  return [
    "env",
    "GIT_ALLOW_PROTOCOL=none",
    "GIT_NO_LAZY_FETCH=1",
    "git",
    ...settingArguments(settings),
    program,
  ].join(" ");
}
