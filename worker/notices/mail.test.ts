// Mail against a real SMTP server on this host, and what hostile words become in each channel's format.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterAll, describe, expect, test } from "vitest";
import type { Message } from "#lib/notices/schema.ts";
import { makeCertificate } from "#lib/testing/git/https-server.ts";
import { sendMail, subjectOf } from "./mail.ts";
import { pagerDutyPosting } from "./pagerduty.ts";
import { slackPosting } from "./slack.ts";
import { plainText, timeLeft } from "./words.ts";

interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: string;
}

const letters: Letter[] = [];

/** Closed after the file's tests. */
async function mailServer(options: SMTPServerOptions = {}): Promise<number> {
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ["STARTTLS"], allowInsecureAuth: true, logger: false },
    onAuth: ({ username = "", password }, _session, done) =>
      password === "right" ? done(null, { user: username }) : done(new Error("hunter2 is wrong")),
    onData(stream, { envelope, user }, done) {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = envelope;
        letters.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(pieces).toString("utf8"),
          user: String(user ?? ""),
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => undefined); // a client that leaves is the test's own
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}

const NOW = Date.UTC(2030, 0, 1, 12);
const message = (
  more: Partial<Message> = {},
  title = "A patch is to be merged",
  line = "Run: Repair",
): Message => ({
  ...{ id: "dlv_1", isTest: false, grave: false, title, more: 0, url: "https://ph.example/inbox" },
  madeAt: new Date(NOW),
  items: [
    {
      ...{ kind: "gate_waiting", title, lines: [line], url: "https://ph.example/inbox?show=team&gate=gat_1" },
      ...{
        at: new Date(NOW),
        expiresAt: new Date(NOW + 200 * 60_000),
        pilotId: "pil_1",
        ids: { gate: "gat_1" },
      },
    },
  ],
  ...more,
});
const limits = { allowedHosts: ["127.0.0.1"], timeout: 3000 };
const mailing = (port: number, more: object = {}) => ({
  ...{ message: message(), address: "rita@example.org", password: null, now: NOW },
  settings: { host: "127.0.0.1", port, security: "none", user: "", from: "pilothouse@example.org" },
  ...more,
});

describe("a mail", () => {
  test("arrives at one person, as text, with the time left, and bears the same id at every try", async () => {
    const port = await mailServer();
    expect(await sendMail(mailing(port), limits)).toEqual({ outcome: "sent" });
    expect(await sendMail(mailing(port), limits)).toEqual({ outcome: "sent" });
    const [first, second] = letters.splice(0);
    expect(first).toMatchObject({ from: "pilothouse@example.org", to: ["rita@example.org"] });
    expect(first?.text).toContain("Time left: 3 h 20 min");
    expect(first?.text).toMatch(/^Message-ID: <dlv_1@example\.org>$/im);
    expect(first?.text).toMatch(/^Auto-Submitted: auto-generated$/im);
    expect(first?.text).toMatch(/^Content-Type: text\/plain/im);
    expect(second?.text.match(/^Message-ID:.*$/im)?.[0]).toBe(first?.text.match(/^Message-ID:.*$/im)?.[0]);
  });

  test("is sent with user and password, and a wrong one is said without quoting the server", async () => {
    const port = await mailServer({ authOptional: false });
    const settings = { ...mailing(port).settings, user: "robot" };
    expect(await sendMail(mailing(port, { settings, password: "right" }), limits)).toEqual({
      outcome: "sent",
    });
    expect(letters.splice(0)[0]?.user).toBe("robot");
    const wrong = await sendMail(mailing(port, { settings, password: "wrong-secret" }), limits);
    expect(wrong).toEqual({ outcome: "down", reason: "It does not accept the user name and the password." });
  });

  test("to a mailbox that is not there is refused; a server that is full is down", async () => {
    const error = (responseCode: number) => Object.assign(new Error("no"), { responseCode });
    const gone = await mailServer({ onRcptTo: (_to, _session, done) => done(error(550)) });
    expect(await sendMail(mailing(gone), limits)).toMatchObject({ outcome: "refused" });
    const full = await mailServer({ onMailFrom: (_from, _session, done) => done(error(452)) });
    expect(await sendMail(mailing(full), limits)).toMatchObject({ outcome: "down" });
  });

  test("goes out over TLS, at once or after STARTTLS, to the server its certificate names", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pilothouse-mail-"));
    const files = makeCertificate(folder);
    const [key, cert] = [readFileSync(files.key), readFileSync(files.cert)];
    rmSync(folder, { recursive: true });
    const secured = { ...limits, ca: cert.toString("utf8") };
    for (const security of ["tls", "starttls"]) {
      const port = await mailServer({ secure: security === "tls", key, cert, disabledCommands: [] });
      const settings = { ...mailing(port).settings, security };
      expect(await sendMail(mailing(port, { settings }), secured)).toEqual({ outcome: "sent" });
      expect(letters.splice(0)).toHaveLength(1);
      // Of an authority nobody knows, it is not spoken to.
      expect(await sendMail(mailing(port, { settings }), limits)).toMatchObject({ outcome: "down" });
    }
    expect(letters).toEqual([]);
  });

  test("probe: does not go out without TLS where TLS was chosen, nor to a host nobody allowed", async () => {
    const port = await mailServer();
    const settings = { ...mailing(port).settings, security: "starttls" };
    expect(await sendMail(mailing(port, { settings }), limits)).toMatchObject({ outcome: "down" });
    expect(await sendMail(mailing(port), { ...limits, allowedHosts: [] })).toMatchObject({ outcome: "down" });
    expect(letters).toEqual([]);
  });

  test.each([
    "a@example.org, b@example.org",
    "a@example.org\r\nBcc: b@example.org",
    "a@example.org>\r\nRCPT TO:<b@example.org",
    '"x y"@example.org',
    "a@example.org;b@example.org",
  ])("probe: the address %j is written to nobody", async (address) => {
    const port = await mailServer();
    expect(await sendMail(mailing(port, { address }), limits)).toMatchObject({ outcome: "refused" });
    expect(letters).toEqual([]);
  });

  test("probe: a title cannot begin another header, nor a line end the letter", async () => {
    const port = await mailServer();
    const title = "Merge\r\nBcc: evil@example.org\r\n\r\n<script>";
    const hostile = message({}, title, "Run: \r\n.\r\nMAIL FROM:<evil@example.org>");
    expect(await sendMail(mailing(port, { message: hostile }), limits)).toEqual({ outcome: "sent" });
    const [letter] = letters.splice(0);
    const head = letter?.text.slice(0, letter.text.indexOf("\r\n\r\n")) ?? "";
    expect(letter?.to).toEqual(["rita@example.org"]);
    expect(head).not.toMatch(/^Bcc:/im);
    expect(letters).toEqual([]);
    expect(subjectOf({ title, grave: true })).not.toMatch(/[\r\n]/);
  });
});

describe("probe: what people and agents wrote", () => {
  const hostile = "<!channel> <https://evil.example|Approve> *now* & `x`";

  test("is no markup in Slack: it stands in plain text, and only our own link is a link", () => {
    const { body } = slackPosting(message({}, hostile, hostile), {
      url: "https://hooks.example/x",
      now: NOW,
    });
    const { text, blocks } = JSON.parse(body);
    expect(text).not.toContain("<");
    const marked = JSON.stringify(blocks).match(/"mrkdwn","text":"[^"]*"/g);
    expect(marked).toEqual([
      '"mrkdwn","text":"<https://ph.example/inbox?show=team&gate=gat_1|Open in Pilothouse>"',
    ]);
    expect(blocks[0]).toMatchObject({ text: { type: "plain_text", emoji: false } });
  });

  test("is a bounded summary for PagerDuty, under the delivery's own key", () => {
    const { body } = pagerDutyPosting(message({ grave: true }, "x".repeat(5000)), {
      ...{ url: "https://events.example", routingKey: "r".repeat(32), now: NOW },
    });
    const event = JSON.parse(body);
    expect(event).toMatchObject({ dedup_key: "dlv_1", event_action: "trigger" });
    expect(event.payload.severity).toBe("critical");
    expect(event.payload.summary).toHaveLength(1024);
  });
});

test("a message says that decisions are taken in the product, and counts what it does not show", () => {
  const text = plainText(message({ more: 3 }), NOW);
  expect(text).toContain("Decisions are taken in Pilothouse only");
  expect(text).toContain("3 more are in Pilothouse.");
  expect(plainText(message({ isTest: true, items: [] }), NOW)).toContain("Nothing has to be done.");
});

test.each([
  [59_000, "less than a minute"],
  [60_000, "1 min"],
  [3_600_000, "1 h 0 min"],
  [26 * 3_600_000, "1 d 2 h"],
])("%i ms left are said as %s", (left, words) => {
  expect(timeLeft(new Date(NOW + left), NOW)).toBe(words);
});
