// Where notices may be sent, and what is read of an answer: against real servers on this host.

import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { receiver } from "#lib/testing/notice-scene.ts";
import { reasonOf } from "./outcome.ts";
import { judgeStatus, post } from "./post.ts";
import { reachable } from "./reach.ts";

const limits = { allowedHosts: ["127.0.0.1"], timeout: 2000 };
const place = await receiver();
const posting = (url: string) => ({ url, headers: {}, body: "{}" });
const failure = (url: string, more: object = {}) =>
  post(posting(url), { ...limits, ...more }).then(
    () => "sent",
    (error: unknown) => reasonOf(error),
  );

describe("probe: an address that is refused, whatever its name was", () => {
  test.each([
    ["10.0.0.1", /private network/],
    ["172.16.3.4", /private network/],
    ["192.168.1.1", /private network/],
    ["169.254.169.254", /metadata services/],
    ["127.0.0.1", /this machine itself/],
    ["0.0.0.0", /this machine itself/],
    ["100.64.0.1", /private network/],
    ["168.63.129.16", /metadata/],
    ["::1", /this machine itself/],
    ["fe80::1", /link-local/],
    ["fd00:ec2::254", /private network/],
    ["::ffff:10.0.0.1", /private network/],
    ["64:ff9b::a00:1", /special-purpose/],
  ])("%s", async (address, words) => {
    const reach = { allowedHosts: [], resolve: async () => [address] };
    await expect(reachable("hooks.example.org", reach)).rejects.toThrow(words);
  });

  test("one among good ones is enough", async () => {
    const resolve = async () => ["93.184.216.34", "10.0.0.1"];
    await expect(reachable("hooks.example.org", { allowedHosts: [], resolve })).rejects.toThrow(/private/);
  });

  test("where metadata services answer stays refused, though an operator named the host", async () => {
    const reach = { allowedHosts: ["hooks.example.org"], resolve: async () => ["169.254.169.254"] };
    await expect(reachable("hooks.example.org", reach)).rejects.toThrow(/link-local/);
    const named = { allowedHosts: ["hooks.example.org"], resolve: async () => ["10.1.2.3"] };
    expect(await reachable("hooks.example.org", named)).toEqual(["10.1.2.3"]);
  });

  test("nothing is sent there, and the reason does not quote the address's secret part", async () => {
    const resolve = async () => ["10.0.0.1"];
    const why = await failure("https://hooks.example.org/T0/B0/secret-path", { allowedHosts: [], resolve });
    expect(why).toMatch(/private network/);
    expect(why).not.toMatch(/secret-path|hooks\.example/);
  });

  test("a name that leads elsewhere at its second answer is connected to where its first answer led", async () => {
    let asked = 0;
    const resolve = async () => [asked++ === 0 ? "127.0.0.1" : "10.0.0.1"];
    const url = place.url.replace("127.0.0.1", "localhost");
    expect(await post(posting(url), { ...limits, allowedHosts: ["localhost"], resolve })).toBe(200);
    expect(asked).toBe(1);
  });
});

describe("an answer", () => {
  test("that leads elsewhere is not followed", async () => {
    place.answer((response) => response.writeHead(302, { location: `${place.url}/elsewhere` }).end());
    const before = place.received.length;
    expect(judgeStatus(await post(posting(place.url), limits))).toMatchObject({ outcome: "down" });
    expect(place.received).toHaveLength(before + 1);
  });

  test("probe: that never ends is cut", async () => {
    let isCut = false;
    place.answer((response) => {
      response.writeHead(200);
      const write = () => {
        while (response.write("x".repeat(65_536))) {}
      };
      response.on("drain", write).on("close", () => {
        isCut = true;
      });
      write();
    });
    expect(await post(posting(place.url), limits)).toBe(200);
    await expect.poll(() => isCut).toBe(true);
  });

  test("probe: that never begins is waited for as long as is said", async () => {
    place.answer(() => undefined);
    expect(await failure(place.url, { timeout: 100 })).toBe("It took too long.");
  });

  test("that is no HTTP, and none at all, have a reason in our own words", async () => {
    const server = createServer((socket) => socket.end("token=hunter2 is wrong\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    afterAll(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await failure(`http://127.0.0.1:${port}/`)).not.toContain("hunter2");
    server.close();
    expect(await failure("http://127.0.0.1:1/")).toBe("Nothing listens there.");
  });

  test.each([
    [200, "sent"],
    [202, "sent"],
    [301, "down"],
    [400, "refused"],
    [401, "down"],
    [404, "down"],
    [410, "down"],
    [413, "refused"],
    [429, "down"],
    [503, "down"],
  ])("%i means %s", (status, outcome) => {
    expect(judgeStatus(status).outcome).toBe(outcome);
  });
});
