// A listener handed out of a sandbox: reached from inside alone, ours alone, and gone with the sandbox.
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { specOf, testSandbox } from "#lib/testing/sandbox.ts";
import type { SandboxProcess, SandboxSpec } from "./port.ts";

const { sandbox } = await testSandbox();
const PORT = 4901;

/** Answers every connection with one line and what it was sent. */
function answer(server: Server): void {
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (data) => socket.end(`heard ${data}`));
  });
}

const say = (word: string, before = ""): string => `node -e '
  ${before}
  const socket = require("node:net").connect(${PORT}, "127.0.0.1", () => socket.write("${word}"));
  socket.on("data", (data) => console.log(String(data)));
  socket.on("error", (error) => console.log(error.code));'`;

async function start(line: string, extras: Partial<SandboxSpec> = {}): Promise<SandboxProcess> {
  const started = await sandbox.start({ ...specOf(line), listen: PORT, ...extras });
  answer(await (started.listener ?? Promise.reject(new Error("no listener"))));
  return started;
}

test("a program inside reaches us through it, with its own input, outputs and result", async () => {
  const started = await start(`${say("hello")}; cat; echo result >&3; echo complaint >&2`);
  started.stdin.end("input\n");
  expect(await text(started.stdout)).toBe("heard hello\ninput\n");
  expect(await text(started.stderr)).toBe("complaint\n");
  expect(await text(started.result)).toBe("result\n");
  expect(await started.exited).toMatchObject({ code: 0, ended: "itself" });
});

test("the command finds no channel and no helper of ours", async () => {
  const started = await start("env | grep CHANNEL; readlink /proc/self/fd/*; cat /proc/[0-9]*/comm");
  const said = (await text(started.stdout)).trim().split("\n");
  // What the test's own parent left open is covered by /dev/null; the streams are pipes and one socket for stdin.
  expect(said.filter((line) => line.startsWith("socket:"))).toHaveLength(1);
  expect(said.filter((line) => /CHANNEL|node/.test(line))).toEqual([]);
});

test("probe: the port is taken, also for who asks to share it", async () => {
  const take = (options: string) => `node -e '
    require("node:net").createServer().on("error", (error) => console.log(error.code))
      .listen({ port: ${PORT}, host: "127.0.0.1", ${options} }, () => { console.log("took it"); process.exit(); })'`;
  const started = await start(
    `${take("")}; ${take("reusePort: true")}; ${take("exclusive: true")}; ${say("still")}`,
  );
  expect(await text(started.stdout)).toBe("EADDRINUSE\nEADDRINUSE\nEADDRINUSE\nheard still\n");
});

test("probe: ending everything that can be ended inside does not take it away", async () => {
  const started = await start(`sleep 100 & exec ${say("alive", 'process.kill(-1, "SIGKILL");')}`);
  expect(await text(started.stdout)).toBe("heard alive\n");
});

test("probe: another sandbox at the same time does not reach it", async () => {
  const first = await start("echo up; read line");
  await once(first.stdout, "data");
  const second = await sandbox.start(specOf(say("theirs")));
  expect(await text(second.stdout)).toBe("ECONNREFUSED\n");
  await first.kill();
});

test("goes on while it is used, and is gone with the sandbox", async () => {
  const started = await sandbox.start({ ...specOf("echo up; read line"), listen: PORT });
  const server = await started.listener;
  if (!server) throw new Error("no listener");
  answer(server);
  const closed = once(server, "close");
  expect(server.address()).toMatchObject({ address: "127.0.0.1", port: PORT });
  await once(started.stdout, "data");
  await started.kill();
  await closed;
  expect(server.listening).toBe(false);
});

test("pausing stops the program, resuming lets it go on", async () => {
  const started = await start(`echo up; read line; ${say("later")}`);
  await once(started.stdout, "data");
  await started.pause();
  started.stdin.end("go\n");
  await started.resume();
  expect(await text(started.stdout)).toBe("heard later\n");
});

test("a sandbox that cannot be set up hands out none, and says why", async () => {
  const started = await sandbox.start({ ...specOf("true"), cwd: "/nowhere", listen: PORT });
  await expect(started.listener).rejects.toThrow("before it handed out a listener");
  await expect(started.exited).rejects.toThrow("could not be set up");
});

test("nothing is handed out unasked, and a port is a number", async () => {
  const started = await sandbox.start(specOf("true"));
  expect(started.listener).toBeNull();
  await started.exited;
  await expect(sandbox.start({ ...specOf("true"), listen: 70_000 })).rejects.toThrow("70000 is not a port.");
});
