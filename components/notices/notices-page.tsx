import { Megaphone } from "lucide-react";
import Link from "next/link";
import type { ChannelName, ChannelView, DeliveryView, OwnNotices } from "#lib/notices/schema.ts";
import type { FormAction } from "../form/state.ts";
import { formatCount, plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { AddChannel } from "./add-channel.tsx";
import { Deliveries } from "./deliveries.tsx";
import { OwnPanel, type OwnPanelProps } from "./own-panel.tsx";
import { CHANNEL_WORDS, channelFace } from "./words.ts";

export interface NoticesPageProps {
  readonly own: OwnNotices;
  /** To the person themselves. */
  readonly deliveries: readonly DeliveryView[];
  readonly choices: readonly ChannelName[];
  readonly pilots: OwnPanelProps["pilots"];
  readonly actions: OwnPanelProps["actions"];
  /** Null for a person who does not look after them. */
  readonly channels: readonly ChannelView[] | null;
  readonly add: FormAction | null;
}

export function NoticesPage({ own, deliveries, choices, pilots, actions, channels, add }: NoticesPageProps) {
  return (
    <div className="page">
      <PageHead
        title="Notices"
        text="What you are told outside of Pilothouse. A notice holds facts and a link; decisions are taken here only."
        actions={add ? <AddChannel action={add} /> : null}
      />
      <OwnPanel own={own} choices={choices} pilots={pilots} actions={actions} />
      {channels ? <Channels channels={channels} /> : null}
      {deliveries.length > 0 ? <Deliveries title="Sent to you" deliveries={deliveries} /> : null}
    </div>
  );
}

function Channels({ channels }: { channels: readonly ChannelView[] }) {
  return (
    <Panel title="Channels" fact={plural(channels.length, "channel")} className="mt-4">
      {channels.length === 0 ? (
        <Empty
          icon={Megaphone}
          title="No channel yet"
          text="An administrator or a security lead adds mail, Slack, PagerDuty or a webhook. Until then people are told in the inbox alone."
        />
      ) : (
        <Table
          label="Channels"
          tall
          columns={[
            { key: "name", title: "Channel" },
            { key: "state", title: "State" },
            { key: "waiting", title: "Waiting", number: true },
            { key: "last", title: "Last sent", wide: true },
          ]}
        >
          {channels.map((channel) => (
            <Row key={channel.id} channel={channel} />
          ))}
        </Table>
      )}
    </Panel>
  );
}

function Row({ channel }: { channel: ChannelView }) {
  const { id, name, kind, place, health, waiting } = channel;
  const { tone, icon, word } = channelFace(channel);
  return (
    <tr>
      <td>
        <div className="cell2">
          <Link className="med" href={`/notices/${id}`}>
            <Visible text={name} />
          </Link>
          <div className="t3 trunc">
            {CHANNEL_WORDS[kind]} · <span className="mono">{place}</span>
          </div>
        </div>
      </td>
      <td className="nowrap">
        <Remark tone={tone} icon={icon}>
          {word}
        </Remark>
      </td>
      <td className="n">{formatCount(waiting)}</td>
      <td className="only-wide nowrap t2">
        {health.lastSentAt ? <RelativeTime at={health.lastSentAt.toISOString()} /> : "–"}
      </td>
    </tr>
  );
}
