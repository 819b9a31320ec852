// A whole export checked by the verifier, against one SHA-256 per entry over the same bytes; and what memory it takes.
import { spawn } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import pg from "pg";
import { systemClock } from "#lib/clock.ts";
import { bundleLines, type Disclosed } from "#lib/log/bundle.ts";
import { verifyBundle } from "../../verify/bundle.ts";
import { parseCheckpoint } from "../../verify/note.ts";
import { parsePolicy } from "../../verify/policy.ts";
import { interleave } from "../interleave.ts";
import { quantile } from "../stats.ts";
import { atMost, type Figure } from "./figures.ts";
import { type NotaryFolders, readPublished } from "./notary.ts";
import type { LogPlace } from "./place.ts";

const PAGE = 5000;

interface LeafRow {
  readonly hash: Buffer;
  readonly body: Buffer;
}

async function* pagesOf(client: pg.Client, size: number): AsyncGenerator<LeafRow[]> {
  for (let from = 0; from < size; from += PAGE) {
    const { rows } = await client.query<LeafRow>(
      `select l.hash, e.body from log_leaf l join log_entry e on e.id = l.entry_id
       where l.position >= $1 and l.position < $2 order by l.position`,
      [from, Math.min(size, from + PAGE)],
    );
    yield rows;
  }
}

/** Everything disclosed, nothing attached, in the product's own format. Returns what the bare hashing is done over. */
async function writeBundle(place: LogPlace, folders: NotaryFolders, file: string): Promise<number> {
  const published = await readPublished(folders);
  if (!published) throw new Error("There is no checkpoint to export.");
  const { note, size } = published;
  const { origin } = parseCheckpoint(Buffer.from(note, "utf8").toString("binary"));
  const client = new pg.Client({ connectionString: place.urls.owner });
  await client.connect();
  const hashes: Buffer[] = [];
  async function* disclosed(): AsyncGenerator<Disclosed[]> {
    let index = 0;
    for await (const rows of pagesOf(client, size)) {
      hashes.splice(0, hashes.length, ...rows.map((row) => row.hash));
      yield rows.map(({ body }) => ({ index: index++, body, attached: [] }));
    }
  }
  try {
    const header = {
      ...{ origin, epoch: 1, size, checkpoint: note },
      about: "export",
      blobs: false,
    } as const;
    const out = createWriteStream(file);
    // All leaves are shown, so the only nodes that are asked for are those of the page just read.
    for await (const line of bundleLines(header, disclosed(), () => [...hashes]))
      if (!out.write(line)) await once(out, "drain");
    out.end();
    await finished(out);
  } finally {
    await client.end();
  }
  return size;
}

/** Milliseconds of nothing but hashing, over the entries' bytes as the log has them. */
async function bareHashing(place: LogPlace, size: number): Promise<number> {
  const client = new pg.Client({ connectionString: place.urls.owner });
  await client.connect();
  let spent = 0;
  try {
    for await (const rows of pagesOf(client, size)) {
      const leaves = rows.map(({ body }) => Buffer.concat([Buffer.of(0), body]));
      const began = performance.now();
      for (const leaf of leaves) hash("sha256", leaf, "buffer");
      spent += performance.now() - began;
    }
  } finally {
    await client.end();
  }
  return spent;
}

/** Largest resident memory of a process, MB, from Linux's own count. */
async function verifierMemory(root: string, file: string, policy: string): Promise<number> {
  const child = spawn(process.execPath, [join(root, "verify/main.ts"), file, "--policy", policy], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { NODE_ENV: "production" },
  });
  let largest = 0;
  let code: number | null | undefined;
  child.once("exit", (given) => {
    code = given;
  });
  while (code === undefined) {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => ""); // it has just ended
    largest = Math.max(largest, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    await systemClock.sleep(10);
  }
  if (code !== 0) throw new Error(`The verifier refuses what was exported (exit code ${code}).`);
  return largest / 1024;
}

export async function measureVerification(
  place: LogPlace,
  folders: NotaryFolders,
  of: string,
): Promise<Figure[]> {
  const file = join(place.folder, "export.jsonl");
  const policyFile = join(place.folder, "policy");
  const size = await writeBundle(place, folders, file);
  const [vkey] = (await readFile(join(folders.log, "1/vkey"), "utf8")).split("\n");
  await writeFile(policyFile, `log ${vkey}\nquorum none\n`);
  const policy = parsePolicy(await readFile(policyFile));
  const verified = async (): Promise<number> => {
    const began = performance.now();
    const report = await verifyBundle(createReadStream(file, { highWaterMark: 1 << 18 }), policy);
    if (report.code !== 0) throw new Error(`The verifier refuses what was exported (code ${report.code}).`);
    return performance.now() - began;
  };
  const samples = await interleave(
    { ours: verified, floor: () => bareHashing(place, size) },
    { rounds: size > 2e6 ? 1 : 5, warmUp: 1 },
  );
  return [
    {
      ...{ name: `Whole verification, ${of}`, unit: "ms", goal: atMost(3, "ratio") },
      ...{ ours: quantile(samples.ours, 0.5), floor: quantile(samples.floor, 0.5) },
    },
    {
      ...{ name: `Largest memory of the verifier, ${of}`, unit: "MB", floor: null, goal: null },
      ours: await verifierMemory(place.deployment.root, file, policyFile),
    },
  ];
}
