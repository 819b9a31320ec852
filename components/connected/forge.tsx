"use client";

import { GitPullRequest } from "lucide-react";
import { useState } from "react";
import type { ForgeView } from "#lib/forges/connections/schema.ts";
import type { CredentialKind } from "#lib/releases/callbacks/schema.ts";
import { ActionButton } from "../form/action-button.tsx";
import { RadioCards } from "../form/choice.tsx";
import { DialogForm, OpensDialog } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import { GitHubAppFields } from "../form/github-app-fields.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Visible } from "../ui/visible.tsx";
import { PullProblem, STEPS } from "./pull-requests.tsx";

export interface ForgeActions {
  /** Reads `repositoryId`, `kind` and what the kind needs; answers with what calls are signed with, once. */
  readonly connect: FormAction;
  /** Reads `repositoryId`. */
  readonly end: FormAction;
}

export interface ForgePartProps {
  readonly repositoryId: string;
  /** Null where merges go by a plain push. */
  readonly forge: ForgeView | null;
  /** Null for a person who may not. */
  readonly actions: ForgeActions | null;
}

export function ForgePart({ repositoryId, forge, actions }: ForgePartProps) {
  return (
    <div className="t3 sm">
      {forge ? (
        <>
          <span>
            Merges go to GitHub by a pull request, with {forge.kind === "token" ? "a token" : "an app"}.{" "}
          </span>
          <Held hold={forge.hold} />
          {forge.said ? (
            <div className={forge.said.tone === "bad" ? "bad" : "need"}>{forge.said.text}</div>
          ) : null}
          {forge.pulls.map((pull) => (
            <div key={pull.mergeId}>
              <a href={`/runs/${pull.runId}`}>{pull.number === null ? "A merge" : `#${pull.number}`}</a>{" "}
              {STEPS[pull.step]}.
              <PullProblem pull={pull} />
            </div>
          ))}
        </>
      ) : null}
      {actions ? (
        <div className="row flex-wrap acts pt-1">
          <Connect repositoryId={repositoryId} action={actions.connect} again={forge !== null} />
          {forge ? (
            <ActionButton action={actions.end} fields={{ repositoryId }} size="sm" doing="Ending">
              Disconnect
            </ActionButton>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

/** What GitHub's own rules hold, as they were read last. */
function Held({ hold: { read, lookedAt, problem } }: { readonly hold: ForgeView["hold"] }) {
  if (read === null && problem === null) return <div>The rules of GitHub are read within a minute.</div>;
  return (
    <div data-hold={read?.verdict ?? "unread"}>
      {read ? (
        <>
          <span className={read.said.tone}>{read.said.text} </span>
          <span>{read.way} </span>
        </>
      ) : null}
      {lookedAt ? (
        <span>
          Read <RelativeTime at={lookedAt.toISOString()} />.{" "}
        </span>
      ) : null}
      {problem ? (
        <span className="need">
          It could not be read then: <Visible text={problem} mode="block" />
        </span>
      ) : null}
    </div>
  );
}

interface ConnectProps {
  readonly repositoryId: string;
  readonly action: FormAction;
}

function Connect({ again, ...props }: ConnectProps & { readonly again: boolean }) {
  const children = again ? "Connect anew…" : "Connect GitHub…";
  return (
    <OpensDialog
      button={{ size: "sm", icon: GitPullRequest, children }}
      title="Connect GitHub"
      text="Approved commits go there by a pull request with the check pilothouse/merge. What is given here is sealed to the worker, and nobody can read it back."
    >
      {(onClose) => <ConnectForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

/** It stays open when it is done: what calls are signed with is read there, once. */
function ConnectForm({ repositoryId, action, onClose }: ConnectProps & { readonly onClose: () => void }) {
  const form = useForm(action);
  const [kind, setKind] = useState<CredentialKind>("github_app");
  const { fields } = form.state;
  return (
    <DialogForm {...{ form, onClose }} submit={["Seal and connect", "Sealing it"]} hidden={{ repositoryId }}>
      <RadioCards
        name="kind"
        label="Kind"
        defaultValue="github_app"
        onChange={(value) => setKind(value === "token" ? "token" : "github_app")}
        errors={fields}
        choices={[
          {
            value: "github_app",
            title: "GitHub App",
            text: "A token for this repository alone, for each merge anew. A rule can want the check from this app alone.",
          },
          { value: "token", title: "Token", text: "Sent as it is. You are told before it expires." },
        ]}
      />
      {kind === "github_app" ? (
        <GitHubAppFields errors={fields} />
      ) : (
        <>
          <TextField name="token" label="Token" type="password" mono autoComplete="off" errors={fields} />
          <TextField name="expires" label="Expires on" hint="as 2030-01-31" mono errors={fields} />
        </>
      )}
    </DialogForm>
  );
}
