// The way of one git, against a server that echoes, as git's curl would ask for it.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openCountedWay } from "./counted-way.ts";

let echo: Server;
let port: number;
beforeAll(async () => {
  echo = createServer((socket) => void socket.on("error", () => undefined).pipe(socket)).listen(
    0,
    "127.0.0.1",
  );
  await once(echo, "listening");
  port = (echo.address() as AddressInfo).port;
});
afterAll(() => void echo.close());

const open = async (addresses: readonly string[] = ["127.0.0.1"], to = port) => {
  const way = await openCountedWay({ host: "git.test", port: to, addresses });
  onTestFinished(() => void way.close());
  return way;
};

/** The first line of the answer, and the connection. */
async function ask(proxy: string, line: string): Promise<readonly [string, Socket]> {
  const socket = connect(Number(new URL(proxy).port), "127.0.0.1").on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  socket.write(`${line} HTTP/1.1\r\nhost: x\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  return [String(answer).split("\r\n")[0] ?? "", socket];
}

test("what goes through arrives as it is, and is counted both ways over all connections", async () => {
  const way = await open();
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 5000 }), async (bytes) => {
      const [status, socket] = await ask(way.proxy, `CONNECT git.test:${port}`);
      expect(status).toBe("HTTP/1.1 200 Connection established");
      const back: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => back.push(chunk)).end(bytes);
      await once(socket, "close");
      sent += bytes.length;
      return Buffer.concat(back).equals(bytes);
    }),
    { numRuns: 8 },
  );
  expect(await way.close()).toEqual({ host: "git.test", port, up: sent, down: sent, connections: 8 });
});

test("what is still open is cut and counted", async () => {
  const way = await open();
  const [, socket] = await ask(way.proxy, `CONNECT git.test:${port}`);
  socket.write("hello");
  await once(socket, "data");
  const gone = once(socket, "close");
  expect(await way.close()).toMatchObject({ up: 5, down: 5, connections: 1 });
  await gone;
});

test.each(["CONNECT other.test:443", "CONNECT 127.0.0.1:22", "CONNECT git.test:1", "CONNECT git.test"])(
  "probe: %s leads nowhere",
  async (line) => {
    const way = await open();
    expect((await ask(way.proxy, line))[0]).toBe("HTTP/1.1 403 Forbidden");
    expect(await way.close()).toMatchObject({ up: 0, down: 0, connections: 0 });
  },
);

test("probe: a request in the clear is not passed on", async () => {
  const way = await open();
  expect((await ask(way.proxy, `GET http://127.0.0.1:${port}/`))[0]).toContain("405");
});

test("the next address is tried, and where none answers that is said", async () => {
  const unused = createServer().listen(0, "127.0.0.1");
  await once(unused, "listening");
  const closed = (unused.address() as AddressInfo).port;
  await new Promise((resolve) => unused.close(resolve));
  const second = await open(["127.0.0.2", "127.0.0.1"]);
  expect((await ask(second.proxy, `CONNECT git.test:${port}`))[0]).toContain("200");
  expect(second.problem()).toBeNull();
  const none = await open(["127.0.0.1"], closed);
  expect((await ask(none.proxy, `CONNECT git.test:${closed}`))[0]).toContain("502");
  expect(none.problem()).toMatch(/git\.test port \d+ could not be connected to: .*ECONNREFUSED/);
});
