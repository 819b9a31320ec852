// Registries with credentials: what the file of the host may say, and that what it says never reaches setup.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { makeCertificate } from "#lib/testing/git/https-server.ts";
import { testWorkshop } from "#lib/testing/git/workshop.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { openPackageRegistry, REGISTRY, REGISTRY_NETWORK } from "#lib/testing/setup/package-registry.ts";
import { listening, openProxy } from "#lib/testing/setup/proxy-scene.ts";
import { openSetupScene } from "#lib/testing/setup/setup-scene.ts";
import { type Registry, readRegistries, registryEnvironment, registryOf } from "./registries.ts";

const workshop = await testWorkshop();
const TOKEN = "Bearer of-the-host-0123456789";
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pilothouse-registries-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const registry = (changes: Partial<Registry> = {}): Registry => ({
  ...{ for: "npm", scopes: [], authorization: TOKEN, isPrivate: false, ca: null },
  url: new URL("https://npm.example.org/repository/npm/"),
  ...changes,
});

function write(text: string, mode = 0o600): void {
  const path = join(folder, "registries.json");
  writeFileSync(path, text);
  chmodSync(path, mode);
}
const entry = (changes: object = {}): object => ({
  for: "npm",
  url: "https://npm.example.org/",
  authorization: TOKEN,
  ...changes,
});

describe("the file of the host", () => {
  test("may be missing, and names registries otherwise", async () => {
    expect(await readRegistries(folder)).toEqual([]);
    write(JSON.stringify({ registries: [entry({ scopes: ["@corp"], isPrivate: true })] }));
    expect(await readRegistries(folder)).toMatchObject([
      {
        for: "npm",
        scopes: ["@corp"],
        url: new URL("https://npm.example.org/"),
        authorization: TOKEN,
        isPrivate: true,
      },
    ]);
  });

  test.each([
    ["others may read", 0o644, JSON.stringify({ registries: [] })],
    ["is no JSON", 0o600, `{"authorization": "${TOKEN}"`],
    [
      "sends the credential in the clear",
      0o600,
      JSON.stringify({ registries: [entry({ url: "http://npm.example.org/" })] }),
    ],
    [
      "holds a user in the address",
      0o600,
      JSON.stringify({ registries: [entry({ url: "https://a:b@npm.example.org/" })] }),
    ],
    [
      "does not end in a slash",
      0o600,
      JSON.stringify({ registries: [entry({ url: "https://npm.example.org/npm" })] }),
    ],
    [
      "splits a header",
      0o600,
      JSON.stringify({ registries: [entry({ authorization: `${TOKEN}\r\nx: y` })] }),
    ],
    [
      "leads two registries to one path",
      0o600,
      JSON.stringify({
        registries: [entry(), entry({ for: "pypi", url: "https://pypi.example.org/simple/" })],
      }),
    ],
    ["says more than it may", 0o600, JSON.stringify({ registries: [entry({ token: "x" })] })],
  ])("probe: one that %s is refused without saying the credential", async (_how, mode, text) => {
    write(text, mode);
    const error = await readRegistries(folder).catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: "refused" });
    expect(String(error)).not.toContain("0123456789");
  });
});

test("tools are pointed to the proxy, at the registry's own path", () => {
  const all = [
    registry(),
    registry({ scopes: ["@corp"], url: new URL("https://x.example/corp/") }),
    registry({ for: "pypi", url: new URL("https://x.example/simple/") }),
  ];
  expect(registryEnvironment(all, "http://127.0.0.1:4902")).toEqual({
    npm_config_replace_registry_host: "always",
    npm_config_registry: "http://127.0.0.1:4902/repository/npm/",
    "npm_config_@corp:registry": "http://127.0.0.1:4902/corp/",
    PIP_INDEX_URL: "http://127.0.0.1:4902/simple/",
  });
});

test.each([
  "/repository/npm/../secret/x",
  "/repository/npm/%2e%2e/x",
  "/repository/npm/..%2fx/../y",
  "/repository/npm//x",
  "/repository/npm/..;/secret/x",
  "/repository/npm/..;a=b/secret/x",
  "/repository/npm/..%3b/secret/x",
  "/repository/npm/%2f..%2f..%2fsecret",
  "/repository/npm/%252e%252e/secret",
  "/repository/npm/a\\..\\b",
  "/repository/npm/.",
  "/repository/np",
  "/",
  "http://npm.example.org/repository/npm/x",
])("probe: with the credential nobody asks for %s", (path) => {
  expect(registryOf([registry()], path)).toBeNull();
});

test("a scoped name and a query are asked for as they stand", () => {
  for (const path of ["/repository/npm/@corp%2fname", "/repository/npm/-/x?a=../b", "/repository/npm/a..b"])
    expect(registryOf([registry()], path)).not.toBeNull();
});

test("the credential is put on outside, over TLS whose certificate is checked, for the registry alone", async () => {
  const { key, cert } = makeCertificate(folder);
  const seen: string[] = [];
  const server = https.createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => {
      seen.push(`${request.method} ${request.headers.host} ${request.url} ${request.headers.authorization}`);
      response.end("packages");
    },
  );
  const port = await listening(server);
  const url = new URL(`https://git.test:${port}/repository/npm/`);
  const ask = async (ca: string | null, path: string) => {
    const { say } = await openProxy({ hosts: [`git.test:${port}`], registries: [registry({ url, ca })] });
    return say(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:4902\r\nAuthorization: Bearer of-setup\r\nConnection: close\r\n\r\n`,
    );
  };
  const ca = readFileSync(cert, "utf8");
  expect(await ask(ca, "/repository/npm/@corp%2fx?y=1")).toMatch(/200 OK.*packages$/s);
  expect(seen).toEqual([`GET git.test:${port} /repository/npm/@corp%2fx?y=1 ${TOKEN}`]);
  expect(await ask(null, "/repository/npm/x")).toContain("502 Bad Gateway");
  expect(await ask(ca, "/other")).toContain("403 Forbidden");
  expect(seen).toHaveLength(1);
});

test("probe: a registry of the host that the charter does not list is not asked, and one in a private network only where the file says so", async () => {
  const network = { resolve: async () => ["10.1.2.3"] };
  const say = async (hosts: string[], isPrivate: boolean) => {
    const url = new URL("https://npm.example.org:1/");
    const scene = await openProxy({ hosts, network, registries: [registry({ url, isPrivate })] });
    scene.end.signal.throwIfAborted();
    return scene.say("GET /tiny HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", (got) =>
      got.includes("\r\n\r\n"),
    );
  };
  expect(await say([], true)).toContain("The charter does not list it");
  expect(await say(["npm.example.org:1"], false)).toContain("private network");
});

test("npm ci installs from a registry that wants a credential, which is nowhere inside", async () => {
  const packages = await openPackageRegistry();
  const { ".npmrc": _, ...manifests } = packages.manifests;
  const scene = openSetupScene(workshop, manifests);
  const url = new URL(`http://${REGISTRY}:${packages.port}/`);
  const look =
    "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; cat ~/.npmrc";
  await scene.prepare(
    {
      argv: ["sh", "-c", `npm ci --no-progress && { ${look}; true; }`],
      hosts: [`${REGISTRY}:${packages.port}`],
    },
    { network: REGISTRY_NETWORK, registries: [registry({ url })] },
  );
  expect(packages.asked.map(({ url: path, headers }) => [path, headers.authorization])).toEqual([
    ["/tiny/packed.tgz", TOKEN],
  ]);
  const said = JSON.stringify(scene.events);
  expect(said).toContain("npm_config_registry=http://127.0.0.1:4902/");
  expect(said).not.toContain("0123456789");
  expect(ofKind(scene.events, "egress")).toMatchObject([{ host: REGISTRY, verdict: "allowed" }, {}]);
});
