"use client";

import { useId } from "react";
import { dollarsOf } from "#lib/prices/dollars.ts";
import type { PriceView } from "#lib/prices/schema.ts";
import { DialogForm, OpensDialog, useClosingForm } from "../form/dialog-form.tsx";
import { TextField } from "../form/field.tsx";
import type { FormAction } from "../form/state.ts";

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
  const title = props.price ? `A new price for ${props.price.model}` : "Set a price";
  return (
    <OpensDialog
      button={{
        size: props.price ? "sm" : "md",
        children: props.price ? (
          <>
            Change…<span className="vh"> the price of {props.price.model}</span>
          </>
        ) : (
          "Set a price…"
        ),
      }}
      title={title}
      text="US dollars for a million tokens, as the provider's price list has them. Calls that are open keep the price they began with."
    >
      {(onClose) => <PriceForm {...props} onClose={onClose} />}
    </OpensDialog>
  );
}

function PriceForm({ providerId, models, price, action, onClose }: SetPriceProps & { onClose: () => void }) {
  const list = useId();
  const form = useClosingForm(action, onClose);
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
    <DialogForm
      {...{ form, onClose }}
      submit={["Set the price", "Setting it"]}
      hidden={{ providerId, replaces: price?.version ?? 0 }}
    >
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
    </DialogForm>
  );
}
