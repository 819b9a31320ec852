// Sandboxes need user namespaces; some hosts forbid them to ordinary users.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { messageOf } from "#lib/errors.ts";
import type { Identity } from "#lib/postgres/initialise.ts";
import { type Finding, failed, fine } from "./finding.ts";

const run = promisify(execFile);

export interface NamespaceFacts {
  /** What bubblewrap said. */
  readonly message: string;
  /** Content of the kernel's switches; null where the kernel has no such switch. */
  readonly appArmorRestricts: string | null;
  readonly unprivilegedClone: string | null;
  readonly maximum: string | null;
  readonly inContainer: boolean;
}

/** One sentence with the exact remedy. */
export function explainRefusal(facts: NamespaceFacts): string {
  const because = (what: string, remedy: string) =>
    `${what}, and no run is started without a sandbox: ${remedy}`;
  if (facts.inContainer) {
    return because(
      "This container forbids user namespaces",
      "start it with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined`, or use a virtual machine.",
    );
  }
  if (facts.appArmorRestricts === "1") {
    return because(
      "AppArmor forbids user namespaces to ordinary programs (the default of Ubuntu 24.04)",
      "run `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, and keep it with " +
        "`echo kernel.apparmor_restrict_unprivileged_userns=0 | sudo tee /etc/sysctl.d/60-pilothouse.conf`.",
    );
  }
  if (facts.unprivilegedClone === "0") {
    return because(
      "The kernel forbids user namespaces",
      "run `sudo sysctl -w kernel.unprivileged_userns_clone=1`.",
    );
  }
  if (facts.maximum === "0") {
    return because(
      "The kernel allows no user namespace",
      "run `sudo sysctl -w user.max_user_namespaces=15000`.",
    );
  }
  return because("bubblewrap cannot make a sandbox here", `it says "${facts.message}".`);
}

async function readSwitch(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return null; // this kernel has no such switch
  }
}

/** Starts one empty sandbox as `who`, the way runs are. */
export async function checkNamespaces(who: Identity | null): Promise<Finding> {
  const name = "Sandbox";
  const env = { NODE_ENV: "production", PATH: process.env.PATH } as const;
  try {
    await run("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"], { ...who, cwd: "/", env });
    return fine(name, "bubblewrap starts sandboxes here.");
  } catch (error) {
    const facts: NamespaceFacts = {
      message: messageOf(error).trim().split("\n").at(-1) ?? "",
      appArmorRestricts: await readSwitch("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
      unprivilegedClone: await readSwitch("/proc/sys/kernel/unprivileged_userns_clone"),
      maximum: await readSwitch("/proc/sys/user/max_user_namespaces"),
      inContainer: existsSync("/.dockerenv") || existsSync("/run/.containerenv"),
    };
    return failed(name, explainRefusal(facts));
  }
}
