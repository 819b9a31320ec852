"use client";

import { useId, useState } from "react";
import { dollarsOf } from "#lib/prices/dollars.ts";
import type { PriceView } from "#lib/prices/schema.ts";
import { TextField } from "../form/field.tsx";
import { FormAnswer } from "../form/form-answer.tsx";
import type { FormAction } from "../form/state.ts";
import { useForm } from "../form/use-form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export interface SetPriceProps {
  readonly providerId: string;
  /** What the provider said it has. */
  readonly models: readonly string[];
  /** The price to be replaced; null for a model without one. */
  readonly price: PriceView | null;
  /** Reads `providerId`, `model`, `replaces`, `input`, `cached`, `cacheWrite`, `output`, `reasoning`. */
  readonly action: FormAction;
}

export function SetPrice(props: SetPriceProps) {
  const [open, setOpen] = useState(false);
  const title = props.price ? `A new price for ${props.price.model}` : "Set a price";
  return (
    <>
      <Button size={props.price ? "sm" : "md"} onClick={() => setOpen(true)}>
        {props.price ? (
          <>
            Change…<span className="vh"> the price of {props.price.model}</span>
          </>
        ) : (
          "Set a price…"
        )}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={title}
        text="US dollars for a million tokens, as the provider's price list has them. Calls that are open keep the price they began with."
      >
        <PriceForm {...props} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function PriceForm({ providerId, models, price, action, onClose }: SetPriceProps & { onClose: () => void }) {
  const list = useId();
  const form = useForm(action, ({ done }) => {
    if (done) onClose();
  });
  const { fields } = form.state;
  const rate = (
    name: "input" | "cached" | "cacheWrite" | "output" | "reasoning",
    label: string,
    hint = "",
  ) => (
    <TextField
      name={name}
      label={label}
      hint={hint}
      unit="USD"
      inputMode="decimal"
      defaultValue={price ? dollarsOf(price[name]) : ""}
      errors={fields}
    />
  );
  return (
    <form {...form.props} className="grid gap-3.5">
      <input type="hidden" name="providerId" value={providerId} />
      <input type="hidden" name="replaces" value={price?.version ?? 0} />
      <TextField
        name="model"
        label="Model"
        mono
        list={list}
        readOnly={price !== null}
        defaultValue={price?.model ?? ""}
        autoComplete="off"
        errors={fields}
      />
      <datalist id={list}>
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      {rate("input", "Input")}
      {rate("cached", "Input from the cache", "empty: as input")}
      {rate("cacheWrite", "Input put into the cache", "empty: as input")}
      {rate("output", "Output")}
      {rate("reasoning", "Reasoning", "empty: as output")}
      <FormAnswer state={form.state} />
      <div className="row justify-end acts">
        <Button size="lg" onClick={onClose}>
          Close
        </Button>
        <Button type="submit" size="lg" tone="ink" pending={form.pending && "Setting it"}>
          Set the price
        </Button>
      </div>
    </form>
  );
}
