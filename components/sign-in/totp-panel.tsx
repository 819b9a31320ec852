"use client";

import { ShieldCheck, Smartphone } from "lucide-react";
import type { TotpOffer, TotpState } from "#lib/totp/schema.ts";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { plural } from "../format.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Note } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";

export interface TotpPanelProps {
  /** Null: none is set up. */
  readonly totp: TotpState | null;
  /** Null: not asked for. */
  readonly offer: TotpOffer | null;
  /** Reads `ticket` and `code`; the lines of `done` after its first are the recovery codes. */
  readonly confirm: FormAction;
  /** Reads `code`. */
  readonly remove: FormAction;
}

export function TotpPanel({ totp, offer, confirm, remove }: TotpPanelProps) {
  return (
    <Panel title="One-time codes" fact={totp ? "set up" : "not set up"}>
      {totp ? (
        <Removal totp={totp} remove={remove} />
      ) : offer ? (
        <Confirmation offer={offer} confirm={confirm} />
      ) : (
        <Empty
          icon={Smartphone}
          title="A password alone lets you in"
          text="With one-time codes of an app on another device, your password is not enough for somebody else."
          action={
            <ButtonLink href="/settings/sign-in?set_up=codes" prefetch={false} tone="ink">
              Set up one-time codes
            </ButtonLink>
          }
        />
      )}
    </Panel>
  );
}

function Confirmation({ offer, confirm }: Pick<TotpPanelProps, "confirm"> & { offer: TotpOffer }) {
  const form = useForm(confirm);
  const [sentence, ...codes] = form.state.done?.split("\n") ?? [];
  if (codes.length > 0) return <RecoveryCodes sentence={sentence ?? ""} codes={codes} />;
  const { size, path } = offer.qr;
  return (
    <form {...form.props} className="grid gap-3.5 p-4">
      <p className="t2">Scan this with an app that makes one-time codes, then write the code it shows.</p>
      <svg
        className="qr"
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label="QR code of the secret; the same stands below in letters"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <p className="t3 sm">
        Without a camera: <code className="mono tw">{offer.secret}</code> (time-based, six digits). It is not
        shown again.
      </p>
      <input type="hidden" name="ticket" value={offer.ticket} />
      <TextField
        name="code"
        label="Code of the app"
        inputMode="numeric"
        autoComplete="one-time-code"
        mono
        errors={form.state.fields}
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end">
        <Button type="submit" tone="ink" pending={form.pending && "Checking"}>
          Confirm
        </Button>
      </div>
    </form>
  );
}

function RecoveryCodes({ sentence, codes }: { sentence: string; codes: readonly string[] }) {
  return (
    <div className="grid gap-3.5 p-4">
      <Note tone="good" icon={ShieldCheck} role="status">
        {sentence}
      </Note>
      <ul className="grid gap-1 sm:grid-cols-2" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code} className="mono">
            {code}
          </li>
        ))}
      </ul>
      <div className="row justify-end">
        <ButtonLink href="/settings/sign-in" tone="ink">
          I have kept them
        </ButtonLink>
      </div>
    </div>
  );
}

function Removal({ totp, remove }: Pick<TotpPanelProps, "remove"> & { totp: TotpState }) {
  const form = useForm(remove);
  return (
    <form {...form.props} className="grid gap-3.5 p-4">
      <p className="t2">
        Set up <RelativeTime at={totp.since.toISOString()} />; {plural(totp.codesLeft, "recovery code")} left.
        To set them up anew, on another device or with other recovery codes, take them away first.
      </p>
      <TextField
        name="code"
        label="A fresh code"
        hint="Or a recovery code."
        autoComplete="one-time-code"
        mono
        errors={form.state.fields}
      />
      <FormAnswer state={form.state} />
      <div className="row justify-end">
        <Button type="submit" tone="danger" pending={form.pending && "Taking them away"}>
          Take the codes away
        </Button>
      </div>
    </form>
  );
}
