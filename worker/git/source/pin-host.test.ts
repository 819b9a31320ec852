import { describe, expect, test } from "vitest";
import { checkHost, type NetworkPolicy, pinnedSettings } from "./pin-host.ts";

const answering = (...addresses: string[]) => ({ allowedHosts: [], resolve: async () => addresses });
const at = (text: string) => new URL(text);
const PROXY = "http://127.0.0.1:4000";
const pinHost = async (url: URL, policy: NetworkPolicy) =>
  pinnedSettings(await checkHost(url, policy), policy, PROXY);

describe("a pinned host", () => {
  test("is bound to the addresses that were checked, on its port", async () => {
    const settings = await pinHost(
      at("https://git.example/a.git"),
      answering("93.184.216.34", "2606:4700::1111"),
    );
    expect(settings["http.curloptResolve"]).toBe("git.example:443:93.184.216.34,[2606:4700::1111]");
    expect(settings).toMatchObject({ "http.followRedirects": "false", "http.proxy": PROXY });
    const other = await pinHost(at("https://git.example:8443/a.git"), answering("93.184.216.34"));
    expect(other["http.curloptResolve"]).toBe("git.example:8443:93.184.216.34");
  });

  test("probe: a name that resolves to one private address among public ones is refused", async () => {
    const policy = answering("93.184.216.34", "169.254.169.254");
    await expect(pinHost(at("https://rebind.example/a"), policy)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("169.254.169.254"),
    });
  });

  test.each([
    "https://127.0.0.1/a",
    "https://127.1/a",
    "https://2130706433/a",
    "https://0x7f.0.0.1/a",
    "https://0177.0.0.1/a",
    "https://[::1]/a",
    "https://[::ffff:169.254.169.254]/a",
    "https://169.254.169.254/latest",
    "https://10.1.2.3/a",
  ])("probe: %s is refused", async (url) => {
    await expect(pinHost(at(url), answering())).rejects.toMatchObject({ code: "refused" });
  });

  test("what the operator names is allowed, by name or by address, and nothing else with it", async () => {
    const private10 = async () => ["10.0.0.5"];
    const byName = await pinHost(at("https://git.internal/a"), {
      allowedHosts: ["git.internal"],
      resolve: private10,
    });
    expect(byName["http.curloptResolve"]).toBe("git.internal:443:10.0.0.5");
    await pinHost(at("https://git.internal/a"), { allowedHosts: ["10.0.0.5"], resolve: private10 });
    await pinHost(at("https://127.0.0.1:8443/a"), { allowedHosts: ["127.0.0.1"] });
    await expect(
      pinHost(at("https://other.internal/a"), { allowedHosts: ["git.internal"], resolve: private10 }),
    ).rejects.toMatchObject({ code: "refused" });
  });

  test("a name without an address, or that cannot be resolved, is unavailable", async () => {
    await expect(pinHost(at("https://gone.example/a"), answering())).rejects.toMatchObject({
      code: "unavailable",
    });
    const failing = { allowedHosts: [], resolve: () => Promise.reject(new Error("ENOTFOUND")) };
    await expect(pinHost(at("https://gone.example/a"), failing)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("ENOTFOUND"),
    });
  });
});
