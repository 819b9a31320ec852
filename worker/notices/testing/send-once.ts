// A worker of its own for the test that kills one: sends what waits, once.
import { createPrivateKey } from "node:crypto";
import { makeScope } from "#lib/scope.ts";
import { sendNotices } from "../send-notices.ts";

const now = Number(process.env.NOTICE_NOW);
const clock = { now: () => now, sleep: async () => undefined };
const scope = makeScope({
  actor: { kind: "system", name: "worker" },
  grants: [],
  requestId: "req_test",
  clock,
});
await sendNotices(scope, {
  privateKey: createPrivateKey(process.env.NOTICE_KEY ?? ""),
  baseUrl: "https://pilothouse.example",
  limits: { allowedHosts: ["127.0.0.1"], timeout: 60_000 },
  logger: { warn: () => undefined },
});
