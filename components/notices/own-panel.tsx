"use client";

import { BellRing, CircleDashed } from "lucide-react";
import { type ChannelName, NoticeKind, type OwnNotices, type Subscription } from "#lib/notices/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import { SelectField, TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { plural } from "../format.ts";
import { Remark } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Panel } from "../ui/panel.tsx";
import { Table } from "../ui/table.tsx";
import { Visible } from "../ui/visible.tsx";
import { DigestPanel } from "./digest-panel.tsx";
import { CHANNEL_WORDS, channelFace, NOTICE_WORDS } from "./words.ts";

export interface OwnPanelProps {
  readonly own: OwnNotices;
  readonly choices: readonly ChannelName[];
  readonly pilots: readonly { readonly id: string; readonly name: string }[];
  readonly actions: {
    /** Read `channelId`, `pilotId` and `kind`. */
    readonly tell: FormAction;
    readonly stopTelling: FormAction;
    /** Reads `timeZone`, `from` and `to`. */
    readonly quiet: FormAction;
    readonly noQuiet: FormAction;
    /** Reads `isOn`, `timeZone` and `time`. */
    readonly digest: FormAction;
  };
}

export function OwnPanel(props: OwnPanelProps) {
  const { own, choices, actions } = props;
  return (
    <>
      <Panel title="What you are told" fact={plural(own.subscriptions.length, "subscription")}>
        {choices.length === 0 ? (
          <Empty
            icon={BellRing}
            title="There is no channel to tell you by"
            text="What waits for you stands in the inbox."
          />
        ) : (
          <>
            <TellForm {...props} />
            {own.subscriptions.length > 0 ? <OwnTable {...props} /> : null}
          </>
        )}
      </Panel>
      {choices.length > 0 ? <DigestPanel digest={own.digest} action={actions.digest} /> : null}
      {choices.length > 0 ? (
        <Panel title="Hours of quiet" fact={own.quiet ? own.quiet.timeZone : "none"} className="mt-4">
          <QuietForm quiet={own.quiet} actions={actions} />
        </Panel>
      ) : null}
    </>
  );
}

function TellForm({ choices, pilots, actions }: OwnPanelProps) {
  const form = useForm(actions.tell);
  const { fields } = form.state;
  const usable = choices.filter(({ tells }) => tells);
  if (usable.length === 0)
    return (
      <p className="t3 sm p-4">
        All channels so far lead to places that others read too, and those are for whoever may look after
        channels.
      </p>
    );
  return (
    <form {...form.props} className="grid gap-3.5 p-4">
      <div className="grid gap-3.5 sm:grid-cols-3">
        <SelectField
          name="kind"
          label="When"
          errors={fields}
          options={[
            { value: "everything", title: "Any of these" },
            ...NoticeKind.options.map((value) => ({ value, title: NOTICE_WORDS[value] })),
          ]}
        />
        <SelectField
          name="pilotId"
          label="Of"
          errors={fields}
          options={[
            { value: "", title: "All pilots I may see" },
            ...pilots.map(({ id, name }) => ({ value: id, title: name })),
          ]}
        />
        <SelectField
          name="channelId"
          label="By"
          errors={fields}
          options={usable.map(({ id, name, kind }) => ({
            value: id,
            title: `${name} (${CHANNEL_WORDS[kind]})`,
          }))}
        />
      </div>
      <FormAnswer state={form.state} />
      <div className="row acts">
        <Button type="submit" tone="ink" pending={form.pending && "Keeping it"}>
          Tell me
        </Button>
        <span className="t3 sm">
          Mail goes to your own address. The others lead to one place that all its readers see.
        </span>
      </div>
    </form>
  );
}

function OwnTable({ own, choices, pilots, actions }: OwnPanelProps) {
  return (
    <Table
      label="What you are told"
      columns={[
        { key: "kind", title: "When" },
        { key: "pilot", title: "Of", wide: true },
        { key: "channel", title: "By" },
        { key: "actions", title: "Actions", quiet: true },
      ]}
    >
      {own.subscriptions.map((each) => (
        <OwnRow
          key={`${each.kind} ${each.pilotId} ${each.channelId}`}
          subscription={each}
          channel={choices.find(({ id }) => id === each.channelId)}
          pilot={pilots.find(({ id }) => id === each.pilotId)?.name ?? null}
          stop={actions.stopTelling}
        />
      ))}
    </Table>
  );
}

interface OwnRowProps {
  readonly subscription: Subscription;
  readonly channel: ChannelName | undefined;
  readonly pilot: string | null;
  readonly stop: FormAction;
}

const DOWN = channelFace({
  health: { failingSince: new Date(0), failures: 1, reason: null, lastSentAt: null },
});

function OwnRow({ subscription, channel, pilot, stop }: OwnRowProps) {
  const of = subscription.pilotId === "" ? "All pilots" : (pilot ?? "A pilot you may not see");
  return (
    <tr>
      <td>{NOTICE_WORDS[subscription.kind]}</td>
      <td className="only-wide">
        <Visible text={of} />
      </td>
      <td>
        <Visible text={channel?.name ?? ""} />{" "}
        {channel && !channel.tells ? (
          <Remark tone="wait" icon={CircleDashed}>
            Tells nothing: its readers would see what you may see
          </Remark>
        ) : channel && !channel.works ? (
          <Remark tone={DOWN.tone} icon={DOWN.icon}>
            {DOWN.word}
          </Remark>
        ) : null}
      </td>
      <td>
        <ActionButton action={stop} fields={{ ...subscription }} doing="Taking it away">
          Take away
        </ActionButton>
      </td>
    </tr>
  );
}

function QuietForm({ quiet, actions }: { quiet: OwnNotices["quiet"]; actions: OwnPanelProps["actions"] }) {
  const form = useForm(actions.quiet);
  const { fields } = form.state;
  const zone = quiet?.timeZone ?? "";
  return (
    <div className="grid gap-3.5 p-4">
      <form {...form.props} className="grid gap-3.5">
        <div className="grid gap-3.5 sm:grid-cols-3">
          <TextField
            name="from"
            label="From"
            type="time"
            defaultValue={quiet?.from ?? "22:00"}
            errors={fields}
          />
          <TextField name="to" label="To" type="time" defaultValue={quiet?.to ?? "07:00"} errors={fields} />
          <TextField
            name="timeZone"
            label="Time zone"
            mono
            defaultValue={zone}
            placeholder="Europe/Berlin"
            errors={fields}
          />
        </div>
        <p className="t3 sm">
          What comes meanwhile is one message at their end. Emergency stops, grave findings and what a
          tripwire paused come at once, and so does a decision that would run out before the end.
        </p>
        <FormAnswer state={form.state} />
        <div className="row acts">
          <Button type="submit" pending={form.pending && "Keeping them"}>
            Keep these hours
          </Button>
        </div>
      </form>
      {quiet ? (
        <ActionButton action={actions.noQuiet} doing="Ending them">
          No hours of quiet
        </ActionButton>
      ) : null}
    </div>
  );
}
