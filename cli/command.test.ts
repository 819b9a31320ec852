import { expect, test } from "vitest";
import { runToEnd } from "./command.ts";

const node = (script: string) => [process.execPath, "-e", script] as const;
const options = { cwd: "/", env: {} };

test("a program that ends well gives what it printed, and its complaints to nobody", async () => {
  const output = await runToEnd("Counting", [...node("console.error('hm'); console.log('three')")], options);
  expect(output).toBe("three\n");
});

test("a program that fails is told with the end of what it said", async () => {
  const script =
    "for (let i = 0; i < 100; i++) console.log('line', i); console.error('no more'); process.exitCode = 3";
  const failing = runToEnd("Counting", [...node(script)], options);
  await expect(failing).rejects.toThrow(/^Counting failed \(exit code 3\)\. It ends with:/);
  await expect(failing).rejects.toThrow(/no more/);
  await expect(failing).rejects.not.toThrow(/line 10\n/);
});

test("a program that a signal ended is told with the signal", async () => {
  const killed = runToEnd("Counting", [...node("process.kill(process.pid, 'SIGKILL')")], options);
  await expect(killed).rejects.toThrow(/Counting failed \(SIGKILL\)/);
});

test("a program that does not exist is told as that", async () => {
  await expect(runToEnd("Counting", ["/no/such/program"], options)).rejects.toThrow(
    /Counting could not be started: .*ENOENT/,
  );
});

test("a program sees no more of our environment than it was given", async () => {
  const output = await runToEnd("Looking", [...node("console.log(Object.keys(process.env).sort().join())")], {
    cwd: "/",
    env: { ONE: "1" },
  });
  expect(output).toBe("NODE_ENV,ONE\n");
});

test("a program is ended by the signal it was started with", async () => {
  const stop = new AbortController();
  const running = runToEnd("Waiting", [...node("setInterval(() => {}, 1000)")], {
    ...options,
    signal: stop.signal,
  });
  stop.abort();
  await expect(running).rejects.toThrow(/^Waiting/);
});
