// A registry of npm on loopback under a name of its own, with one package that a test wrote. Its name resolves to loopback by
// the network of the scene alone.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Network } from "#runner/setup/proxy/dial.ts";

export const REGISTRY = "registry.example.org";

/** The name of the registry is found on this host; everything else is judged as it always is. */
export const REGISTRY_NETWORK: Network = {
  resolve: async (host) => (host === REGISTRY ? ["127.0.0.1"] : ["198.51.100.7"]),
  problemOf: (address) => (address === "127.0.0.1" ? null : "is none of the test's"),
};

export interface PackageRegistry {
  readonly port: number;
  readonly asked: IncomingMessage[];
  /** `package.json`, `package-lock.json` and `.npmrc` of a project that depends on the package. */
  readonly manifests: Readonly<Record<string, string>>;
}

const NAME = "tiny";
const VERSION = "1.0.0";

function pack(files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "pilothouse-package-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, "package", path)), { recursive: true });
      writeFileSync(join(folder, "package", path), text, { mode: 0o755 });
    }
    execFileSync("tar", ["-czf", "packed.tgz", "package"], { cwd: folder });
    return readFileSync(join(folder, "packed.tgz"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `manifest`: of the package, besides its name and version. `base`: how the project addresses the registry. */
export async function openPackageRegistry(
  manifest: object = {},
  files: Readonly<Record<string, string>> = {},
): Promise<PackageRegistry> {
  const text = JSON.stringify({
    name: NAME,
    version: VERSION,
    type: "module",
    exports: "./index.js",
    ...manifest,
  });
  const packed = pack({ "package.json": text, "index.js": "export const two = 2;\n", ...files });
  const integrity = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    if (request.url === "/tiny/packed.tgz") return response.end(packed);
    if (request.url !== "/tiny") return response.writeHead(404).end("{}");
    const versions = { [VERSION]: { ...JSON.parse(text), dist: { tarball, integrity } } };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name: NAME, "dist-tags": { latest: VERSION }, versions }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${REGISTRY}:${port}`;
  const tarball = `${url}/tiny/packed.tgz`;
  const project = { name: "service", version: "1.0.0", dependencies: { tiny: VERSION } };
  const lock = {
    ...{ name: "service", version: "1.0.0", lockfileVersion: 3, requires: true },
    packages: {
      "": project,
      "node_modules/tiny": { version: VERSION, resolved: tarball, integrity, hasInstallScript: true },
    },
  };
  return {
    port,
    asked,
    manifests: {
      "package.json": `${JSON.stringify({ type: "module", ...project })}\n`,
      "package-lock.json": `${JSON.stringify(lock)}\n`,
      ".npmrc": `registry=${url}/\n`,
    },
  };
}
