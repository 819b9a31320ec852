// A registry of npm on loopback with one package in it: a small shell script that stands where an agent program would.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ProgramPin } from "#lib/agent-programs/pins.ts";

const BINARY = "vendor/bin/standin";

export interface TestRegistry {
  readonly url: string;
  /** The package as it is offered, for this processor. */
  readonly pin: ProgramPin;
  /** Paths asked for. */
  readonly asked: string[];
  /** Offers other files under the same name and version from now on. */
  replace(script: string): Promise<void>;
  close(): Promise<void>;
}

/** Answers as Codex does where it is added; anything else it is asked makes it fail. */
export const standIn = (version: string): string => `#!/bin/sh
case "$*" in
  --version) echo "standin ${version}" ;;
  "debug models --bundled") echo '{"models":[{"slug":"one"}]}' ;;
  *) exit 9 ;;
esac
`;

async function pack(script: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-registry-"));
  try {
    const binary = join(folder, "package", BINARY);
    await mkdir(dirname(binary), { recursive: true });
    await writeFile(binary, script);
    await chmod(binary, 0o755);
    const manifest = { name: "standin", version: "1.2.3-linux" };
    await writeFile(join(folder, "package/package.json"), JSON.stringify(manifest));
    execFileSync("tar", ["-czf", "packed.tgz", "package"], { cwd: folder });
    return await readFile(join(folder, "packed.tgz"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const digestOf = (bytes: Buffer): string => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

export async function openRegistry(): Promise<TestRegistry> {
  let packed = await pack(standIn("1.2.3"));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    if (path === "/standin/packed.tgz") return response.end(packed);
    if (path !== "/standin") return response.writeHead(404).end("{}");
    const dist = { tarball: `${url}/standin/packed.tgz`, integrity: digestOf(packed) };
    const version = { name: "standin", version: "1.2.3-linux", dist };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name: "standin", versions: { "1.2.3-linux": version } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const standin = {
    name: "standin",
    version: "1.2.3-linux",
    integrity: digestOf(packed),
    binary: BINARY,
  };
  return {
    url,
    asked,
    pin: {
      program: "standin",
      version: "1.2.3",
      licence: "MIT",
      home: "https://standin.example",
      says: "1.2.3",
      catalog: ["debug", "models", "--bundled"],
      library: null,
      packages: { [process.arch]: standin },
    },
    async replace(script) {
      packed = await pack(script);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
