// Witnesses over real HTTP: honest ones, and the rest.
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { createLogger } from "#lib/logger.ts";
import { type NotaryScene, notaryScene } from "#lib/testing/notary-scene.ts";
import { parseCheckpoint, type TreeHead } from "#lib/tlog/checkpoint.ts";
import { type Cosigner, newCosigner } from "#lib/tlog/cosignature.ts";
import { formatVerifier } from "#lib/tlog/keys.ts";
import { formatSignature, openNote, verifiedBy } from "#lib/tlog/note.ts";
import { isConsistent } from "#lib/tlog/proofs.ts";
import { realDisk } from "./disk.ts";
import type { Witness } from "./witness-call.ts";
import { createWitnessRounds, parseWitnesses, readWitnesses } from "./witnesses.ts";

type Answer = (body: string, response: ServerResponse) => void;

let scene: NotaryScene;
let servers: Server[];

beforeEach(async () => {
  scene = await notaryScene();
  servers = [];
  await scene.append("one", "two", "three");
  await scene.start().tick();
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await scene.end();
});

async function serveWitness(answer: Answer): Promise<string> {
  const server = createServer(async (request: IncomingMessage, response) => {
    expect([request.method, request.url]).toEqual(["POST", "/w/add-checkpoint"]);
    answer(await text(request), response);
  });
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/w/`;
}

function witnessKey(name: string): { cosigner: Cosigner; vkey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { cosigner: newCosigner(name, privateKey), vkey: formatVerifier(name, publicKey, 4) };
}

/** Remembers what it cosigned, as the protocol wants it. */
async function honest(name: string) {
  const { cosigner, vkey } = witnessKey(name);
  const known: { head: TreeHead | null; asked: number } = { head: null, asked: 0 };
  const url = await serveWitness((body, response) => {
    known.asked += 1;
    const [lines = "", ...rest] = body.split("\n\n");
    const [first = "", ...proof] = lines.split("\n");
    const note = openNote(rest.join("\n\n"));
    const head = parseCheckpoint(note.text);
    const size = known.head?.size ?? 0;
    if (first !== `old ${size}`)
      return response.writeHead(409, { "content-type": "text/x.tlog.size" }).end(`${size}\n`);
    const hashes = proof.map((line) => Buffer.from(line, "base64"));
    if (known.head && !isConsistent(size, known.head.root, head.size, head.root, hashes))
      return response.writeHead(422).end();
    known.head = head;
    const signature = cosigner.cosign(note.text, 1_700_000_000);
    return response.end(formatSignature({ name, keyId: cosigner.keyId, signature }));
  });
  return { witness: { verifier: cosigner, vkey, url } satisfies Witness, known };
}

const rounds = (timeout = 5000) =>
  createWitnessRounds({
    client: scene.client,
    disk: realDisk,
    log: scene.folders.log,
    alarms: scene.start().alarms,
    clock: systemClock,
    logger: createLogger("notary", { write: () => undefined }),
    timeout,
    epoch: () => 1,
  });

const published = async () => openNote(await readFile(join(scene.folders.log, "1/checkpoint")));

async function rowOf(name: string) {
  const { rows } = await scene.database.owner.query(
    "select epoch, size::int, cosigned, refusal, refused_at from log_witness where name = $1",
    [name],
  );
  return rows[0];
}

async function grow(...bodies: string[]): Promise<void> {
  await scene.append(...bodies);
  await scene.start().tick();
}

describe("a witness", () => {
  test("gets each checkpoint with the proof that the log only grew, and its line is published with it", async () => {
    const { witness, known } = await honest("witness.example/one");
    const round = rounds();
    expect(await round.offer(witness)).toBe(true);
    await grow("four", "five");
    expect(await round.offer(witness)).toBe(true);
    expect([known.head?.size, known.asked]).toEqual([5, 2]);
    expect(verifiedBy(await published(), [witness.verifier])).toHaveLength(1);
    const row = await rowOf("witness.example/one");
    expect(row).toMatchObject({ epoch: 1, size: 5, refusal: null });
    expect(verifiedBy(openNote(row.cosigned), [witness.verifier])).toHaveLength(1);
    const { rows } = await scene.database.owner.query("select note from log_checkpoint where size = 5");
    expect(verifiedBy(openNote(rows[0].note), [witness.verifier])).toHaveLength(1);
  });

  test("that has the newest one is asked nothing", async () => {
    const { witness, known } = await honest("witness.example/one");
    const round = rounds();
    await round.offer(witness);
    await round.offer(witness);
    expect(known.asked).toBe(1);
  });

  test("that knows an older size than we thought is offered a proof from there", async () => {
    const { witness, known } = await honest("witness.example/one");
    const round = rounds();
    await round.offer(witness);
    await grow("four", "five");
    await scene.database.owner.query("update log_witness set size = 4");
    expect(await round.offer(witness)).toBe(true);
    expect([known.head?.size, known.asked]).toEqual([5, 3]);
    expect(await scene.alarms()).toEqual([]);
  });

  test("is one of several, whose lines all stand under the checkpoint", async () => {
    const all = [await honest("witness.example/one"), await honest("witness.example/two")];
    const round = rounds();
    await Promise.all(all.map(({ witness }) => round.offer(witness)));
    const verifiers = all.map(({ witness }) => witness.verifier);
    expect(verifiedBy(await published(), verifiers)).toHaveLength(2);
    expect((await published()).signatures).toHaveLength(3);
  });

  test("that answers late adds its line to the checkpoint it saw, and takes nothing back", async () => {
    const { cosigner, vkey } = witnessKey("witness.example/late");
    const waiting = Promise.withResolvers<ServerResponse>();
    let note = "";
    const url = await serveWitness((body, response) => {
      note = body.slice(body.indexOf("\n\n") + 2);
      waiting.resolve(response);
    });
    const offering = rounds().offer({ verifier: cosigner, vkey, url });
    const response = await waiting.promise;
    await grow("four");
    const signature = cosigner.cosign(openNote(note).text, 1_700_000_000);
    response.end(formatSignature({ name: cosigner.name, keyId: cosigner.keyId, signature }));
    expect(await offering).toBe(true);
    expect(parseCheckpoint((await published()).text).size).toBe(4);
    expect((await published()).signatures).toHaveLength(1);
    expect(await rowOf("witness.example/late")).toMatchObject({ size: 3 });
  });
});

describe("probe: a witness", () => {
  async function answering(answer: Answer, timeout?: number): Promise<{ isWell: boolean; refusal: string }> {
    const { cosigner, vkey } = witnessKey("witness.example/odd");
    const url = await serveWitness(answer);
    const isWell = await rounds(timeout).offer({ verifier: cosigner, vkey, url });
    return { isWell, refusal: (await rowOf("witness.example/odd"))?.refusal };
  }

  test.each<[string, Answer, RegExp]>([
    [
      "cosigned more than we have",
      (_, answer) => answer.writeHead(409).end("17\n"),
      /cosigned 17 entries.*has 3/,
    ],
    ["cosigned another tree of this size", (_, answer) => answer.writeHead(409).end("0\n"), /another tree/],
    ["finds that our log did not only grow", (_, answer) => answer.writeHead(422).end(), /no beginning/],
  ])("that %s raises the alarm", async (_, answer, sentence) => {
    const { isWell, refusal } = await answering(answer);
    expect([isWell, await scene.alarms()]).toEqual([false, ["witness_refused"]]);
    expect(refusal).toMatch(sentence);
  });

  test.each<[string, Answer, RegExp]>([
    ["does not know this log", (_, answer) => answer.writeHead(404).end(), /status 404/],
    ["does not know our key", (_, answer) => answer.writeHead(403).end(), /status 403/],
    ["answers without signing", (_, answer) => answer.end(), /does not answer as a witness/],
    ["answers with nonsense", (_, answer) => answer.end("<html>\n"), /does not answer as a witness/],
    ["sends us elsewhere", (_, answer) => answer.writeHead(302, { location: "/" }).end(), /does not answer/],
    ["never stops answering", (_, answer) => answer.end("x".repeat(100_000)), /too long/],
    [
      "signs with another key",
      (body, answer) => {
        const { cosigner } = witnessKey("witness.example/odd");
        const signature = cosigner.cosign(openNote(body.slice(body.indexOf("\n\n") + 2)).text, 1);
        answer.end(formatSignature({ name: cosigner.name, keyId: cosigner.keyId, signature }));
      },
      /without its own cosignature/,
    ],
  ])("that %s is noted with the time since when, and changes nothing", async (_, answer, sentence) => {
    const before = await published();
    const { isWell, refusal } = await answering(answer);
    expect(isWell).toBe(false);
    expect(refusal).toMatch(sentence);
    expect(await scene.alarms()).toEqual([]);
    expect(await published()).toEqual(before);
  });

  test("that answers too slowly is left, and the time since when stays that of the first failure", async () => {
    const { refusal } = await answering(() => undefined, 50);
    expect(refusal).toMatch(/does not answer/);
    const { refused_at } = await rowOf("witness.example/odd");
    await answering((_, response) => response.writeHead(500).end());
    expect(await rowOf("witness.example/odd")).toMatchObject({
      refused_at,
      refusal: expect.stringMatching(/500/),
    });
  });

  test("that agrees again ends the alarm", async () => {
    const { witness, known } = await honest("witness.example/one");
    const round = rounds();
    const later = { origin: "x", size: 17, root: Buffer.alloc(32) };
    known.head = later;
    expect(await round.offer(witness)).toBe(false);
    expect(await scene.alarms()).toEqual(["witness_refused"]);
    known.head = null;
    expect(await round.offer(witness)).toBe(true);
    expect(await scene.alarms()).toEqual([]);
  });
});

describe("the file of witnesses", () => {
  const { vkey } = witnessKey("witness.example/one");

  test("holds a key and an address a line", async () => {
    expect(parseWitnesses(`# ours\n\n${vkey} https://witness.example/\n`)).toMatchObject([
      { vkey, url: "https://witness.example/", verifier: { name: "witness.example/one" } },
    ]);
    expect(await readWitnesses(undefined)).toEqual([]);
  });

  test.each([
    [`${vkey}`, /VKEY URL/],
    [`${vkey} file:///etc/passwd`, /VKEY URL/],
    [`${vkey} https://a https://b`, /VKEY URL/],
    ["key https://witness.example", /verifier key/i],
    [
      `${formatVerifier("log", generateKeyPairSync("ed25519").publicKey, 1)} https://witness.example`,
      /a witness has a key for cosignatures/,
    ],
  ])("probe: is refused where a line is %j", async (line, sentence) => {
    const file = join(scene.folders.own, "witnesses");
    await writeFile(file, line);
    await expect(readWitnesses(file)).rejects.toThrow(sentence);
    await expect(readWitnesses(file)).rejects.toThrow(file);
  });
});
