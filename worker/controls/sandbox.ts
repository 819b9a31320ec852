// What a program in a real sandbox of this host reaches of it, and of any network: nothing.
import { randomBytes } from "node:crypto";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { z } from "zod";
import { SECOND } from "#lib/clock.ts";
import type { Proved } from "#lib/controls/schema.ts";
import { codeOf } from "#lib/jail/cgroups/group.ts";
import type { Sandbox } from "#lib/jail/port.ts";
import { GIT_LIMITS } from "#lib/jail/rules.ts";
import { run } from "#lib/jail/run.ts";

const ANSWERED_WITHIN = 1.5 * SECOND;

/** Tries each address, a name, and says which interfaces it sees. */
const INSIDE = `
  const net = require("node:net");
  const [port, word, ...hosts] = process.argv.slice(1);
  const reach = (host) => new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port), timeout: 1500 });
    const end = (answer) => { socket.destroy(); resolve(answer); };
    socket.on("connect", () => socket.end(word, () => end(true))).on("error", () => end(false)).on("timeout", () => end(false));
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

/** Of every interface, loopback's too; a link-local one is nothing without the name of its interface. */
const addresses = (): string[] =>
  Object.entries(networkInterfaces()).flatMap(([name, each]) =>
    (each ?? []).map(({ address, family }) =>
      family === "IPv6" && /^fe[89ab]/i.test(address) ? `${address}%${name}` : address,
    ),
  );

interface Listener {
  readonly server: Server;
  readonly port: number;
  /** Whether somebody said the word: anybody in the host's network may knock meanwhile. */
  heard(): boolean;
}

async function listen(word: string): Promise<Listener> {
  let isHeard = false;
  const server = createServer((socket) => {
    socket.setTimeout(ANSWERED_WITHIN, () => socket.destroy());
    socket.on("error", () => undefined); // whoever knocked went away
    socket.once("data", (bytes) => {
      isHeard ||= bytes.toString("utf8") === word;
      socket.destroy();
    });
  });
  const open = (host: string) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(0, host, () => {
        server.off("error", reject);
        resolve();
      });
    });
  // All addresses of both families; a host without the newer one has those of the older.
  await open("::").catch((error: unknown) => {
    if (!["EAFNOSUPPORT", "EADDRNOTAVAIL"].includes(codeOf(error) ?? "")) throw error;
    return open("0.0.0.0");
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The listener has no port.");
  return { server, port: address.port, heard: () => isHeard };
}

/** From outside it can be reached: else that nothing reached it from inside would say nothing. */
const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ANSWERED_WITHIN });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .on("connect", () => end(true))
      .on("error", () => end(false))
      .on("timeout", () => end(false));
  });

export async function tryEgress(sandbox: Sandbox): Promise<Proved> {
  const word = randomBytes(16).toString("hex");
  const { server, port, heard } = await listen(word);
  try {
    const all = addresses();
    const there = await Promise.all(all.map((host) => answers(host, port)));
    const hosts = all.filter((_, index) => there[index]);
    if (hosts.length === 0)
      return { result: "not_run", sentence: "The listener did not answer on this host itself." };
    const spec = {
      command: ["node", "-e", INSIDE, String(port), word, ...hosts],
      limits: { ...GIT_LIMITS, seconds: 20 },
    };
    const { exit, stdout } = await run(sandbox, spec);
    if (exit.code !== 0)
      return { result: "not_run", sentence: "The sandbox's program did not come to its end." };
    const told = Told.parse(JSON.parse(stdout.toString("utf8")));
    const faults = [
      ...(told.reached.length > 0 || heard() ? ["reached a listener of this host"] : []),
      ...(told.resolved ? ["looked a name up"] : []),
      ...(told.interfaces.length > 0 ? ["has a network interface"] : []),
    ];
    if (faults.length > 0) return { result: "failed", sentence: `A sandbox ${faults.join(" and ")}.` };
    return {
      result: "holds",
      sentence: `On the worker host (${sandbox.tier} tier): a listener on ${hosts.length} of ${all.length} addresses, which answered from outside, and a name were tried from inside; nothing was reached.`,
    };
  } finally {
    server.close();
  }
}
