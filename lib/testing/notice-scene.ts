// What tests of notices begin with: the worker's key, a place on this host that takes webhooks, and a person who is told.
import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";
import { addChannel } from "../notices/channels.ts";
import { followNotices } from "../notices/follow-notices.ts";
import { publishNoticeKey } from "../notices/publish-key.ts";
import type { AddChannel } from "../notices/schema.ts";
import { grantRole } from "../people/service.ts";
import { actorId, type Scope } from "../scope.ts";
import { rawPublicKey } from "../sealing/hpke.ts";
import { member } from "./arrange.ts";
import { asProcess } from "./journey.ts";
import { sequenceLog } from "./notary.ts";
import { type RunScene, runScene } from "./run-scene.ts";
import { systemActor, testScope } from "./scopes.ts";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** How it answers from now on; 200 at first. */
  answer(how: number | ((response: ServerResponse) => void)): void;
}

/** A real HTTP server on 127.0.0.1, closed after the file's tests. */
export async function receiver(): Promise<Receiver> {
  const received: Received[] = [];
  let how: number | ((response: ServerResponse) => void) = 200;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString("utf8");
      received.push({ path: request.url ?? "", headers: request.headers, body });
      if (typeof how === "number") response.writeHead(how).end();
      else how(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const answer: Receiver["answer"] = (next) => {
    how = next;
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, received, answer };
}

export interface NoticeScene extends RunScene {
  readonly privateKey: ReturnType<typeof generateKeyPairSync>["privateKey"];
  readonly administrator: Scope;
  /** Rita, a reviewer who may see channels: gates of merges wait for her. */
  readonly reviewer: Scope;
  readonly workerScope: Scope;
  asWorker<T>(work: (scope: Scope) => Promise<T>): Promise<T>;
  /** Numbered by the notary, followed by the worker, put into deliveries. */
  followed(): Promise<void>;
  channel(input: AddChannel): Promise<string>;
}

/** Hosts that tests may send to: this one. */
export const HERE = ["127.0.0.1", "localhost"];

export async function noticeScene(): Promise<NoticeScene> {
  process.env.PILOTHOUSE_NOTICE_HOSTS = HERE.join(",");
  const scene = await runScene();
  const { database, clock, seed } = scene;
  const { privateKey } = generateKeyPairSync("x25519");
  const workerScope = testScope({ actor: systemActor("worker"), clock });
  const asWorker = <T>(work: (scope: Scope) => Promise<T>) =>
    asProcess(database, "worker", () => work(workerScope));
  await asWorker((scope) => publishNoticeKey(scope, rawPublicKey(privateKey)));
  const administrator = await member(seed, "adam", "administrator");
  const { actor } = await member(seed, "rita", "reviewer");
  await grantRole(seed, { personId: actorId(actor), role: "auditor", pilotId: null });
  return {
    ...{ ...scene, privateKey, administrator, workerScope, asWorker },
    reviewer: testScope({ roles: ["reviewer", "auditor"], actor, clock }),
    async followed() {
      await sequenceLog(database);
      await asWorker(followNotices);
    },
    channel: async (input) => (await addChannel(administrator, input)).channelId,
  };
}
