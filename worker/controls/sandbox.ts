// What a program in a real sandbox of this host reaches of it, and of any network: nothing.
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { z } from "zod";
import type { Proved } from "#lib/controls/schema.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { GIT_LIMITS } from "#lib/jail/rules.ts";
import { run } from "#lib/jail/run.ts";

/** Tries each address, a name, and says which interfaces it sees. */
const INSIDE = `
  const net = require("node:net");
  const [port, ...hosts] = process.argv.slice(1);
  const reach = (host) => new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port), timeout: 1500 });
    const end = (answer) => { socket.destroy(); resolve(answer); };
    socket.on("connect", () => end(true)).on("error", () => end(false)).on("timeout", () => end(false));
  });
  const name = require("node:dns").promises.resolve4("example.com").then(() => true, () => false);
  const soon = new Promise((resolve) => setTimeout(() => resolve(false), 4000).unref());
  Promise.all([Promise.all(hosts.map(reach)), Promise.race([name, soon])]).then(([reached, resolved]) => {
    const interfaces = require("node:fs").readFileSync("/proc/net/dev", "utf8").split("\\n").slice(2)
      .map((line) => line.split(":")[0].trim()).filter((each) => each !== "" && each !== "lo");
    console.log(JSON.stringify({ reached: hosts.filter((_, index) => reached[index]), resolved, interfaces }));
    process.exit(0);
  });`;

const Told = z.object({
  reached: z.array(z.string()),
  resolved: z.boolean(),
  interfaces: z.array(z.string()),
});

const addresses = (): string[] => [
  "127.0.0.1",
  ...Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4")
      .map(({ address }) => address),
  ),
];

async function listen(): Promise<{ server: Server; port: number; seen: () => number }> {
  let seen = 0;
  const server = createServer((socket) => {
    seen += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The listener has no port.");
  return { server, port: address.port, seen: () => seen };
}

/** From outside it can be reached: else that nothing reached it would say nothing. */
async function isThere(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}

export async function tryEgress(sandbox: Sandbox): Promise<Proved> {
  const { server, port, seen } = await listen();
  try {
    await isThere(port);
    const hosts = addresses();
    const spec = {
      command: ["node", "-e", INSIDE, String(port), ...hosts],
      limits: { ...GIT_LIMITS, seconds: 20 },
    };
    const before = seen();
    const { exit, stdout } = await run(sandbox, spec);
    if (exit.code !== 0)
      return { result: "not_run", sentence: "The sandbox's program did not come to its end." };
    const told = Told.parse(JSON.parse(stdout.toString("utf8")));
    const faults = [
      ...(told.reached.length > 0 || seen() > before ? ["reached a listener of this host"] : []),
      ...(told.resolved ? ["looked a name up"] : []),
      ...(told.interfaces.length > 0 ? ["has a network interface"] : []),
    ];
    if (faults.length > 0) return { result: "failed", sentence: `A sandbox ${faults.join(" and ")}.` };
    const tried = hosts.length === 1 ? "1 address" : `${hosts.length} addresses`;
    return {
      result: "holds",
      sentence: `On the worker host (${sandbox.tier} tier): ${tried} of this host and a name were tried from inside; nothing was reached.`,
    };
  } finally {
    server.close();
  }
}
