import { once } from "node:events";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { limitOutput } from "./output.ts";

const KiB = 1024;

describe("output with a limit", () => {
  test("passes on what stays below it, and ends when the source ends", async () => {
    const source = new PassThrough();
    const { stream, dropped, head } = limitOutput(source, 100);
    source.write("hello ");
    source.end("world");
    expect(String(await buffer(stream))).toBe("hello world");
    expect(dropped()).toBe(0);
    expect(await head).toBe("hello world");
  });

  test("cuts in the middle of a chunk and counts the rest", async () => {
    const source = new PassThrough();
    const { stream, dropped } = limitOutput(source, 8);
    source.write("12345");
    source.write("67890");
    source.end("abc");
    expect(String(await buffer(stream))).toBe("12345678");
    expect(dropped()).toBe(5);
  });

  test("a source that nobody reads is taken to its end", async () => {
    const source = new PassThrough();
    const { stream } = limitOutput(source, 1024 * KiB);
    for (let i = 0; i < 16; i++) source.write(Buffer.alloc(32 * KiB, i));
    source.end();
    await once(source, "close");
    expect((await buffer(stream)).length).toBe(512 * KiB);
  });

  test("a slow reader holds the source back", async () => {
    const source = new PassThrough();
    const { stream } = limitOutput(source, 1024 * KiB);
    stream.once("readable", () => undefined);
    for (let i = 0; i < 16; i++) source.write(Buffer.alloc(32 * KiB, i));
    source.end();
    await systemClock.sleep(20);
    expect(source.isPaused()).toBe(true);
    expect(stream.readableLength).toBeLessThan(256 * KiB);
    expect((await buffer(stream)).length).toBe(512 * KiB);
  });

  test("a reader that leaves does not hold the source back", async () => {
    const source = new PassThrough();
    const { stream } = limitOutput(source, 1024 * KiB);
    stream.once("readable", () => stream.destroy());
    for (let i = 0; i < 16; i++) source.write(Buffer.alloc(32 * KiB, i));
    source.end();
    await once(source, "close");
    expect(stream.destroyed).toBe(true);
  });

  test("its head is known as soon as it is long enough, and no longer than that", async () => {
    const source = new PassThrough();
    const { head } = limitOutput(source, 1024 * KiB);
    source.write("x".repeat(1000));
    source.write("y".repeat(1000));
    expect(await head).toBe("x".repeat(1000) + "y".repeat(24));
  });

  test("a source that fails makes the output fail", async () => {
    const source = new PassThrough();
    const { stream } = limitOutput(source, 100);
    source.destroy(new Error("broken pipe"));
    await expect(buffer(stream)).rejects.toThrow("broken pipe");
  });
});
