import type { ChannelDetail, ChannelView } from "#lib/notices/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import type { FormAction } from "../form/state.ts";
import { plural } from "../format.ts";
import { PageHead } from "../list/page-head.tsx";
import { Remark } from "../ui/badge.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { Deliveries } from "./deliveries.tsx";
import { ReplaceSecret } from "./replace-secret.tsx";
import { Subscribers } from "./subscribers.tsx";
import { CHANNEL_WORDS, channelFace, PART_WORDS } from "./words.ts";

export interface ChannelPageProps extends ChannelDetail {
  /** Null for a person who may not. */
  readonly manage: {
    /** Read `channelId`. */
    readonly test: FormAction;
    readonly rotate: FormAction;
    readonly remove: FormAction;
    /** Reads `channelId` and `secret`. */
    readonly replace: FormAction;
    /** Reads `channelId` and `secretId`. */
    readonly retire: FormAction;
    /** Reads `channelId` and `deliveryId`. */
    readonly again: FormAction;
  } | null;
}

export function ChannelPage({ channel, subscribers, deliveries, manage }: ChannelPageProps) {
  const { id, name, kind, place } = channel;
  const { tone, icon, word } = channelFace(channel);
  const fields = { channelId: id };
  return (
    <div className="page">
      <PageHead
        title={<Visible text={name} />}
        text={
          <>
            {CHANNEL_WORDS[kind]} · <span className="mono">{place}</span>
          </>
        }
        actions={
          <>
            <Remark tone={tone} icon={icon} bare={false}>
              {word}
            </Remark>
            {manage ? (
              <>
                <ActionButton action={manage.test} fields={fields} tone="ink" doing="Asking for it">
                  Send a test
                </ActionButton>
                <ActionButton action={manage.remove} fields={fields} tone="danger" doing="Removing">
                  Remove
                </ActionButton>
              </>
            ) : null}
          </>
        }
      />
      <HealthNote channel={channel} />
      <Secrets channel={channel} manage={manage} />
      {subscribers ? <Subscribers subscribers={subscribers} /> : null}
      {deliveries.length > 0 ? (
        <Deliveries
          title="Deliveries"
          deliveries={deliveries}
          again={manage ? { channelId: id, action: manage.again } : undefined}
        />
      ) : null}
    </div>
  );
}

function HealthNote({ channel: { health, waiting } }: { channel: ChannelView }) {
  if (health.failingSince === null) return null;
  return (
    <Note tone="bad">
      Nothing gets through since <RelativeTime at={health.failingSince.toISOString()} />, after{" "}
      {plural(health.failures, "try", "tries")}. <Visible text={health.reason ?? ""} /> What waits ({waiting})
      is kept for three days and tried again.
    </Note>
  );
}

function Secrets({ channel, manage }: Pick<ChannelPageProps, "channel" | "manage">) {
  const { id, kind, secrets } = channel;
  const signing = secrets.filter(({ part }) => part === "signing");
  return (
    <Panel
      title="Secrets"
      fact="sealed to the worker"
      className="mt-4"
      actions={
        manage ? (
          <>
            <ReplaceSecret channelId={id} kind={kind} action={manage.replace} />
            {kind === "webhook" && signing.length === 1 ? (
              <ActionButton action={manage.rotate} fields={{ channelId: id }} doing="Making one">
                Rotate the signing secret
              </ActionButton>
            ) : null}
          </>
        ) : null
      }
    >
      <Table
        label="Secrets"
        columns={[
          { key: "part", title: "Secret" },
          { key: "set", title: "Set" },
          { key: "actions", title: "Actions", quiet: true },
        ]}
      >
        {secrets.map(({ id: secretId, part, setByName, setAt }) => (
          <tr key={secretId}>
            <td>{PART_WORDS[part]}</td>
            <td className="t2">
              <RelativeTime at={setAt.toISOString()} /> by <Visible text={setByName} />
            </td>
            <td>
              {manage && part === "signing" && signing.length > 1 ? (
                <ActionButton action={manage.retire} fields={{ channelId: id, secretId }} doing="Retiring">
                  Retire
                </ActionButton>
              ) : null}
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}
