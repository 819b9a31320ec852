"use client";

import { CircleAlert, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button, type ButtonLook } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import type { FormAction } from "./state.ts";
import { useForm } from "./use-form.ts";

export interface ActionButtonProps extends Omit<ButtonLook, "icon"> {
  readonly action: FormAction;
  /** Fields the action reads: ids, a request key. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What it does while pending: "Pausing". */
  readonly doing: string;
  readonly blocked?: string | false | undefined;
  /** Icon and word. */
  readonly children: ReactNode;
}

/** A button that is a whole form: pending keeps its place, a refusal stands beside it with Retry, and so does what was done. */
export function ActionButton({ action, fields = {}, doing, blocked, children, ...look }: ActionButtonProps) {
  const form = useForm(action);
  const failed = form.state.error;
  return (
    <form {...form.props} className="row justify-end">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {failed ? (
        <span className="err" role="alert">
          <Icon of={CircleAlert} />
          <span>{failed}</span>
        </span>
      ) : null}
      {form.state.done ? (
        <span className="t2 sm tw" role="status">
          {form.state.done}
        </span>
      ) : null}
      <Button
        type="submit"
        {...look}
        icon={failed ? RotateCw : undefined}
        pending={form.pending && doing}
        blocked={blocked}
      >
        {failed ? "Try again" : children}
      </Button>
    </form>
  );
}
