// Bundles the page of the three, and serves it with a patch on loopback; parts of ours are asked for as in the product.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { build } from "vite";
import { reviewFiles } from "#components/review/diff-rules.ts";
import { cutPatch } from "#lib/patches/shown-parts.ts";
import type { MadePatch } from "./patch-text.ts";

export interface DiffBench {
  readonly url: string;
  /** What is served from now on. Returns how long cutting it took, milliseconds. */
  give(patch: MadePatch): number;
  close(): Promise<void>;
}

const KINDS: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};
/** As the review page sends them. */
const FIRST_TEXTS = 48 * 1024;

interface Served {
  readonly text: string;
  readonly given: string;
  readonly whole: string;
  part(file: number, part: number): string | undefined;
}

export function prepare({ text, files }: MadePatch): Served {
  const cut = cutPatch(text).map((file) => ({
    ...file,
    parts: file.parts.map((part) => ({
      ...part,
      sha256: createHash("sha256").update(text.slice(part.start, part.end)).digest("hex"),
    })),
  }));
  const part = (file: number, index: number) => {
    const found = cut[file]?.parts[index];
    return found ? text.slice(found.start, found.end) : undefined;
  };
  const shown = reviewFiles(files, [], cut);
  const first: Record<string, string> = {};
  let left = FIRST_TEXTS;
  for (const { place, parts } of shown) {
    for (const index of parts.keys()) {
      const own = part(place, index) ?? "";
      left -= own.length;
      if (left > 0) first[`${place}:${index}`] = own;
    }
    if (left <= 0) break;
  }
  const given = JSON.stringify({
    files: shown,
    text: { url: "/part?", whole: "/whole", first, version: "1" },
  });
  const whole = cut.flatMap(({ parts }) => parts.map(({ start, end }) => text.slice(start, end))).join("");
  return { text, given, whole, part };
}

function send(response: ServerResponse, kind: string, body: string | Buffer): void {
  response.writeHead(200, { "content-type": kind, "cache-control": "no-store" }).end(body);
}

async function answer(response: ServerResponse, folder: string, served: Served, address: URL): Promise<void> {
  const { pathname, searchParams } = address;
  if (pathname === "/patch") return send(response, "text/plain; charset=utf-8", served.text);
  if (pathname === "/given.json") return send(response, "application/json", served.given);
  if (pathname === "/whole") return send(response, "text/plain; charset=utf-8", served.whole);
  if (pathname === "/part") {
    const text = served.part(Number(searchParams.get("file")), Number(searchParams.get("part")));
    if (text !== undefined) return send(response, "text/plain; charset=utf-8", text);
    response.writeHead(404).end();
    return;
  }
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  const body = await readFile(join(folder, name)).catch(() => null); // not there: 404 below
  if (body) send(response, KINDS[extname(name)] ?? "application/octet-stream", body);
  else response.writeHead(404).end();
}

export async function openDiffBench(root: string): Promise<DiffBench> {
  const folder = await mkdtemp(join(tmpdir(), "pilothouse-bench-diff-"));
  await build({
    root: join(root, "bench/diff/page"),
    configFile: false,
    logLevel: "error",
    build: { outDir: folder, emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 20_000 },
    worker: { format: "es" },
    oxc: { jsx: { runtime: "automatic" } },
  });
  let served = prepare({ text: "", files: [] });
  const server = createServer((request, response) => {
    void answer(response, folder, served, new URL(request.url ?? "/", "http://bench")).catch(() =>
      response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    give: (patch) => {
      const began = performance.now();
      served = prepare(patch);
      return performance.now() - began;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
