import { PassThrough, Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { type Transfer, transferAll } from "./streams.ts";

interface Played {
  readonly stdout?: readonly string[];
  readonly stderr?: readonly string[];
  /** What stands for the process's input; it closes it where it does not want more. */
  readonly stdin?: PassThrough;
}

const chunks = (texts: readonly string[]) => Readable.from(texts.map((text) => Buffer.from(text)));

function transferred(
  { stdout = [], stderr = [], stdin = new PassThrough() }: Played,
  transfer: Partial<Transfer>,
) {
  stdin.resume();
  return transferAll(
    { stdin, stdout: chunks(stdout), stderr: chunks(stderr) },
    { outputBytes: 10, onExcess: () => undefined, ...transfer },
  );
}

describe("what a process writes", () => {
  test("is given back whole, both streams apart", async () => {
    const given = await transferred({ stdout: ["12", "34"], stderr: ["a word"] }, {});
    expect({ ...given, stdout: given.stdout.toString() }).toEqual({ stdout: "1234", stderr: "a word" });
  });

  test("may be exactly as long as allowed; probe: one byte more is told and not kept", async () => {
    let told = 0;
    const onExcess = () => {
      told += 1;
    };
    expect((await transferred({ stdout: ["12345", "67890"] }, { onExcess })).stdout).toHaveLength(10);
    expect(told).toBe(0);
    expect((await transferred({ stdout: ["12345", "67890", "1"] }, { onExcess })).stdout).toHaveLength(10);
    expect(told).toBe(1);
  });

  test("goes piece by piece to who asked, and the next piece waits for the one before", async () => {
    const seen: string[] = [];
    let isBusy = false;
    const onOutput = async (chunk: Buffer) => {
      expect(isBusy).toBe(false);
      isBusy = true;
      await new Promise(setImmediate);
      seen.push(chunk.toString());
      isBusy = false;
    };
    const { stdout } = await transferred({ stdout: ["a", "b", "c"] }, { onOutput });
    expect([seen, stdout.length]).toEqual([["a", "b", "c"], 0]);
  });

  test("probe: complaints without end are cut, not kept", async () => {
    const { stderr } = await transferred({ stderr: Array(100).fill("x".repeat(1024)) }, {});
    expect(stderr).toHaveLength(64 * 1024);
  });
});

describe("what a process is fed", () => {
  test.each<[string, Transfer["input"]]>([
    ["a text", "to be read"],
    ["bytes", Buffer.from("to be read")],
    ["a stream", chunks(["to be ", "read"])],
  ])("is %s, whole, and then its end", async (_name, input) => {
    const stdin = new PassThrough();
    const read = stdin.toArray();
    await transferred({ stdin }, { input });
    expect(Buffer.concat(await read).toString()).toBe("to be read");
  });

  test("may be refused in the middle: the process's own answer counts", async () => {
    const stdin = new PassThrough();
    const input = (async function* () {
      yield Buffer.from("first");
      stdin.destroy();
      yield Buffer.from("second");
    })();
    expect((await transferred({ stdin, stdout: ["no"] }, { input })).stdout.toString()).toBe("no");
  });

  test("probe: a source that never ends does not keep the answer of a process that has", async () => {
    const input = (async function* () {
      yield Buffer.from("first");
      await new Promise(() => undefined);
    })();
    expect((await transferred({ stdout: ["done"] }, { input })).stdout.toString()).toBe("done");
  });
});
