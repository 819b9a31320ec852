import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import type { ChannelView, DeliveryView } from "#lib/notices/schema.ts";
import { ChannelAlarm } from "./channel-alarm.tsx";
import { ChannelPage } from "./channel-page.tsx";
import { NoticesPage, type NoticesPageProps } from "./notices-page.tsx";

const action = async () => ({});
const at = new Date("2030-01-01T00:00:00Z");
const health = { failingSince: null, failures: 0, reason: null, lastSentAt: at };
const channel = (more: Partial<ChannelView> = {}): ChannelView => ({
  ...{ id: "chn_1", kind: "webhook", name: "On call", place: "hooks.example.org", createdByName: "Ada" },
  ...{ createdAt: at, secrets: [], health, waiting: 0, ...more },
});
const delivery = (more: Partial<DeliveryView> = {}): DeliveryView => ({
  ...{ id: "dlv_1", recipientName: null, purpose: "notice", state: "sent", attempts: 1, madeAt: at },
  ...{ nextAt: at, sentAt: at, reason: null, kinds: ["gate_waiting"], ...more },
});
const DIGEST = { isOn: false, timeZone: "UTC", time: "08:00" };
const secret = (id: string) => ({ id, part: "signing" as const, setByName: "Ada", setAt: at });
const manage = {
  test: action,
  rotate: action,
  remove: action,
  replace: action,
  retire: action,
  again: action,
};
const notices = (more: Partial<NoticesPageProps> = {}) =>
  renderToStaticMarkup(
    <NoticesPage
      own={{ subscriptions: [], quiet: null, digest: DIGEST }}
      deliveries={[]}
      choices={[{ id: "chn_1", kind: "webhook", name: "On call", works: true, tells: true }]}
      pilots={[{ id: "pil_1", name: "Nightly" }]}
      actions={{ tell: action, stopTelling: action, quiet: action, noQuiet: action, digest: action }}
      channels={null}
      add={null}
      {...more}
    />,
  );

describe("the page of notices", () => {
  test("without a channel says so, and offers nothing that could not be done", () => {
    const page = notices({ choices: [] });
    expect(page).toContain("There is no channel to tell you by");
    expect(page).not.toContain("<form");
  });

  test("shows what one is told, of which pilot, and that a channel does not get through", () => {
    const page = notices({
      own: {
        subscriptions: [{ channelId: "chn_1", pilotId: "pil_1", kind: "run_failed" }],
        quiet: { timeZone: "Europe/Berlin", from: "22:00", to: "07:00" },
        digest: DIGEST,
      },
      choices: [{ id: "chn_1", kind: "webhook", name: "On call", works: false, tells: true }],
    });
    expect(page).toContain("A run has failed");
    expect(page).toContain("Does not get through");
    expect(page).toContain('value="22:00"');
  });

  test("offers no channel that others read to whoever may not use one, and says that it tells them nothing", () => {
    const page = notices({
      own: {
        subscriptions: [{ channelId: "chn_1", pilotId: "", kind: "run_failed" }],
        quiet: null,
        digest: DIGEST,
      },
      choices: [{ id: "chn_1", kind: "webhook", name: "On call", works: true, tells: false }],
    });
    expect(page).toContain("Tells nothing");
    expect(page).not.toContain("Tell me");
  });

  test("shows channels to those who look after them, and lets nobody else add one", () => {
    expect(notices()).not.toContain("hooks.example.org");
    const page = notices({ channels: [channel()], add: action });
    expect(page).toContain("hooks.example.org");
    expect(page).toContain("Add a channel");
  });
});

describe("the page of a channel", () => {
  test("says since when nothing gets through, why, and what waits", () => {
    const failing = { failingSince: at, failures: 4, reason: "It answered 503.", lastSentAt: null };
    const page = renderToStaticMarkup(
      <ChannelPage
        subscribers={null}
        channel={channel({ health: failing, waiting: 7 })}
        deliveries={[]}
        manage={null}
      />,
    );
    expect(page).toContain("It answered 503.");
    expect(page).toContain("4 tries");
    expect(page).not.toContain("<form");
  });

  test("lists who asked to be told by it, and who of them is not", () => {
    const subscriber = {
      personId: "per_1",
      name: "Rita <b>",
      kinds: ["run_failed"],
      pilotId: "pil_1",
    } as const;
    const page = renderToStaticMarkup(
      <ChannelPage
        channel={channel()}
        subscribers={[
          { ...subscriber, pilotName: null, tells: false },
          { ...subscriber, personId: "per_2", name: "Ada", pilotId: "", pilotName: null, tells: true },
        ]}
        deliveries={[]}
        manage={null}
      />,
    );
    for (const text of ["2 people", "Rita &lt;b&gt;", "A run has failed", "All pilots they may see"])
      expect(page).toContain(text);
    expect(page).toContain("A pilot you may not see");
    expect(page.match(/Told nothing/g)).toHaveLength(1);
  });

  test("offers to send again what failed or was given up, to whoever manages it, and nothing else", () => {
    const deliveries = [
      ...(["sent", "waiting", "dropped", "failed", "given_up"] as const).map((state) =>
        delivery({ id: `dlv_${state}`, state }),
      ),
      delivery({ id: "dlv_test", purpose: "test", state: "failed" }),
    ];
    const page = (manages: typeof manage | null) =>
      renderToStaticMarkup(
        <ChannelPage channel={channel()} subscribers={null} deliveries={deliveries} manage={manages} />,
      );
    expect(page(manage).match(/Send again/g)).toHaveLength(2);
    expect(page(manage)).toMatch(/value="dlv_failed"[\s\S]*value="dlv_given_up"/);
    expect(page(null)).not.toContain("Send again");
  });

  test("offers to rotate one signing secret, and to retire one of two", () => {
    const one = renderToStaticMarkup(
      <ChannelPage
        subscribers={null}
        channel={channel({ secrets: [secret("a")] })}
        deliveries={[delivery()]}
        manage={manage}
      />,
    );
    expect(one).toContain("Rotate the signing secret");
    expect(one).not.toContain("Retire");
    const two = renderToStaticMarkup(
      <ChannelPage
        subscribers={null}
        channel={channel({ secrets: [secret("b"), secret("a")] })}
        deliveries={[]}
        manage={manage}
      />,
    );
    expect(two).not.toContain("Rotate the signing secret");
    expect(two.match(/Retire/g)).toHaveLength(2);
  });

  test("probe: names and reasons are text, with marks for what hides", () => {
    const page = renderToStaticMarkup(
      <ChannelPage
        subscribers={null}
        channel={channel({ name: "<img src=x>\u202E" })}
        deliveries={[delivery({ state: "failed", reason: "<script>", recipientName: "<b>" })]}
        manage={null}
      />,
    );
    expect(page).not.toMatch(/<img src=x|<script>|<b>|\u202E/);
  });
});

test("operators see which channel is down where they look", () => {
  const alarm = renderToStaticMarkup(
    <ChannelAlarm channels={[{ id: "chn_1", name: "On call", waiting: 3 }]} />,
  );
  expect(alarm).toContain('href="/notices/chn_1"');
  expect(alarm).toContain("3 messages kept");
  expect(renderToStaticMarkup(<ChannelAlarm channels={[]} />)).toBe("");
});
