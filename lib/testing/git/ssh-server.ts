// A real sshd for tests, on loopback and with keys made for the occasion: one for each connection, as inetd starts it, so that
// no port has to be guessed. It lets this very user in, whoever that is.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { findProgram } from "#cli/checks/tools.ts";
import { isRoot } from "#cli/identities.ts";

export interface SshServer {
  readonly port: number;
  /** Who is let in. */
  readonly user: string;
  /** What it shows from now on. */
  shows(hostKey: HostKey): void;
  /** `type base64` of the keys that are let in. */
  letIn(...publicKeys: readonly string[]): void;
  /** What its sshds said. */
  readonly said: string[];
  close(): Promise<void>;
}

export interface HostKey {
  readonly file: string;
  /** `type base64`. */
  readonly line: string;
}

export function makeHostKey(folder: string, name: string, type = "ed25519"): HostKey {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "", "-f", file], { stdio: "pipe" });
  return { file, line: readFileSync(`${file}.pub`, "utf8").trim().split(" ").slice(0, 2).join(" ") };
}

/** Where packages put it, which is in no ordinary user's PATH. */
const PLACES = `${process.env.PATH ?? ""}:/usr/sbin:/sbin:/usr/local/sbin`;

/** `folder`: scratch; made. */
export async function startSshServer(folder: string, first: HostKey): Promise<SshServer> {
  const program = findProgram("sshd", PLACES);
  if (program === null) throw new Error("There is no sshd here: install openssh-server.");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [config, authorized] = [join(folder, "sshd_config"), join(folder, "authorized_keys")];
  const said: string[] = [];
  if (isRoot()) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const shows = ({ file }: HostKey): void => {
    const lines = [
      ...[`HostKey ${file}`, `AuthorizedKeysFile ${authorized}`, "PidFile none", "StrictModes no"],
      ...["UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no"],
      ...["PermitRootLogin prohibit-password", "AuthenticationMethods publickey", "PrintMotd no"],
    ];
    writeFileSync(config, `${lines.join("\n")}\n`);
  };
  const letIn = (...keys: readonly string[]): void => {
    writeFileSync(authorized, keys.map((key) => `restrict ${key}\n`).join(""));
    chmodSync(authorized, 0o600);
  };
  shows(first);
  letIn();
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    const child = spawn(program, ["-i", "-e", "-f", config], { stdio: "pipe" });
    child.stderr.on("data", (chunk: Buffer) => void said.push(chunk.toString()));
    for (const stream of [socket, child.stdin, child.stdout]) stream.on("error", () => undefined); // told as a close
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
    socket.once("close", () => {
      open.delete(socket);
      child.kill("SIGKILL");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...{ port: (server.address() as AddressInfo).port, user: userInfo().username, said, shows, letIn },
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
