import { afterEach, expect, test, vi } from "vitest";

/** As much of a document as is touched. */
function fakeDocument() {
  const jar = new Map<string, string>();
  const listeners = new Map<string, () => void>();
  const document = {
    addEventListener: (name: string, listener: () => void) => void listeners.set(name, listener),
    get cookie() {
      return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    },
    set cookie(line: string) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0$/.test(line)) jar.delete(name);
      else jar.set(name, value);
    },
  };
  return { document, touch: () => listeners.get("pointermove")?.() };
}

afterEach(() => vi.unstubAllGlobals());

test("a page that reads itself says so once nobody touched it, and a touch in any tab takes it back", async () => {
  vi.resetModules();
  const { AWAY_AFTER, noteAttendance, UNATTENDED_COOKIE } = await import("./attended.ts");
  const { document, touch } = fakeDocument();
  let now = 0;
  vi.stubGlobal("document", document);
  vi.stubGlobal("performance", { now: () => now });
  noteAttendance();
  now = AWAY_AFTER;
  noteAttendance();
  expect(document.cookie).toBe("");
  now += 1;
  noteAttendance();
  expect(document.cookie).toBe(`${UNATTENDED_COOKIE}=1`);
  touch();
  expect(document.cookie).toBe("");
  document.cookie = `${UNATTENDED_COOKIE}=1; path=/`; // another tab, where nobody is
  now += 2000;
  touch();
  expect(document.cookie).toBe("");
});
