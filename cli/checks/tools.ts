// Programs of the host that we start.
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf, refused } from "#lib/errors.ts";
import { type Finding, failed, fine } from "./finding.ts";

const run = promisify(execFile);

/** Program → package that has it, the same name in every distribution we know. */
export const TOOLS = { bwrap: "bubblewrap", git: "git" } as const;

export type Tool = keyof typeof TOOLS;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // not there, or not for us
  }
}

/** Path of a program, looked for in `path` as a shell does. */
export function findProgram(name: string, path: string): string | null {
  const folders = path.split(":").filter((part) => part !== "");
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

const INSTALLERS = {
  "apt-get": "apt-get install -y",
  dnf: "dnf install -y",
  zypper: "zypper install -y",
  pacman: "pacman -S --noconfirm",
  apk: "apk add",
} as const;

/** The command that installs `packages` on this host. */
export function installCommand(packages: readonly string[], path: string, asRoot: boolean): string {
  const manager = Object.entries(INSTALLERS).find(([program]) => findProgram(program, path));
  const command = `${manager?.[1] ?? "your package manager's install of"} ${packages.join(" ")}`;
  return asRoot ? command : `sudo ${command}`;
}

export function missingTools(path: string, tools: readonly Tool[] = ["bwrap", "git"]): string[] {
  return tools.filter((tool) => !findProgram(tool, path)).map((tool) => TOOLS[tool]);
}

export function checkTools(path: string, asRoot: boolean): Finding {
  const missing = missingTools(path);
  if (missing.length === 0) return fine("Programs", "bubblewrap and git are installed.");
  const verb = missing.length === 1 ? "is" : "are";
  return failed(
    "Programs",
    `${missing.join(" and ")} ${verb} missing: run \`${installCommand(missing, path, asRoot)}\`.`,
  );
}

/** As root where apt-get is: installs. Otherwise refuses with the command to run. */
export async function ensurePackages(
  packages: readonly string[],
  path: string,
  asRoot: boolean,
): Promise<void> {
  if (packages.length === 0) return;
  const command = installCommand(packages, path, asRoot);
  if (!asRoot || !findProgram("apt-get", path)) {
    throw refused(`Missing: ${packages.join(", ")}. Run \`${command}\`, then this command again.`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = () => run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env });
  try {
    await install().catch(async () => {
      await run("apt-get", ["update"], { env }); // a fresh image knows no packages yet
      return install();
    });
  } catch (error) {
    throw refused(
      `apt-get could not install ${packages.join(", ")}: ${messageOf(error).trim().split("\n").at(-1)}`,
    );
  }
}
