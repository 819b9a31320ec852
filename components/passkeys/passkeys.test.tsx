import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { GateView } from "#lib/gates/schema.ts";
import type { PasskeyView } from "#lib/passkeys/schema.ts";
import { SecondStep } from "../sign-in/second-step.tsx";
import { enrolling, sentenceOf, signing } from "./ceremony.ts";
import { PasskeysPage, type PasskeysPageProps } from "./passkeys-page.tsx";
import { SigningNote, whyUnsigned } from "./signing-note.tsx";
import { PasskeysWaiting } from "./waiting.tsx";

const action = async () => ({});
const refusing = async () => ({ ok: false, error: "You may not.", requestId: "req_1" }) as const;
const at = new Date("2030-01-01T00:00:00Z");
const passkey = (more: Partial<PasskeyView> = {}): PasskeyView => ({
  ...{ id: "psk_1", personId: "per_1", personName: "Sam", name: "Laptop", credential: "a".repeat(64) },
  ...{ key: `${"b".repeat(16)}${"c".repeat(48)}`, algorithm: "ES256", createdAt: at, lastUsedAt: null },
  ...{ confirmedByName: null, confirmedAt: null, isUsable: true, ...more },
});
const page = (more: Partial<PasskeysPageProps> = {}) =>
  renderToStaticMarkup(
    <PasskeysPage
      address={{ origin: "http://localhost:4300", problem: null }}
      own={[passkey()]}
      others={null}
      actions={{ ask: refusing, enrol: action, confirm: action, remove: action }}
      {...more}
    />,
  );

test("passkeys that wait are said to who may confirm them, and nothing where none does", () => {
  expect(renderToStaticMarkup(<PasskeysWaiting count={2} />)).toContain(
    "2 passkeys wait for you to confirm whose they are",
  );
  expect(renderToStaticMarkup(<PasskeysWaiting count={0} />)).toBe("");
});

describe("the page of passkeys", () => {
  test("says what they are bound to, what waits, and who confirmed what counts", () => {
    expect(page()).toContain("http://localhost:4300");
    expect(page()).toContain("Waits to be confirmed");
    expect(page()).not.toContain("Of others");
    const confirmed = page({ own: [passkey({ confirmedAt: at, confirmedByName: "Ada" })] });
    expect(confirmed).toContain("Confirmed by Ada");
    expect(page({ own: [passkey({ isUsable: false })] })).toContain("Lost: bound to another address");
  });

  test("offers none where browsers keep none, and says why", () => {
    const html = page({ address: { origin: "http://127.0.0.1", problem: "Open it by a name." }, own: [] });
    expect(html).toContain("Open it by a name.");
    expect(html).not.toContain("Add a passkey</button>");
  });

  test("shows whoever confirms whose it is and its key, and confirms nothing twice", () => {
    const others = page({ others: [passkey(), passkey({ id: "psk_2", confirmedAt: at })] });
    expect(others).toContain("1 to confirm");
    expect(others.match(/>Confirm<\/button>/g)).toHaveLength(1);
    expect(others).toContain("b".repeat(16));
    expect(others).toContain("Turn away");
  });

  test("probe: a name that would turn the page round is shown as text", () => {
    expect(page({ own: [passkey({ name: "a\u202Eb" })] })).not.toContain("\u202E");
  });
});

describe("a decision that is signed", () => {
  const gate = (method: GateView["signing"]) => ({ signing: method }) as GateView;
  const note = (method: GateView["signing"]) => renderToStaticMarkup(<SigningNote gate={gate(method)} />);

  test("says what is signed, and whoever has no passkey where to get one", () => {
    expect(note("session")).toBe("");
    expect(note("passkey")).toContain("Your passkey signs this");
    expect(note("passkey_missing")).toContain("/settings/passkeys");
    expect(whyUnsigned(gate("passkey_missing"))).toContain("no passkey");
    expect(whyUnsigned(gate("passkey"))).toBe(false);
  });

  test("is not sent where the door, the page or the browser says no", async () => {
    const form = new FormData();
    const decided = { gateId: "gat_1", digest: "0".repeat(64) };
    const never = () => Promise.reject(new Error("it was sent"));
    expect(await signing(never, refusing, decided)({}, form)).toEqual({
      error: "You may not.",
      requestId: "req_1",
    });
    expect(await signing(never, null, decided)({}, form)).toMatchObject({
      error: "The page is not ready. Reload it.",
    });
    const options = { challenge: "AA", rp: { name: "x" }, user: { id: "AA", name: "x", displayName: "x" } };
    const asked = async () => ({
      ok: true as const,
      value: { options: { ...options, pubKeyCredParams: [] } },
    });
    expect((await enrolling(never, asked)({}, form)).error).toContain("Try another browser");
    expect(form.has("registration") || form.has("assertion")).toBe(false);
  });

  test.each([
    ["NotAllowedError", /^Cancelled/],
    ["AbortError", /^Cancelled/],
    ["InvalidStateError", /already/],
    ["SecurityError", /address/],
    ["ConstraintError", /PIN/],
    ["UnknownError", /another browser/],
  ])("ends with a sentence when the browser says %s, wrapped or not", (name, words) => {
    const error = new DOMException("x", name);
    expect(sentenceOf(error, "Cancelled.")).toMatch(words);
    expect(sentenceOf(new Error("wrapped", { cause: error }), "Cancelled.")).toMatch(words);
  });
});

test("the second step of signing in offers what its person has, and nothing else", () => {
  const step = (codes: boolean, passkeys: boolean) =>
    renderToStaticMarkup(
      <SecondStep
        host="localhost"
        next="/"
        action={codes ? action : null}
        passkey={passkeys ? { ask: refusing, action } : null}
      />,
    );
  expect(step(true, false)).not.toContain("Use a passkey");
  expect(step(false, true)).not.toContain("One-time code");
  expect(step(true, true)).toMatch(/Use a passkey[\s\S]*One-time code/);
});
