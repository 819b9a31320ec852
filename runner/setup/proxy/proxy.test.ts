// The proxy on sockets of this process: what it lets through, what it tells, and what setup may try with it.
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import http from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import tls from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeCertificate } from "#lib/testing/git/https-server.ts";
import { ofKind } from "#lib/testing/recipe-scene.ts";
import { helloTo, recordOf } from "#lib/testing/setup/client-hello.ts";
import { listening, openProxy } from "#lib/testing/setup/proxy-scene.ts";

const HOST = "registry.example.org";
const connectTo = (authority: string) => `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
/** TLS begins so; it goes to the host and back as text. */
const HELLO = helloTo(HOST).toString("latin1");
const PING = recordOf(23, Buffer.from("ping")).toString("latin1");
const get = (url: string, more = "") => `GET ${url} HTTP/1.1\r\nHost: x\r\n${more}Connection: close\r\n\r\n`;

/** Answers each connection with what it was sent. */
const echo = () => listening(createServer((socket) => socket.on("error", () => undefined).pipe(socket)));

async function web(answer: http.RequestListener = (_request, response) => response.end("hello")) {
  const seen: http.IncomingMessage[] = [];
  const port = await listening(
    http.createServer((request, response) => {
      seen.push(request);
      answer(request, response);
    }),
  );
  return { port, seen };
}

const sums = (scene: { events: Parameters<typeof ofKind>[0] }) => {
  const rows = ofKind(scene.events, "egress");
  const total = (of: "up" | "down" | "times") => rows.reduce((sum, row) => sum + row[of], 0);
  return { up: total("up"), down: total("down"), times: total("times") };
};

describe("a listed host", () => {
  test("is reached through a tunnel, and what went each way is told", async () => {
    const port = await echo();
    const scene = await openProxy({ hosts: [`${HOST}:${port}`] });
    const said = `${connectTo(`${HOST}:${port}`)}${HELLO}${PING}`;
    expect(await scene.say(said, (got) => got.endsWith("ping"))).toMatch(/^HTTP\/1.1 200 .*ping$/s);
    await scene.proxy.close();
    expect(ofKind(scene.events, "egress")[0]).toEqual({
      ...{ host: HOST, port, verdict: "allowed", rule: `${HOST}:${port}`, up: 0, down: 0, times: 1 },
    });
    expect(sums(scene)).toEqual({
      up: HELLO.length + PING.length,
      down: HELLO.length + PING.length,
      times: 1,
    });
  });

  test.each(["X25519", "P-384"])(
    "is spoken to in TLS by what is there, with %s, also where a second hello is asked for",
    async (curve) => {
      const { key, cert } = makeCertificate(mkdtempSync(join(realpathSync(tmpdir()), "proxy-tls-")));
      const options = { key: readFileSync(key), cert: readFileSync(cert), ecdhCurve: curve };
      onTestFinished(() => rmSync(dirname(key), { recursive: true }));
      const port = await listening(
        tls.createServer(options, (socket) => void socket.on("error", () => undefined).end("hello")),
      );
      const scene = await openProxy({ hosts: [`git.test:${port}`] });
      const socket = await scene.open();
      socket.write(connectTo(`git.test:${port}`));
      await once(socket, "data");
      const secured = tls.connect({
        socket,
        servername: "git.test",
        ca: options.cert,
        ecdhCurve: "X25519:P-384",
      });
      expect(await text(secured)).toBe("hello");
    },
  );

  test("is reached in the clear for reading, without credentials and as one request", async () => {
    const { port, seen } = await web();
    const scene = await openProxy({ hosts: [`${HOST}:${port}`] });
    const more = "Authorization: Basic c2VjcmV0\r\nProxy-Authorization: x\r\nAccept: */*\r\n";
    expect(await scene.say(get(`http://${HOST}:${port}/a/b?c=1`, more))).toMatch(/200 OK.*hello$/s);
    expect(seen[0]?.url).toBe("/a/b?c=1");
    expect(seen[0]?.headers).toMatchObject({ host: `${HOST}:${port}`, accept: "*/*" });
    expect(Object.keys(seen[0]?.headers ?? {})).not.toContain("authorization");
    await scene.proxy.close();
    expect(sums(scene).down).toBeGreaterThan(5);
  });

  test("that sends elsewhere only answers: who follows asks again and is judged again", async () => {
    const { port, seen } = await web((_request, response) =>
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end(),
    );
    const scene = await openProxy({ hosts: [`${HOST}:${port}`] });
    expect(await scene.say(get(`http://${HOST}:${port}/`))).toContain("302 Found");
    expect(await scene.say(get("http://169.254.169.254/latest/meta-data"))).toContain("403 Forbidden");
    expect(seen).toHaveLength(1);
    expect(ofKind(scene.events, "egress").at(-1)).toMatchObject({
      host: "169.254.169.254",
      verdict: "denied",
    });
  });

  test("that cannot be reached is said, and told as kept back", async () => {
    const port = await echo();
    const network = { resolve: async () => [], problemOf: () => null };
    const scene = await openProxy({ hosts: [`${HOST}:${port}`], network });
    expect(await scene.say(connectTo(`${HOST}:${port}`))).toContain("has no address");
  });
});

describe("probe: what is not listed is not reached, however it is written", () => {
  test.each([
    ["another host", connectTo("evil.example:443")],
    ["another port", connectTo(`${HOST}:22`)],
    ["the name within a longer one", connectTo(`${HOST}.evil.example:443`)],
    ["an address", connectTo("198.51.100.7:443")],
    ["an address in octal", connectTo("0177.0.0.1:443")],
    ["an address in one number", connectTo("2130706433:443")],
    ["an address in hex", connectTo("0x7f.1:443")],
    ["an IPv6 address", connectTo("[::1]:443")],
    ["a user before the host", connectTo(`${HOST}@evil.example:443`)],
    ["no port", connectTo(HOST)],
    ["port 0", connectTo(`${HOST}:0`)],
    ["a path of the proxy's own", get("/etc/passwd")],
    ["https without a tunnel", get(`https://${HOST}/`)],
    ["another scheme", get(`file://${HOST}/etc/passwd`)],
    ["a user in the clear", get(`http://a:b@${HOST}/`)],
    [
      "a way of writing in the clear",
      `POST http://${HOST}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`,
    ],
    ["the host of the header alone", `GET http://evil.example/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
  ])("%s", async (_how, said) => {
    const asked: string[] = [];
    const network = {
      resolve: async (host: string) => [asked.push(host) ? "127.0.0.1" : ""],
      problemOf: () => null,
    };
    const scene = await openProxy({ hosts: [HOST, `${HOST}:80`], network });
    expect(await scene.say(said, (got) => got.includes("\r\n\r\n"))).toMatch(/^HTTP\/1.1 403 /);
    // Nor is its name looked up: a question to a name server is a message too.
    expect(asked).toEqual([]);
    expect(ofKind(scene.events, "egress")).toMatchObject([{ verdict: "denied", times: 1 }]);
  });

  test("a request that can be read in two ways is cut", async () => {
    const { port, seen } = await web();
    const scene = await openProxy({ hosts: [`${HOST}:${port}`] });
    const smuggled = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n";
    await scene.say(get(`http://${HOST}:${port}/`, smuggled));
    expect(seen).toEqual([]);
  });
});

describe("probe: a tunnel to a listed host", () => {
  async function begun(first: Buffer) {
    const got: Buffer[] = [];
    const port = await listening(
      createServer((socket) => void socket.on("data", (piece) => got.push(piece as Buffer))),
    );
    const scene = await openProxy({ hosts: [`${HOST}:${port}`] });
    const socket = await scene.open();
    const answer: Buffer[] = [];
    socket.on("data", (piece: Buffer) => answer.push(piece));
    const closed = once(socket, "close");
    socket.write(connectTo(`${HOST}:${port}`));
    await once(socket, "data");
    socket.write(first);
    await closed;
    return { port, events: scene.events, got: Buffer.concat(got), answer: Buffer.concat(answer) };
  }

  test("whose TLS is for another one carries nothing; the other one is told, and an alert says why", async () => {
    const { port, events, got, answer } = await begun(helloTo("evil.example"));
    expect(got).toHaveLength(0);
    expect([...answer.subarray(-7)]).toEqual([21, 3, 3, 0, 2, 2, 112]);
    expect(ofKind(events, "egress").at(-1)).toMatchObject({
      ...{ host: "evil.example", port, verdict: "denied", times: 1 },
      rule: `The TLS in a tunnel to ${HOST} is for this host instead.`,
    });
  });

  test("that is not TLS carries nothing, and that is told of the host", async () => {
    const { port, events, got } = await begun(Buffer.from("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
    expect(got).toHaveLength(0);
    expect(ofKind(events, "egress").at(-1)).toMatchObject({
      ...{ host: HOST, port, verdict: "denied", rule: "What begins in the tunnel is not TLS." },
    });
  });
});

describe("probe: a listed name that leads inside", () => {
  test.each([
    "127.0.0.1",
    "10.0.0.8",
    "169.254.169.254",
    "::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "224.0.0.1",
    "168.63.129.16",
  ])("%s is not connected to", async (address) => {
    const port = await echo();
    const scene = await openProxy({
      hosts: [`${HOST}:${port}`],
      network: { resolve: async () => [address] },
    });
    expect(await scene.say(connectTo(`${HOST}:${port}`))).toMatch(/^HTTP\/1.1 403 .*An address of/s);
    expect(ofKind(scene.events, "egress")).toMatchObject([{ host: HOST, verdict: "denied" }]);
  });

  test("with one of several addresses is not reached by the others either", async () => {
    const network = { resolve: async () => ["93.184.216.34", "192.168.0.1"] };
    const scene = await openProxy({ hosts: [HOST], network });
    expect(await scene.say(connectTo(`${HOST}:443`))).toContain("private network");
  });

  test("by a second answer gets nothing: it is looked up once, and what was judged is connected to", async () => {
    const port = await echo();
    let answers = 0;
    const network = {
      resolve: async () => [answers++ === 0 ? "127.0.0.1" : "169.254.169.254"],
      problemOf: (address: string) => (address === "127.0.0.1" ? null : "is link-local"),
    };
    const scene = await openProxy({ hosts: [`${HOST}:${port}`], network });
    const said = `${connectTo(`${HOST}:${port}`)}${HELLO}${PING}`;
    expect(await scene.say(said, (got) => got.endsWith("ping"))).toContain("ping");
    expect(answers).toBe(1);
    expect(await scene.say(said)).toContain("link-local");
  });
});

describe("probe: setup that wants too much", () => {
  test("sends no more than its share: then everything is cut, and told", async () => {
    const port = await echo();
    const scene = await openProxy({ hosts: [`${HOST}:${port}`], caps: { up: 1000 } });
    await scene.say(`${connectTo(`${HOST}:${port}`)}${"x".repeat(5000)}`);
    expect(await scene.say(connectTo(`${HOST}:${port}`))).toContain("403");
    expect(ofKind(scene.events, "egress").map(({ rule }) => rule)).toContain(
      "Setup sent more than 1000 bytes.",
    );
  });

  test("is sent no more than its share", async () => {
    const { port } = await web((_request, response) => response.end("y".repeat(100_000)));
    const scene = await openProxy({ hosts: [`${HOST}:${port}`], caps: { down: 5000 } });
    const got = await scene.say(get(`http://${HOST}:${port}/`));
    expect(got.length).toBeLessThan(100_000);
    expect(ofKind(scene.events, "egress").map(({ rule }) => rule)).toContain(
      "Setup was sent more than 5000 bytes.",
    );
  });

  test("opens no more connections than its share", async () => {
    const { port } = await web();
    const scene = await openProxy({ hosts: [`${HOST}:${port}`], caps: { total: 2 } });
    const answers = [];
    for (let count = 0; count < 3; count++) answers.push(await scene.say(get(`http://${HOST}:${port}/`)));
    expect(answers.map((answer) => answer.split("\r\n")[0])).toEqual([
      "HTTP/1.1 200 OK",
      "HTTP/1.1 200 OK",
      "HTTP/1.1 403 Forbidden",
    ]);
  });

  test("asks for one thing after the other on a connection: where many are asked for at once it is cut", async () => {
    const { port, seen } = await web(() => undefined);
    const scene = await openProxy({ hosts: [`${HOST}:${port}`] });
    await scene.say(`GET http://${HOST}:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(200));
    expect(seen.length).toBeLessThanOrEqual(4);
    expect(sums(scene).times).toBeLessThanOrEqual(4);
  });

  test("fills no log: a thousand hosts are a hundred events and one, and their number is right", async () => {
    const scene = await openProxy({ hosts: [HOST] });
    for (let count = 0; count < 300; count++) await scene.say(connectTo(`h${count}.example:443`));
    await scene.proxy.close();
    const rows = ofKind(scene.events, "egress");
    expect(rows.length).toBeLessThanOrEqual(102);
    expect(sums(scene).times).toBe(300);
    expect(rows.at(-1)).toMatchObject({ host: "more hosts", verdict: "denied", times: 199 });
  });
});

test("when setup is over every connection is cut", async () => {
  const port = await echo();
  const scene = await openProxy({ hosts: [`${HOST}:${port}`] });
  const socket = await scene.open();
  socket.write(connectTo(`${HOST}:${port}`));
  await once(socket, "data");
  const closed = once(socket, "close");
  scene.end.abort(new Error("over"));
  await closed;
});
